"""What a person sees: progress lines, and troubles that say what to do."""

import os
import subprocess
import sys
import time

# Kept in the environment, since the command goes on in a second interpreter (see cli.py).
STARTED = float(os.environ.setdefault("HUB_STARTED", str(time.time())))


class Trouble(Exception):
    """A step that failed, and what a person can do about it."""

    def __init__(self, what, todo):
        super().__init__(f"{what}\n  -> {todo}")


def say(text):
    """Print one progress line with the seconds since the command began."""
    # Not on standard output: `shell-env` is made to be read by a shell.
    print(f"[{time.time() - STARTED:4.0f} s] {text}", file=sys.stderr, flush=True)


def tail(text, lines=25):
    """The end of a long text."""
    return "\n".join(text.strip().splitlines()[-lines:])


def run_first(commands, what, todo):
    """Run the first command that succeeds; the trouble of the last one counts."""
    for command in commands[:-1]:
        try:
            return run(command, what, todo)
        except Trouble:
            continue
    return run(commands[-1], what, todo)


def run(command, what, todo, **options):
    """Run a quiet command; its output is shown only when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )
    if done.returncode:
        raise Trouble(f"{what} failed:\n{tail(done.stdout)}", todo)
    return done.stdout

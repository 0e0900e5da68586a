"""Background processes: each one leads its own group and leaves a pid file and a log in the cache."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request

import psutil

from .paths import RUN
from .say import Trouble, tail

# A process that stops politely gets this long before its group is killed.
PATIENCE = 15


def pid_file(name):
    """Holds the pid and the time of birth: a pid alone is given to strangers after a reboot."""
    return RUN / f"{name}.pid"


def log_file(name):
    """What the process prints."""
    return RUN / f"{name}.log"


def find(name):
    """The process that an earlier command started, if it is alive."""
    try:
        pid, born = pid_file(name).read_text().split()
        process = psutil.Process(int(pid))
        alive = process.status() != psutil.STATUS_ZOMBIE and str(process.create_time()) == born
    except (OSError, ValueError, psutil.NoSuchProcess):
        return None
    return process if alive else None


def start(name, command, **options):
    """Start a process that outlives this command."""
    RUN.mkdir(parents=True, exist_ok=True)
    with open(log_file(name), "w") as log:
        started = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **options,
        )
    born = psutil.Process(started.pid).create_time()
    pid_file(name).write_text(f"{started.pid} {born}")
    return started


def stop(name):
    """Stop a process and its whole group; true if there was one."""
    process = find(name)
    if process:
        process.terminate()
        psutil.wait_procs([process], timeout=PATIENCE)
        kill_group(process.pid)
    pid_file(name).unlink(missing_ok=True)
    return bool(process)


def kill_group(pid):
    """Kill what is left of a group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def answers(url):
    """Whether a URL answers with a success."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except (OSError, urllib.error.URLError):
        return False


def keep(name, url, start_it):
    """Have a process that answers at a URL; one that serves another port has to go."""
    if not (find(name) and answers(url)):
        stop(name)
        start_it()
    wait_for(name, url)


def wait_for(name, url, seconds=90):
    """Wait until a URL answers; a process that died meanwhile is a trouble."""
    until = time.monotonic() + seconds
    while not answers(url):
        if not find(name) or time.monotonic() > until:
            log = log_file(name)
            raise Trouble(f"{name} does not answer at {url}:\n{tail(log.read_text())}", f"see {log}")
        time.sleep(0.1)

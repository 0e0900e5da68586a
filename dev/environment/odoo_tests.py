"""Odoo's own tests: run them in a fresh database and read the log they leave."""

import os
import re
import shutil

from . import database, odoo
from .paths import RUN
from .results import Result
from .say import say, tail

LINE = re.compile(r"^\d{4}-\d\d-\d\d [\d:,]+ \d+ (?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<message>.*)$")
FAILURE = re.compile(r"^(?:FAIL|ERROR): (?:Subtest )?(?P<test>(?:setUp|tearDown)\w* \(\S+\)|\S+)")
SKIPPED = re.compile(r"^skipped (?P<test>\S+) : (?P<reason>.*)")
TOTAL = re.compile(r"\d+ failed, \d+ error\(s\) of (?P<count>\d+) tests")
# Odoo repeats at level ERROR that there were failures; these lines are no failures of their own.
SUMMARIES = re.compile(r"(Module \S+: )?\d+ fail(ures|ed), \d+ error|At least one test failed")
BAD = {"ERROR", "CRITICAL"}
BROWSERS = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")


def records(text):
    """The log's records: (level, logger, message with its continuation lines)."""
    found = []
    for line in text.splitlines():
        match = LINE.match(line)
        if match:
            found.append([match["level"], match["logger"], match["message"]])
        elif found:
            found[-1][2] += f"\n{line}"
    return found


def read(text, status):
    """Count and show what a log tells; an error outside of tests is a failure too."""
    failed, outside, total, notes = {}, {}, 0, []
    for level, logger, message in records(text):
        failure = FAILURE.match(message)
        if failure and level in BAD:
            failed.setdefault(failure["test"], []).append(message)
        elif level in BAD and not SUMMARIES.match(message):
            # The same crash is often logged on several levels.
            outside.setdefault(message.splitlines()[-1], f"{level} {logger}: {message}")
        elif skipped := SKIPPED.match(message):
            notes.append(f"{skipped['test']} ({skipped['reason'].strip()})")
        if summary := TOTAL.match(message):
            total = int(summary["count"])
    for message in [*(text for texts in failed.values() for text in texts), *outside.values()]:
        print(f"\n{message}")
    # A class that can't be set up fails without having run a test.
    ran = sum(1 for test in failed if not test.startswith(("setUp", "tearDown")))
    unexplained = int(not (failed or outside) and (status != 0 or total == 0))
    if unexplained:
        print(f"\nOdoo ran {total} tests and ended with status {status}:\n{tail(text)}")
    skips = len(notes)
    return Result(max(total - ran - skips, 0), len(failed) + len(outside) + unexplained, notes)


def run(tree):
    """Install the addon into a fresh database and run its tests."""
    name = f"sync_hub_test_{os.getpid()}"
    tags = os.environ.get("TAGS") or "/sync_hub"
    log = RUN / f"{name}.log"
    database.copy(database.dependencies(tree), name)
    say(f"Odoo tests: {tags}, log in {log}")
    try:
        status = odoo.once(tree, name, ["-i", "sync_hub", "--test-tags", tags], log)
    finally:
        database.drop(name)
    result = read(log.read_text(), status)
    if not any(map(shutil.which, BROWSERS)):
        result.notes.append("browser tests, since no Chromium was found")
    say(f"Odoo tests: {result.passed} passed, {result.failed} failed")
    return result

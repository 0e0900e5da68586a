"""Parts of the tests that pytest runs."""

import os
import subprocess
from xml.etree import ElementTree

from .paths import DEV, RUN, python
from .results import Result
from .say import say

NO_TESTS = 5  # pytest's status when it found none


def pytest(folder, *files):
    """A part that runs pytest over one folder of dev/, or over some files of it."""

    def part(tree):
        report = RUN / f"sync_hub_test_{folder}_{os.getpid()}.xml"
        if not (DEV / folder).is_dir():
            return Result(notes=[f"dev/{folder}, which is not there"])
        targets = [f"{folder}/test_{name}.py" for name in files] or [folder]
        say(f"pytest: {', '.join(f'dev/{target}' for target in targets)}")
        limit = ["--timeout=3600"] if os.environ.get("HUB_E2E_FULL") else []
        command = [python(tree.series), "-m", "pytest", *targets, *limit, f"--junitxml={report}"]
        status = subprocess.run([str(word) for word in command], cwd=DEV).returncode
        return count(report, status)

    return part


def count(report, status):
    """Read pytest's report."""
    if status == NO_TESTS:
        return Result()
    if not report.exists():
        return Result(failed=1)
    suite = ElementTree.parse(report).find("testsuite")
    number = {name: int(suite.get(name)) for name in ("tests", "failures", "errors", "skipped")}
    failed = number["failures"] + number["errors"]
    notes = [f"{number['skipped']} skipped in pytest"] if number["skipped"] else []
    return Result(max(number["tests"] - failed - number["skipped"], 0), failed or int(status != 0), notes)

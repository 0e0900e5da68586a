"""Which tests run, and what they come to."""

import os
import subprocess
from xml.etree import ElementTree

from . import database, odoo_tests, postgres
from .paths import DEV, RUN, python
from .results import Result
from .say import Trouble, say

NO_TESTS = 5  # pytest's status when it found none


def e2e_part(tree):
    """The tests against a live server; what can't be installed is reported once, not by each test."""
    database.installed(tree)
    return pytest("e2e")(tree)


def pytest(folder):
    """A part that runs pytest over one folder of dev/."""

    def part(tree):
        report = RUN / f"sync_hub_test_{folder}_{os.getpid()}.xml"
        if not (DEV / folder).is_dir():
            return Result(notes=[f"dev/{folder}, which is not there"])
        say(f"pytest: dev/{folder}")
        command = [python(tree.series), "-m", "pytest", folder, f"--junitxml={report}"]
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


def lifecycle(tree):
    """Install, upgrade and uninstall, as one test."""
    script = DEV / "lifecycle.py"
    if not script.exists():
        return Result(notes=["dev/lifecycle.py, which is not there"])
    say("Lifecycle: install, upgrade, uninstall")
    status = subprocess.run([str(python(tree.series)), str(script)], cwd=DEV).returncode
    return Result(passed=int(status == 0), failed=int(status != 0))


def medusa(tree):
    """The tests against real Medusa backends, where these are set up: a newcomer need not have them."""
    from .medusa import tests as backends  # it takes its tools from here

    if os.environ.get("HUB_MEDUSA") == "apart":
        return Result(notes=["e2e-medusa, which runs apart"])
    if not backends.is_set_up():
        return Result(notes=["e2e-medusa, which `make e2e-medusa` sets up"])
    return backends.part(tree)


PARTS = {
    "unit": odoo_tests.run,
    "simulators": pytest("simulators"),
    "e2e": e2e_part,
    "e2e-medusa": medusa,
    "lifecycle": lifecycle,
}


def chosen():
    """The parts that ONLY and TAGS ask for."""
    only = os.environ.get("ONLY") or ("unit" if os.environ.get("TAGS") else "")
    if only and only not in PARTS:
        raise Trouble(f"ONLY={only} is not known", f"use one of {', '.join(PARTS)}")
    return [only] if only else list(PARTS)


def run(tree, arguments):
    """Run the chosen parts; the exit status."""
    return conclude(tree, chosen())


def e2e(tree, arguments):
    """The tests against a live server, alone."""
    return conclude(tree, ["e2e"])


def conclude(tree, parts):
    """Run parts and print what they came to; the last line counts the tests."""
    postgres.ensure(tree.series)
    RUN.mkdir(parents=True, exist_ok=True)
    database.sweep()
    result = Result()
    for part in parts:
        try:
            result += PARTS[part](tree)
        except Trouble as trouble:
            print(f"\n{trouble}")
            result += Result(failed=1)
    print(f"\nOdoo {tree.series}: {', '.join(parts)}. Skipped: {'; '.join(result.notes) or 'nothing'}.")
    print(f"{result.passed} passed, {result.failed} failed")
    return int(result.failed > 0)

"""Which tests run, and what they come to."""

import os
import subprocess

from . import database, odoo_tests, postgres
from .medusa import tests as backends
from .paths import DEV, RUN, python
from .pytests import pytest
from .results import Result
from .say import Trouble, say


def e2e_part(tree):
    """The tests against a live server; what can't be installed is reported once, not by each test."""
    database.installed(tree)
    return pytest("e2e")(tree)


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

#: Files of dev/e2e with what may go wrong: processes, PostgreSQL, networks and clocks, races, what strangers send.
FAULTS = ("races", "turns", "oversell", "kill", "faults", "database", "nodes", "blackhole", "chaos", "clock", "hostile",
          "leaks")  # fmt: skip


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


def e2e_medusa(tree, arguments):
    """The tests with real Medusa backends, alone: what is missing for them is set up first."""
    PARTS["e2e-medusa"] = backends.part
    return conclude(tree, ["e2e-medusa"])


def faults(tree, arguments):
    """The tests that try to break the addon's promises, in full numbers; ONLY="kill nodes" chooses some."""
    os.environ["HUB_E2E_FULL"] = "1"
    PARTS["faults"] = pytest("e2e", *(os.environ.get("ONLY", "").split() or FAULTS))
    return conclude(tree, ["faults"])


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

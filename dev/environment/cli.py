"""The commands."""

import os
import sys
from importlib import import_module

from . import packages, paths, tree
from .say import Trouble

USAGE = """usage: python3 dev/environment <command>
  demo       up, and the tour that shows what the addon does (EXIT=1 ends after it)
  up         start Odoo and the simulators in the background
  down       stop them, and the embedded PostgreSQL
  test       all tests; some: TAGS=/sync_hub:TestX or ONLY=unit|simulators|e2e|lifecycle
  e2e        the tests against a live server, alone
  e2e-medusa the tests against real Medusa backends; needs Node.js and npm
  faults     kills, outages, races and hostile bodies in full numbers: over an hour; some: ONLY="kill nodes"
  bench      the benchmarks, which take minutes
  lint       ruff, pylint-odoo, XML
  format     let ruff lay out the code
  have       whether an Odoo of the series HUB_SERIES can be had
  shell-env  print the paths as export lines
  odoo       run odoo-bin by hand: odoo -- -d mydb -u sync_hub --stop-after-init"""
# Named, not imported: these modules need packages of the virtual environment.
COMMANDS = {
    "demo": "server:demo",
    "up": "server:up",
    "down": "server:down",
    "test": "tests:run",
    "e2e": "tests:e2e",
    "e2e-medusa": "tests:e2e_medusa",
    "faults": "tests:faults",
    "bench": "benchmarks:run",
    "lint": "lint:run",
    "format": "lint:tidy",
    "shell-env": "developer:shell_env",
    "odoo": "developer:run_odoo",
}


def prepared():
    """The Odoo tree, in an interpreter that has its packages; may start that interpreter."""
    found = tree.current()
    if "HUB_TREE" not in os.environ or sys.prefix != str(paths.venv(found.series)):
        packages.ensure(found.series)
        os.environ["HUB_TREE"] = str(found.home)
        inside = str(paths.python(found.series))
        os.execv(inside, [inside, *sys.argv])
    return found


def have(arguments):
    """Whether an Odoo of the series that HUB_SERIES names can be had."""
    tree.resolve()
    return 0


def with_packages(arguments):
    """A command of COMMANDS."""
    module, function = COMMANDS[arguments[0]].split(":")
    found = prepared()
    return getattr(import_module(f".{module}", __package__), function)(found, arguments[1:])


def main(arguments):
    """Run one command; its exit status."""
    if not arguments or arguments[0] not in {"have", *COMMANDS}:
        print(USAGE, file=sys.stderr)
        return 2
    if arguments[0] == "down" and not paths.RUN.exists():
        return 0  # nothing was ever started, so nothing need be installed to stop it
    # Progress goes to one stream and results to the other; where both end in one file, keep the order.
    sys.stdout.reconfigure(line_buffering=True)
    try:
        return have(arguments) if arguments[0] == "have" else with_packages(arguments)
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130

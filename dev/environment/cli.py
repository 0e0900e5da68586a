"""The commands."""

import os
import sys
from importlib import import_module
from pathlib import Path

from . import tree, venv
from .paths import python
from .say import Trouble

USAGE = """usage: python3 dev/environment <command>
  test       Odoo's tests and dev/e2e (TAGS=/sync_hub:TestX, ONLY=unit|e2e|lifecycle)
  shell-env  print the paths as export lines
  odoo       run odoo-bin for a developer: odoo -- -d mydb -u sync_hub"""
# Named, not imported: these modules need packages of the virtual environment.
COMMANDS = {
    "test": "tests:run",
    "shell-env": "developer:shell_env",
    "odoo": "developer:run_odoo",
}


def prepared():
    """The Odoo tree, in an interpreter that has its packages; may start that interpreter."""
    home = os.environ.get("HUB_TREE")
    found = tree.look(Path(home)) if home else None
    if not found or sys.prefix != str(venv.venv(found.series)):
        found = tree.resolve()
        venv.ensure(found.series)
        os.environ["HUB_TREE"] = str(found.home)
        inside = str(python(found.series))
        os.execv(inside, [inside, *sys.argv])
    return found


def main(arguments):
    """Run one command; its exit status."""
    if not arguments or arguments[0] not in COMMANDS:
        print(USAGE, file=sys.stderr)
        return 2
    # Progress goes to one stream and results to the other; where both end in one file, keep the order.
    sys.stdout.reconfigure(line_buffering=True)
    module, function = COMMANDS[arguments[0]].split(":")
    try:
        found = prepared()
        return getattr(import_module(f".{module}", __package__), function)(found, arguments[1:])
    except Trouble as trouble:
        print(f"\n{trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130

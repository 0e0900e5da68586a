"""Which tests run, and what they come to."""

import os

from . import odoo_tests, postgres
from .odoo_tests import Result
from .say import say

PARTS = {"unit": odoo_tests.run}


def chosen():
    """The parts that ONLY and TAGS ask for."""
    only = os.environ.get("ONLY") or ("unit" if os.environ.get("TAGS") else "")
    return [only] if only else list(PARTS)


def run(tree, arguments):
    """Run the chosen parts; the exit status."""
    postgres.ensure(tree.series)
    result = sum((PARTS[part](tree) for part in chosen()), Result())
    say(f"Odoo {tree.series}; " + ("; ".join(result.notes) or "nothing was skipped"))
    print(f"{result.passed} passed, {result.failed} failed")
    return int(result.failed > 0)

"""`make e2e-medusa`: the tests that need real Medusa backends."""

from .. import tests
from . import backend, install, template


def part(tree):
    """Set everything up first, so that what can't be had is reported once, and not by each test."""
    backend.sweep()
    for version in install.VERSIONS:
        template.ensure(version)
    return tests.pytest("e2e_medusa")(tree)


def run(tree, arguments):
    """Run the tests; the exit status."""
    # Known only to this command: `make test` must not need Node.js.
    tests.PARTS["e2e-medusa"] = part
    return tests.conclude(tree, ["e2e-medusa"])

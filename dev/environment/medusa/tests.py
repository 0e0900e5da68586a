"""`make e2e-medusa`: the tests that need real Medusa backends."""

from .. import tests
from ..say import Trouble
from . import backend, install, template


def part(tree):
    """Set everything up first, so that what can't be had is reported once, and not by each test."""
    backend.sweep()
    for version in install.VERSIONS:
        template.ensure(version)
    return tests.pytest("e2e_medusa")(tree)


def is_set_up():
    """Whether both versions are here, and a Node.js that runs them."""
    try:
        install.node()
    except Trouble:
        return False
    return all(install.is_here(version) for version in install.VERSIONS)


def run(tree, arguments):
    """Set up what is missing and run the tests; the exit status."""
    tests.PARTS["e2e-medusa"] = part
    return tests.conclude(tree, ["e2e-medusa"])

"""The tests that need real Medusa backends."""

from ..pytests import pytest
from ..say import Trouble
from . import backend, install, template


def part(tree):
    """Set everything up first, so that what can't be had is reported once, and not by each test."""
    backend.sweep()
    for version in install.VERSIONS:
        template.ensure(version)
    return pytest("e2e_medusa")(tree)


def is_set_up():
    """Whether both versions are here, and a Node.js that runs them."""
    try:
        install.node()
    except Trouble:
        return False
    return all(install.is_here(version) for version in install.VERSIONS)

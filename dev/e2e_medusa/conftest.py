"""Fixtures: live Medusa backends on fresh copies of their templates."""

import pytest

from e2e.conftest import odoo, odoo_tree  # noqa: F401
from e2e_medusa.medusa import Medusa
from environment import postgres, tree
from environment.medusa import backend, install


@pytest.fixture(scope="session", autouse=True)
def database_server():
    """PostgreSQL, and nothing left of test runs that were killed."""
    postgres.ensure(tree.current().series)
    backend.sweep()


def running(version):
    """One backend of a version for a whole session."""
    server = Medusa(version)
    try:
        yield server.start()
    finally:
        server.destroy()


@pytest.fixture(scope="session")
def medusa(database_server):
    """The newest version."""
    yield from running(install.LATEST)


@pytest.fixture(scope="session")
def old_medusa(database_server):
    """The version that Medusa's recipe for Odoo runs on."""
    yield from running(install.RECIPE)


@pytest.fixture(params=["medusa", "old_medusa"], ids=install.VERSIONS)
def each_medusa(request):
    """Both, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def new_medusa(database_server):
    """Makes further backends, not started yet: `new_medusa(version, subscribers=[path])`."""
    servers = []

    def make(version=install.LATEST, **options):
        servers.append(Medusa(version, **options))
        return servers[-1]

    yield make
    for server in servers:
        server.destroy()

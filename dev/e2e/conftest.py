"""Fixtures: a live Odoo, and the simulated remotes it talks to. At the end, a table of what the tests measured."""

import pytest

from e2e.hub import Hub, Points
from e2e.live import LiveOdoo, Simulators
from e2e.market import Market
from environment import postgres, tree
from environment.paths import DEV

#: Characters of what one test may tell in the table.
WIDEST = 700


@pytest.fixture(scope="session")
def odoo_tree():
    """The Odoo under test."""
    found = tree.current()
    postgres.ensure(found.series)
    return found


@pytest.fixture(scope="session")
def odoo(odoo_tree):
    """A server with two workers that all tests share."""
    server = LiveOdoo(odoo_tree)
    try:
        yield server.start()
    finally:
        server.destroy()


@pytest.fixture
def new_odoo(odoo_tree):
    """Makes further servers, not started yet: `new_odoo(workers=4)`."""
    servers = []

    def make(**options):
        servers.append(LiveOdoo(odoo_tree, name=f"sync_hub_e2e_{len(servers)}", **options))
        return servers[-1]

    yield make
    for server in servers:
        server.destroy()


@pytest.fixture(scope="session")
def sims(odoo_tree, odoo):
    """The simulated remotes; their messages to Odoo go to the `odoo` fixture's server."""
    if not (DEV / "simulators").is_dir():
        pytest.skip("dev/simulators is not there")
    simulators = Simulators(odoo_tree, odoo.url)
    yield simulators
    simulators.stop()


@pytest.fixture
def hub(odoo, sims):
    """A fresh hub: no connector but the ones that the test makes, no scheduled sweep."""
    return Hub(odoo, sims)


@pytest.fixture(scope="session")
def points(odoo):
    """Points at which a drain can be held."""
    return Points(odoo)


@pytest.fixture
def market(hub):
    """A simulated Cartona that is connected both ways."""
    made = Market(hub)
    yield made
    hub.sims.fault("cartona")


def pytest_terminal_summary(terminalreporter):
    """What tests have printed, a line each: their rounds and figures."""
    told = [report for report in terminalreporter.getreports("passed") if report.when == "call" and report.capstdout]
    if not told:
        return
    terminalreporter.section("figures")
    for report in told:
        name = report.nodeid.rpartition("::")[2].removeprefix("test_").replace("_", " ")
        figures = " ".join(report.capstdout.split())[:WIDEST]
        terminalreporter.write_line(f"| {name} | {report.duration:.0f} s | {figures} |")

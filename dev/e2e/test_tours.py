"""What people do on the screens, in a real browser: Odoo's tours against a live server with the job runner."""

import os

import pytest

from e2e import browser
from e2e.hub import Hub
from e2e.live import LiveOdoo, Simulators

pytestmark = [
    pytest.mark.skipif(not browser.executable(), reason="no Chromium"),
    pytest.mark.skipif(os.environ.get("HUB_SERIES", "17.0") != "17.0", reason="tours run on 17.0"),
]
#: Without the dashboard's own timer only the bus brings it news.
NO_TIMER = "window.setInterval = ((old) => (work, every) => (every === 20000 ? 0 : old(work, every)))(setInterval)"


@pytest.fixture(scope="module")
def screen(odoo_tree):
    """A browser before a server without workers, whose websocket is on the port that the browser knows."""
    server = LiveOdoo(odoo_tree, name="sync_hub_tours", workers=0)
    try:
        simulators = Simulators(odoo_tree, server.start().url)
        window = browser.Browser(server)
        window.hub = Hub(server, simulators)
        yield window
        window.close()
        simulators.stop()
    finally:
        server.destroy()


def test_a_webhook_arrives_on_the_dashboard(screen):
    screen.hub.prestashop(name="Shop of the tour")
    screen.hub.quiet()
    screen.before_load(NO_TIMER)
    message = screen.hub.sample("001-customer-created")
    screen.tour("sync_hub_webhook_arrives", on={"post": lambda: screen.hub.post(message)})

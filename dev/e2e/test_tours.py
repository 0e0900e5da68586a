"""What people do on the screens, in a real browser: Odoo's tours against a live server with the job runner."""

import os

import pytest
import requests

from e2e import browser
from e2e.hub import Hub
from e2e.live import LiveOdoo, Simulators
from e2e.market import Market

pytestmark = [
    pytest.mark.skipif(not browser.executable(), reason="no Chromium"),
    pytest.mark.skipif(os.environ.get("HUB_SERIES", "17.0") != "17.0", reason="tours run on 17.0"),
]
#: What a buyer of the marketplace orders.
LINE = {"internal_product_id": "TEA-25", "amount": 3}
#: Without the dashboard's own timer only the bus brings it news.
NO_TIMER = "window.setInterval = ((old) => (work, every) => (every === 20000 ? 0 : old(work, every)))(setInterval)"


@pytest.fixture(scope="module")
def stage(odoo_tree):
    """A browser before a server without workers, whose websocket is on the port that the browser knows."""
    server = LiveOdoo(odoo_tree, name="sync_hub_tours", workers=0)
    try:
        simulators = Simulators(odoo_tree, server.start().url)
        window = browser.Browser(server)
        yield server, simulators, window
        window.close()
        simulators.stop()
    finally:
        server.destroy()


@pytest.fixture
def screen(stage):
    """The browser, with a fresh hub behind it."""
    server, simulators, window = stage
    window.hub = Hub(server, simulators)
    return window


def test_a_webhook_arrives_on_the_dashboard(screen):
    screen.hub.prestashop(name="Shop of the tour")
    screen.hub.quiet()
    screen.before_load(NO_TIMER)
    message = screen.hub.sample("001-customer-created")
    screen.tour("sync_hub_webhook_arrives", on={"post": lambda _more: screen.hub.post(message)})


def test_a_missing_value_is_mapped_and_what_waited_is_retried(screen):
    hub = screen.hub
    connector = hub.prestashop(name="Shop of the tour")
    entry = hub.odoo.rpc("sync.hub.map", "search", [("connector_id", "=", connector), ("kind", "=", "currency")])
    hub.odoo.rpc("sync.hub.map", "unlink", entry)
    hub.post(hub.sample("013-order-bankwire-created"))
    hub.odoo.wait(lambda: hub.rows("state = 'failed' AND error_code = 'mapping'"))
    screen.tour("sync_hub_mapping_mended")
    assert hub.odoo.rpc("sale.order", "search_count", [("hub_connector_id", "=", connector)]) == 1


def test_an_audit_finds_what_differs_and_fixes_it(screen):
    hub = screen.hub
    hub.cartona(name="Market of the tour")
    products = hub.linked_products(5)
    hub.quiet()
    shown = hub.shown_prices()
    wrong = [name for name in sorted(products) if name.startswith("GEN-")][1:4]
    rows = hub.sims.state("cartona")["products"]
    keys = ("supplier_product_id", "internal_product_id", "base_product_id", "supplier_product_name")
    hub.sims.request("POST", "cartona/_products", json=[
        {**{key: row[key] for key in keys if key in row}, "selling_price": 1.0}
        for row in rows if row["internal_product_id"] in wrong
    ])  # fmt: skip
    assert hub.shown_prices() != shown
    screen.tour("sync_hub_audit_fixed", timeout=90)
    assert hub.shown_prices() == shown


def test_a_delivery_is_confirmed_with_the_buyers_code(screen):
    market = Market(screen.hub)
    number = market.place(installment_cost=500)
    screen.hub.quiet()
    market.confirm(number)
    screen.hub.quiet()
    picking = market.picking(number)
    screen.tour("sync_hub_delivery_code", f"/web?debug=tests#id={picking}&model=stock.picking&view_type=form")
    screen.hub.quiet()
    assert market.order(number)["status"] == "delivered"


def test_a_shop_is_connected_step_by_step(screen):
    hub = screen.hub
    hub.product("شاي 25 فتلة", 12.5, cartona_id="TEA-25")
    placed = hub.sims.request("POST", "cartona/_retailer", json={"place": {"lines": [LINE]}, "push": False})
    orders = hub.sims.state("cartona")["orders"]
    order = next(order for order in orders if order["hashed_id"] == placed["hashed_id"])

    def post(secret):
        answer = requests.post(
            f"{hub.odoo.url}/cartona_integration/webhook/orders",
            json=order,
            headers={"AuthorizationToken": secret},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text

    screen.before_load(f"window.hubShop = {hub.sims.url + '/cartona/api/v1'!r}")
    screen.tour("sync_hub_connect_a_shop", timeout=120, on={"secret": post})
    hub.quiet()
    (connector,) = hub.odoo.rpc("sync.hub.connector", "search_read", [("state", "=", "active")], ["name", "tested_at"])
    assert connector["name"] == "Market of the tour" and connector["tested_at"]
    orders = hub.odoo.rpc("sale.order", "search_count", [("hub_connector_id", "=", connector["id"])])
    assert orders == 1, hub.rows("direction = 'in'")
    assert hub.shown_price("TEA-25") == 12.5

"""The backends themselves: they start, sell, stop, and hand their events to a subscriber."""

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import requests

from environment.medusa import install
from environment.medusa.api import Api, ApiError
from environment.medusa.seed import ADMIN, PASSWORD

# Seconds; alone on the machine it is 3, and many times that beside other tests.
FAST = 60
# Sends what it is told to the address that the environment names, as the subscriber for merchants does.
SUBSCRIBER = """
export default async function send({ event }) {
  await fetch(process.env.SYNC_HUB_URL, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: process.env.SYNC_HUB_SECRET },
    body: JSON.stringify({ event: event.name, data: event.data }),
  })
}
export const config = { event: ["order.placed", "payment.captured"] }
"""


class Listener(BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    def do_POST(self):
        """Keep the secret and the body."""
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((self.headers["authorization"], json.loads(body)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        """Nothing: the tests print enough."""


@pytest.fixture
def listener():
    """A server that keeps what is posted to it in `got`."""
    server = HTTPServer(("127.0.0.1", 0), Listener)
    server.got = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def sell(server, sku, stock=10, quantity=3):
    """A product on stock, and an order for some of it: its answer to the buyer."""
    prices = {"eur": 20, "usd": 25.5}
    product = server.create_product(f"Tee {sku}", {sku: {"prices": prices, "stock": stock}})
    return server.place_order({product["variants"][0]["id"]: quantity})


def test_it_starts_fast(each_medusa, capsys):
    with capsys.disabled():
        print(f"\nMedusa {each_medusa.version}: {each_medusa.seconds:.1f} s from the command to the first answer")
    assert each_medusa.seconds < FAST


def test_it_is_the_version_that_was_asked_for(each_medusa):
    package = each_medusa.home / "node_modules" / "@medusajs" / "medusa" / "package.json"
    assert json.loads(package.read_text())["version"] == each_medusa.version


def test_admin_api_answers(each_medusa):
    regions = each_medusa.admin.get("/admin/regions")["regions"]
    assert {region["currency_code"]: region["id"] for region in regions} == each_medusa.shop["regions"]


def test_admin_api_asks_for_the_key(each_medusa):
    with pytest.raises(ApiError) as caught:
        Api.admin(each_medusa.url, "sk_wrong").get("/admin/orders")
    assert caught.value.status == 401


def test_administrator_can_log_in(each_medusa):
    user = Api.login(each_medusa.url, ADMIN, PASSWORD).get("/admin/users/me")["user"]
    assert user["email"] == ADMIN


def test_store_api_answers(each_medusa):
    each_medusa.create_product("Cup", {"CUP": {"prices": {"eur": 4, "usd": 5}}})
    region = each_medusa.shop["regions"]["usd"]
    fields = "*variants.calculated_price"
    found = each_medusa.store.get("/store/products", handle="cup", region_id=region, fields=fields)["products"]
    assert [variant["calculated_price"]["calculated_amount"] for variant in found[0]["variants"]] == [5]


def test_order_is_placed_and_captured(each_medusa):
    placed = sell(each_medusa, "BUY")
    # 3 x 20 and 5.90 for shipping, and the 20 % of France on both.
    assert (placed["total"], placed["tax_total"]) == (79.08, 13.18)
    assert each_medusa.order(placed["id"])["payment_status"] == "authorized"
    assert each_medusa.capture(placed["id"])["payment_status"] == "captured"


def test_order_in_the_other_currency(each_medusa):
    product = each_medusa.create_product("Mug", {"MUG": {"prices": {"eur": 8, "usd": 9}, "stock": 5}})
    placed = each_medusa.place_order({product["variants"][0]["id"]: 2}, currency="usd", shipping="Express")
    assert (placed["currency_code"], placed["total"]) == ("usd", 34)


def test_order_reserves_stock_until_it_is_packed(each_medusa):
    placed = sell(each_medusa, "STOCK")
    level = each_medusa.level("STOCK")
    assert (level["stocked_quantity"], level["reserved_quantity"]) == (10, 3)
    assert each_medusa.fulfil(placed["id"])["fulfillment_status"] == "fulfilled"
    level = each_medusa.level("STOCK")
    assert (level["stocked_quantity"], level["reserved_quantity"]) == (7, 0)


@pytest.mark.parametrize(("version", "suffix"), [(install.LATEST, "ts"), (install.RECIPE, "js")])
def test_subscriber_gets_events(new_medusa, listener, tmp_path, version, suffix):
    path = tmp_path / f"send.{suffix}"
    path.write_text(SUBSCRIBER)
    url = f"http://127.0.0.1:{listener.server_port}"
    server = new_medusa(version, subscribers=[path]).start(SYNC_HUB_URL=url, SYNC_HUB_SECRET="known")
    placed = sell(server, "TOLD")
    server.capture(placed["id"])
    server.wait(lambda: len(listener.got) == 2)
    assert [secret for secret, _ in listener.got] == ["known", "known"]
    assert listener.got[0][1] == {"event": "order.placed", "data": {"id": placed["id"]}}
    assert listener.got[1][1]["event"] == "payment.captured"


@pytest.mark.parametrize("version", install.VERSIONS)
@pytest.mark.parametrize("end", ["stop", "kill"])
def test_nothing_is_left_running(new_medusa, version, end):
    server = new_medusa(version)
    server.start()
    assert server.running()
    getattr(server, end)()
    assert not server.running()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}/health", timeout=5)


def test_data_outlives_a_kill(new_medusa):
    server = new_medusa().start()
    port = server.port
    placed = sell(server, "KEPT")
    server.kill()
    server.start(port)
    assert server.order(placed["id"])["email"] == placed["email"]
    assert server.level("KEPT")["reserved_quantity"] == 3


def test_backends_do_not_share_their_data(medusa, new_medusa):
    medusa.create_product("Mine", {"MINE": {"prices": {"eur": 1}}})
    assert new_medusa().start().admin.get("/admin/products", handle="mine")["count"] == 0


def test_port_can_be_chosen(new_medusa):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    begun = time.monotonic()
    assert new_medusa().start(port).url.endswith(f":{port}")
    assert time.monotonic() - begun < FAST

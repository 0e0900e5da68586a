import threading
import time

import pytest

from .vendor import PRODUCT, SIMPLE, changed, post, result, shelf


@pytest.fixture
def clock(server, vendor):
    """Sets the second at which a call arrives."""
    vendor.post("/_reset")
    now = [0]
    server.remotes["vendor"].limit.clock = lambda: now[0]

    def at(second):
        now[0] = second

    return at


def test_five_calls_in_any_second(vendor, clock):
    statuses = []
    for second in (0.0, 0.2, 0.4, 0.6, 0.8, 0.99, 1.0, 1.1, 1.3, 2.2):
        clock(second)
        statuses.append(post(vendor, "create", changed(SIMPLE, ["product", "default_code"], f"A{second}")).status_code)
    # 0.99: the 6th in a second; 1.0: the one at 0.0 is out; 1.1: 6 since 0.1 with the refused one; 2.2: quiet again
    assert statuses == [200] * 5 + [429, 429, 429, 429, 200]
    state = vendor.state()
    assert state["rate_limited"] == 4
    assert [product["default_code"] for product in state["products"]] == [
        "A0.0",
        "A0.2",
        "A0.4",
        "A0.6",
        "A0.8",
        "A2.2",
    ]


def test_too_fast(vendor, clock):
    replies = [post(vendor, "read", {"default_code": "A"}, headers={}) for _ in range(6)]
    assert [reply.status_code for reply in replies] == [401] * 5 + [429]
    assert replies[-1].json() == {"error": "rate_limited"} and replies[-1].headers["Retry-After"] == "1"
    assert vendor.get("/_calls").json()[-1]["status"] == 429
    vendor.post("/_reset", {"rate_limit": 2})
    assert vendor.state()["rate_limited"] == 0


def test_the_limit_counts_arrivals_not_releases(vendor, clock):
    vendor.post("/_fault", {"hold": True})
    threads = []
    for number in range(6):
        clock(number)
        body = changed(SIMPLE, ["product", "default_code"], f"A{number}")
        threads.append(threading.Thread(target=post, args=(vendor, "create", body)))
        threads[-1].start()
        deadline = time.time() + 5
        while vendor.get("/_fault").json()["held_now"] <= number and time.time() < deadline:
            time.sleep(0.01)
    vendor.post("/_fault", {"release": True})
    for thread in threads:
        thread.join(5)
    assert len(shelf(vendor)) == 6 and vendor.state()["rate_limited"] == 0


def test_no_limit_on_the_shop_and_none_at_all(vendor):
    vendor.post("/_reset", {"rate_limit": 1})
    for _ in range(4):
        assert vendor.get("/api/sales-channels/integration/products").status_code == 401
    vendor.post("/_reset", {"rate_limit": 0})
    assert {post(vendor, "read", {"default_code": "A"}).status_code for _ in range(8)} == {200}


def test_an_error_object_at_http_200(vendor):
    body = '{"jsonrpc": "2.0", "id": null, "error": {"code": 200, "message": "Odoo Server Error", "data": {}}}'
    vendor.post("/_fault", {"body": body, "path": "vendor_api", "times": 1})
    reply = post(vendor, "create", SIMPLE)
    assert (reply.status_code, reply.json()["error"]["message"]) == (200, "Odoo Server Error")
    assert shelf(vendor) == [] and result(vendor, "create", SIMPLE)["success"]


@pytest.mark.parametrize(
    "options",
    [
        {"rate": 5},
        {"rate_limit": -1},
        {"rate_limit": 1.5},
        {"rate_counts": "jobs"},
        {"token": ""},
        {"partner_id": "7"},
        {"webhook_url": "x"},
        {"channel_active": 1},
        {"products": {}},
        {"products": [5]},
        {"products": [{"name": "x"}]},
        {"products": [SIMPLE, SIMPLE]},
        [],
    ],
)
def test_wrong_options(vendor, options):
    result(vendor, "create", SIMPLE)
    assert vendor.post("/_reset", options or [1]).status_code == 400
    assert len(shelf(vendor)) == 1


def test_products_from_the_start(vendor):
    vendor.post("/_reset", {"products": [PRODUCT, SIMPLE], "rate_limit": 0})
    product = shelf(vendor, "BPC-10")[0]
    assert [row["vendor_on_hand_qty"] for row in product["variants"]] == [135, 7]
    assert [row["stock_history"] + row["price_history"] for row in product["variants"]] == [[], []]
    result(vendor, "update", {"default_code": "BPC-10", "product": {"vendor_on_hand_qty": 6}})
    assert [value for _t, value in shelf(vendor, "BPC-10")[0]["variants"][1]["stock_history"]] == [6]
    assert shelf(vendor, "BPC-10")[0]["variants"][0]["stock_history"] == []


def test_page(vendor):
    result(vendor, "create", PRODUCT)
    page = vendor.get("/").text
    assert "BPC-157" in page and "COAT-M-WHI" in page and "STANDARD" in page

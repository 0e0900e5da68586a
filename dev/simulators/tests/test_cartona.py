import http.server
import json
import threading

import pytest
import requests

TOKEN = {"AuthorizationToken": "demo-cartona-token"}
BULK = "/api/v1/supplier-product/bulk-update"
BASE_BULK = "/api/v1/supplier-product/base-product/bulk-update"
STOCK = "/api/v1/supplier-product/base-product/bulk-update-stock"
PULL = "/api/v1/order/pull-orders"
STATUS = "/api/v1/order/update-order-status"
LINES = "/api/v1/order/update-order-details"

ORDER = {
    "hashed_id": "Qm7ZtRa1",
    "supplier_code": "1",
    "status": "pending",
    "cartona_credit": 95,
    "installment_cost": 0,
    "wallet_top_up": 100,
    "retailer": {"retailer_name": "بقالة النور", "retailer_number": "+201000000001"},
    "order_details": [
        {
            "id": 900001,
            "supplier_product_id": "551201",
            "internal_product_id": "TEA-25#C",
            "amount": 2,
            "selling_price": 285.0,
        },
        {
            "id": 900002,
            "supplier_product_id": "551201",
            "internal_product_id": "TEA-25#C",
            "amount": 3,
            "selling_price": 300.0,
        },
        {
            "id": 900003,
            "supplier_product_id": "551377",
            "internal_product_id": "SUG-1",
            "amount": 10,
            "selling_price": 42.5,
        },
    ],
}
PLAIN = {
    "hashed_id": "plain1",
    "wallet_top_up": 0,
    "installment_cost": 0,
    "order_details": [{"id": 1, "internal_product_id": "DESK-001", "amount": 1, "selling_price": 1850}],
}


def product(cartona, internal):
    return cartona.state("?internal_product_id=" + requests.utils.quote(internal))["products"][0]


def single(cartona, hashed_id, status, **more):
    body = {"hashed_id": hashed_id, "status": status, **more}
    return cartona.post(f"{STATUS}/{hashed_id}", body, headers=TOKEN)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer demo-cartona-token"},
        {"AuthorizationToken": "Bearer demo-cartona-token"},
        {"AuthorizationToken": "wrong"},
    ],
)
def test_wrong_token(cartona, headers):
    reply = cartona.get(PULL, headers=headers)
    assert (reply.status_code, reply.json()) == (400, {"error": "Invalid credentials"})


def test_profiles(cartona):
    assert cartona.get("/api/v1/supplier-product", headers=TOKEN).ok
    assert cartona.get("/api/v1/base-product", headers=TOKEN).status_code == 404
    cartona.post("/_reset", {"profile": "doc"})
    assert cartona.get("/api/v1/supplier-product", headers=TOKEN).status_code == 404
    assert cartona.get("/api/v1/orders/pull-orders", headers=TOKEN).json() == []
    cartona.post("/_reset", {"profile": "both"})
    assert cartona.get(PULL, headers=TOKEN).ok and cartona.get("/api/v1/orders/pull-orders", headers=TOKEN).ok
    assert cartona.post("/_reset", {"profile": "x"}).status_code == 400


def test_product_list_pages(cartona):
    cartona.post("/_reset", {"products": [], "generate": 250})
    sizes = [
        len(cartona.get(f"/api/v1/supplier-product?page={n}&per_page=100", headers=TOKEN).json()) for n in (1, 2, 3, 4)
    ]
    assert sizes == [100, 100, 50, 0]
    row = cartona.get("/api/v1/supplier-product?internal_product_id=GEN-00007", headers=TOKEN).json()[0]
    assert (row["suppler_prodcut_id"], row["id"], row["internal_product_id"]) == ("600007", 600007, "GEN-00007")
    assert "supplier_code" not in row and "price_history" not in row


def test_search_in_arabic(cartona):
    rows = cartona.get("/api/v1/supplier-product", params={"search_token": "سكر"}, headers=TOKEN).json()
    assert [row["internal_product_id"] for row in rows] == ["SUG-1", "SUG-1#10"]


def test_bulk_update_each_item_for_itself(cartona):
    items = [
        {
            "internal_product_id": "TEA-25#C",
            "supplier_code": "1",
            "selling_price": 300.0,
            "available_stock_quantity": 41,
            "in_stock": True,
        },
        {"supplier_product_id": 551377, "internal_product_id": "DESK-001", "available_stock_quantity": 0},
        {"internal_product_id": "NOPE", "selling_price": 1},
        {"internal_product_id": "DESK-001", "selling_price": "12.00", "available_stock_quantity": 3},
        {"internal_product_id": "DESK-001", "available_stock_quantity": -1},
        {"internal_product_id": "DESK-001", "available_stock_quantity": 1.0},
        {"internal_product_id": "DESK-001", "selling_price": 0},
        {"internal_product_id": "DESK-001", "price": 5},
        {"internal_product_id": "DESK-001", "supplier_code": "2", "selling_price": 5},
        {"selling_price": 5},
        {"base_product_id": "7044", "unit": "box", "unit_count": 10, "selling_price": 5},
    ]
    reply = cartona.post(BULK, items, headers=TOKEN)
    assert reply.status_code == 200
    results = reply.json()
    assert results[0] == {"internal_product_id": "TEA-25#C", "success": True}
    assert results[1] == {"supplier_product_id": 551377, "success": True}
    assert results[2] == {"internal_product_id": "NOPE", "success": False, "error": "product not found"}
    assert [r["success"] for r in results] == [True, True] + [False] * 9
    desk = product(cartona, "DESK-001")
    assert (desk["selling_price"], desk["available_stock_quantity"], desk["price_history"]) == (1850.0, 12, [])
    assert product(cartona, "SUG-1")["available_stock_quantity"] == 0
    assert [value for _t, value in product(cartona, "TEA-25#C")["price_history"]] == [300.0]


def test_bulk_update_by_triple(cartona):
    items = [{"base_product_id": "7044", "unit": "box", "unit_count": 10, "is_published": False}]
    assert cartona.post(BASE_BULK, items, headers=TOKEN).json()[0]["success"]
    assert product(cartona, "SUG-1#10")["is_published"] is False
    assert product(cartona, "SUG-1")["is_published"] is True


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("empty_array", []),
        ("empty_object", {}),
        ("errors_only", [{"internal_product_id": "NOPE", "success": False, "error": "product not found"}]),
    ],
)
def test_answer_forms(cartona, form, expected):
    cartona.post("/_reset", {"answer": form})
    items = [{"internal_product_id": "DESK-001", "selling_price": 7}, {"internal_product_id": "NOPE"}]
    assert cartona.post(BULK, items, headers=TOKEN).json() == expected
    assert product(cartona, "DESK-001")["selling_price"] == 7


def test_bulk_limits(cartona):
    item = {"internal_product_id": "DESK-001", "selling_price": 7}
    assert cartona.post(BULK, [item] * 1001, headers=TOKEN).status_code == 400
    assert cartona.post(BULK, item, headers=TOKEN).status_code == 400
    assert (
        requests.post(
            cartona.url + BULK, data="[", timeout=5, headers={**TOKEN, "Content-Type": "application/json"}
        ).status_code
        == 400
    )
    assert product(cartona, "DESK-001")["price_history"] == []


def test_stock_by_base_product_is_floored(cartona):
    reply = cartona.post(STOCK, [{"base_product_id": "7001", "available_stock_quantity": 1000}], headers=TOKEN)
    assert reply.json() == [{"base_product_id": "7001", "success": True}]
    assert product(cartona, "TEA-25#C")["available_stock_quantity"] == 41
    assert product(cartona, "TEA-25")["available_stock_quantity"] == 1000


def test_order_stays_until_synced_and_returns_when_changed(cartona):
    cartona.post("/_orders", [ORDER])
    for _ in range(2):
        orders = cartona.get(PULL + "?page=1&per_page=50", headers=TOKEN).json()
        assert [(o["hashed_id"], o["total_price"]) for o in orders] == [("Qm7ZtRa1", 1895.0)]
        assert not [key for key in orders[0] if key.startswith("_")]
    assert cartona.post(STATUS, [{"hashed_id": "Qm7ZtRa1", "status": "synced"}], headers=TOKEN).json() == []
    assert cartona.get(PULL, headers=TOKEN).json() == []
    cartona.post("/_orders", {"hashed_id": "Qm7ZtRa1", "status": "cancelled_by_retailer"})
    assert cartona.get(PULL, headers=TOKEN).json()[0]["status"] == "cancelled_by_retailer"
    assert product(cartona, "TEA-25#C")["available_stock_quantity"] == 35  # lowered once, by the remote


def test_status_transitions(cartona):
    cartona.post("/_orders", PLAIN)
    assert single(cartona, "plain1", "delivered").status_code == 422
    assert single(cartona, "plain1", "approved", estimated_delivery_day="2025-11-24").json() == {}
    assert single(cartona, "plain1", "approved").status_code == 422
    assert single(cartona, "plain1", "delivered").status_code == 422
    assert single(cartona, "plain1", "assigned_to_salesman").ok
    assert single(cartona, "plain1", "returned").status_code == 422
    assert single(cartona, "plain1", "delivered").ok
    reply = single(cartona, "plain1", "cancelled_by_supplier")
    assert (reply.status_code, list(reply.json())) == (422, ["error"])
    assert single(cartona, "none", "approved").status_code == 404
    assert cartona.post(STATUS + "/plain1", {"hashed_id": "x", "status": "synced"}, headers=TOKEN).status_code == 400
    assert cartona.state()["orders"][0]["_status_history"] == [
        "pending",
        "approved",
        "assigned_to_salesman",
        "delivered",
    ]


def test_cancel_and_editing(cartona):
    cartona.post("/_orders", [PLAIN, {**PLAIN, "hashed_id": "e1", "status": "editing"}])
    assert single(cartona, "e1", "approved").status_code == 422
    assert single(cartona, "plain1", "cancelled_by_supplier", cancellation_reason="because").status_code == 422
    assert single(cartona, "plain1", "cancelled_by_supplier", cancellation_reason="out_of_stock").ok


def test_bulk_status_hides_failures(cartona):
    cartona.post("/_orders", PLAIN)
    reply = cartona.post(STATUS, [{"hashed_id": "plain1", "status": "delivered"}], headers=TOKEN)
    assert (reply.status_code, reply.json()) == (200, [])
    assert cartona.state()["orders"][0]["status"] == "pending"


def test_otp(cartona):
    cartona.post("/_orders", {**ORDER, "status": "assigned_to_salesman", "_otp": "480215"})
    assert single(cartona, "Qm7ZtRa1", "delivered").status_code == 422
    assert single(cartona, "Qm7ZtRa1", "delivered", retailer_otp="739104").status_code == 422
    assert single(cartona, "Qm7ZtRa1", "delivered", retailer_otp="480215").ok
    assert [call["body"].get("retailer_otp") for call in cartona.get("/_calls").json()] == [None, "***", "***"]


def test_order_lines(cartona):
    cartona.post("/_orders", ORDER)
    change = {
        "hashed_id": "Qm7ZtRa1",
        "order_details": [
            {"id": 900003, "amount": 8},
            {"id": 900002, "cancelled": True},
            {"internal_product_id": "SUG-1#10", "amount": 1, "price": 418.0},
        ],
    }
    assert cartona.post(LINES, [change], headers=TOKEN).json() == []
    order = cartona.get(PULL, headers=TOKEN).json()[0]
    assert [(line["id"], line["amount"]) for line in order["order_details"]] == [(900001, 2), (900003, 8), (990001, 1)]
    assert order["total_price"] == 2 * 285 + 8 * 42.5 + 418
    cartona.post(
        LINES, [{"hashed_id": "Qm7ZtRa1", "order_details": [{"id": 900003, "amount": 1}, {"id": 5}]}], headers=TOKEN
    )
    state = cartona.state()
    assert state["detail_errors"] == ["line not found"]
    assert state["orders"][0]["total_price"] == order["total_price"]


def test_push_webhook(cartona):
    got = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, self.headers["AuthorizationToken"], json.loads(body)))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *args):
            pass

    hook = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    cartona.post("/_orders", PLAIN)
    reply = cartona.post("/_push", {"hashed_id": "plain1", "url": f"http://127.0.0.1:{hook.server_port}/h"}).json()
    assert (reply["status"], reply["body"]) == (200, "{}")
    cartona.post(
        "/_push",
        {"hashed_id": "plain1", "url": f"http://127.0.0.1:{hook.server_port}/h", "secret": "x", "kind": "status"},
    )
    hook.shutdown()
    assert got[0][:2] == ("/h", "demo-cartona-secret") and got[0][2]["order_details"][0]["amount"] == 1
    assert got[1] == ("/h", "x", {"hashed_id": "plain1", "status": "pending"})

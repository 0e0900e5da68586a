import hashlib
import json
import time

import pytest

from simulators.prestashop.remote import sample_bodies, sample_names

ORDER = {
    "customer": {"id": 67, "email": "maria@example.com", "firstname": "María José", "lastname": "D'Angelo"},
    "address": {"id": 33, "city": "L'Hospitalet"},
    "lines": [
        {
            "product_id": 5,
            "product_attribute_id": 23,
            "reference": "TS-BLUE-M",
            "name": "Camiseta",
            "quantity": 2,
            "price_excl": 25,
            "tax_rate": 21,
        },
        {"product_id": 8, "reference": "MUG-KOALA", "name": "Taza", "quantity": 1, "price_excl": 40},
    ],
    "shipping_excl": 5,
    "discount_excl": 9,
    "state": 2,
}


def rows(shop):
    return [(row["id_event"], row["sync_status"], row["sync_error"]) for row in shop.state()["events"]]


# -- forward ---------------------------------------------------------------
def test_batch_goes_out_as_the_module_sends_it(shop, odoo):
    reply = shop.post("/_send", {"recording": "013-order-bankwire-created", "url": odoo.url}).json()
    line, headers, body = odoo.got[0]
    assert line == "POST /prestashop/webhook HTTP/1.1"
    assert [name for name, _value in headers] == [
        "Host",
        "Accept",
        "Accept-Encoding",
        "Content-Type",
        "Content-Length",
        "X-Webhook-Secret",
        "X-Batch-ID",
        "User-Agent",
    ]
    assert dict(headers)["X-Batch-ID"] == "batch_20261121050045_7c6d1a94" == reply["batch_id"]
    assert dict(headers)["X-Webhook-Secret"] == "demo-prestashop-secret"
    assert len(body) == 13036
    assert (reply["status"], reply["results"]) == (200, [{"success": True}] * 3)
    assert rows(shop) == [(17, "success", ""), (18, "success", ""), (19, "success", "")]
    order = next(o for o in shop.state()["orders"] if o["id_order"] == 8)
    assert (order["reference"], order["current_state"], order["total_paid"]) == ("PXMYWERAE", 10, 69.14)


def test_test_connection_and_empty_secret(shop, odoo):
    shop.post("/_send", {"recording": "test-connection", "url": odoo.url, "secret": ""})
    assert [name for name, _value in odoo.got[0][1]] == [
        "Host",
        "Accept",
        "Content-Type",
        "Content-Length",
        "User-Agent",
    ]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (
            (200, {"results": [{"success": True}, {"success": False, "error": "no"}, {"success": False}]}),
            ["success", "failed no", "failed Unknown error"],
        ),
        ((200, {"results": [{"success": True}]}), ["success", "pending", "pending"]),
        ((200, {"results": []}), ["pending"] * 3),
        ((200, {"results": ["ok", "ok", "ok"]}), ["pending"] * 3),
        ((200, {"results": {"17": {"success": True}}}), ["pending"] * 3),
        ((200, {"jsonrpc": "2.0", "error": {"code": 200}}), ["success"] * 3),
        ((204, b""), ["success"] * 3),
        ((302, b""), ["failed Batch request failed: HTTP 302"] * 3),
        ((500, {"error": "demo server error"}), ["failed Exception: HTTP 500: demo server error"] * 3),
        ((401, {"error": {"a": 1}}), ["failed Exception: HTTP 401: Array"] * 3),
    ],
)
def test_reading_of_answers(shop, odoo, reply, expected):
    odoo.replies.append(reply)
    shop.post("/_send", {"recording": "order-bankwire-created", "url": odoo.url})
    assert [f"{status} {error}".strip() for _id, status, error in rows(shop)] == expected


def test_no_answer_fails_all(shop):
    reply = shop.post("/_send", {"sample": "4.3", "url": "http://127.0.0.1:9/x"}).json()
    assert (reply["status"], reply["events"][0]["sync_status"]) == (0, "failed")


def test_copies_and_resend(shop, odoo):
    reply = shop.post("/_send", {"sample": "4.2", "url": odoo.url, "copies": 2}).json()
    assert [copy["status"] for copy in reply["copies"]] == [200, 200]
    assert odoo.got[0][2] == odoo.got[1][2]
    odoo.replies.append((500, {"error": "x"}))
    shop.post("/_send", {"sample": "4.1", "url": odoo.url})
    assert shop.post("/_send", {"resend": [161], "url": odoo.url}).status_code == 400
    again = shop.post("/_send", {"resend": [170], "url": odoo.url}).json()
    assert odoo.events()[0]["event_id"] == 170 and again["batch_id"].endswith("149e9677")
    assert rows(shop)[-1] == (170, "success", "")
    assert [row["sync_attempts"] for row in shop.state()["events"]] == [2, 2, 2]


def test_every_sample_is_a_message(shop):
    assert len(sample_names()) >= 60
    for name in sample_names():
        for body in sample_bodies(name):
            message = json.loads(body)
            assert message.get("test") or all("transaction_hash" in event for event in message["events"])


def test_composed_order_agrees_with_itself(shop, odoo):
    reply = shop.post("/_order", {**ORDER, "url": odoo.url}).json()
    events = odoo.events()
    assert [(e["entity_type"], e["action_type"]) for e in events] == [
        ("customer", "created"),
        ("customer", "updated"),
        ("payment", "received"),
        ("payment", "confirmed"),
        ("order", "updated"),
        ("order", "created"),
        ("order", "status_changed"),
        ("invoice", "created"),
    ]
    order = events[5]["after_data"]
    sample = json.loads(sample_bodies("contract-4.1")[0])["events"][0]
    assert list(events[5]) == list(sample)
    assert list(order) == list(sample["after_data"])
    assert list(order["order_details"][0]) == list(sample["after_data"]["order_details"][0])
    assert (order["total_paid_tax_excl"], order["total_paid"], order["total_products_wt"]) == (86, 104.06, 108.9)
    assert order["order_details"][1]["product_tax"] == 8.399999999999999
    assert (order["current_state"], events[6]["context_data"]["new_status_id"]) == (0, 2)
    assert reply["current_state"] == 2 and reply["status"] == 200
    seconds = int(time.mktime(time.strptime(events[5]["hook_timestamp"], "%Y-%m-%d %H:%M:%S")))
    texts = [f"order_{reply['id_order']}_created_{(seconds + zone * 1800) // 5 * 5}" for zone in range(-52, 53)]
    assert events[5]["transaction_hash"] in [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    ids = ",".join(str(event["event_id"]) for event in events)
    assert reply["batch_id"].endswith("_" + hashlib.md5(ids.encode()).hexdigest()[:8])
    address = events[1]
    assert (address["entity_id"], address["after_data"]["id"], address["context_data"]["address_action"]) == (
        67,
        "33",
        "created",
    )
    # the customer is known now
    assert len(shop.post("/_order", {**ORDER, "send": False}).json()["batch"]["events"]) == 6


def test_unpaid_order_and_many_orders(shop, odoo):
    shop.post("/_order", {**ORDER, "state": 10, "url": odoo.url})
    assert [
        (e["action_type"], e["after_data"]["current_state"]) for e in odoo.events() if e["entity_type"] == "order"
    ] == [("created", 0), ("status_changed", 0), ("updated", 10)]
    reply = shop.post("/_order", {"lines": ORDER["lines"], "count": 20, "parallel": 4, "url": odoo.url}).json()
    assert len({order["reference"] for order in reply["orders"]}) == 20
    assert {order["status"] for order in reply["orders"]} == {200}
    numbers = [e["event_id"] for n in range(len(odoo.got)) for e in odoo.events(n)]
    assert len(set(numbers)) == len(numbers)
    assert shop.post("/_order", {"lines": []}).status_code == 400
    assert shop.post("/_order", {**ORDER, "statee": 1}).status_code == 400


def test_second_change_within_five_seconds_is_lost(shop, odoo):
    order = shop.post("/_order", {**ORDER, "state": 10, "url": odoo.url}).json()
    change = {"id_order": order["id_order"], "url": odoo.url}
    first = shop.post("/_order", {**change, "state": 2, "later": True}).json()
    events = odoo.events()
    assert [(e["entity_type"], e["action_type"]) for e in events] == [
        ("order", "status_changed"),
        ("order", "updated"),
        ("invoice", "created"),
        ("payment", "received"),
        ("payment", "confirmed"),
    ]
    assert (events[0]["after_data"]["current_state"], events[1]["after_data"]["current_state"]) == (10, 2)
    assert [h["id_order_state"] for h in events[1]["after_data"]["order_history"]] == [10]
    assert first["suppressed"] == 0
    second = shop.post("/_order", {**change, "note": "x"}).json()
    if second["suppressed"]:  # unless a new 5 seconds began between the two
        assert "status" not in second
    third = shop.post("/_order", {**change, "tracking_number": "1Z", "later": True}).json()
    assert (odoo.events()[0]["action_type"], third["status"]) == ("tracking_updated", 200)

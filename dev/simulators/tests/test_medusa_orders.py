"""Medusa's orders as the simulator has them, and what its subscriber tells."""

import base64
import hashlib
import hmac
import json

import pytest

from .medusa import ask, call, cup, do, level, place, refused

SECRET = b"demo-medusa-secret"


@pytest.mark.parametrize(
    ("wish", "total", "tax"),
    [
        ({}, 79.08, 13.18),
        ({"tax_inclusive": True}, 65.9, 10.983333),
        ({"discount": 10}, 71.88, 11.98),
        ({"tax_rate": 0, "shipping": 0}, 60, 0),
    ],
)
def test_totals_agree(medusa, wish, total, tax):
    cup(medusa)
    order = place(medusa, **wish)
    assert (order["total"], round(order["tax_total"], 6)) == (total, tax)
    parts = [*order["items"], *order["shipping_methods"]]
    assert round(sum(part["total"] for part in parts), 9) == total
    assert order["payment_collections"][0]["payments"][0]["amount"] == total


def test_pieces_are_held_back_until_they_go(medusa):
    cup(medusa)
    order = place(medusa)
    assert (level(medusa)["stocked_quantity"], level(medusa)["reserved_quantity"]) == (10, 3)
    do(medusa, fulfil=order["id"])
    assert (level(medusa)["stocked_quantity"], level(medusa)["reserved_quantity"]) == (7, 0)
    other = place(medusa)
    do(medusa, cancel=other["id"])
    assert (level(medusa)["stocked_quantity"], level(medusa)["reserved_quantity"]) == (7, 0)
    assert medusa.post("/_buyer", {"lines": {"CUP-S": 8}}).status_code == 400, "more than there is"


def test_a_parcel_holds_something(medusa):
    cup(medusa)
    order = place(medusa)
    path = f"/orders/{order['id']}/fulfillments"
    for items in (None, [], [{"id": order["items"][0]["id"], "quantity": 0}]):
        assert "items" in refused(ask(medusa, "POST", path, {"items": items}))


def test_a_parcel_goes_its_way_once(medusa):
    cup(medusa)
    order = place(medusa)
    path, line = f"/orders/{order['id']}/fulfillments", order["items"][0]["id"]
    two = [{"id": line, "quantity": 2}]
    made = call(medusa, "POST", path, {"items": two, "metadata": {"a": "b"}})["order"]
    assert made["fulfillment_status"] == "partially_fulfilled"
    parcel = made["fulfillments"][0]["id"]
    assert "exceeds the reserved quantity" in refused(ask(medusa, "POST", path, {"items": two}))
    label = {"tracking_number": "T1", "tracking_url": "#", "label_url": "#"}
    bad = {"items": two, "labels": [{"tracking_number": "T1"}]}
    assert "tracking_url" in refused(ask(medusa, "POST", f"{path}/{parcel}/shipments", bad))
    shipped = call(medusa, "POST", f"{path}/{parcel}/shipments", {"items": two, "labels": [label]})["order"]
    assert shipped["fulfillment_status"] == "partially_shipped"
    again = ask(medusa, "POST", f"{path}/{parcel}/shipments", {"items": two})
    assert refused(again, kind="not_allowed") == "Shipment has already been created"
    call(medusa, "POST", f"{path}/{parcel}/mark-as-delivered", {})
    assert refused(ask(medusa, "POST", f"{path}/{parcel}/mark-as-delivered", {}), kind="not_allowed")


def test_money_moves_within_its_bounds(medusa):
    cup(medusa)
    order = place(medusa)
    payment = order["payment_collections"][0]["payments"][0]["id"]
    call(medusa, "POST", f"/payments/{payment}/capture", {"amount": 30})
    assert call(medusa, "GET", f"/orders/{order['id']}")["order"]["payment_status"] == "partially_captured"
    assert "more than the authorized" in refused(ask(medusa, "POST", f"/payments/{payment}/capture", {}))
    call(medusa, "POST", f"/payments/{payment}/capture", {"amount": 49.08})
    assert call(medusa, "POST", f"/payments/{payment}/capture", {})["payment"]["captured_at"]
    assert "more than the captured" in refused(ask(medusa, "POST", f"/payments/{payment}/refund", {"amount": 80}))
    call(medusa, "POST", f"/payments/{payment}/refund", {"amount": 79.08})
    assert call(medusa, "GET", f"/orders/{order['id']}")["order"]["payment_status"] == "refunded"
    found = call(medusa, "GET", f"/payments/{payment}")["payment"]
    assert found["payment_collection"]["order"]["id"] == order["id"]


def test_money_that_goes_back_is_owed_no_more(medusa):
    cup(medusa)
    order = place(medusa, capture=True)
    after = do(medusa, refund=order["id"], amount=5)
    assert (after["total"], after["credit_line_total"], after["payment_status"]) == (74.08, 5, "partially_refunded")
    assert [line["amount"] for line in after["credit_lines"]] == [5]
    other = place(medusa, capture=True)
    assert do(medusa, cancel=other["id"])["payment_status"] == "refunded"


def test_cancelling(medusa):
    cup(medusa)
    order, packed, done = place(medusa), place(medusa), place(medusa)
    call(medusa, "POST", f"/orders/{order['id']}/cancel", {})
    assert "has been canceled" in refused(ask(medusa, "POST", f"/orders/{order['id']}/cancel", {}))
    do(medusa, fulfil=packed["id"])
    assert refused(ask(medusa, "POST", f"/orders/{packed['id']}/cancel", {}), kind="not_allowed")
    call(medusa, "POST", f"/orders/{done['id']}/complete", {})
    assert refused(ask(medusa, "POST", f"/orders/{done['id']}/cancel", {}), kind="not_allowed")


def test_orders_are_listed_by_their_last_change(medusa):
    cup(medusa)
    first, second = place(medusa), place(medusa)
    do(medusa, cancel=first["id"])
    newest = call(medusa, "GET", "/orders", order="-updated_at", limit=1)["orders"]
    assert [order["id"] for order in newest] == [first["id"]]
    since = call(medusa, "GET", f"/orders/{first['id']}")["order"]["updated_at"]
    found = call(medusa, "GET", "/orders", **{"updated_at[$gte]": since})["orders"]
    assert [order["id"] for order in found] == [first["id"]] and second["id"] != first["id"]


def test_guests_and_accounts_of_one_address(medusa):
    cup(medusa)
    guest, account = place(medusa), place(medusa, account=True)
    assert guest["customer_id"] != account["customer_id"]
    assert place(medusa)["customer_id"] == guest["customer_id"]
    again = ask(medusa, "POST", "/customers", {"email": "jane@example.com"})
    assert refused(again) == "Customer with email: jane@example.com, has_account: false, already exists."
    found = call(medusa, "GET", "/customers", email="jane@example.com")["customers"]
    assert {row["has_account"] for row in found} == {True, False}


# ------------------------------------------------------------ events


def told_of(odoo, name):
    """(headers, body, address) of what came of one event."""
    for line, headers, body in odoo.got:
        found = {key.lower(): value for key, value in headers}
        if found.get("x-medusa-event") == name or f"event={name}" in line:
            return found, body, line
    raise AssertionError([line for line, _headers, _body in odoo.got])


def test_the_events_of_an_order_in_their_order(medusa, medusa_told):
    cup(medusa)
    order = place(medusa)
    do(medusa, capture=order["id"])
    do(medusa, fulfil=order["id"])
    do(medusa, ship=order["id"])
    do(medusa, deliver=order["id"])
    do(medusa, cancel=place(medusa)["id"])
    names = [event["event"] for event in medusa.state()["events"] if event["order_id"] or event["id"] == order["id"]]
    assert names == [
        "order.placed",
        "payment.captured",
        "order.fulfillment_created",
        "shipment.created",
        "delivery.created",
    ]
    assert medusa.state()["events"][-2]["event"] == "reservation-item.deleted"


def test_our_own_pushes_are_told_too(medusa, medusa_told):
    product = cup(medusa)
    call(medusa, "POST", f"/products/{product['id']}", {"title": "Mug"})
    names = [event["event"] for event in medusa.state()["events"]]
    assert names.count("product.created") == 1 and names[-1] == "product.updated"
    assert names.count("inventory-level.created") == 2


def test_a_message_is_signed_with_its_time(medusa, medusa_told):
    cup(medusa)
    order = place(medusa)
    medusa_told.until("order.placed")
    headers, body, _line = told_of(medusa_told, "order.placed")
    assert json.loads(body) == {"event": "order.placed", "data": {"id": order["id"]}}
    stamp = headers["x-medusa-timestamp"].encode()
    assert (
        headers["x-medusa-signature"] == "sha256=" + hmac.new(SECRET, stamp + b"." + body, hashlib.sha256).hexdigest()
    )
    assert headers["x-medusa-event-id"]


@pytest.mark.parametrize("form", ["plain", "base64", "bare"])
def test_the_other_forms(medusa, medusa_told, form):
    cup(medusa)
    medusa.post("/_sender", {"form": form})
    order = place(medusa)
    medusa_told.until("order.placed")
    headers, body, line = told_of(medusa_told, "order.placed")
    digest = hmac.new(SECRET, body, hashlib.sha256).digest()
    if form == "bare":
        assert json.loads(body) == {"id": order["id"]} and "token=demo-medusa-secret" in line
    else:
        wanted = digest.hex() if form == "plain" else base64.b64encode(digest).decode()
        assert headers["x-medusa-signature"] == wanted


def test_a_silent_shop(medusa, medusa_told):
    assert medusa.post("/_sender", {"form": "smoke"}).status_code == 400
    medusa.post("/_sender", {"form": None})
    cup(medusa)
    place(medusa)
    assert {event["status"] for event in medusa.state()["events"]} == {None}

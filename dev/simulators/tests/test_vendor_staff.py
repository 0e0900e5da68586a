import json
import re

import pytest

from .vendor import get, placed, stock


def test_move_an_order(vendor):
    made = placed(vendor)
    shipment = {"carrier": "UPS", "trackingNumber": "1Z9", "trackingUrl": "https://ups.example/1Z9"}
    for key in (made["orderId"], "S00042"):
        reply = vendor.post("/_order", {"order": key, "status": "SHIPPED", "shipments": [shipment]}).json()
        assert reply["order"] == get(vendor, "/orders/S00042") and reply["push"] is None
    order = get(vendor, "/orders/S00042")
    sent = order["shipments"][0]
    assert (order["status"], order["trackingNumber"]) == ("SHIPPED", "1Z9")
    assert set(sent) == {"id", *shipment, "status", "shippedAt", "deliveredAt"} and shipment.items() <= sent.items()
    assert sent["status"] == "SHIPPED" and sent["shippedAt"].endswith("Z") and sent["deliveredAt"] is None
    vendor.post("/_order", {"order": "S00042", "trackingEvents": [{"eventType": "SCAN", "city": "Austin"}]})
    order = get(vendor, "/orders/S00042")
    assert order["status"] == "SHIPPED" and order["shipments"] == [sent]
    assert order["trackingEvents"][0]["city"] == "Austin" and order["trackingEvents"][0]["occurredAt"]
    vendor.post("/_order", {"order": "S00042", "status": "DELIVERED"})
    arrived = get(vendor, "/orders/S00042")["shipments"][0]
    assert arrived["status"] == "DELIVERED" and arrived["deliveredAt"] and arrived["shippedAt"] == sent["shippedAt"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"order": "NOPE", "status": "SHIPPED"},
        {"order": [], "status": "SHIPPED"},
        {"order": "S00042", "status": "shipped"},
        {"order": "S00042", "shipments": [{"trackingNumber": "1"}]},
        {"order": "S00042", "shipments": [{"carrier": "UPS", "number": "1"}]},
        {"order": "S00042", "state": "SHIPPED"},
        [],
    ],
)
def test_a_wrong_step(vendor, body):
    placed(vendor)
    assert vendor.post("/_order", body or [1]).status_code == 400
    assert get(vendor, "/orders/S00042")["status"] == "PENDING"


def test_stock_without_a_webhook(vendor):
    reply = vendor.post("/_stock", {"sku": "BPC-5", "quantity": 4})
    assert reply.json() == {"sku": "BPC-5", "quantity": 4, "push": None}
    assert stock(vendor, "BPC-5") == 4 and vendor.state()["shop"]["pushes"] == []
    for body in ({"sku": "NOPE", "quantity": 1}, {"sku": "BPC-5"}, {"sku": "BPC-5", "quantity": "1"}, {"x": 1}):
        assert vendor.post("/_stock", body).status_code == 400


def test_stock_webhook(vendor, odoo):
    vendor.post("/_reset", {"webhook_url": odoo.url})
    odoo.replies = [(503, {"error": "later"})]
    push = vendor.post("/_stock", {"sku": "BPC-10", "quantity": 3, "push": True}).json()["push"]
    assert (push["status"], json.loads(push["body"])) == (503, {"error": "later"})
    assert vendor.state()["shop"]["pushes"] == [push]
    ((line, headers, raw),) = odoo.got  # once, although it was refused
    body = json.loads(raw)
    rows = [row for row in get(vendor, "/inventory")["inventory"] if row["sku"] == "BPC-10"]
    assert (body["type"], body["inventory"], set(body)) == (
        "inventory_update",
        rows,
        {"type", "timestamp", "inventory"},
    )
    assert rows[0]["quantity"] == 3 and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["timestamp"])
    names = {name.lower() for name, _value in headers}
    assert not names & {"authorization", "x-api-key"} and dict(headers)["Content-Type"] == "application/json"
    assert line.startswith("POST /prestashop/webhook ")


def test_order_webhook_goes_to_odoo_by_default(server, vendor, odoo, monkeypatch):
    monkeypatch.setattr(server.remotes["vendor"], "odoo_url", odoo.url.removesuffix("/prestashop/webhook"))
    placed(vendor)
    push = vendor.post("/_order", {"order": "S00042", "status": "CANCELLED", "push": True}).json()["push"]
    assert (push["status"], push["inventory"][0]["quantity"]) == (200, 135)
    assert odoo.got[0][0].startswith("POST /vendor_shop/webhook ")


def test_webhook_without_a_listener(vendor):
    vendor.post("/_reset", {"webhook_url": "http://127.0.0.1:9/x"})
    push = vendor.post("/_stock", {"sku": "BPC-10", "quantity": 3, "push": True}).json()["push"]
    assert push["status"] == 0 and push["body"]

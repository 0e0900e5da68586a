import json
import time

import pytest
import requests

REVERSE = "/modules/odoo_sales_sync/reverse_webhook.php"
SECRET = {"X-Webhook-Secret": "demo-prestashop-secret"}


def call(shop, entity, action, data, **payload):
    return shop.post(
        REVERSE,
        {"event_id": f"e-{time.time_ns()}", "entity_type": entity, "action_type": action, "data": data, **payload},
        headers=SECRET,
    )


def said(reply):
    body = reply.json()
    for key in ("processing_time_ms", "received_at", "processing_time_seconds"):
        assert key in body
        del body[key]
    return reply.status_code, body


def test_reverse_refusals(shop):
    good = {"entity_type": "order", "data": {"id": 8, "note": "x"}}
    for headers in ({}, {"X-Webhook-Secret": "bad"}):
        reply = shop.post(REVERSE, good, headers=headers)
        assert (reply.status_code, reply.text) == (403, '{"success":false,"error":"Invalid webhook secret"}')
    assert shop.get(REVERSE).json()["error"] == "Method not allowed. Use POST."
    for raw, status, error in (
        (b"", 400, "Empty payload"),
        (b"{bad", 400, "Invalid JSON: No error"),
        (b"[1,2]", 500, "Missing required field: entity_type"),
    ):
        reply = requests.post(shop.url + REVERSE, data=raw, headers=SECRET, timeout=5)
        assert (reply.status_code, reply.json()["error"]) == (status, error)
        assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    reply = shop.post(REVERSE, {"entity_type": "order"}, headers=SECRET)
    assert (reply.status_code, reply.json()["error"]) == (500, "Missing required field: data")
    assert "processing_time_ms" not in reply.json() and "received_at" in reply.json()
    assert call(shop, "invoice", "updated", {"id": 1}).json()["error"] == (
        "Invalid entity_type. Must be one of: customer, contact, order, address, coupon, discount, cart_rule"
    )
    shop.post("/_reset", {"reverse_enabled": False})
    assert call(shop, "order", "updated", {"id": 8}).json()["error"] == "Reverse synchronization is disabled"
    shop.post("/_reset", {"domain": "shop.example"})
    reply = shop.post(REVERSE, good, headers=SECRET, allow_redirects=False)
    assert (reply.status_code, reply.headers["Location"], reply.text) == (302, "http://shop.example/index.php?", "")


@pytest.mark.parametrize(
    ("entity", "action", "data", "expected"),
    [
        ("customer", "created", {"email": "nope"}, "Invalid email format: nope"),
        ("customer", "created", {"firstname": "X"}, "Email is required for customer creation"),
        (
            "customer",
            "created",
            {"email": "d2@example.com", "firstname": "-", "lastname": "Foo (SL)"},
            "Invalid lastname",
        ),
        ("customer", "updated", {"id": 9, "email": "acme@example.com"}, "Email already exists for another customer"),
        ("customer", "updated", {"id": 99999, "firstname": "X"}, "Failed to load customer with ID: 99999"),
        (
            "address",
            "created",
            {"id_customer": 9, "address1": "C/ Mayor 1", "postcode": "28001", "id_country": 6},
            "Required field missing: city",
        ),
        (
            "address",
            "created",
            {"id_customer": 99999, "address1": "C/", "postcode": "28001", "city": "Madrid", "id_country": 6},
            "Customer not found: 99999",
        ),
        (
            "address",
            "created",
            {"id_customer": 9, "address1": "C/", "postcode": "28001", "city": "Madrid", "id_country": 99999},
            "Invalid country ID: 99999",
        ),
        (
            "address",
            "created",
            {
                "id_customer": 9,
                "lastname": "Acme 3",
                "address1": "C/",
                "postcode": "28001",
                "city": "Madrid",
                "id_country": 6,
                "dni": "12345678Z",
            },
            "Processing exception: Property Address-&gt;lastname is not valid",
        ),
        (
            "address",
            "created",
            {"id_customer": 9, "address1": "C/", "postcode": "28001", "city": "Madrid", "id_country": 6},
            "Processing exception: Property Address-&gt;dni is empty.",
        ),
        ("address", "updated", {"city": "X"}, "Address ID is required for update"),
        ("order", "created", {"reference": "X"}, "Order creation from Odoo not supported. Use order updates only."),
        ("order", "updated", {"id": 99999, "note": "x"}, "Failed to load order with ID: 99999"),
        ("order", "updated", {"id": 8, "id_order_state": 999}, "Invalid order state ID: 999"),
        (
            "coupon",
            "created",
            {"code": "NADA"},
            "Coupon must have a discount (reduction_percent, reduction_amount, or free_shipping)",
        ),
        (
            "coupon",
            "created",
            {"code": "MUCHO", "reduction_percent": 150},
            "Processing exception: Property CartRule-&gt;reduction_percent is not valid",
        ),
        ("coupon", "updated", {"code": "NOEXISTE", "active": False}, "Coupon not found. Provide valid id or code."),
    ],
)
def test_reverse_business_failures_as_recorded(shop, entity, action, data, expected):
    assert said(call(shop, entity, action, data)) == (500, {"success": False, "error": expected})


def test_reverse_customer(shop):
    _status, body = said(call(shop, "customer", "created", {"email": "solo.email@example.com"}))
    number = body.pop("entity_id")
    assert isinstance(number, str) and body == {
        "success": True,
        "message": "Customer created successfully",
        "email": "solo.email@example.com",
    }
    made = next(c for c in shop.state()["customers"] if c["id_customer"] == int(number))
    assert (made["firstname"], made["lastname"], made["active"]) == ("Unknown", "Customer", 1)
    again = said(call(shop, "customer", "created", {"email": "PEDRO.odoo@example.com", "firstname": "Pedro"}))[1]
    assert (again["entity_id"], again["message"]) == (9, "Customer updated successfully")
    assert said(call(shop, "contact", "updated", {"id": "9", "optin": True}))[1]["entity_id"] == 9
    reply = call(shop, "customer", "updated", {"id": 9, "lastname": "O'Brien"})
    assert (reply.status_code, reply.content) == (500, b"")
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert call(shop, "customer", "updated", {"id": 9, "lastname": "O’Brien"}).ok
    call(shop, "customer", "deleted", {"id": 9, "active": False, "company": "L'Hospitalet\nS.L."})
    pedro = next(c for c in shop.state()["customers"] if c["id_customer"] == 9)
    assert (pedro["firstname"], pedro["lastname"], pedro["optin"], pedro["active"]) == ("Pedro", "O’Brien", 1, 0)
    assert pedro["company"] == "L\\'Hospitalet\\nS.L."
    assert [o["status"] for o in shop.state()["reverse_operations"]][3] == "processing"


def test_reverse_address_has_no_memory(shop):
    data = {
        "id_customer": 9,
        "alias": "Odoo 1234",
        "firstname": "Pedro",
        "lastname": "Gómez Ruiz",
        "address1": "C/ d'Aragó 5",
        "postcode": "28001",
        "city": "L'Hospitalet",
        "id_country": 6,
        "id_state": 383,
        "phone": "+34 600 123 456",
        "vat_number": "ESB12345678",
        "dni": "12345678Z",
    }
    replies = [said(call(shop, "address", "created", data, event_id="same"))[1] for _ in range(2)]
    assert replies[0]["customer_id"] == 9 and replies[0]["message"] == "Address created successfully"
    assert int(replies[1]["entity_id"]) == int(replies[0]["entity_id"]) + 1
    number = int(replies[0]["entity_id"])
    assert said(call(shop, "address", "updated", {"id": number, "vat_number": "", "phone": None}))[1] == {
        "success": True,
        "entity_id": number,
        "message": "Address updated successfully",
    }
    row = shop.state()["addresses"][0]
    assert (row["city"], row["address1"], row["vat_number"], row["phone"]) == (
        "L\\'Hospitalet",
        "C/ d\\'Aragó 5",
        "",
        "+34 600 123 456",
    )
    assert call(
        shop,
        "address",
        "created",
        {"id_customer": 9, "address1": "1 rue", "postcode": "75001", "city": "Paris", "id_country": 8},
    ).ok


def order_row(shop):
    order = next(o for o in shop.state()["orders"] if o["id_order"] == 8)
    return order["current_state"], order["tracking_number"], [h["id_order_state"] for h in order["order_history"]]


def test_reverse_order(shop):
    assert said(call(shop, "order", "updated", {"id": 8, "current_state": 4, "tracking_number": "1Z9"})) == (
        200,
        {
            "success": True,
            "entity_id": 8,
            "message": "Order updated successfully",
            "reference": "PXMYWERAE",
            "updated_fields": ["status", "tracking_number"],
        },
    )
    assert order_row(shop) == (4, "1Z9", [4])
    again = said(call(shop, "order", "updated", {"reference": "PXMYWERAE", "id_order_state": 4}))[1]
    assert again["updated_fields"] == ["status"] and order_row(shop) == (4, "1Z9", [4])
    unknown = said(call(shop, "order", "updated", {"id": 8, "internal_note": "x", "shipping": 1}))[1]
    assert unknown["updated_fields"] == []
    bad = call(shop, "order", "updated", {"id": 8, "id_order_state": 5, "tracking_number": "A*B$C"})
    assert bad.json()["error"] == "Processing exception: Property OrderCarrier-&gt;tracking_number is not valid"
    assert order_row(shop) == (5, "1Z9", [4, 5])
    call(shop, "order", "updated", {"id": 8, "note": 'l\'avi "diu"\nlinea 2', "id_order_state": 6})
    assert order_row(shop) == (5, "1Z9", [4, 5, 6])  # the state goes back, the history row stays
    assert shop.state()["orders"][0]["note"] == 'l\\\'avi \\"diu\\"\\nlinea 2'
    assert call(shop, "order", "updated", {"id": 8, "tracking_number": "<x>"}).json()["updated_fields"] == [
        "tracking_number"
    ]
    assert order_row(shop)[1] == ""


def test_reverse_coupon(shop):
    made = said(
        call(
            shop,
            "coupon",
            "created",
            {"code": "WINTER15", "name": "Winter 15%", "reduction_percent": 15, "quantity": 100},
        )
    )[1]
    assert made["code"] == "WINTER15" and isinstance(made["entity_id"], str)
    again = call(shop, "cart_rule", "created", {"code": "WINTER15", "reduction_percent": 15})
    assert again.json()["error"] == "Coupon code already exists: WINTER15"
    call(shop, "coupon", "updated", {"code": "WINTER15", "reduction_percent": 20, "reduction_amount": 0})
    rule = shop.state()["cart_rules"][0]
    assert (rule["reduction_percent"], rule["reduction_amount"], rule["quantity"]) == (0, 0, 100)
    assert rule["name"] == {"1": "Winter 15%", "2": "Winter 15%"}


def test_reverse_uses_event_numbers_and_long_ids(shop):
    call(shop, "order", "updated", {"id": 8, "note": "a"})
    for event_id in (123, "x" * 80):
        assert call(shop, "order", "updated", {"id": 8, "note": "b"}, event_id=event_id).ok
    state = shop.state()
    assert [row["hook_name"] for row in state["events"]] == ["reverse_webhook"] * 2
    assert len(state["reverse_operations"]) == 1


def test_reverse_faults_calls_and_page(shop):
    shop.post("/_fault", {"drop": True, "apply": True, "times": 1})
    with pytest.raises(requests.ConnectionError):
        call(shop, "order", "updated", {"id": 8, "current_state": 4})
    assert order_row(shop)[0] == 4
    assert call(shop, "order", "updated", {"id": 8, "current_state": 5}).ok
    calls = shop.get("/_calls").json()
    assert [c["status"] for c in calls] == [0, 200] and "demo-prestashop-secret" not in json.dumps(calls)
    page = shop.get("/").text
    assert "PXMYWERAE" in page and "demo-prestashop-secret" not in page

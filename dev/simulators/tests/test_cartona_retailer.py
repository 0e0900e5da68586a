import json
import re

import pytest

from .test_cartona import LINES, PULL, STATUS, TOKEN, product, single

TEA = {"internal_product_id": "TEA-25#C", "amount": 5, "offer": {"amount": 2, "price": 270}}
SUGAR = {"internal_product_id": "SUG-1", "amount": 10}
DESK = {"internal_product_id": "DESK-001", "amount": 1}


def act(cartona, push=None, **action):
    reply = cartona.post("/_retailer", action if push is None else {**action, "push": push})
    assert reply.ok, reply.text
    return reply.json()


def refused(cartona, words, **action):
    before = cartona.state()["orders"]
    reply = cartona.post("/_retailer", action)
    assert reply.status_code == 400, reply.text
    assert re.search(words, reply.json()["error"]), reply.text
    assert cartona.state()["orders"] == before


def placed(cartona, *lines, **more):
    return act(cartona, place={"lines": list(lines) or [DESK], **more})["order"]


def order(cartona, hashed_id):
    return next(one for one in cartona.state()["orders"] if one["hashed_id"] == hashed_id)


def amounts(order):
    return [(line["internal_product_id"], line["amount"]) for line in order["order_details"]]


# -- placing ---------------------------------------------------------------
def test_place_has_the_shape_of_the_feed(cartona):
    given = {"lines": [TEA, SUGAR], "cartona_credit": 95, "wallet_top_up": 100, "note_message": "قبل الظهر"}
    done = act(cartona, place=given)
    assert re.fullmatch("[A-Za-z0-9]{8}", done["hashed_id"]) and not done["hashed_id"].isupper()
    assert done["push"] is None
    assert cartona.get(PULL, headers=TOKEN).json() == [done["order"]]
    made = done["order"]
    assert made["total_price"] == 2 * 270 + 3 * 285 + 10 * 42.5
    assert (made["status"], made["delivered_by"], made["supplier_code"]) == ("pending", "delivered_by_supplier", "1")
    assert (made["cartona_credit"], made["installment_cost"], made["wallet_top_up"]) == (95, 0, 100)
    assert made["retailer"]["retailer_code"] and made["pickup_otp"] is None
    assert made["order_details"][0] == {
        "id": 990001,
        "supplier_product_id": "551201",
        "internal_product_id": "TEA-25#C",
        "base_product_id": "7001",
        "unit": "box",
        "unit_count": 24,
        "product_name": "شاي 25 فتلة - كرتونة",
        "amount": 2,
        "selling_price": 270,
        "applied_supplier_discount": 15.0,
        "applied_cartona_discount": 0.0,
        "comment": None,
    }
    assert amounts(made) == [("TEA-25#C", 2), ("TEA-25#C", 3), ("SUG-1", 10)]
    assert product(cartona, "TEA-25#C")["available_stock_quantity"] == 35


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ({"applied_cartona_discount": 5}, (10, 5)),
        ({"applied_supplier_discount": 4}, (4, 11)),
        ({"applied_supplier_discount": 10, "applied_cartona_discount": 5}, (10, 5)),
    ],
)
def test_offer_discounts(cartona, given, parts):
    first = placed(cartona, {**TEA, "offer": {**TEA["offer"], **given}})["order_details"][0]
    assert (first["applied_supplier_discount"], first["applied_cartona_discount"]) == parts


def test_offer_for_the_whole_line_is_one_line(cartona):
    assert amounts(placed(cartona, {**TEA, "amount": 2})) == [("TEA-25#C", 2)]


def test_place_options(cartona):
    cartona.post("/_reset", {"lower_stock": False})
    made = placed(
        cartona,
        {"supplier_product_id": 551001, "amount": 1, "comment": "بسرعة"},
        hashed_id="w0KdLb9X",
        retailer={"retailer_name": "ماركت السلام", "retailer_number": "+201000000002"},
        delivered_by="delivered_by_cartona",
        installment_cost=1850,
        supplier_code="2",
        _otp="111222",
    )
    assert (made["hashed_id"], made["supplier_code"]) == ("w0KdLb9X", "2")
    assert made["retailer"] == {
        "retailer_name": "ماركت السلام",
        "retailer_number": "+201000000002",
        "retailer_number2": "",
        "retailer_address": "",
        "address_notes": "",
    }
    assert re.fullmatch(r"\d{6}", made["pickup_otp"]) and made["pickup_date"]
    assert (order(cartona, "w0KdLb9X")["_otp"], order(cartona, "w0KdLb9X")["_otp_tries"]) == ("111222", 0)
    assert product(cartona, "DESK-001")["available_stock_quantity"] == 12
    refused(cartona, "already", place={"lines": [DESK], "hashed_id": "w0KdLb9X"})


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("does not know: lines", {"lines": []}),
        ("exactly one", {}),
        ("exactly one", {"place": {"lines": [DESK]}, "cancel": {}}),
        ("push is", {"place": {"lines": [DESK]}, "push": "status"}),
        ("does not know: price", {"place": {"lines": [DESK], "price": 1}}),
        ("does not know: price", {"place": {"lines": [{**DESK, "price": 1}]}}),
        ("at least one product", {"place": {"lines": []}}),
        ("product not found: NOPE", {"place": {"lines": [{"internal_product_id": "NOPE", "amount": 1}]}}),
        ("no product identifier", {"place": {"lines": [{"amount": 1}]}}),
        ("DESK-001: the amount", {"place": {"lines": [{**DESK, "amount": 0}]}}),
        ("DESK-001: the amount", {"place": {"lines": [{**DESK, "amount": 1.5}]}}),
        ("DESK-001: the amount", {"place": {"lines": [{"internal_product_id": "DESK-001"}]}}),
        ("its amount is above", {"place": {"lines": [{**TEA, "amount": 1}]}}),
        ("below the normal price", {"place": {"lines": [{**TEA, "offer": {"amount": 1, "price": 300}}]}}),
        ("add up", {"place": {"lines": [{**TEA, "offer": {**TEA["offer"], "applied_cartona_discount": 16}}]}}),
        ("wallet_top_up is", {"place": {"lines": [DESK], "wallet_top_up": -1}}),
        ("more than the order costs", {"place": {"lines": [DESK], "installment_cost": 1851}}),
        ("delivered_by is one of", {"place": {"lines": [DESK], "delivered_by": "cartona"}}),
        ("estimated_delivery_day is a day", {"place": {"lines": [DESK], "estimated_delivery_day": "tomorrow"}}),
        ("supplier_code is a text", {"place": {"lines": [DESK], "supplier_code": 1}}),
        ("does not know: name", {"place": {"lines": [DESK], "retailer": {"name": "Noor"}}}),
        ("retailer_name is missing", {"place": {"lines": [DESK], "retailer": {}}}),
        ("retailer_number", {"place": {"lines": [DESK], "retailer": {"retailer_name": "Noor"}}}),
        ("no such order", {"cancel": {"hashed_id": "none"}}),
    ],
)
def test_what_makes_no_sense_is_refused(cartona, words, action):
    refused(cartona, words, **action)


# -- editing ---------------------------------------------------------------
def test_edit_in_two_steps(cartona):
    made = placed(cartona, TEA, SUGAR)
    key, first = made["hashed_id"], made["order_details"][0]["id"]
    cartona.post(STATUS, [{"hashed_id": key, "status": "synced"}], headers=TOKEN)
    assert act(cartona, edit={"hashed_id": key, "state": "begin"})["order"]["status"] == "editing"
    assert cartona.get(PULL, headers=TOKEN).json()[0]["status"] == "editing"
    assert single(cartona, key, "approved").status_code == 422
    assert single(cartona, key, "cancelled_by_supplier").status_code == 422
    cartona.post(LINES, [{"hashed_id": key, "order_details": [{"id": first, "amount": 9}]}], headers=TOKEN)
    assert order(cartona, key)["order_details"] == made["order_details"]
    refused(cartona, "is editing", cancel={"hashed_id": key})
    refused(cartona, "is editing", edit={"hashed_id": key, "state": "begin"})
    lines = [{"id": first, "amount": 4}, {"id": first + 1, "cancelled": True}, {**DESK, "amount": 2}]
    saved = act(cartona, edit={"hashed_id": key, "lines": lines, "state": "save"})["order"]
    assert saved["status"] == "pending"
    assert amounts(saved) == [("TEA-25#C", 4), ("SUG-1", 10), ("DESK-001", 2)]
    assert saved["total_price"] == 4 * 270 + 425 + 2 * 1850 and saved["edited_by_admin"] is False
    assert order(cartona, key)["_status_history"] == ["pending", "editing", "pending"]
    refused(cartona, "saved while editing", edit={"hashed_id": key, "state": "save"})


def test_edit_at_once_keeps_cartonas_share_below_the_total(cartona):
    made = placed(cartona, DESK, SUGAR, cartona_credit=100, installment_cost=2175)
    desk = made["order_details"][0]["id"]
    done = act(cartona, edit={"hashed_id": made["hashed_id"], "lines": [{"id": desk, "cancelled": True}]})["order"]
    assert (done["total_price"], done["cartona_credit"], done["installment_cost"]) == (425, 100, 325)


def test_cancelled_line_with_amount_zero(cartona):
    cartona.post("/_reset", {"cancelled_lines": "zero"})
    made = placed(cartona, DESK, SUGAR)
    key, ids = made["hashed_id"], [line["id"] for line in made["order_details"]]
    done = act(cartona, edit={"hashed_id": key, "lines": [{"id": ids[0], "cancelled": True}]})
    assert amounts(done["order"]) == [("DESK-001", 0), ("SUG-1", 10)]
    refused(cartona, "last line", edit={"hashed_id": key, "lines": [{"id": ids[1], "cancelled": True}]})


def test_wrong_edits_change_nothing(cartona):
    made = placed(cartona, DESK)
    key, line = made["hashed_id"], made["order_details"][0]["id"]
    for words, lines in (
        ("what to change", []),
        ("lines is a list", {"id": line}),
        ("line not found", [{"id": line, "amount": 2}, {"id": 5, "amount": 1}]),
        ("given twice", [{"id": line, "amount": 2}, {"id": line, "amount": 3}]),
        ("whole number", [{"id": line, "amount": 0}]),
        ("give amount", [{"id": line}]),
        ("names its id", [{"amount": 1}]),
        ("names its id", [{"id": line, **DESK}]),
        ("does not know: price", [{"id": line, "price": 3}]),
        ("product not found", [{"internal_product_id": "NOPE", "amount": 1}]),
        ("last line", [{"id": line, "cancelled": True}]),
    ):
        refused(cartona, words, edit={"hashed_id": key, "lines": lines})
    refused(cartona, "state is", edit={"hashed_id": key, "state": "done"})


def test_staff_edit(cartona):
    key = placed(cartona)["hashed_id"]
    single(cartona, key, "approved")
    refused(cartona, "while pending", edit={"hashed_id": key, "lines": [SUGAR]})
    for status in ("approved", "assigned_to_salesman"):
        if status != "approved":
            single(cartona, key, status)
        done = act(cartona, staff_edit={"hashed_id": key, "lines": [SUGAR]})["order"]
        assert (done["status"], done["edited_by_admin"]) == (status, True)
    assert amounts(done) == [("DESK-001", 1), ("SUG-1", 10), ("SUG-1", 10)]
    single(cartona, key, "delivered")
    refused(cartona, "is delivered", staff_edit={"hashed_id": key, "lines": [SUGAR]})


# -- the end of an order -----------------------------------------------------
def test_cancel_until_approved(cartona):
    first, second, third = (placed(cartona)["hashed_id"] for _ in range(3))
    done = act(cartona, cancel={"hashed_id": first, "reason": "delayed_order"})["order"]
    assert (done["status"], done["cancellation_reason"]) == ("cancelled_by_retailer", "delayed_order")
    single(cartona, second, "approved")
    refused(cartona, "reason is one of", cancel={"hashed_id": second, "reason": "because"})
    act(cartona, cancel={"hashed_id": second})
    for status in ("approved", "assigned_to_salesman"):
        single(cartona, third, status)
    refused(cartona, "is assigned_to_salesman", cancel={"hashed_id": third})
    refused(cartona, "is assigned_to_salesman", edit={"hashed_id": third, "lines": [SUGAR]})
    refused(cartona, "is cancelled_by_retailer", cancel={"hashed_id": first})


def test_carry(cartona):
    own = placed(cartona)["hashed_id"]
    refused(cartona, "delivered_by_cartona", carry={"hashed_id": own, "status": "approved"})
    key = placed(cartona, delivered_by="delivered_by_cartona", installment_cost=1850)["hashed_id"]
    refused(cartona, "from pending to delivered", carry={"hashed_id": key, "status": "delivered"})
    refused(cartona, "status is one of", carry={"hashed_id": key, "status": "cancelled_by_supplier"})
    refused(cartona, "only for returned", carry={"hashed_id": key, "status": "approved", "return_reason": "x"})
    for status in ("approved", "assigned_to_salesman", "delivered"):
        done = act(cartona, carry={"hashed_id": key, "status": status})["order"]
        assert done["status"] == status
    assert done["delivery_day"]
    refused(cartona, "from delivered", carry={"hashed_id": key, "status": "returned"})
    back = placed(cartona, delivered_by="delivered_by_cartona")["hashed_id"]
    for status in ("approved", "assigned_to_salesman", "returned"):
        done = act(cartona, carry={"hashed_id": back, "status": status})["order"]
    assert done["return_reason"]


def test_push(cartona, told):
    cartona.post("/_reset", {"webhook_secret": "another secret"})
    told.replies = [(200, {"results": [{"success": True}]})]
    done = act(cartona, push=True, place={"lines": [DESK]})
    key = done["hashed_id"]
    assert (done["push"]["status"], json.loads(done["push"]["body"])) == (200, {"results": [{"success": True}]})
    line, headers, body = told.got[0]
    assert "/cartona_integration/webhook/orders" in line and dict(headers)["AuthorizationToken"] == "another secret"
    assert json.loads(body) == done["order"]
    told.replies = [(401, {"error": "no"})]
    done = act(cartona, push="status", cancel={"hashed_id": key, "reason": "delayed_order"})
    assert done["push"]["status"] == 401
    assert "/cartona_integration/webhook/order_status" in told.got[1][0]
    cancelled = {"hashed_id": key, "status": "cancelled_by_retailer", "cancellation_reason": "delayed_order"}
    assert json.loads(told.got[1][2]) == cancelled
    act(cartona, push=False, place={"lines": [DESK]})
    assert len(told.got) == 2
    assert [push["status"] for push in cartona.state()["pushes"]] == [200, 401]

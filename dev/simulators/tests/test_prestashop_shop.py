import time

import pytest

from .test_prestashop_reverse import call
from .test_prestashop_webservice import SALE
from .webservice import Webservice


@pytest.fixture
def ws(shop, listened):
    ws = Webservice(shop)
    ws.order = shop.post("/_order", {key: value for key, value in SALE.items() if key != "coupon"}).json()["id_order"]
    return ws


def act(ws, what, **options):
    reply = ws.shop.post("/_shop", {**what, **options})
    assert reply.ok, reply.text
    return reply.json()


def header(ws, number=None):
    return ws.list(f"orders/{number or ws.order}?display=full")[0]


def test_customer_edit_echoes_our_own_escaped_values(ws, listened):
    """A reverse call tells nothing; the next edit in the shop brings its values back, with their backslashes."""
    reply = call(ws.shop, "customer", "updated", {"id": 67, "company": 'L\'Hospitalet "SL"', "newsletter": False})
    assert reply.ok
    city = {"id_customer": 67, "address1": "C/ d'Aragó 5", "city": "L'Hospitalet", "postcode": "08901", "dni": "1Z"}
    number = int(call(ws.shop, "address", "created", {**city, "id_country": 6}).json()["entity_id"])
    call(ws.shop, "order", "updated", {"id": ws.order, "current_state": 4, "tracking_number": "1Z9"})
    call(ws.shop, "coupon", "created", {"code": "NEW", "reduction_percent": 5})
    time.sleep(0.05)
    assert listened.got == []
    done = act(ws, {"customer": {"id": 67, "newsletter": "1"}}, later=True)
    assert (done["status"], done["suppressed"]) == (200, 0)
    [event] = listened.events()
    assert (event["entity_type"], event["action_type"], event["hook_name"]) == (
        "customer",
        "updated",
        "actionObjectCustomerUpdateAfter",
    )
    assert event["after_data"]["newsletter"] == "1" and event["context_data"] is None
    act(ws, {"address": {"id": number, "phone": "600"}}, later=True)
    assert listened.events()[0]["after_data"]["city"] == "L\\'Hospitalet"
    call(ws.shop, "address", "updated", {"id": number, "city": "L\\'Hospitalet"})
    act(ws, {"address": {"id": number, "phone": "601"}}, later=True)
    assert listened.events()[0]["after_data"]["city"] == "L\\\\\\'Hospitalet"  # each echo adds more
    assert ws.list("customers/67?display=full")[0]["company"] == 'L\\\'Hospitalet \\"SL\\"'


def test_customer_and_address_made_and_deleted(ws, listened):
    number = act(ws, {"customer": {"email": "n@example.com"}})["id_customer"]
    act(ws, {"address": {"id_customer": number, "city": "Girona", "address1": "C/ 1"}})
    assert [event["after_data"]["id"] for event in listened.events(0)] == [str(number)]
    act(ws, {"customer": {"id": number, "deleted": "1"}})  # soft: a plain update
    assert ws.ids("customers?filter[deleted]=[1]") == [number]
    assert listened.events()[0]["action_type"] == "updated"
    act(ws, {"delete": {"customer": number}}, later=True)
    kinds = [(event["action_type"], (event["context_data"] or {}).get("address_action")) for event in listened.events()]
    assert kinds == [("updated", "deleted"), ("deleted", None)]
    assert number not in ws.ids("customers")
    second = act(ws, {"customer": {"id": 67, "optin": 1}})
    third = act(ws, {"customer": {"id": 67, "optin": 0}})
    assert second["suppressed"] == 0 and third["suppressed"] in (0, 1)


def test_partial_refund_is_seen_in_order_slip_only(ws, listened):
    before = header(ws)
    ws.shop.post("/_shop", {"tracking": {"id_order": ws.order, "tracking_number": ""}, "later": True})
    lines = [int(row["id"]) for row in before["associations"]["order_rows"]]
    done = act(
        ws,
        {
            "refund": {
                "id_order": ws.order,
                "lines": [{"id_order_detail": lines[0], "quantity": 2, "amount_excl": 8.26, "amount_incl": 10}],
                "shipping_excl": 5,
                "shipping_incl": 6.05,
            }
        },
        later=True,
    )
    assert done["batch"] is None and listened.got == []
    assert header(ws) == before
    [slip] = ws.list(f"order_slip?display=full&date=1&filter[date_upd]=>[{before['date_upd']}]")
    assert (slip["amount"], slip["shipping_cost"], slip["total_shipping_tax_incl"]) == ("10.000000", "1", "6.050000")
    detail = ws.list(f"order_details/{lines[0]}?display=full")[0]
    assert (detail["product_quantity_refunded"], detail["total_refunded_tax_excl"]) == ("2", "8.260000")
    assert ws.shop.state()["order_slips"][0]["id_order"] == ws.order
    assert ws.shop.post("/_shop", {"refund": {"id_order": ws.order}}).status_code == 400


def test_lost_change_and_lost_order(ws, listened):
    before = header(ws)
    change = {"id_order": ws.order, "state": 4, "lines": SALE["lines"][:1]}
    assert "status" not in act(ws, {"order": change}, send=False, later=True)
    after = header(ws)
    assert (after["current_state"], len(after["associations"]["order_rows"])) == ("4", 1)
    assert after["total_paid"] < before["total_paid"] and after["date_upd"] > before["date_upd"]
    assert after["delivery_number"] == "1"
    lost = act(ws, {"order": {"lines": SALE["lines"], "state": 10}}, send=False)
    assert ws.ids(f"orders?filter[id]=>[{ws.order}]") == [lost["id_order"]]
    assert listened.got == []
    assert {row["sync_status"] for row in ws.shop.state()["events"]} == {"pending"}
    assert act(ws, {"order": {"id_order": lost["id_order"], "note": "x"}}, later=True)["status"] == 200


def test_coupons_and_links(ws, listened):
    rule = act(ws, {"cart_rule": {"code": "VALE", "name": {"1": "V", "2": "V"}, "reduction_amount": 5}})
    assert listened.events()[0]["action_type"] == "created"
    link = {"id_order": ws.order, "code": "VALE", "value": 6.05, "value_tax_excl": 5}
    before = header(ws)
    assert act(ws, {"link": link})["batch"] is None
    [row] = ws.list(f"order_cart_rules?display=full&filter[id_order]=[{ws.order}]")
    assert (row["id_cart_rule"], row["value"]) == (str(rule["id_cart_rule"]), "6.050000")
    assert header(ws) == before
    act(ws, {"cart_rule": {"id": rule["id_cart_rule"], "quantity": 3}})
    assert listened.events()[0]["after_data"]["quantity"] == 3
    act(ws, {"delete": {"cart_rule": rule["id_cart_rule"]}})
    assert listened.events()[0]["action_type"] == "deleted"
    assert rule["id_cart_rule"] not in ws.ids("cart_rules")


def test_stock_price_product_tracking(ws, listened):
    before = header(ws)
    assert act(ws, {"stock": {"reference": "TS-BLUE-M", "quantity": 3}})["id_stock_available"] == 50023
    assert ws.list("stock_availables/5?display=[quantity]")[0]["quantity"] == "63"
    act(ws, {"price": {"reference": "TS-BLUE-L", "price": 2.5}})
    assert ws.list("combinations/24?display=[price]")[0]["price"] == "2.500000"
    act(ws, {"price": {"id_product": 8, "price": 42}})
    assert ws.list("products/8?display=[price]")[0]["price"] == "42.000000"
    act(ws, {"product": {"id": 77, "reference": "NEW-77", "price": 5, "stock": 9}})
    assert ws.list("stock_availables/77?display=[quantity]")[0]["quantity"] == "9"
    act(ws, {"delete": {"product": 77}})
    assert ws.get("products/77").status_code == 404
    act(ws, {"tracking": {"id_order": ws.order, "tracking_number": "1Z9"}}, later=True)
    after = header(ws)
    assert after.pop("shipping_number") == "1Z9" and before.pop("shipping_number") == ""
    assert after == before
    act(ws, {"delete": {"order": ws.order}})
    assert ws.order not in ws.ids("orders")
    assert listened.got == []


def test_what_makes_no_sense(ws):
    for body in (
        {},
        {"customer": {"id": 67}, "stock": {}},
        {"customer": {"id": 99999, "optin": 1}},
        {"customer": {"id": 67, "colour": 1}},
        {"stock": {"reference": "NO", "quantity": 1}},
        {"stock": {"reference": "TS-BLUE-M", "quantity": 1.5}},
        {"link": {"id_order": ws.order, "code": "NO"}},
        {"delete": {"country": 6}},
        {"dance": {}},
    ):
        assert ws.shop.post("/_shop", body).status_code == 400, body


def test_page_shows_the_new_tables(ws):
    page = ws.shop.get("/").text
    assert "MUG-KOALA" in page and "Stock availables" in page


def test_reverse_call_leaves_null_columns(ws):
    reply = call(ws.shop, "customer", "created", {"email": "solo@example.com"})
    [row] = ws.list(f"customers/{reply.json()['entity_id']}?display=full")
    assert {key for key, value in row.items() if value is None} == {
        "ip_registration_newsletter",
        "website",
        "company",
        "siret",
        "ape",
        "note",
    }
    assert call(ws.shop, "customer", "updated", {"id": row["id"], "website": "x.example"}).ok
    assert call(ws.shop, "address", "updated", {"id": 99999}).json()["error"] == "Address not found: 99999"


def test_fault_of_one_method(ws):
    ws.shop.post("/_fault", {"status": 503, "method": "PATCH", "path": "/api/stock"})
    assert ws.get("stock_availables/8").ok
    patch = ("PATCH", "stock_availables", "<id>8</id><quantity>1</quantity>")
    assert ws.xml(*patch).status_code == 503
    ws.shop.post("/_fault", {})
    assert ws.xml(*patch).ok

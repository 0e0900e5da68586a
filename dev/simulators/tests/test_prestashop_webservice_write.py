import re
import time

import pytest

from .webservice import RECORDED, Webservice, codes, plain, recording

PEOPLE = [{"id_customer": 13, "email": "ws@example.com", "firstname": "Web", "lastname": "Servicio"}]
ORDERS = [
    {"id_order": number, "reference": f"REF{number}", "current_state": 10, "id_customer": 13, "total_paid": 20.5}
    for number in (25, 26)
]
OLD = "2026-01-01 10:00:00"


@pytest.fixture
def ws(shop, listened):
    orders = [{**order, "date_add": OLD, "date_upd": OLD} for order in ORDERS]
    options = {"products": RECORDED, "customers": PEOPLE, "orders": orders}
    options["permissions"] = {
        "customers": ["GET", "POST", "PATCH", "PUT", "DELETE"],
        "addresses": ["GET", "POST", "PATCH", "DELETE"],
        "specific_prices": ["GET", "POST"],
    }
    assert shop.post("/_reset", options).ok
    return Webservice(shop)


def stock(ws, number):
    return ws.list(f"stock_availables/{number}?display=full")[0]


def kinds(events):
    return [(event["entity_type"], event["action_type"]) for event in events]


# -- as recorded ---------------------------------------------------------------
@pytest.mark.parametrize(
    "name",
    """write-stock-patch write-stock-patch-bulk write-stock-bulk-xml-answer write-stock-simple-product
    write-stock-parent-of-combinations write-stock-put-full write-stock-put-full-xml-answer
    write-stock-put-required-only hooks-stock-patch write-stock-json-body write-stock-no-body write-stock-broken-xml
    write-stock-missing-id write-stock-bulk-wrapped write-stock-bulk-second-invalid write-stock-bulk-second-missing
    write-stock-delete-forbidden write-stock-post-forbidden write-stock-patch-decimal write-stock-patch-bad-value
    write-stock-put-partial write-product-patch-negative write-product-patch-price-comma
    write-product-quantity-not-writable write-combination-patch-price hooks-customer-post-invalid""".split(),
)
def test_writes_as_recorded(ws, name):
    expected, reply = ws.replay(name)
    assert reply.status_code == expected["status"]
    if expected.get("body_json") is None:
        assert plain(reply.text) == plain(expected["body_text"])
        return
    ours, theirs = reply.json(), expected["body_json"]
    if name == "write-combination-patch-price":
        theirs["combination"]["associations"].pop("images")
    if name in ("write-stock-broken-xml", "write-stock-json-body"):  # the parser's words are not ours
        assert [error["code"] for error in ours["errors"]] == [3, 3, 3, 127]
        assert ours["errors"][-1] == theirs["errors"][-1]
        return
    assert ours == theirs


@pytest.mark.parametrize(
    "name",
    """hooks-customer-post hooks-address-post hooks-cart-rule-post hooks-cart-rule-post-no-code hooks-order-patch-note
    hooks-order-payment-post hooks-specific-price-post hooks-order-history-post-paid""".split(),
)
def test_hooked_writes_as_recorded(ws, name):
    expected, reply = ws.replay(name)
    assert reply.status_code == expected["status"], reply.text
    if expected.get("body_json") is None:
        assert reply.content == b""
        return
    ours, theirs = reply.json(), expected["body_json"]
    if "errors" in theirs:
        assert [plain(e["message"]) for e in ours["errors"]] == [plain(e["message"]) for e in theirs["errors"]]
        assert {error["code"] for error in ours["errors"]} == {3}
        return
    [(node, record)], [(_node, wanted)] = ours.items(), theirs.items()
    assert list(record) == list(wanted), node
    loose = {"id", "secure_key", "passwd", "date_add", "date_upd", "last_passwd_gen"}
    assert {k: str(v) for k, v in record.items() if k not in loose} == {
        k: str(v) for k, v in wanted.items() if k not in loose
    }
    assert isinstance(record["id"], str)


# -- stock -----------------------------------------------------------------------
def test_sum_row_and_the_xml_id_decides(ws):
    reply = ws.xml("PATCH", "stock_availables", "<id>58</id><quantity>0</quantity>")
    assert reply.json() == {
        "stock_available": {
            "id": "58",
            "id_product": "18",
            "id_product_attribute": "39",
            "id_shop": "1",
            "out_of_stock": "2",
        }
    }
    assert stock(ws, 18)["quantity"] == str(255 + 256 + 257)
    body = "<prestashop><stock_available><id>57</id><quantity>-3</quantity></stock_available></prestashop>"
    assert ws.call("PATCH", "/api/stock_availables/55?output_format=JSON", body).ok
    assert (stock(ws, 57)["quantity"], stock(ws, 55)["quantity"]) == ("-3", "255")
    assert ws.xml("PATCH", "stock_availables", "<id>18</id><quantity>9999</quantity>").ok
    assert stock(ws, 18)["quantity"] == "9999"  # wrong until a combination changes
    assert ws.xml("PATCH", "stock_availables", "<id>57</id><quantity>1</quantity>").ok
    assert stock(ws, 18)["quantity"] == str(255 + 256 + 1)
    rows = {row["id"]: row for row in ws.shop.state()["stock_availables"]}
    assert [value for _time, value in rows[57]["written"]] == ["-3", "1"]
    assert abs(rows[57]["written"][0][0] - time.time()) < 60


def test_bulk_is_not_atomic(ws):
    rows = "".join(
        f"<stock_available><id>{n}</id><quantity>{q}</quantity></stock_available>"
        for n, q in ((55, 1), (56, "x"), (57, 3))
    )
    reply = ws.call("PATCH", "/api/stock_availables?output_format=JSON", f"<prestashop>{rows}</prestashop>")
    assert (reply.status_code, codes(reply)) == (400, [85])
    assert [stock(ws, n)["quantity"] for n in (55, 56, 57)] == ["1", "256", "257"]
    assert ws.shop.get("/_calls").json()[0]["items"] == 3


def test_put_forgets_what_it_is_not_given(ws):
    assert ws.replay("write-stock-put-required-only")[1].ok
    reply = ws.get("stock_availables/58")
    assert (reply.status_code, codes(reply)) == (404, [131])
    assert 58 not in ws.ids("stock_availables")
    assert stock(ws, 18)["quantity"] == str(255 + 256 + 257)
    assert {"id": "58", "id_product_attribute": "39"} not in ws.list("products/18?display=full")[0]["associations"][
        "stock_availables"
    ]
    assert ws.xml("PATCH", "stock_availables", "<id>58</id><id_shop>1</id_shop>").ok
    assert stock(ws, 18)["quantity"] == str(255 + 256 + 257 + 129)


def test_depending_stock(ws):
    assert codes(ws.xml("PATCH", "stock_availables", "<id>58</id><depends_on_stock>1</depends_on_stock>")) == [133]


# -- prices ----------------------------------------------------------------------
def test_prices(ws, listened):
    before = ws.list("products/19?display=full")[0]
    ws.shop.post("/_shop", {"price": {"id_product": 8, "price": 3}, "later": True})
    reply = ws.xml("PATCH", "products", "<id>19</id><price>15.123456789</price>")
    assert reply.json()["product"]["price"] == "15.123456789"
    after = ws.list("products/19?display=full")[0]
    assert after["price"] == "15.123457"
    assert {key for key in after if after[key] != before[key]} == {"price", "date_upd"}
    assert ws.xml("PATCH", "combinations", "<id>39</id><price>-1.5</price>").ok
    assert ws.list("combinations/39?display=[price]") == [{"id": 39, "price": "-1.500000"}]
    assert ws.list("products/18?display=full")[0]["price"] == "0.000000"
    assert ws.xml("PATCH", "products", "<id>19</id><active>0</active>").ok
    assert ws.ids("products?filter[active]=[0]") == [19]
    full = ws.call("GET", "/api/products/19").text
    assert codes(ws.call("PUT", "/api/products/19?output_format=JSON", full)) == [93]
    cleaned = re.sub(r"\t<(manufacturer_name|quantity|position_in_category|type|id_default_image|new)\b.*\n", "", full)
    assert ws.call("PUT", "/api/products/19?output_format=JSON", cleaned).ok
    kept = ws.list("products/19?display=full")[0]
    assert (kept["name"], kept["price"], kept["reference"]) == (after["name"], after["price"], "demo_14")
    assert listened.got == []  # neither stock nor price is told


# -- people ------------------------------------------------------------------------
def test_customer_and_address(ws, listened):
    reply = ws.xml("PATCH", "customers", "<id>13</id><company>L'Hospitalet SL</company><newsletter>1</newsletter>")
    assert (reply.status_code, reply.json()["customer"]["company"]) == (200, "L'Hospitalet SL")
    listened.wait(1)
    [event] = listened.events()
    assert kinds([event]) == [("customer", "updated")]
    assert (event["after_data"]["id"], event["after_data"]["newsletter"]) == ("13", "1")
    assert ws.shop.state()["customers"][0]["company"] == "L'Hospitalet SL"
    inner = (
        "<id_customer>13</id_customer><id_country>6</id_country><alias>WS</alias><firstname>Web</firstname>"
        "<lastname>D'Angelo</lastname><address1>C/ d'Aragó 1</address1><city>L'Hospitalet</city>"
    )
    reply = ws.xml("POST", "addresses", inner)
    assert (reply.status_code, codes(reply)) == (400, [85])
    assert reply.json()["errors"][0]["message"] == 'Validation error: "Property Address-&gt;dni is empty."'
    reply = ws.xml("POST", "addresses", inner + "<dni>1</dni>")
    assert reply.status_code == 201
    number = reply.json()["address"]["id"]
    listened.wait(2)
    [event] = listened.events()
    assert event["context_data"] == {
        "change_type": "address",
        "address_id": number,
        "address_action": "created",
        "address_alias": "WS",
    }
    assert event["after_data"]["city"] == "L'Hospitalet"
    reply = ws.xml("PATCH", "addresses", f"<id>{number}</id><postcode>no_no</postcode>")
    assert codes(reply) == [85]
    assert ws.call("DELETE", "/api/customers/13").content == b""
    listened.wait(3)
    assert kinds(listened.events()) == [("customer", "deleted")]  # the address: within the same 5 seconds
    assert ws.get("customers/13").status_code == 404


def test_names_and_passwords(ws):
    assert ws.xml("PATCH", "customers", "<id>13</id><lastname>O'Brien</lastname>").ok
    assert codes(ws.xml("PATCH", "customers", "<id>13</id><lastname>Acme 3</lastname>")) == [85]
    inner = "<firstname>Ana</firstname><lastname>Ruiz</lastname><email>a@example.com</email><passwd>made-up</passwd>"
    made = ws.xml("POST", "customers", inner).json()["customer"]
    assert made["id_default_group"] == 3 and made["secure_key"] and "made-up" not in str(made)
    assert "made-up" not in ws.shop.get("/_calls").text


# -- orders --------------------------------------------------------------------------
def test_tracking_moves_no_date_and_tells_nothing(ws, listened):
    [carrier] = ws.list("order_carriers?display=full&filter[id_order]=[25]")
    before = ws.list("orders/25?display=full")[0]
    reply = ws.xml("PATCH", "order_carriers", f"<id>{carrier['id']}</id><tracking_number>ES555</tracking_number>")
    assert reply.json()["order_carrier"]["tracking_number"] == "ES555"
    after = ws.list("orders/25?display=full")[0]
    assert after.pop("shipping_number") == "ES555" and before.pop("shipping_number") == ""
    assert after == before
    bad = ws.xml("PATCH", "order_carriers", f"<id>{carrier['id']}</id><tracking_number>A*B</tracking_number>")
    assert codes(bad) == [85]
    time.sleep(0.05)
    assert listened.got == []


def test_order_writes_answer_500_although_done(ws, listened):
    reply = ws.xml("PATCH", "orders", "<id>26</id><note>L'avi</note>")
    assert reply.status_code == 500 and set(codes(reply)) == {3}
    assert "modules/odoo_sales_sync" in reply.json()["errors"][0]["message"]
    listened.wait(1)
    assert kinds(listened.events()) == [("order", "updated")]
    [order] = ws.list("orders/26?display=full")
    assert order["note"] == "L'avi" and order["date_upd"] > OLD
    reply = ws.xml("POST", "order_histories", "<id_order>25</id_order><id_order_state>2</id_order_state>")
    assert (reply.status_code, set(codes(reply))) == (500, {3})
    listened.wait(2)
    events = listened.events()
    assert kinds(events)[:2] == [("order", "status_changed"), ("order", "updated")]
    assert ("payment", "confirmed") in kinds(events) and ("invoice", "created") in kinds(events)
    assert events[0]["context_data"] == {
        "new_status_id": 2,
        "new_status_name": "Payment accepted",
        "id_employee": 0,
    }
    histories = ws.list("order_histories?display=full&filter[id_order]=[25]")
    assert [(row["id_order_state"], row["id_employee"]) for row in histories] == [("2", "0")]
    reply = ws.xml("PATCH", "orders", "<id>26</id><current_state>3</current_state>")
    assert (reply.status_code, set(codes(reply))) == (500, {3})
    assert ws.list("orders/26?display=[current_state]") == [{"id": 26, "current_state": "3"}]


def test_order_put_erases_the_secure_key(ws):
    full = ws.call("GET", "/api/orders/25").text
    required = ("id_cart", "id_address_delivery", "id_address_invoice", "module", "payment", "total_products")
    for name in (*required, "total_products_wt", "conversion_rate", "total_paid_real"):
        full = re.sub(rf"(<{name}\b[^>]*><!\[CDATA\[)\]\]>", r"\g<1>1]]>", full)
    reply = ws.call("PUT", "/api/orders/25?output_format=JSON", re.sub(r"\t<secure_key>.*\n", "", full))
    assert (reply.status_code, set(codes(reply))) == (500, {3}), reply.text
    assert ws.list("orders/25?display=[secure_key]") == [{"id": 25, "secure_key": ""}]


def test_payment_and_coupons(ws, listened):
    inner = "<order_reference>REF25</order_reference><id_currency>1</id_currency><amount>5.00</amount>"
    reply = ws.xml("POST", "order_payments", inner + "<payment_method>Odoo</payment_method>")
    assert (reply.status_code, reply.json()["order_payment"]["amount"]) == (201, "5.00")
    listened.wait(1)
    events = listened.events()
    assert kinds(events) == [("payment", "received"), ("payment", "confirmed")]
    assert (events[0]["after_data"]["amount"], events[0]["after_data"]["conversion_rate"]) == ("5.00", None)
    assert ws.list("orders/25?display=[total_paid_real]") == [{"id": 25, "total_paid_real": "0.000000"}]
    assert ws.list("order_payments?display=full")[0]["amount"] == "5.000000"
    reply = ws.replay("hooks-cart-rule-post")[1]
    assert reply.status_code == 201
    listened.wait(2)
    assert kinds(listened.events()) == [("coupon", "created")]
    reply = ws.replay("hooks-cart-rule-post-no-code")[1]
    assert (reply.status_code, reply.content) == (500, b"")
    assert [row["code"] for row in ws.list("cart_rules?display=full")] == ["WS5", ""]
    assert ws.replay("hooks-specific-price-post")[1].status_code == 500
    listened.wait(3)
    assert kinds(listened.events()) == [("discount", "created")]
    assert recording("hooks-specific-price-post")["request"]["method"] == "POST"
    assert ws.list("specific_prices?display=full")[0]["reduction"] == "0.100000"


def test_an_empty_code_is_no_missing_code_and_an_empty_number_is_zero(ws, listened):
    inner = (
        '<code></code><name><language id="1">A</language></name><date_from>2026-01-01 00:00:00</date_from>'
        "<date_to>2027-01-01 00:00:00</date_to><reduction_percent>5</reduction_percent>"
    )
    assert ws.xml("POST", "cart_rules", inner).status_code == 201
    listened.wait(1)
    assert listened.events()[0]["entity_name"] == ""
    assert ws.xml("PATCH", "stock_availables", "<id>58</id><quantity></quantity>").ok
    assert stock(ws, 58)["quantity"] == "0"


def test_what_the_key_may_not_write(ws):
    for method, resource in (
        ("POST", "products"),
        ("DELETE", "cart_rules/1"),
        ("PATCH", "taxes/1"),
        ("POST", "orders"),
    ):
        reply = ws.call(method, f"/api/{resource}?output_format=JSON", "<prestashop/>")
        assert (reply.status_code, codes(reply)) == (405, [25])

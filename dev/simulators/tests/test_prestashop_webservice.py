import base64
import json

import pytest

from .webservice import KEY, RECORDED, Webservice, codes, plain, recording, shape, type_of

SALE = {
    "customer": {"id": 67, "email": "maria@example.com", "firstname": "María José", "lastname": "D'Angelo"},
    "lines": [
        {"product_id": 5, "product_attribute_id": 23, "reference": "TS-BLUE-M", "quantity": 2, "price_excl": 25},
        {"product_id": 8, "reference": "MUG-KOALA", "quantity": 1, "price_excl": 40, "tax_rate": 10},
    ],
    "shipping_excl": 5,
    "discount_excl": 9,
    "message": "Por favor, por la mañana",
    "coupon": "WINTER",
    "state": 2,
    "send": False,
}


@pytest.fixture
def ws(shop):
    assert shop.post("/_reset", {"cart_rules": [{"code": "WINTER", "name": {"1": "W", "2": "I"}}]}).ok
    ws = Webservice(shop)
    ws.order = shop.post("/_order", SALE).json()["id_order"]
    line = ws.list(f"orders/{ws.order}?display=full")[0]["associations"]["order_rows"][0]["id"]
    refund = {"id_order": ws.order, "lines": [{"id_order_detail": int(line), "quantity": 1}]}
    assert shop.post("/_shop", {"refund": refund}).ok
    return ws


# -- shapes as recorded -------------------------------------------------------
@pytest.mark.parametrize(
    "resource",
    """customers addresses orders order_details order_histories order_payments order_invoices order_carriers order_slip
    order_cart_rules cart_rules carriers currencies countries states order_states taxes tax_rules tax_rule_groups
    products combinations stock_availables languages groups messages""".split(),
)
def test_full_list_has_the_recorded_shape(ws, resource):
    recorded = recording(f"list-full-{resource}")["response"]["body_json"]
    made = ws.get(f"{resource}?display=full&limit=3&sort=[id_DESC]").json()
    assert list(made) == list(recorded)
    [(_name, theirs)], [(_name, ours)] = recorded.items(), made.items()
    for part in (theirs, ours):
        for row in part:
            row.setdefault("associations", {})
    links, expected = ours[0].pop("associations"), theirs[0].pop("associations")
    assert shape(ours[0]) == shape(theirs[0])
    assert list(ours[0]) == list(theirs[0])
    for name in set(links) & set(expected):
        assert shape(links[name]) == shape(expected[name])


@pytest.mark.parametrize(
    "name",
    """no-key bad-key short-key missing-single missing-single-xml root unknown-resource display-unknown-field
    filter-unknown-field filter-date-without-date1 sort-bad sort-date-without-date1 limit-3-args limit-0
    limit-beyond-end filter-empty-result filter-empty-result-xml io-format-header
    date-filter-order_details date-filter-combinations date-filter-stock_availables""".split(),
)
def test_answers_as_recorded(ws, name):
    made = recording(name)["request"]
    key = {"bad-key": "X" * 32, "short-key": "SHORT"}.get(name)
    expected, reply = Webservice(ws.shop, key).replay(name) if key else ws.replay(name)
    assert (reply.status_code, type_of(reply.headers)) == (expected["status"], type_of(expected["headers"])), made
    recorded_headers = {name.lower() for name, _value in expected["headers"]}
    ours = {name.lower() for name in reply.headers} & {"psws-version", "access-time", "content-sha1"}
    assert ours == recorded_headers & {"psws-version", "access-time", "content-sha1"}
    if expected.get("body_json") is not None:
        assert plain(reply.text.replace("\\/", "/")) == plain(compact(expected["body_json"]))
    else:
        assert plain(reply.text) == plain(expected.get("body_text") or "")


def compact(data):
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("name", ["single-xml-stock_availables", "single-xml-customers"])
def test_xml_as_recorded(ws, name):
    values = {"id": 8205, "email": "lucia.tienda@example.com", "firstname": "Lucía", "lastname": "Tienda"}
    customer = {"id_customer": values.pop("id"), "id_gender": 1, **values}
    ws.shop.post("/_reset", {"products": RECORDED, "customers": [customer]})
    expected, reply = ws.replay(name)
    masked = plain(reply.text)
    for start in ("secure_key", "passwd"):
        head, found, tail = masked.partition(f"<{start}><![CDATA[")
        if found:
            mask = "<md5-like secure key>" if start == "secure_key" else "<bcrypt hash>"
            masked = head + found + mask + tail[tail.index("]]>") :]
    assert masked == plain(expected["body_text"])


# -- access -------------------------------------------------------------------
def test_keys(ws):
    assert ws.call("GET", f"/api/languages?output_format=JSON&ws_key={KEY}", auth=None).json() == {
        "languages": [{"id": 1}, {"id": 2}]
    }
    bearer = {"Authorization": f"Bearer {KEY}"}
    assert ws.get("languages", auth=None, headers=bearer).text == "401 Unauthorized"
    basic = {"Authorization": "Basic " + base64.b64encode(f"{KEY}:any".encode()).decode()}
    reply = ws.get("languages", auth=None, headers=basic)
    assert reply.status_code == 200 and reply.headers["PSWS-Version"] == "8.2.1"
    assert int(reply.headers["Access-Time"]) > 1_700_000_000
    assert KEY not in ws.shop.get("/_calls").text and KEY not in ws.shop.get("/_state").text
    other = "B" * 32
    ws.shop.post("/_reset", {"webservice_key": other})
    assert codes(ws.get("languages")) == [20, 21]
    assert Webservice(ws.shop, other).get("languages").ok


def test_permissions(ws):
    root = ws.call("GET", "/api/").text
    assert '<stock_availables xlink:href="' in root and "specific_prices" in root
    line = next(part for part in root.splitlines() if part.startswith("<stock_availables"))
    assert line.endswith('get="true" put="true" post="false" patch="true" delete="false" head="true">')
    assert codes(ws.get("configurations")) == [26] and ws.get("configurations").status_code == 401
    reply = ws.call("DELETE", "/api/orders/1?output_format=JSON")
    assert (reply.status_code, codes(reply)) == (405, [25])
    assert ws.shop.post("/_reset", {"permissions": {"products": [], "orders": ["GET"]}}).ok
    reply = ws.get("products")
    recorded = recording("forbidden-resource")["response"]
    assert (reply.status_code, reply.json()) == (401, recorded["body_json"])
    assert "<products " not in ws.call("GET", "/api/").text
    assert codes(ws.call("PATCH", "/api/orders/1?output_format=JSON", "<x/>")) == [25]
    assert ws.shop.post("/_reset", {"permissions": {"nothing": []}}).status_code == 400
    assert ws.shop.post("/_reset", {"permissions": {"orders": ["STEAL"]}}).status_code == 400


def test_switched_off_and_other_host_and_old_version(ws):
    ws.shop.post("/_reset", {"webservice_enabled": False})
    reply, recorded = ws.get("languages"), recording("webservice-disabled")["response"]
    assert (reply.status_code, reply.json()) == (503, recorded["body_json"])
    assert reply.headers["PSWS-Version"] == "0"
    ws.shop.post("/_reset", {"domain": "shop.example"})
    reply = ws.get("languages")
    assert (reply.status_code, reply.content) == (302, b"")
    assert reply.headers["Location"].startswith("http://shop.example/index.php?")
    ws.shop.post("/_reset", {"version": "1.7.8.11"})
    reply = ws.xml("PATCH", "stock_availables", "<id>8</id><quantity>1</quantity>")
    assert (reply.status_code, codes(reply), reply.headers["PSWS-Version"]) == (405, [25], "1.7.8.11")
    assert "patch=" not in ws.call("GET", "/api/").text
    assert ws.get("stock_availables/10").json()["stock_available"]["quantity"] == "0"


def test_without_rewriting_and_content_digest_and_head(ws):
    reply = ws.call("GET", "/webservice/dispatcher.php?url=languages&output_format=JSON")
    assert reply.json() == {"languages": [{"id": 1}, {"id": 2}]}
    again = ws.get("languages", headers={"Local-Content-Sha1": reply.headers["Content-Sha1"]})
    assert (again.status_code, again.content) == (304, b"")
    reply = ws.call("HEAD", "/api/orders?output_format=JSON")
    assert (reply.status_code, reply.content) == (200, b"") and reply.headers["Content-Sha1"]
    assert ws.call("GET", "/api/languages/", headers={"Output-Format": "JSON"}).json()
    assert ws.call("GET", "/api/languages/", headers={"Accept": "application/json"}).text.startswith("<?xml")


# -- traps of reading -----------------------------------------------------------
def test_single_record_drops_what_php_calls_empty(ws):
    single = ws.get("stock_availables/10").json()["stock_available"]
    assert single == {"id": 10, "id_product": "10", "id_shop": "1", "out_of_stock": "2"}
    [full] = ws.get("stock_availables/10?display=full").json()["stock_availables"]
    assert (full["id"], full["quantity"], full["location"]) == (10, "0", "")
    assert "is_guest" not in ws.get("customers/67").json()["customer"]
    order = ws.get(f"orders/{ws.order}").json()["order"]
    assert order["total_wrapping"] == "0.000000" and "gift" not in order
    assert ws.get("products/8?display=[id,reference]").json() == {"products": [{"id": 8, "reference": "MUG-KOALA"}]}


def test_lists(ws):
    assert ws.get("orders").json() == {"orders": [{"id": ws.order}]}
    assert ws.get("orders?display=minimum").json() == {"orders": [{"id": ws.order}]}
    assert ws.get("order_slip").json()["order_slips"]
    assert "associations" not in ws.list("order_details?display=[id]")[0]
    [row] = ws.list(f"orders?display=[id,order_rows[id,product_id]]&filter[id]={ws.order}")
    assert list(row) == ["id", "associations"] and list(row["associations"]["order_rows"][0]) == ["id", "product_id"]
    [mug] = ws.list("products?display=full&filter[id]=[8]")
    assert "combinations" not in mug["associations"] and mug["quantity"] == "0" and mug["new"] is None
    assert mug["id_default_combination"] == 0
    shirt = ws.list("products/5?display=full")[0]
    assert shirt["associations"]["combinations"] == [{"id": "23"}, {"id": "24"}]
    assert shirt["associations"]["stock_availables"] == [
        {"id": "5", "id_product_attribute": "0"},
        {"id": "50023", "id_product_attribute": "23"},
        {"id": "50024", "id_product_attribute": "24"},
    ]
    assert shirt["name"] == [
        {"id": "1", "value": "Hummingbird t-shirt"},
        {"id": "2", "value": "Camiseta colibrí"},
    ]
    assert ws.list("products/5?display=full&language=2")[0]["name"] == "Camiseta colibrí"
    assert len(ws.list("products/5?display=[name]&language=[1|2]")[0]["name"]) == 2
    prices = "price[brutto][use_tax]=1&price[netto][use_tax]=0"
    [mug] = ws.list(f"products?filter[id]=8&display=[id,price,brutto]&{prices}")
    assert mug == {"id": 8, "price": "40.000000", "brutto": "48.40"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("filter[id]=[8]", [8]),
        ("filter[id]=8", [8]),
        ("filter[id]=[5|9]", [5, 9]),
        ("filter[id]=[8,9]", [8, 9]),
        ("filter[id]=>[8]", [9, 10]),
        ("filter[id]=<[8]", [5]),
        ("filter[id]=![8]", [5, 9, 10]),
        ("filter[id]=>=[9]", [5, 8, 9, 10]),
        ("filter[reference]=%[koala]%", [8]),
        ("filter[reference]=[MUG]%", [8]),
        ("filter[reference]=%[BIRDS]", [9]),
        ("filter[reference]=mug-koala", [8]),
        ("filter[name]=%[taza]%", [8]),
        ("filter[price]=[40]", [8]),
        ("filter%5Bprice%5D=%5B18,41%5D", [5, 8, 9]),
        ("filter[id_tax_rules_group]=[1]&filter[active]=[1]&sort=[price_DESC,id_ASC]", [8, 5, 10]),
        ("sort=[id_DESC]&limit=1,2", [9, 8]),
        ("sort=id_DESC&limit=2", [10, 9]),
        ("limit=0, 2", [5, 8]),
        ("limit=0", []),
        ("limit=50,10", []),
        ("filter[date_upd]=[2026-01-01T00:00:00,2030-01-01T00:00:00]&date=1", []),
        ("filter[date_upd]=[2020-01-01 00:00:00,2040-01-01 00:00:00]&date=1&sort=[date_upd_ASC,id_ASC]", [5, 8, 9, 10]),
        ("filter[date_add]=[2026-11]%&date=1", [5, 8, 9, 10]),
    ],
)
def test_filters(ws, query, expected):
    assert ws.ids(f"products?display=[id]&{query}") == expected
    if "display" not in query:
        assert ws.ids(f"products?{query}") == expected


def test_dates_need_date_1_and_the_column(ws):
    assert codes(ws.get("orders?filter[date_upd]=[2026-01-01 00:00:00,2040-01-01 00:00:00]"))[0] == 32
    assert ws.get("orders?sort=[date_upd_ASC]").status_code == 500
    assert ws.list("orders?display=[id,date_upd]")
    for query in ("order_histories?filter[date_upd]=[a]&date=1", "order_payments?sort=[date_upd_ASC]&date=1"):
        reply = ws.get(query)
        assert (reply.status_code, reply.content) == (500, b"")
    assert ws.ids("order_histories?filter[date_add]=>[2026-01-01 00:00:00]&date=1")
    assert ws.ids("order_slip?filter[date_upd]=>[2026-01-01 00:00:00]&date=1&sort=[date_upd_ASC]")


# -- what the records say ---------------------------------------------------------
def test_order_and_what_belongs_to_it(ws):
    [order] = ws.list(f"orders/{ws.order}?display=full")
    assert (order["current_state"], order["valid"], order["total_paid"]) == ("2", "1", order["total_paid_real"])
    assert order["invoice_number"] == "1"
    details = ws.list(f"order_details?display=full&filter[id_order]=[{ws.order}]")
    assert [row["associations"] for row in details] == [{"taxes": [{"id": "1"}]}, {"taxes": [{"id": "2"}]}]
    assert (details[0]["product_quantity_refunded"], details[0]["total_refunded_tax_incl"]) == ("1", "30.250000")
    [link] = ws.list(f"order_cart_rules?display=full&filter[id_order]=[{ws.order}]")
    assert (link["name"], link["value"], link["value_tax_excl"]) == ("W", "10.890000", "9.000000")
    [invoice] = ws.list("order_invoices?display=full")
    assert (invoice["number"], invoice["id_order"], invoice["total_discount_tax_incl"]) == (
        "1",
        str(ws.order),
        "10.890000",
    )
    [slip] = ws.list(f"order_slip?display=full&filter[id_order]={ws.order}")
    assert slip["amount"] == "30.250000"
    assert slip["associations"]["order_slip_details"][0]["amount_tax_excl"] == "25.000000"
    [payment] = ws.list(f"order_payments?display=full&filter[order_reference]=[{order['reference']}]")
    assert payment["amount"] == order["total_paid"]
    assert [row["message"] for row in ws.list("messages?display=full")] == ["Por favor, por la mañana"]
    stock = {row["id"]: row["quantity"] for row in ws.list("stock_availables?display=full&filter[id_product]=[5|8]")}
    assert stock == {5: "158", 50023: "98", 50024: "60", 8: "79"}


def test_reference_tables(ws):
    states = {row["id"]: row for row in ws.list("order_states?display=full")}
    assert list(states) == list(range(1, 15))
    assert [number for number, row in states.items() if row["paid"] == "1"] == [2, 3, 4, 5, 9, 11]
    assert [number for number, row in states.items() if row["shipped"] == "1"] == [4, 5]
    assert states[14]["deleted"] == "1"
    carriers = ws.list("carriers?display=full&filter[id_reference]=[4]")
    assert [(row["id"], row["deleted"], row["id_tax_rules_group"]) for row in carriers] == [(4, "1", 1), (5, "0", 1)]
    assert [row["rate"] for row in ws.list("taxes?display=full&filter[deleted]=[0]")] == ["21.000", "10.000", "4.000"]
    assert ws.ids("countries?filter[need_identification_number]=[1]") == [6]
    rules = ws.list("tax_rules?display=full&filter[id_country]=[6]&filter[id_tax_rules_group]=[1|2|5]")
    assert [(row["id_tax_rules_group"], row["id_tax"]) for row in rules] == [("1", "1"), ("2", "2"), ("5", "3")]


def test_generated_and_given_products(ws):
    product = {"id": 77, "reference": "NEW", "price": 5, "stock": 9, "combinations": []}
    assert ws.shop.post("/_reset", {"generate": 1200, "products": [product, {"id": 8, "reference": "OTHER"}]}).ok
    assert len(ws.ids("products")) == 4 + 1 + 1200
    assert ws.list("products?display=[id,reference]&filter[reference]=[PS-GEN-01200]") == [
        {"id": 11200, "reference": "PS-GEN-01200"}
    ]
    assert ws.list("products/8?display=[reference,price]") == [{"id": 8, "reference": "OTHER", "price": "0.000000"}]
    state = ws.shop.state()
    assert (len(state["products"]), state["products_total"]) == (100, 1205)
    assert len(ws.shop.state("?full=1")["products"]) == 1205
    assert ws.shop.post("/_reset", {"products": [{"id": 1, "colour": "x"}]}).status_code == 400

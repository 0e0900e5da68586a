import json
import time

import pytest
import requests

from .vendor import API, ENVELOPE, PRODUCT, ROW_5, ROW_10, SIMPLE, TOKEN, changed, error, post, result, shelf


@pytest.mark.parametrize("given", [{}, {"Authorization": "demo-vendor-token"}, {"Authorization": "Bearer x"}])
def test_wrong_token(vendor, given):
    for call in ("read", "create", "update"):
        reply = post(vendor, call, SIMPLE, headers=given)
        assert (reply.status_code, reply.json()) == (401, {**ENVELOPE, "error": "invalid_token"})
    assert shelf(vendor) == []


@pytest.mark.parametrize("query", ["", "?partner_id=8", "?partner_id=", "?partner_id=07", "?partner_id=7&partner_id=8"])
def test_wrong_partner(vendor, query):
    reply = post(vendor, "create", SIMPLE, query)
    assert (reply.status_code, reply.json()) == (403, {"error": "partner_mismatch"})
    assert shelf(vendor) == []


def test_other_token_and_partner(vendor):
    vendor.post("/_reset", {"token": "other", "partner_id": 13})
    assert post(vendor, "create", SIMPLE).status_code == 401
    reply = post(vendor, "create", SIMPLE, "?partner_id=13", {"Authorization": "Bearer other"})
    assert reply.json()["result"]["success"]
    assert "other" not in vendor.get("/_state").text


def test_double_slash_path_and_method(vendor):
    assert post(vendor, "create", SIMPLE, root="/" + API).json()["result"]["success"]
    assert post(vendor, "delete", SIMPLE).status_code == 404
    assert vendor.get("/vendor_api", headers=TOKEN).status_code == 404
    assert vendor.get(API + "read?partner_id=7", headers=TOKEN).status_code == 405


@pytest.mark.parametrize("raw", ["", "[", "[]", '"x"', "null", '{"default_code": NaN}', b"\xff"])
def test_a_body_is_a_json_object(vendor, raw):
    headers = {**TOKEN, "Content-Type": "application/json"}
    for call in ("read", "create", "update"):
        reply = requests.post(f"{vendor.url}{API}{call}?partner_id=7", data=raw, headers=headers, timeout=5)
        assert (reply.status_code, reply.json()["result"]["error"]) == (200, "invalid_request")
    reply = requests.post(f"{vendor.url}{API}read?partner_id=7", data='{"default_code": "A"}', headers=TOKEN, timeout=5)
    assert reply.json()["result"]["error"] == "invalid_request"


def test_a_json_rpc_envelope_is_no_body(vendor):
    body = {"jsonrpc": "2.0", "method": "call", "params": SIMPLE}
    assert [error(vendor, call, body) for call in ("read", "create", "update")] == ["invalid_request"] * 3


# -- read and create ---------------------------------------------------------
def test_the_seed_has_none_of_our_products(vendor):
    assert shelf(vendor) == []
    assert error(vendor, "read", {"default_code": "BPC-5"}) == "product_not_found"


def test_create_with_variants(vendor):
    made = result(vendor, "create", PRODUCT)
    assert made["success"] and made["product_id"] and list(made["variant_ids"]) == ["BPC-5", "BPC-10"]
    for code in ("BPC-5", "BPC-10"):
        product = result(vendor, "read", {"default_code": code})["product"]
        variants = product.pop("variants")
        assert product == {
            "id": made["product_id"],
            "name": "BPC-157",
            "default_code": "BPC-5",
            "vendor_on_hand_qty": 142,
            "supplier": {"price": 29.99, "partner_id": 7},
        }
        assert variants == [{"id": made["variant_ids"][row["default_code"]], **row} for row in (ROW_5, ROW_10)]
    histories = [[h[-1] for h in row["stock_history"] + row["price_history"]] for row in shelf(vendor)[0]["variants"]]
    assert histories == [[135, 29.99], [7, 49.5]]
    assert abs(shelf(vendor)[0]["variants"][0]["stock_history"][0][0] - time.time()) < 60


def test_create_simple(vendor):
    made = result(vendor, "create", SIMPLE)
    product = result(vendor, "read", {"default_code": "GLOVES"})["product"]
    assert (product["name"], product["vendor_on_hand_qty"]) == ("Gloves", 8)
    variant = {"default_code": "GLOVES", "vendor_on_hand_qty": 8, "price": 0, "attributes": {}}
    assert product["variants"] == [{"id": made["variant_ids"]["GLOVES"], **variant}]


def test_the_product_may_have_a_code_of_its_own(vendor):
    body = changed(PRODUCT, ["product", "default_code"], "BPC")
    result(vendor, "create", body)
    for code in ("BPC", "BPC-5", "BPC-10"):
        assert result(vendor, "read", {"default_code": code})["product"]["default_code"] == "BPC"
        assert len(shelf(vendor, code)) == 1
    assert error(vendor, "update", {"default_code": "BPC", "product": {"vendor_on_hand_qty": 1}}) == "invalid_request"
    result(vendor, "update", {"default_code": "BPC", "product": {"name": "New"}})
    assert shelf(vendor, "BPC-5")[0]["name"] == "New" and shelf(vendor, "NOPE") == []
    one = changed(changed(PRODUCT, ["variants"], [{**ROW_5, "default_code": "V"}]), ["product"], SIMPLE["product"])
    result(vendor, "create", changed(one, ["product", "vendor_on_hand_qty"], 135))
    result(vendor, "update", {"variants": [{"default_code": "GLOVES", "vendor_on_hand_qty": 3, "price": 2}]})
    assert shelf(vendor, "V")[0]["vendor_on_hand_qty"] == 3


def test_a_known_code_is_not_created_again(vendor):
    result(vendor, "create", PRODUCT)
    before = shelf(vendor)
    again = changed(PRODUCT, ["product", "default_code"], "NEW")
    simple = changed(SIMPLE, ["product", "default_code"], "BPC-10")
    for body in (PRODUCT, again, simple):
        assert error(vendor, "create", body) == "variant_default_code_exists"
    assert shelf(vendor) == before


def grid(*pairs):
    rows = [
        {"default_code": f"S{n}", "vendor_on_hand_qty": 1, "price": 5, "attributes": attributes}
        for n, attributes in enumerate(pairs)
    ]
    product = {"name": "Shirt", "default_code": "S0", "vendor_on_hand_qty": len(rows)}
    return {"product": product, "supplier": {"price": 5}, "variants": rows}


def test_variants_cover_every_combination(vendor):
    every = [{"Size": size, "Colour": colour} for size in "SM" for colour in ("red", "blue")]
    got = result(vendor, "create", grid(*every[:3]))
    assert (got["error"], got["expected_combinations"]) == ("variants_incomplete", every)
    got = result(vendor, "create", grid(every[0], {"Size": "S"}))
    assert (got["error"], got["expected_combinations"]) == ("variants_incomplete", every[:1])
    assert error(vendor, "create", grid(every[0], every[0])) == "invalid_request"
    assert shelf(vendor) == []
    assert result(vendor, "create", grid(*every))["success"]


@pytest.mark.parametrize("value", [-1, 1.0, 1.5, "5", True, None, ...])
def test_quantities_are_integers(vendor, value):
    for path in (["product", "vendor_on_hand_qty"], ["variants", 0, "vendor_on_hand_qty"]):
        assert error(vendor, "create", changed(PRODUCT, path, value)) == "invalid_request"
    assert error(vendor, "create", changed(SIMPLE, ["product", "vendor_on_hand_qty"], value)) == "invalid_request"
    result(vendor, "create", PRODUCT)
    row = changed({"default_code": "BPC-5", "vendor_on_hand_qty": 1, "price": 2}, ["vendor_on_hand_qty"], value)
    other = {"default_code": "BPC-10", "vendor_on_hand_qty": 1, "price": 2}
    assert error(vendor, "update", {"variants": [other, row]}) == "invalid_request"
    assert shelf(vendor)[0]["vendor_on_hand_qty"] == 142


@pytest.mark.parametrize("value", ["29.99", True, None, -1, -(10**400), ..., [], {}])
def test_prices_are_numbers(vendor, value):
    for path in (["supplier", "price"], ["variants", 0, "price"]):
        assert error(vendor, "create", changed(PRODUCT, path, value)) == "invalid_request"
    result(vendor, "create", PRODUCT)
    body = changed({"default_code": "BPC-5", "supplier": {"price": 1}}, ["supplier", "price"], value)
    assert error(vendor, "update", body) == "invalid_request"


WRONG = [
    (["product", "name"], ""),
    (["product", "name"], ...),
    (["product", "default_code"], False),
    (["product", "partner_id"], 7),
    (["product"], None),
    (["product"], ...),
    (["supplier"], ...),
    (["supplier", "currency"], "EUR"),
    (["partner_id"], 7),
    (["variants"], []),
    (["variants"], {}),
    (["variants", 0], "BPC-5"),
    (["variants", 0, "default_code"], "BPC-10"),
    (["variants", 0, "attributes"], ...),
    (["variants", 0, "attributes"], {}),
    (["variants", 0, "attributes"], {"Strength": 5}),
    (["variants", 0, "attributes"], {"Strength": ""}),
    (["variants", 0, "barcode"], "1"),
    (["product", "vendor_on_hand_qty"], 141),
    (["supplier", "price"], 49.5),
]


@pytest.mark.parametrize(("path", "value"), WRONG)
def test_a_wrong_create(vendor, path, value):
    assert error(vendor, "create", changed(PRODUCT, path, value)) == "invalid_request"
    assert shelf(vendor) == []


@pytest.mark.parametrize("price", ["NaN", "Infinity", "1e999"])
def test_a_price_is_finite(vendor, price):
    raw = json.dumps(SIMPLE).replace('"price": 0', f'"price": {price}')
    headers = {**TOKEN, "Content-Type": "application/json"}
    reply = requests.post(f"{vendor.url}{API}create?partner_id=7", data=raw, headers=headers, timeout=5)
    assert reply.json()["result"]["error"] == "invalid_request" and shelf(vendor) == []


@pytest.mark.parametrize("body", [{}, {"default_code": 5}, {"default_code": ""}, {"default_code": "A", "id": 1}])
def test_a_wrong_read(vendor, body):
    assert error(vendor, "read", body) == "invalid_request"

import pytest

from .vendor import PRODUCT, ROW_5, ROW_10, SIMPLE, error, result, shelf


def test_update_rows(vendor):
    result(vendor, "create", PRODUCT)
    rows = [{key: row[key] for key in ("default_code", "vendor_on_hand_qty", "price")} for row in (ROW_5, ROW_10)]
    rows[0]["vendor_on_hand_qty"] = 90
    for _ in range(3):
        assert result(vendor, "update", {"variants": rows}) == {"success": True, "updated": ["BPC-5", "BPC-10"]}
    product = shelf(vendor, "BPC-10")[0]
    assert product["vendor_on_hand_qty"] == 97 and product["variants"][1]["price"] == 49.5
    assert [value for _t, value in product["variants"][0]["stock_history"]] == [135, 90, 90, 90]


def test_update_rows_of_which_some_are_unknown(vendor):
    result(vendor, "create", PRODUCT)
    rows = [{"default_code": code, "vendor_on_hand_qty": 1, "price": 2} for code in ("NO-1", "BPC-5", "NO-2")]
    got = result(vendor, "update", {"variants": rows})
    assert (got["error"], got["missing"]) == ("variant_not_found", ["NO-1", "NO-2"])
    assert [row["vendor_on_hand_qty"] for row in shelf(vendor)[0]["variants"]] == [1, 7]


def test_update_simple(vendor):
    result(vendor, "create", PRODUCT)
    result(vendor, "create", SIMPLE)
    body = {"default_code": "GLOVES", "product": {"vendor_on_hand_qty": 90}, "supplier": {"price": 3}}
    assert result(vendor, "update", body) == {"success": True, "updated": ["GLOVES"]}
    result(vendor, "update", {"default_code": "BPC-10", "product": {"vendor_on_hand_qty": 9}})
    result(vendor, "update", {"default_code": "BPC-10", "supplier": {"price": 50}})
    (gloves,), (product,) = shelf(vendor, "GLOVES"), shelf(vendor, "BPC-5")
    assert (gloves["vendor_on_hand_qty"], gloves["supplier"]["price"]) == (90, 3)
    assert (product["vendor_on_hand_qty"], product["supplier"]["price"]) == (144, 29.99)
    assert [value for _t, value in product["variants"][1]["price_history"]] == [49.5, 50]
    assert error(vendor, "update", {"default_code": "NO", "supplier": {"price": 3}}) == "product_not_found"


ROW = {"default_code": "GLOVES", "vendor_on_hand_qty": 1, "price": 2}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"variants": []},
        {"variants": None},
        {"variants": [{**ROW, "attributes": {"Strength": "5mg"}}]},
        {"variants": [ROW, ROW]},
        {"variants": [{"default_code": "GLOVES", "vendor_on_hand_qty": 1}]},
        {"variants": [ROW], "default_code": "GLOVES"},
        {"variants": [ROW], "product": {}},
        {"default_code": "GLOVES"},
        {"default_code": "GLOVES", "product": {}},
        {"default_code": "GLOVES", "product": {"default_code": "G2"}},
        {"default_code": "GLOVES", "product": {"vendor_on_hand_qty": 1}, "supplier": {}},
        {"default_code": 5, "product": {"vendor_on_hand_qty": 1}},
        {"product": {"vendor_on_hand_qty": 1}},
    ],
)
def test_a_wrong_update(vendor, body):
    result(vendor, "create", SIMPLE)
    before = shelf(vendor)
    assert error(vendor, "update", body) == "invalid_request"
    assert shelf(vendor) == before

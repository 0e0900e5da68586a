import pytest
import requests

from .vendor import KEY, ORDER, ROOT, UUID, call, get, refused

PATHS = [("GET", "/products"), ("GET", "/inventory"), ("GET", "/shipping-tiers"), ("POST", "/orders")]
PATHS += [(method, "/orders/S00042") for method in ("GET", "PUT", "DELETE")]


@pytest.mark.parametrize(("method", "path"), PATHS)
def test_the_key(vendor, method, path):
    for headers in ({}, {"X-API-Key": "x"}, {"Authorization": "Bearer demo-vendor-key"}):
        reply = requests.request(method, vendor.url + ROOT + path, json=ORDER, headers=headers, timeout=5)
        assert "API Key" in refused(vendor, reply, 401)
    vendor.post("/_reset", {"channel_active": False})
    assert refused(vendor, call(vendor, method, path, ORDER), 403) == "Sales Channel is not active"
    assert vendor.state()["shop"]["orders"] == []


def test_products(vendor):
    products = get(vendor, "/products")["products"]
    product_keys = {"id", "name", "description", "status", "images", "categories", "tags", "variants"}
    variant_keys = {"id", "sku", "name", "regularPrice", "salePrice", "weight", "hsn", "inventory", "options", "images"}
    assert [len(product["variants"]) for product in products] == [2, 4, 1]
    for product in products:
        assert set(product) == product_keys and UUID.fullmatch(product["id"])
        for variant in product["variants"]:
            assert set(variant) == variant_keys and UUID.fullmatch(variant["id"])
    peptide, coat, water = products
    assert [(v["sku"], v["options"]) for v in peptide["variants"]] == [
        ("BPC-5", [{"name": "Strength", "value": "5mg"}]),
        ("BPC-10", [{"name": "Strength", "value": "10mg"}]),
    ]
    assert {tuple(o["name"] for o in v["options"]) for v in coat["variants"]} == {("Size", "Colour")}
    assert len({tuple(o["value"] for o in v["options"]) for v in coat["variants"]}) == 4
    assert [v["sku"] for v in coat["variants"] if v["regularPrice"] is None] == ["COAT-L-BLU"]
    assert water["variants"][0]["options"] == []
    vendor.post("/_reset")
    assert get(vendor, "/products")["products"] == products
    assert vendor.state()["shop"]["products"] == products


def test_inventory_and_tiers(vendor):
    rows = get(vendor, "/inventory")["inventory"]
    assert len(rows) == 7 and rows == vendor.state()["shop"]["inventory"]
    product = get(vendor, "/products")["products"][0]
    assert rows[0] == {
        "variantId": product["variants"][0]["id"],
        "sku": "BPC-5",
        "productId": product["id"],
        "productName": "BPC-157",
        "quantity": 135,
    }
    tiers = get(vendor, "/shipping-tiers")
    assert [tier["uniqueTierId"] for tier in tiers] == ["STANDARD", "2_DAY"]
    keys = {"id", "uniqueTierId", "name", "minSubtotal", "maxSubtotal", "shippingRate", "serviceName"}
    assert set(tiers[0]) == keys


def test_unknown_paths(vendor):
    for method, path in (("GET", "/orders"), ("POST", "/products"), ("GET", "/products/1"), ("GET", "/x")):
        refused(vendor, call(vendor, method, path, {} if method == "POST" else None), 404)
    assert vendor.get("/api/sales-channels/other", headers=KEY).status_code == 404

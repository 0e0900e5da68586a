"""Medusa's products and stock as the simulator has them."""

import pytest
import requests

from .medusa import CUP, KEY, PLACE, ask, call, cup, level, refused


@pytest.mark.parametrize("given", [None, "Bearer sk_demo_medusa", "Basic c2tfeDo="])
def test_the_key(medusa, given):
    headers = {"Authorization": given} if given else {}
    reply = requests.get(f"{medusa.url}/admin/products", headers=headers, timeout=5)
    assert (reply.status_code, reply.json()) == (401, {"message": "Unauthorized"})


def test_the_raw_key_is_taken_too(medusa):
    headers = {"Authorization": "Basic sk_demo_medusa"}
    assert requests.get(f"{medusa.url}/admin/products", headers=headers, timeout=5).ok


def test_a_product_is_found_by_what_it_bears(medusa):
    product = cup(medusa)
    variant = product["variants"][0]
    for query in (
        {"id[]": product["id"]},
        {"external_id[]": "42"},
        {"variants[sku][]": "CUP-S"},
        {"variants[id][]": variant["id"]},
        {"handle": "cup"},
    ):
        assert [row["id"] for row in call(medusa, "GET", "/products", **query)["products"]] == [product["id"]]
    assert call(medusa, "GET", "/products", **{"external_id[]": "43"})["count"] == 0
    assert "Unrecognized fields: 'sku'" in refused(ask(medusa, "GET", "/products", sku="CUP-S"))


def test_unknown_fields_and_doubles_are_refused(medusa):
    cup(medusa)
    assert "Unrecognized fields: 'foo'" in refused(ask(medusa, "POST", "/products", {**CUP, "foo": 1}))
    assert refused(ask(medusa, "POST", "/products", CUP)) == "Product with handle: cup, already exists."
    other = {**CUP, "handle": "other"}
    assert refused(ask(medusa, "POST", "/products", other)) == "Product variant with sku: CUP-S, already exists."
    assert "2 option values" not in refused(ask(medusa, "POST", "/products", {"subtitle": "x"}))


def test_a_large_body_is_too_large(medusa):
    reply = ask(medusa, "POST", "/products", {**CUP, "description": "x" * 100_001})
    assert (reply.status_code, reply.json()) == (413, {"message": "request entity too large"})


def test_unknown_records_and_routes(medusa):
    assert refused(ask(medusa, "GET", "/products/prod_01X"), 404, "not_found") == "Product not found"
    assert ask(medusa, "GET", "/nothing").status_code == 404


def test_a_list_of_variants_deletes_what_it_leaves_out(medusa):
    product = cup(medusa)
    kept = product["variants"][0]["id"]
    after = call(medusa, "POST", f"/products/{product['id']}", {"variants": [{"id": kept}]})["product"]
    assert [variant["id"] for variant in after["variants"]] == [kept]


def test_a_list_of_variants_names_its_own_only(medusa):
    product = cup(medusa)
    path = f"/products/{product['id']}"
    assert "do not belong" in refused(ask(medusa, "POST", path, {"variants": [{"id": "variant_01X"}]}))
    assert len(call(medusa, "GET", path)["product"]["variants"]) == 2


def test_metadata_is_added_to(medusa):
    product = cup(medusa)
    path = f"/products/{product['id']}"
    call(medusa, "POST", path, {"metadata": {"a": 1}})
    assert call(medusa, "POST", path, {"metadata": {"b": 2}})["product"]["metadata"] == {"a": 1, "b": 2}


def test_wrong_values_are_refused_by_name(medusa):
    assert "'title'" in refused(ask(medusa, "POST", "/products", {"title": 5}))
    assert "'status'" in refused(ask(medusa, "POST", "/products", {"title": "X", "status": "sold"}))
    assert "'limit'" in refused(ask(medusa, "GET", "/products", limit="x"))
    cup(medusa)
    assert [row["title"] for row in call(medusa, "GET", "/products", q="cup-s")["products"]] == ["Cup"]


def test_options_are_changed_in_a_batch_only(medusa):
    product = cup(medusa)
    path, option = f"/products/{product['id']}", product["options"][0]["id"]
    assert "removed in version 2.16.0" in refused(ask(medusa, "POST", path, {"options": []}))
    new = {"title": "L", "sku": "CUP-L", "options": {"Size": "L"}, "prices": []}
    assert "does not exist" in refused(ask(medusa, "POST", f"{path}/variants/batch", {"create": [new]}))
    call(medusa, "POST", f"{path}/options/batch", {"update": [{"product_option_id": option, "add": [{"value": "L"}]}]})
    made = call(medusa, "POST", f"{path}/variants/batch", {"create": [new]})["created"]
    assert made[0]["inventory_items"]


def test_an_option_that_is_not_exclusive_is_the_whole_shops(medusa):
    other = {**CUP, "title": "Mug", "handle": "mug", "external_id": "43", "variants": []}
    paths = [
        f"/products/{product['id']}/options/batch"
        for product in (cup(medusa), call(medusa, "POST", "/products", other)["product"])
    ]
    add = {"add": [{"title": "Shade", "values": ["Dark"]}]}
    call(medusa, "POST", paths[0], add)
    assert refused(ask(medusa, "POST", paths[1], add)) == "Product option with title: Shade, already exists."
    call(medusa, "POST", paths[1], {"add": [{**add["add"][0], "is_exclusive": True}]})


def test_prices_take_the_place_of_all(medusa):
    product = cup(medusa)
    variant = product["variants"][0]["id"]
    prices = [{"currency_code": "usd", "amount": 5.5}]
    call(medusa, "POST", f"/products/{product['id']}/variants/batch", {"update": [{"id": variant, "prices": prices}]})
    shown = call(medusa, "GET", f"/products/{product['id']}")["product"]["variants"][0]["prices"]
    assert [(price["currency_code"], price["amount"]) for price in shown] == [("usd", 5.5)]
    wrong = {"update": [{"id": "variant_01X", "prices": []}]}
    assert "non-existing variants" in refused(ask(medusa, "POST", f"/products/{product['id']}/variants/batch", wrong))


def test_levels_are_made_and_changed_apart(medusa):
    product = cup(medusa)
    item = product["variants"][0]["inventory_items"][0]["inventory_item_id"]
    row = {"inventory_item_id": item, "location_id": PLACE, "stocked_quantity": 4}
    path = "/inventory-items/location-levels/batch"
    assert "already stocked" in refused(ask(medusa, "POST", path, {"create": [row]}))
    call(medusa, "POST", path, {"update": [row]})
    assert level(medusa)["stocked_quantity"] == 4
    wrong = {"update": [{**row, "stocked_quantity": 9}, {**row, "stocked_quantity": -1}]}
    assert "too small" in refused(ask(medusa, "POST", path, wrong))
    assert level(medusa)["stocked_quantity"] == 4, "all or nothing"
    assert refused(ask(medusa, "POST", path, {"update": [{**row, "location_id": "sloc_x"}]}), 404, "not_found")


def test_a_level_that_is_not_there_is_not_changed(medusa):
    medusa.post("/_reset", {"locations": ["Shop"]})
    product = cup(medusa)
    item = product["variants"][0]["inventory_items"][0]["inventory_item_id"]
    row = {"inventory_item_id": item, "location_id": "sloc_2", "stocked_quantity": 4}
    reply = ask(medusa, "POST", "/inventory-items/location-levels/batch", {"update": [row]})
    assert "is not stocked at location sloc_2" in refused(reply, 404, "not_found")


def test_what_is_not_counted_has_no_item(medusa):
    product = cup(medusa)
    variant = product["variants"][0]["id"]
    path = f"/products/{product['id']}/variants/{variant}"
    call(medusa, "POST", path, {"manage_inventory": False})
    shown = call(medusa, "GET", f"/products/{product['id']}")["product"]["variants"]
    assert [bool(row["inventory_items"]) for row in shown] == [False, True]


def test_categories_and_pictures(medusa):
    made = call(medusa, "POST", "/product-categories", {"name": "Cups"})["product_category"]
    assert "already exists" in refused(ask(medusa, "POST", "/product-categories", {"name": "Cups"}))
    product = call(medusa, "POST", "/products", {**CUP, "categories": [{"id": made["id"]}]})["product"]
    assert [row["name"] for row in product["categories"]] == ["Cups"]
    files = [("files", ("a.png", b"picture", "image/png"))]
    reply = requests.post(f"{medusa.url}/admin/uploads", files=files, headers=KEY, timeout=5)
    url = reply.json()["files"][0]["url"]
    assert requests.get(url, timeout=5).content == b"picture"


def test_the_page_and_the_reset(medusa):
    cup(medusa)
    assert "CUP-S" in medusa.get("/").text and "Desk of another hand" in medusa.get("/").text
    medusa.post("/_reset", {})
    assert [product["title"] for product in medusa.state()["products"]] == ["Desk of another hand"]
    assert medusa.post("/_reset", {"x": 1}).status_code == 400


def test_lists_come_in_pages(medusa):
    cup(medusa)
    first = call(medusa, "GET", "/products", limit=1, order="id")
    second = call(medusa, "GET", "/products", limit=1, offset=1, order="id")
    assert (first["count"], len(first["products"])) == (2, 1)
    assert first["products"][0]["id"] != second["products"][0]["id"]

"""Bodies and calls that the tests of the Medusa remote share."""

import base64

import requests

KEY = {"Authorization": "Basic " + base64.b64encode(b"sk_demo_medusa:").decode()}
PLACE = "sloc_main"
CUP = {
    "title": "Cup",
    "status": "published",
    "external_id": "42",
    "options": [{"title": "Size", "values": ["S", "M"]}],
    "variants": [
        {
            "title": size,
            "sku": f"CUP-{size}",
            "options": {"Size": size},
            "prices": [{"currency_code": "eur", "amount": 20}],
        }
        for size in ("S", "M")
    ],
}


def call(medusa, method, path, body=None, **query):
    """The decoded answer of a call that holds."""
    reply = ask(medusa, method, path, body, **query)
    assert reply.ok, reply.text
    return reply.json()


def ask(medusa, method, path, body=None, **query):
    return requests.request(method, f"{medusa.url}/admin{path}", json=body, params=query, headers=KEY, timeout=10)


def refused(reply, status=400, kind="invalid_data"):
    """The message of an answer that is no success."""
    assert reply.status_code == status and reply.json().get("type") == kind, reply.text
    return reply.json()["message"]


def cup(medusa, stock=10):
    """The cup with so many of each size; its record."""
    product = call(medusa, "POST", "/products", CUP)["product"]
    for variant in product["variants"]:
        item = variant["inventory_items"][0]["inventory_item_id"]
        row = {"inventory_item_id": item, "location_id": PLACE, "stocked_quantity": stock}
        call(medusa, "POST", "/inventory-items/location-levels/batch", {"create": [row]})
    return product


def level(medusa, sku="CUP-S"):
    (item,) = call(medusa, "GET", "/inventory-items", sku=sku)["inventory_items"]
    return item["location_levels"][0]


def place(medusa, **wish):
    reply = medusa.post("/_buyer", {"lines": {"CUP-S": 3}, **wish})
    assert reply.ok, reply.text
    return reply.json()


def do(medusa, **what):
    reply = medusa.post("/_merchant", what)
    assert reply.ok, reply.text
    return reply.json()

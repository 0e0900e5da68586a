"""Bodies and calls that the tests of the vendor remote share."""

import re

import requests

TOKEN = {"Authorization": "Bearer demo-vendor-token"}
API = "/vendor_api/product/"
ENVELOPE = {"jsonrpc": "2.0", "id": None}

SIMPLE = {
    "product": {"name": "Gloves", "default_code": "GLOVES", "vendor_on_hand_qty": 8},
    "supplier": {"price": 0},
}
ROW_5 = {"default_code": "BPC-5", "vendor_on_hand_qty": 135, "price": 29.99, "attributes": {"Strength": "5mg"}}
ROW_10 = {"default_code": "BPC-10", "vendor_on_hand_qty": 7, "price": 49.5, "attributes": {"Strength": "10mg"}}
PRODUCT = {
    "product": {"name": "BPC-157", "default_code": "BPC-5", "vendor_on_hand_qty": 142},
    "supplier": {"price": 29.99},
    "variants": [ROW_5, ROW_10],
}


def post(vendor, call, body, query="?partner_id=7", headers=TOKEN, root=API):
    return vendor.post(f"{root}{call}{query}", body, headers=headers)


def result(vendor, call, body):
    reply = post(vendor, call, body)
    assert reply.status_code == 200
    answer = reply.json()
    assert {key: answer[key] for key in ENVELOPE} == ENVELOPE and set(answer) == {*ENVELOPE, "result"}
    return answer["result"]


def error(vendor, call, body):
    got = result(vendor, call, body)
    assert isinstance(got["message"], str) and got["message"]
    return got["error"]


def shelf(vendor, code=None):
    return vendor.state(f"?default_code={code}" if code else "")["products"]


def changed(body, path, value):
    """A copy of the body with another value at a path; with ... without the key."""
    copy = list(body) if isinstance(body, list) else dict(body)
    if len(path) > 1:
        copy[path[0]] = changed(copy[path[0]], path[1:], value)
    elif value is ...:
        del copy[path[0]]
    else:
        copy[path[0]] = value
    return copy


# -- the shop ------------------------------------------------------------------
ROOT = "/api/sales-channels/integration"
KEY = {"X-API-Key": "demo-vendor-key"}
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
CUSTOMER = {"firstName": "Noor", "lastName": "Adel", "email": "noor@example.com", "phone": "+201000000001"}
ORDER = {
    "partnerOrderId": "S00042",
    "customer": {**CUSTOMER, "address": "1 Main St", "city": "Austin", "state": "TX", "zip": "73301", "country": "US"},
    "items": [{"variantId": "BPC-5", "quantity": 2}],
}


def get(vendor, path):
    reply = vendor.get(ROOT + path, headers=KEY)
    assert reply.status_code == 200 and reply.json()["success"] is True
    return reply.json()["data"]


def place(vendor, **more):
    return vendor.post(ROOT + "/orders", {**ORDER, **more}, headers=KEY)


def placed(vendor, **more):
    reply = place(vendor, **more)
    assert reply.status_code == 201 and reply.json()["success"] is True
    return reply.json()["data"]


def refused(vendor, reply, status=400):
    body = reply.json()
    assert reply.status_code == status and body["success"] is False and isinstance(body["error"], str)
    return body["error"]


def call(vendor, method, path, body=None):
    return requests.request(method, vendor.url + ROOT + path, json=body, headers=KEY, timeout=5)


def stock(vendor, sku):
    return next(row["quantity"] for row in get(vendor, "/inventory")["inventory"] if row["sku"] == sku)

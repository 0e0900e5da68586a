"""Helpers of the Webservice tests: calls with the key, recordings, shapes."""

import json
import pathlib
import re

import requests

RECORDINGS = pathlib.Path(__file__).parent / "recordings" / "webservice"
KEY = "DEMOPRESTASHOPWEBSERVICEKEY00001"
#: The products and stock rows that the recorded writes are about.
RECORDED = [
    {
        "id": 18,
        "reference": "demo_10",
        "combinations": [
            {"id": 36, "reference": "demo_10", "quantity": 255, "stock_id": 55, "options": [22]},
            {"id": 37, "reference": "demo_10", "quantity": 256, "stock_id": 56, "options": [23]},
            {"id": 38, "reference": "demo_10", "quantity": 257, "stock_id": 57, "options": [24]},
            {"id": 39, "reference": "demo_10", "quantity": 258, "stock_id": 58, "options": [25], "price": 2.5},
        ],
    },
    {"id": 19, "reference": "demo_14", "price": 16, "stock": 41},
]


def recording(name):
    return json.loads((RECORDINGS / f"{name}.json").read_text("utf-8"))


class Webservice:
    """Calls of the Webservice of a shop client."""

    def __init__(self, shop, key=KEY):
        self.shop, self.auth = shop, (key, "")

    def call(self, method, path, body=None, **kwargs):
        kwargs.setdefault("auth", self.auth)
        body = body.encode() if isinstance(body, str) else body
        url = self.shop.url + path
        return requests.request(method, url, data=body, allow_redirects=False, timeout=15, **kwargs)

    def get(self, path, **kwargs):
        mark = "&" if "?" in path else "?"
        return self.call("GET", f"/api/{path}{mark}output_format=JSON", **kwargs)

    def list(self, path):
        reply = self.get(path)
        assert reply.status_code == 200, reply.text
        data = reply.json()
        return [] if data == [] else next(iter(data.values()))

    def ids(self, path):
        return [row["id"] for row in self.list(path)]

    def xml(self, method, resource, inner, node=None, answer="JSON"):
        node = node or {"addresses": "address", "order_histories": "order_history"}.get(resource, resource[:-1])
        body = f"<prestashop><{node}>{inner}</{node}></prestashop>"
        return self.call(method, f"/api/{resource}?output_format={answer}", body)

    def replay(self, name):
        """(the recorded answer, the simulator's)"""
        made = recording(name)
        request = made["request"]
        kwargs = {"auth": None} if request["auth"] == "none" else {}
        return made["response"], self.call(request["method"], request["url"], request["body"], **kwargs)


def codes(reply):
    return [error["code"] for error in reply.json()["errors"]]


def type_of(headers):
    return {name.lower(): value for name, value in dict(headers).items()}.get("content-type", "")


def plain(text):
    """Without what differs from shop to shop: hosts, paths, times, keys."""
    text = re.sub(r"http://[\w.:]+(/prestashop)?/api", "API", text)
    text = re.sub(r'Did you mean: \\?"\w+\\?"', "", text)
    text = re.sub(r"\((<shop root>|/var/www/html)/", "(ROOT/", text)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME", text)


def kind_of(value):
    return "text or null" if value is None or isinstance(value, str) else type(value).__name__


def shape(record):
    """Keys in their order with the JSON type of each; a list by its first element."""
    if isinstance(record, dict):
        return {key: shape(value) for key, value in record.items()}
    if isinstance(record, list):
        return [shape(record[0])] if record else []
    return kind_of(record)

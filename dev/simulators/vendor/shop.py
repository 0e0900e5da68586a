"""The vendor's shop: what it sells, how much of it there is, and the calls of its API."""

import hmac
import json

from ..remote import answer
from . import catalogue
from .orders import Orders, Problem, keyed

ROOT = "/api/sales-channels/integration"
KEY = "demo-vendor-key"


class Shop(Orders):
    def __init__(self, active):
        self.active = active
        self.products = catalogue.products()
        self.tiers = catalogue.tiers()
        self.variants = [(product, variant) for product in self.products for variant in product["variants"]]
        self.orders = {}  # by id
        self.pushes = []

    def variant(self, name):
        """The variant with this id, else the one with this SKU, else None."""
        for key in ("id", "sku"):
            for _product, variant in self.variants:
                if variant[key] == name:
                    return variant
        return None

    def inventory(self, ids=None):
        return [
            {
                "variantId": variant["id"],
                "sku": variant["sku"],
                "productId": product["id"],
                "productName": product["name"],
                "quantity": variant["inventory"],
            }
            for product, variant in self.variants
            if ids is None or variant["id"] in ids
        ]

    def state(self):
        return {
            "products": self.products,
            "inventory": self.inventory(),
            "shipping_tiers": self.tiers,
            "orders": [
                {**self.shown(order), "paymentStatus": order["paymentStatus"], "customer": order["customer"]}
                for order in self.orders.values()
            ],
            "pushes": self.pushes,
        }

    # -- the API ---------------------------------------------------------------
    def call(self, request, path):
        try:
            self._admit(request)
            name, _, number = path.removeprefix(ROOT + "/").partition("/")
            return self._route(request, name, number)
        except Problem as problem:
            return answer({"success": False, "error": str(problem), **problem.more}, problem.status)

    def _admit(self, request):
        key = request.headers.get("X-API-Key", "")
        if not key:
            raise Problem("Missing API Key", 401)
        if not hmac.compare_digest(key.encode(), KEY.encode()):
            raise Problem("Invalid API Key", 401)
        if not self.active:
            raise Problem("Sales Channel is not active", 403)

    def _route(self, request, name, number):
        call = (request.method, name, bool(number))
        if call == ("GET", "products", False):
            return success({"products": self.products})
        if call == ("GET", "inventory", False):
            return success({"inventory": self.inventory()})
        if call == ("GET", "shipping-tiers", False):
            return success(self.tiers)
        if call == ("POST", "orders", False):
            return success(self.place(body_of(request)), 201)
        if call == ("GET", "orders", True):
            return success(self.shown(self.order(number)))
        if call == ("PUT", "orders", True):
            return success(self.put(number, body_of(request)))
        if call == ("DELETE", "orders", True):
            return answer({"success": True, **self.cancel(number)})
        raise Problem("Not found", 404)


def success(data, status=200):
    return answer({"success": True, "data": data}, status)


def body_of(request):
    if request.mimetype != "application/json":
        raise Problem("Content-Type must be application/json")
    try:
        return keyed(json.loads(request.get_data()), "the body")
    except ValueError:
        raise Problem("Invalid JSON") from None

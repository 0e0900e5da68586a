"""The Cartona remote: paths, authentication, controls."""

import hmac
import json

from ..remote import BadRequest, Remote, answer
from . import catalogue
from .options import OPTIONS, PATHS, ROOT, SINGLE, TOKEN, WEBHOOK_SECRET
from .orders import DEFAULT_OTP, Orders, total
from .page import Page
from .products import MAX_ITEMS, Products, number
from .retailer import Retailer
from .webhook import Webhook

MORE_OPTIONS = {"products", "generate", "webhook_secret"}


class Cartona(Products, Orders, Retailer, Webhook, Page, Remote):
    title = "Cartona (simulated)"

    def __init__(self, odoo_url):
        super().__init__(odoo_url)
        self.controls.update(
            {
                ("POST", "/_products"): self._products,
                ("POST", "/_orders"): self._orders,
                ("POST", "/_push"): self._push,
                ("POST", "/_retailer"): self._retailer,
            }
        )

    def reset(self, options):
        if not isinstance(options, dict) or set(options) - set(OPTIONS) - MORE_OPTIONS:
            raise BadRequest(f"options are {', '.join([*OPTIONS, *sorted(MORE_OPTIONS)])}")
        chosen = {key: options.get(key, values[0]) for key, values in OPTIONS.items()}
        for key, value in chosen.items():
            if value not in OPTIONS[key]:
                raise BadRequest(f"{key} is one of {OPTIONS[key]}")
        secret = options.get("webhook_secret", WEBHOOK_SECRET)
        if not isinstance(secret, str):
            raise BadRequest("webhook_secret is a text")
        rows = self.rows_of(options["products"]) if "products" in options else list(catalogue.seeded())
        rows += catalogue.generated(options.get("generate", 0))
        self.options = chosen
        self.webhook_secret = secret
        self.products = {row["supplier_product_id"]: row for row in rows}
        self.index_products()
        self.orders = {}
        self.pushes = []
        self.notice = None
        self.detail_errors = []
        self.last_line_id = 990000

    def rows_of(self, items):
        try:
            return [catalogue.make(**item) for item in items]
        except (TypeError, ValueError) as error:
            raise BadRequest(f"products: {error}") from None

    def index_products(self):
        self.by_internal = {}
        for key, row in self.products.items():
            self.by_internal.setdefault(row["internal_product_id"], []).append(key)

    # -- the API -----------------------------------------------------------
    def handle(self, request, path):
        profiles = ("live", "doc") if self.options["profile"] == "both" else (self.options["profile"],)
        path = path[len(ROOT) :] if path.startswith(ROOT + "/") else ""
        for profile in profiles:
            name = PATHS[profile].get((request.method, path))
            single = path[len(SINGLE[profile]) :] if path.startswith(SINGLE[profile]) else ""
            if name or (single and request.method == "POST"):
                break
            if any(known == path for _method, known in PATHS[profile]) or single:
                return answer({"error": "Method not allowed"}, 405)
        else:
            return answer({"error": "Not found"}, 404)
        token = request.headers.get("AuthorizationToken", "")
        if not hmac.compare_digest(token.encode(), TOKEN.encode()):
            return answer({"error": "Invalid credentials"}, 400)
        if name:
            return getattr(self, name)(request, profile)
        return self.status_single(request, profile, single)

    def bulk_update_by_id(self, request, profile):
        return self.bulk_update(request, profile, triple_allowed=False)

    def json_of(self, request):
        if request.mimetype != "application/json":
            return None, answer({"error": "Content-Type must be application/json"}, 400)
        try:
            return json.loads(request.get_data()), None
        except ValueError:
            return None, answer({"error": "invalid JSON"}, 400)

    def items_of(self, request):
        items, error = self.json_of(request)
        if error is None and not isinstance(items, list):
            error = answer({"error": "an array is required"}, 400)
        if error is None and len(items) > MAX_ITEMS:
            error = answer({"error": f"at most {MAX_ITEMS} items"}, 400)
        return items, error

    def page_of(self, args):
        """Take page, per_page and limit out of the query; a slice."""
        try:
            page, size = int(args.pop("page", 1)), int(args.pop("per_page", 100))
            limit = int(args.pop("limit", size))
        except ValueError:
            return None, answer({"error": "page, per_page and limit are integers"}, 400)
        size = min(size, limit)
        if page < 1 or not 1 <= size <= MAX_ITEMS:
            return None, answer({"error": "page begins at 1, per_page is 1 to 1000"}, 400)
        return slice((page - 1) * size, page * size), None

    # -- controls ----------------------------------------------------------
    def _products(self, body, args):
        with self.lock:
            rows = self.rows_of(body if isinstance(body, list) else [body])
            self.products.update((row["supplier_product_id"], row) for row in rows)
            self.index_products()
        return {"products": [row["supplier_product_id"] for row in rows]}

    def _orders(self, body, args):
        """Inject orders; a known hashed_id is changed by the keys given."""
        given = body if isinstance(body, list) else [body]
        with self.lock:
            for order in given:
                if not isinstance(order, dict) or not isinstance(order.get("hashed_id"), str):
                    raise BadRequest("an order has a hashed_id")
                lines = order.get("order_details")
                if order["hashed_id"] not in self.orders and not isinstance(lines, list):
                    raise BadRequest("a new order has order_details")
                if lines is not None and not all(isinstance(line, dict) and number_of(line) for line in lines):
                    raise BadRequest("a line has id and amount")
                if not number(order.get("_changed_at", 0)):
                    raise BadRequest("_changed_at is a number of seconds")
            for order in given:
                self._take_order(order)
        return {"orders": [order["hashed_id"] for order in given]}

    def _take_order(self, given):
        order = self.orders.get(given["hashed_id"])
        if order is None:
            order = {
                "hashed_id": given["hashed_id"],
                "supplier_code": "1",
                "status": "pending",
                "_otp": DEFAULT_OTP,
                "_otp_tries": 0,
                "_status_history": [],
            }
            self.orders[given["hashed_id"]] = order
            if self.options["lower_stock"]:
                for line in given["order_details"]:
                    for row in self.find(line)[0]:
                        row["available_stock_quantity"] = max(0, row["available_stock_quantity"] - int(line["amount"]))
        order.update(given)
        order["_otp"] = str(order["_otp"])
        if "total_price" not in given and "order_details" in given:
            order["total_price"] = total(order)
        if order["_status_history"][-1:] != [order["status"]]:
            order["_status_history"].append(order["status"])
        self.changed(order)
        order["_changed_at"] = given.get("_changed_at", order["_changed_at"])

    # -- showing -----------------------------------------------------------
    def state(self, args):
        wanted = args.get("internal_product_id")
        return {
            **self.options,
            "products": [
                row for row in self.products.values() if wanted is None or row["internal_product_id"] == wanted
            ],
            "orders": list(self.orders.values()),
            "pushes": self.pushes,
            "detail_errors": self.detail_errors,
        }


def number_of(line):
    return "id" in line and number(line.get("amount"))

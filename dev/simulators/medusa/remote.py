"""The Medusa remote: its key, its routes, its controls."""

import base64
import binascii
import json
import re

from werkzeug.wrappers import Response

from ..remote import BadRequest, Remote, answer
from . import show
from .buyer import Buyer
from .goods import Goods
from .orders import Orders
from .sender import SECRET, Sender
from .stock import Stock
from .wire import MOST, Clock, Problem, listed, query_of

KEY = "sk_demo_medusa"
ID = r"([A-Za-z]+_[0-9A-Z]+|[a-z_]+)"
ROUTES = {
    ("GET", "/admin/products"): "list_products",
    ("POST", "/admin/products"): "create_product",
    ("GET", f"/admin/products/{ID}"): "get_product",
    ("POST", f"/admin/products/{ID}"): "update_product",
    ("DELETE", f"/admin/products/{ID}"): "delete_product",
    ("POST", f"/admin/products/{ID}/options/batch"): "batch_options",
    ("POST", f"/admin/products/{ID}/variants/batch"): "batch_variants",
    ("POST", f"/admin/products/{ID}/variants/{ID}"): "update_variant",
    ("POST", f"/admin/products/{ID}/variants/{ID}/inventory-items"): "link_item",
    ("GET", "/admin/product-variants"): "list_variants",
    ("GET", "/admin/product-categories"): "list_categories",
    ("POST", "/admin/product-categories"): "create_category",
    ("GET", "/admin/inventory-items"): "list_items",
    ("POST", "/admin/inventory-items"): "create_item",
    ("POST", "/admin/inventory-items/location-levels/batch"): "batch_levels",
    ("POST", f"/admin/inventory-items/{ID}"): "update_item",
    ("GET", "/admin/reservations"): "list_reservations",
    ("GET", "/admin/orders"): "list_orders",
    ("GET", f"/admin/orders/{ID}"): "get_order",
    ("POST", f"/admin/orders/{ID}"): "update_order",
    ("POST", f"/admin/orders/{ID}/cancel"): "cancel_order",
    ("POST", f"/admin/orders/{ID}/complete"): "complete_order",
    ("POST", f"/admin/orders/{ID}/fulfillments"): "fulfil",
    ("POST", f"/admin/orders/{ID}/fulfillments/{ID}/shipments"): "ship",
    ("POST", f"/admin/orders/{ID}/fulfillments/{ID}/mark-as-delivered"): "deliver",
    ("GET", "/admin/payments"): "list_payments",
    ("GET", f"/admin/payments/{ID}"): "get_payment",
    ("POST", f"/admin/payments/{ID}/capture"): "capture",
    ("POST", f"/admin/payments/{ID}/refund"): "refund",
    ("GET", "/admin/customers"): "list_customers",
    ("POST", "/admin/customers"): "create_customer",
    ("GET", f"/admin/customers/{ID}"): "get_customer",
    ("POST", f"/admin/customers/{ID}"): "update_customer",
    ("GET", "/admin/stock-locations"): "list_locations",
    ("GET", "/admin/stores"): "list_stores",
    ("GET", "/admin/sales-channels"): "list_channels",
    ("GET", "/admin/shipping-profiles"): "list_profiles",
}
SHOP = {
    "stock_locations": [{"id": "sloc_main", "name": "Main warehouse"}],
    "stores": [{"id": "store_demo", "name": "Demo store", "default_sales_channel_id": "sc_demo"}],
    "sales_channels": [{"id": "sc_demo", "name": "Default Sales Channel", "is_disabled": False}],
    "shipping_profiles": [{"id": "sp_demo", "name": "Default Shipping Profile", "type": "default"}],
}
#: A product that the hub has not made.
FOREIGN = {
    "title": "Desk of another hand",
    "status": "published",
    "options": [{"title": "Colour", "values": ["Oak"]}],
    "variants": [
        {
            "title": "Oak",
            "sku": "DESK-FOREIGN",
            "options": {"Colour": "Oak"},
            "prices": [{"currency_code": "eur", "amount": 250}],
        }
    ],
}


class Medusa(Goods, Stock, Orders, Buyer, Sender, Remote):
    title = "Medusa v2 (simulated)"

    def __init__(self, odoo_url):
        self.start_sender()
        super().__init__(odoo_url)
        self.controls.update(
            {
                ("POST", "/_buyer"): self._buyer,
                ("POST", "/_merchant"): self._merchant,
                ("POST", "/_sender"): self._sender,
            }
        )

    def reset(self, options):
        if not isinstance(options, dict) or set(options) - {"locations"}:
            raise BadRequest("the only option is locations, an array of names")
        self.forget_waiting()
        self.clock, self.form, self.secret, self.target = Clock(), None, SECRET, None
        self.products, self.items, self.levels, self.reservations = {}, {}, {}, {}
        self.orders, self.customers, self.categories, self.uploads, self.events = {}, {}, [], {}, []
        more = [{"id": f"sloc_{number}", "name": name} for number, name in enumerate(options.get("locations", ()), 2)]
        self.locations = [*SHOP["stock_locations"], *more]
        self.create_product(FOREIGN, {})
        self.events.clear()
        self.form = "timed"

    # ------------------------------------------------------------ the API

    def handle(self, request, path):
        if path.startswith("/static/"):
            return self._picture(path.removeprefix("/static/"))
        try:
            self._admit(request)
            if len(request.get_data()) > MOST and request.mimetype == "application/json":
                raise Problem("request entity too large", 413, None)
            if (request.method, path) == ("POST", "/admin/uploads"):
                return answer(self.upload(request))
            return answer(self._route(request, path))
        except Problem as problem:
            return answer(problem.body, problem.status)

    @staticmethod
    def _admit(request):
        """The secret key as user name without a password; as a bearer token it is refused."""
        kind, _space, given = request.headers.get("Authorization", "").partition(" ")
        try:
            decoded = base64.b64decode(given, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            decoded = ""
        if kind != "Basic" or KEY not in (given, decoded.removesuffix(":")):
            raise Problem("Unauthorized", 401, None)

    def _route(self, request, path):
        for (method, pattern), name in ROUTES.items():
            found = method == request.method and re.fullmatch(pattern, path)
            if found:
                return getattr(self, name)(body_of(request), query_of(request.args), *found.groups())
        raise Problem(f"Cannot {request.method} {path}", 404, None)

    def list_locations(self, body, query):
        return listed("stock_locations", self.locations, query, {}, 20)

    def list_stores(self, body, query):
        return listed("stores", SHOP["stores"], query, {}, 50)

    def list_channels(self, body, query):
        return listed("sales_channels", SHOP["sales_channels"], query, {}, 20)

    def list_profiles(self, body, query):
        return listed("shipping_profiles", SHOP["shipping_profiles"], query, {}, 50)

    def _picture(self, name):
        if name not in self.uploads:
            return Response("no such picture", 404)
        mimetype, data = self.uploads[name]
        return Response(data, mimetype=mimetype)

    # ------------------------------------------------------------ showing

    def state(self, args):
        sku = args.get("sku")
        products = [self.shown_product(product) for product in self.products.values()]
        if sku:
            products = [product for product in products if sku in {v["sku"] for v in product["variants"]}]
        return {
            "products": products,
            "orders": [self.shown_order(order) for order in self.orders.values()],
            "customers": list(self.customers.values()),
            "categories": self.categories,
            "reservations": list(self.reservations.values()),
            "stock_locations": self.locations,
            "events": self.events,
            "sender": self.form,
        }

    def tables(self):
        return show.tables(json.loads(json.dumps(self.state({}))))


def body_of(request):
    if request.method != "POST":
        return {}
    try:
        return json.loads(request.get_data() or b"{}")
    except ValueError:
        raise Problem("Unexpected token in JSON", 400) from None

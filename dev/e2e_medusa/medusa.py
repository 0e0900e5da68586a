"""A real Medusa with a shop of its own in it, for tests: what a merchant and a buyer do there."""

import itertools
import os
import time

from environment import database
from environment.medusa import template
from environment.medusa.api import Api
from environment.medusa.backend import Backend
from environment.medusa.seed import REGIONS, prices
from environment.paths import CLONE
from environment.say import say, tail

# The subscriber that we hand to merchants; it reads where to send and what to sign with from these variables,
# which start() takes: `medusa.start(SYNC_HUB_URL=..., SYNC_HUB_SECRET=...)`.
SUBSCRIBERS = [CLONE / "docs" / f"medusa_subscriber.{suffix}" for suffix in ("ts", "js")]
BUYER = "jane@example.com"
ADDRESSES = {
    "eur": {"address_1": "5 rue du Test", "city": "Lyon", "postal_code": "69001", "country_code": "fr"},
    "usd": {"address_1": "5 Test Street", "city": "Albany", "postal_code": "12207", "country_code": "us"},
}
PERSON = {"first_name": "Jane", "last_name": "Doe", "phone": "+33400000000"}
# What an order's detail leaves out unless it is asked for; the sign adds to the default fields.
ORDER_FIELDS = "+email,+currency_code,*payment_collections.payments,*fulfillments,*items,*shipping_address"
numbers = itertools.count(1)


class Medusa(Backend):
    """A backend of one version on a fresh copy of that version's template; not started yet.

    `subscribers` are files for src/subscribers; without it the repository's own one is taken, if there is one.
    """

    def __init__(self, version, subscribers=None):
        source = template.ensure(version)
        super().__init__(version, f"sync_hub_e2e_medusa_{next(numbers)}_{os.getpid()}")
        self.lay([path for path in SUBSCRIBERS if path.exists()] if subscribers is None else subscribers)
        database.copy(source, self.name)
        # Keys and ids that the seed has left, see environment.medusa.seed.plant().
        self.shop = template.shop(source)
        self.admin = self.store = None

    def start(self, port=None, **environment):
        """Start; returns when it answers. Keyword arguments are environment variables."""
        super().start(port, **environment)
        self.admin = Api.admin(self.url, self.shop["secret"])
        self.store = Api.store(self.url, self.shop["publishable"])
        say(f"Medusa {self.version}: answers after {self.seconds:.1f} s at {self.url}")
        return self

    def destroy(self):
        """Stop and remove folder and database; the log stays."""
        self.clear()
        database.drop(self.name)

    def log_text(self):
        """What the server has logged since its latest start."""
        return self.log.read_text()

    def wait(self, predicate, timeout=20):
        """Wait until a predicate holds and return its value; `timeout` in seconds."""
        until = time.monotonic() + timeout
        while not (value := predicate()):
            if time.monotonic() > until:
                raise AssertionError(f"not within {timeout} s; Medusa's log:\n{tail(self.log_text(), 60)}")
            time.sleep(0.05)
        return value

    # What a merchant does

    def create_product(self, title, variants, **fields):
        """A published product; its record. `variants` is {sku: {"prices": {currency: amount}, "stock": pieces}}.

        Prices are in major units; without `stock` the variant is on sale without being counted.
        """
        body = {
            "title": title,
            "status": "published",
            "options": [{"title": "Variant", "values": list(variants)}],
            "sales_channels": [{"id": self.shop["channel"]}],
            "shipping_profile_id": self.shop["profile"],
            "variants": [variant_body(sku, facts) for sku, facts in variants.items()],
        }
        product = self.admin.post("/admin/products", **{**body, **fields})["product"]
        for sku, facts in variants.items():
            if "stock" in facts:
                self.set_stock(sku, facts["stock"])
        return product

    def inventory_item(self, sku):
        """The inventory item of a SKU, with its levels."""
        (item,) = self.admin.get("/admin/inventory-items", sku=sku, fields="*location_levels")["inventory_items"]
        return item

    def level(self, sku):
        """The level of a SKU at the shop's location, with stocked_quantity and reserved_quantity; None before it
        was stocked."""
        levels = self.inventory_item(sku)["location_levels"] or []
        return next((level for level in levels if level["location_id"] == self.shop["location"]), None)

    def set_stock(self, sku, quantity):
        """Set the pieces on hand, reserved ones included."""
        item, place = self.inventory_item(sku)["id"], self.shop["location"]
        path = f"/admin/inventory-items/{item}/location-levels"
        if self.level(sku):
            self.admin.post(f"{path}/{place}", stocked_quantity=quantity)
        else:
            self.admin.post(path, location_id=place, stocked_quantity=quantity)

    def order(self, id):
        """An order as the merchant sees it, with payments, fulfilments, items and address."""
        return self.admin.get(f"/admin/orders/{id}", fields=ORDER_FIELDS)["order"]

    def capture(self, id):
        """Take an order's money; the order after it."""
        for collection in self.order(id)["payment_collections"]:
            for payment in collection["payments"]:
                self.admin.post(f"/admin/payments/{payment['id']}/capture")
        return self.order(id)

    def fulfil(self, id):
        """Pack everything of an order; the order after it."""
        items = [{"id": line["id"], "quantity": line["quantity"]} for line in self.order(id)["items"]]
        self.admin.post(f"/admin/orders/{id}/fulfillments", items=items, location_id=self.shop["location"])
        return self.order(id)

    # What a buyer does

    def place_order(self, lines, currency=REGIONS[0]["currency_code"], email=BUYER, address=None, shipping="Standard"):
        """Go the whole way of a guest in the store; the order that it gives. `lines` is {variant id: pieces}."""
        address = {**PERSON, **ADDRESSES[currency], **(address or {})}
        start = {"region_id": self.shop["regions"][currency], "sales_channel_id": self.shop["channel"]}
        cart = self.store.post("/store/carts", email=email, **start)["cart"]["id"]
        path = f"/store/carts/{cart}"
        for variant, quantity in lines.items():
            self.store.post(f"{path}/line-items", variant_id=variant, quantity=quantity)
        self.store.post(path, shipping_address=address, billing_address=address)
        options = self.store.get("/store/shipping-options", cart_id=cart)["shipping_options"]
        option = next(option["id"] for option in options if option["name"] == shipping)
        self.store.post(f"{path}/shipping-methods", option_id=option)
        money = self.store.post("/store/payment-collections", cart_id=cart)["payment_collection"]["id"]
        self.store.post(f"/store/payment-collections/{money}/payment-sessions", provider_id="pp_system_default")
        answer = self.store.post(f"{path}/complete")
        # With status 200 Medusa may also give the cart back, and why it is none of its orders yet.
        assert answer["type"] == "order", answer
        return answer["order"]


def variant_body(sku, facts):
    """A variant as Medusa wants it created, see Medusa.create_product()."""
    return {
        "title": sku,
        "sku": sku,
        "manage_inventory": "stock" in facts,
        "options": {"Variant": sku},
        "prices": prices(facts["prices"]),
    }

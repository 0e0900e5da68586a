"""What buyers do in the store, and merchants in Medusa's admin, for tests and the page: POST /_buyer, /_merchant."""

from ..remote import BadRequest
from .orders import ADDRESS
from .wire import Problem

JANE = {"first_name": "Jane", "last_name": "Doe", "address_1": "5 rue du Test", "city": "Lyon", "postal_code": "69001"}
JANE.update(country_code="fr", phone="+33400000000")
PLACE = {  # key of an order that is placed -> what it is when it is left out
    "lines": None,  # {sku: quantity}
    "currency": "eur",
    "email": "jane@example.com",
    "address": {},
    "account": False,
    "tax_rate": 20,
    "tax_inclusive": False,
    "discount": 0,  # taken off every line's price, in percent
    "code": "TEN",
    "shipping": 5.9,
    "capture": False,
}


def control(function):
    """A control whose Medusa error is the answer to a wrong wish."""

    def call(self, body, args):
        try:
            with self.lock:
                return function(self, body or {})
        except Problem as problem:
            raise BadRequest(str(problem)) from None
        except (KeyError, StopIteration, TypeError) as error:
            raise BadRequest(f"not understood: {error!r}") from None

    return call


class Buyer:
    """Mixed into the remote."""

    @control
    def _buyer(self, body):
        """Place an order; its record."""
        unknown = set(body) - set(PLACE)
        if unknown or not body.get("lines"):
            raise BadRequest(f"an order has {', '.join(PLACE)}; lines are {{sku: quantity}}")
        wish = {**PLACE, **body}
        order = self._compose(wish)
        for line in order["items"]:
            if line["manage_inventory"]:
                self.hold_back(line, self.locations[0]["id"])
        self.orders[order["id"]] = order
        self.event("order.placed", order["id"])
        if wish["capture"]:
            for collection in order["payment_collections"]:
                self.capture({}, {}, collection["payments"][0]["id"])
        return self.shown_order(order)

    @control
    def _merchant(self, body):
        """One of: capture, refund, fulfil, ship, deliver, cancel an order; price, stock, title of a SKU."""
        (action, subject), *more = body.items()
        return getattr(self, f"_do_{action}", self._unknown)(subject, dict(more))

    def _unknown(self, subject, more):
        raise BadRequest("capture, refund, fulfil, ship, deliver or cancel an order; price, stock or title of a SKU")

    # ------------------------------------------------------------ orders

    def _do_capture(self, number, more):
        for collection in self.order(number)["payment_collections"]:
            for payment in collection["payments"]:
                self.capture(more, {}, payment["id"])
        return self.shown_order(self.order(number))

    def _do_refund(self, number, more):
        payment = self.order(number)["payment_collections"][0]["payments"][0]
        self.refund(more, {}, payment["id"])
        return self.shown_order(self.order(number))

    def _do_fulfil(self, number, more):
        order = self.order(number)
        lines = [(line, line["quantity"] - line["detail"]["fulfilled_quantity"]) for line in order["items"]]
        items = [{"id": line["id"], "quantity": left} for line, left in lines if left]
        return self.fulfil({"items": items}, {}, number)["order"]

    def _do_ship(self, number, more):
        parcel = next(one for one in self.order(number)["fulfillments"] if not one["shipped_at"])
        return self.ship({"labels": more.get("labels", [])}, {}, number, parcel["id"])["order"]

    def _do_deliver(self, number, more):
        parcel = next(one for one in self.order(number)["fulfillments"] if not one["delivered_at"])
        return self.deliver({}, {}, number, parcel["id"])["order"]

    def _do_cancel(self, number, more):
        return self.cancel_order({}, {}, number)["order"]

    # ------------------------------------------------------------ goods

    def by_sku(self, sku):
        pairs = ((product, variant) for product in self.products.values() for variant in product["variants"])
        return next((product, variant) for product, variant in pairs if variant["sku"] == sku)

    def _do_price(self, sku, more):
        """{"price": sku, "eur": 12.5}"""
        product, variant = self.by_sku(sku)
        prices = [{"currency_code": currency, "amount": amount} for currency, amount in more.items()]
        self._set_variant(product, variant, {"prices": prices})
        return self.shown_variant(variant)

    def _do_stock(self, sku, more):
        """{"stock": sku, "quantity": 7}"""
        item = self.by_sku(sku)[1]["item_ids"][0]
        place = {"inventory_item_id": item, "location_id": self.locations[0]["id"]}
        return self._set_level({**place, "stocked_quantity": more["quantity"]})

    def _do_title(self, sku, more):
        """{"title": sku, "to": "Another name"}"""
        product = self.by_sku(sku)[0]
        return self.update_product({"title": more["to"]}, {}, product["id"])

    # ------------------------------------------------------------ an order

    def _compose(self, wish):
        customer = self._who_buys(wish)
        address = {**dict.fromkeys(ADDRESS), **JANE, **wish["address"]}
        rate = {"rate": wish["tax_rate"], "code": f"VAT{wish['tax_rate']}"}
        lines = [self._line(wish, sku, quantity, rate) for sku, quantity in wish["lines"].items()]
        ship = amounts(wish["shipping"], 1, 0, wish)
        method = {"id": self.clock.id("ordsm"), "name": "Standard", "amount": wish["shipping"], "adjustments": []}
        method.update(
            is_tax_inclusive=wish["tax_inclusive"], tax_lines=[rate], shipping_option_id="so_standard", **ship
        )
        total = money(sum(line["total"] for line in [*lines, method]))
        payment = {"id": self.clock.id("pay"), "amount": total, "currency_code": wish["currency"]}
        payment.update(
            provider_id="pp_system_default", captured_at=None, captures=[], refunds=[], **self.clock.stamps()
        )
        collection = {"id": self.clock.id("pay_col"), "payments": [payment]}
        payment["payment_collection_id"] = collection["id"]
        return {
            "id": self.clock.id("order"),
            "display_id": next(self.clock.displayed),
            "custom_display_id": None,
            "status": "pending",
            "email": wish["email"],
            "currency_code": wish["currency"],
            "customer_id": customer["id"],
            "customer": customer,
            "metadata": None,
            "items": lines,
            "shipping_methods": [method],
            "shipping_address": {"id": self.clock.id("ordaddr"), **address},
            "billing_address": {"id": self.clock.id("ordaddr"), **address},
            "payment_collections": [collection],
            "fulfillments": [],
            "credit_lines": [],
            "total": total,
            "tax_total": money(sum(line["tax_total"] for line in [*lines, method])),
            "credit_line_total": 0,
            **self.clock.stamps(),
        }

    def _who_buys(self, wish):
        found = [
            row
            for row in self.customers.values()
            if (row["email"], row["has_account"]) == (wish["email"], wish["account"])
        ]
        if found:
            return found[0]
        names = {key: {**JANE, **wish["address"]}[key] for key in ("first_name", "last_name")}
        return self.create_customer({"email": wish["email"], **names}, {}, account=wish["account"])["customer"]

    def _line(self, wish, sku, quantity, rate):
        product, variant = self.by_sku(sku)
        price = next(
            p["amount"] for p in variant["prices"] if p["currency_code"] == wish["currency"] and not p["rules"]
        )
        off = wish["discount"] and [{"code": wish["code"], "amount": money(price * quantity * wish["discount"] / 100)}]
        detail = ("fulfilled_quantity", "shipped_quantity", "delivered_quantity", "return_received_quantity")
        return {
            "id": self.clock.id("ordli"),
            "title": product["title"],
            "product_title": product["title"],
            "variant_title": variant["title"],
            "variant_id": variant["id"],
            "variant_sku": sku,
            "variant_barcode": variant["barcode"],
            "product_id": product["id"],
            "manage_inventory": variant["manage_inventory"],
            "quantity": quantity,
            "unit_price": price,
            "is_tax_inclusive": wish["tax_inclusive"],
            "tax_lines": [rate] if wish["tax_rate"] else [],
            "adjustments": off or [],
            "detail": {"quantity": quantity, **dict.fromkeys(detail, 0)},
            **amounts(price, quantity, sum(one["amount"] for one in off or ()), wish),
        }


def amounts(price, quantity, off, wish):
    """Totals of a line, with the tax in its price or on top of it."""
    whole, rate = price * quantity - off, wish["tax_rate"] / 100
    tax = whole - whole / (1 + rate) if wish["tax_inclusive"] else whole * rate
    total = whole if wish["tax_inclusive"] else whole + tax
    return {
        "subtotal": money(total - tax),
        "total": money(total),
        "tax_total": money(tax),
        "discount_total": money(off),
    }


def money(value):
    """Medusa rounds nothing; only what a float adds to the tenth place is dropped."""
    return round(value, 10)

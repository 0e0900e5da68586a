"""The shop's own records, numbers and clock."""

import datetime
import random
import string
import time
import zoneinfo

from .constants import DNI_NEEDED, STATES
from .webservice import catalogue, reference

ZONE = "Europe/Madrid"
PARTS = ("discounts", "shipping", "wrapping")
FIRST = {
    "event": 1001,
    "customer": 201,
    "address": 301,
    "order": 3001,
    "cart": 3001,
    "detail": 8001,
    "history": 6001,
    "payment": 4001,
    "invoice": 4001,
    "message": 501,
    "cart_rule": 101,
    "order_cart_rule": 601,
    "slip": 701,
    "slip_detail": 751,
    "specific_price": 801,
}


def zone():
    try:
        return zoneinfo.ZoneInfo(ZONE)
    except zoneinfo.ZoneInfoNotFoundError:  # a machine without a time zone database
        return datetime.timezone(datetime.timedelta(hours=1))


class Shop:
    def __init__(self):
        self.zone = zone()
        self.ids = dict(FIRST)  # survive a reset: a shop never gives a number twice
        self.clear()

    def clear(self):
        self.customers, self.addresses, self.orders, self.cart_rules = {}, {}, {}, {}
        self.invoices, self.slips, self.order_cart_rules = {}, {}, {}
        self.specific_prices, self.loose_payments = {}, {}  # payments of no known order
        self.ws = reference.tables()  # resource -> rows of the Webservice, of what nothing else here needs
        self.events = {}  # id_event -> row of the module's queue
        self.hashes = {}  # transaction_hash -> id_event
        self.operations = []  # reverse operations
        self.skew = 0  # seconds that the shop's clock is ahead
        catalogue.clear(self)

    # -- numbers and time --------------------------------------------------
    def next(self, kind):
        number = self.ids[kind]
        self.ids[kind] = number + 1
        return number

    def seen(self, kind, number):
        self.ids[kind] = max(self.ids[kind], int(number) + 1)

    def now(self):
        return int(time.time()) + self.skew

    def local(self, epoch=None):
        epoch = self.now() if epoch is None else epoch
        return datetime.datetime.fromtimestamp(epoch, self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def iso(self):
        return datetime.datetime.fromtimestamp(self.now(), self.zone).isoformat()

    def reference(self):
        while True:
            reference = "".join(random.choices(string.ascii_uppercase, k=9))
            if not any(order["reference"] == reference for order in self.orders.values()):
                return reference

    # -- rows --------------------------------------------------------------
    def new_customer(self, values):
        row = {
            "id_customer": None,
            "email": "",
            "firstname": "",
            "lastname": "",
            "company": "",
            "siret": "",
            "website": "",
            "birthday": "0000-00-00",
            "id_gender": 0,
            "newsletter": 0,
            "optin": 0,
            "active": 1,
            "is_guest": 0,
            "deleted": 0,
            "id_default_group": 3,
            "date_add": self.local(),
            "date_upd": self.local(),
            **values,
        }
        row["id_customer"] = int(row["id_customer"] or self.next("customer"))
        self.seen("customer", row["id_customer"])
        self.customers[row["id_customer"]] = row
        return row

    def new_address(self, values):
        row = {
            "id_address": None,
            "id_customer": 0,
            "alias": "",
            "company": "",
            "firstname": "",
            "lastname": "",
            "address1": "",
            "address2": "",
            "postcode": "",
            "city": "",
            "id_country": 6,
            "id_state": 0,
            "phone": "",
            "phone_mobile": "",
            "other": "",
            "dni": "",
            "vat_number": "",
            "deleted": 0,
            "date_add": self.local(),
            "date_upd": self.local(),
            **values,
        }
        if "dni" not in values and int(row["id_country"]) in DNI_NEEDED:
            row["dni"] = "00000000T"  # the front office would have asked for it
        row["id_address"] = int(row["id_address"] or self.next("address"))
        self.seen("address", row["id_address"])
        self.addresses[row["id_address"]] = row
        return row

    def new_cart_rule(self, values):
        row = {
            "id_cart_rule": None,
            "code": "",
            "name": {"1": "", "2": ""},
            "description": "",
            "id_customer": 0,
            "date_from": self.local(),
            "date_to": self.local(self.now() + 365 * 86400),
            "date_add": self.local(),
            "date_upd": self.local(),
            "quantity": 1,
            "quantity_per_user": 1,
            "priority": 1,
            "partial_use": True,
            "minimum_amount": 0,
            "minimum_amount_tax": False,
            "minimum_amount_currency": 1,
            "minimum_amount_shipping": False,
            "free_shipping": False,
            "reduction_percent": 0,
            "reduction_amount": 0,
            "reduction_tax": True,
            "reduction_currency": 1,
            "highlight": False,
            "active": True,
            **values,
        }
        row["id_cart_rule"] = int(row["id_cart_rule"] or self.next("cart_rule"))
        self.seen("cart_rule", row["id_cart_rule"])
        self.cart_rules[row["id_cart_rule"]] = row
        return row

    def bare_order(self):
        """What an order has that is given to a reset with little more than its number."""
        amounts = "total_paid total_paid_tax_incl total_paid_tax_excl total_products total_products_wt".split()
        amounts += [f"total_{part}{tail}" for part in PARTS for tail in ("", "_tax_incl", "_tax_excl")]
        return {
            "date_add": self.local(),
            "date_upd": self.local(),
            "current_state": 0,
            "id_customer": 0,
            "id_cart": 0,
            **dict.fromkeys(amounts, 0),
            "payment": "",
            "module": "",
            "note": "",
            "id_carrier": 2,
            "shipping_number": None,
            "id_currency": 1,
            "conversion_rate": 1,
            "order_details": [],
            "order_history": [],
            "order_payments": [],
            "messages": [],
        }

    def link_cart_rule(self, order, rule, **values):
        """An order's discount row: the only link from an order to a coupon."""
        number = self.next("order_cart_rule")
        name = rule["name"]
        self.order_cart_rules[number] = {
            "id_order": order["id_order"],
            "id_cart_rule": rule["id_cart_rule"],
            "name": name.get("1", "") if isinstance(name, dict) else name,
            "value": order.get("total_discounts_tax_incl", 0),
            "value_tax_excl": order.get("total_discounts_tax_excl", 0),
            "free_shipping": rule["free_shipping"],
            "deleted": 0,
            **values,
        }
        return number

    def set_state(self, order, state, employee=0):
        order["current_state"] = order["id_order_state"] = state
        order["order_history"] = [
            *order["order_history"],
            {
                "id_order_history": self.next("history"),
                "id_order_state": state,
                "status_name": STATES.get(state, f"State {state}"),
                "id_employee": employee,
                "date_add": self.local(),
            },
        ]
        order["date_upd"] = self.local()

    # -- records that a sample batch speaks of -----------------------------
    def absorb(self, event):
        """A batch sent as it is tells what the shop holds; the reverse endpoint then knows these records."""
        data, context = event.get("after_data"), event.get("context_data")
        context = context if isinstance(context, dict) else {}
        kind, action = event.get("entity_type"), event.get("action_type")
        if not isinstance(data, dict):
            return
        if kind == "customer" and context.get("change_type") == "address":
            if context.get("address_action") == "deleted":
                self.addresses.pop(int(data["id"]), None)
            else:
                known = {key: value if value is not None else "" for key, value in data.items() if key != "id"}
                self.new_address(
                    {
                        **self.addresses.get(int(data["id"]), {}),
                        **known,
                        "id_address": data["id"],
                        "id_customer": event["entity_id"],
                        "date_upd": self.local(),
                    }
                )
        elif kind == "customer":
            if action == "deleted":
                self.customers.pop(int(data["id"]), None)
            else:
                known = {key: value for key, value in data.items() if key != "id"}
                flags = {key: int(data[key] in (1, "1", True)) for key in ("active", "newsletter", "optin")}
                self.new_customer(
                    {**self.customers.get(int(data["id"]), {}), **known, **flags, "id_customer": data["id"]}
                )
        elif kind == "order" and "id_order" in data:
            self._absorb_order(data, context if action == "status_changed" else {})
        elif kind == "coupon" and "quantity" in data:
            known = {key: value for key, value in data.items() if key != "id"}
            self.new_cart_rule(known)
            if action == "deleted":
                del self.cart_rules[int(data["id_cart_rule"])]

    def _absorb_order(self, data, context):
        number = int(data["id_order"])
        before = self.orders.get(number, {})
        inside = {key: value for key, value in before.items() if key.startswith("_")}
        order = {**data, "tracking_number": before.get("tracking_number", ""), **inside}
        if not order["current_state"] and before:
            order["current_state"] = order["id_order_state"] = before["current_state"]
            order["order_history"] = before["order_history"]
        self.orders[number] = order
        self.seen("order", number)
        for line in order["order_details"]:
            self.seen("detail", line["id_order_detail"])
        if context.get("new_status_id"):
            self.set_state(order, context["new_status_id"])

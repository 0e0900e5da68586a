"""What a person typed into the page, as the same actions that the JSON control takes; with every error at once."""

import math

from .composing import RETAILER

MONEY = {"cartona_credit": "Cartona credit", "installment_cost": "Instalment", "wallet_top_up": "Wallet top-up"}
ACTIONS = {"place", "begin", "save", "cancel", "carry", "staff_edit"}


class Typed:
    """The texts of one form; what is wrong with them gathers in problems."""

    def __init__(self, form):
        self.form = form
        self.problems = []

    def text(self, name):
        return self.form.get(name, "").strip()

    def whole(self, name, label):
        """A number of packs, or None and a problem."""
        try:
            value = int(self.text(name))
        except ValueError:
            value = 0
        if value > 0:
            return value
        self.problems.append(f"{label}: “{self.text(name)}” is no whole number above 0.")
        return None

    def money(self, name, label, empty=0):
        """An amount of money, or None and a problem."""
        if not self.text(name):
            return empty
        try:
            value = float(self.text(name))
        except ValueError:
            value = math.nan
        if math.isfinite(value) and value >= 0:
            return int(value) if value == int(value) else value
        self.problems.append(f"{label}: “{self.text(name)}” is no amount of money, such as 95 or 12.50.")
        return None


def name_of(row):
    return row["internal_product_id"] or row["supplier_product_id"]


def action_of(form, products):
    """(JSON for the control, [error text]) of a form of the page."""
    typed = Typed(form)
    action, order = typed.text("do"), {"hashed_id": typed.text("hashed_id")}
    if action not in ACTIONS:
        typed.problems.append("This form does nothing known: reload the page.")
        body = {}
    elif action == "place":
        body = {"place": place_of(typed, products)}
    elif action == "cancel":
        body = {"cancel": {**order, "reason": typed.text("reason")}}
    elif action == "carry":
        why = {"return_reason": typed.text("return_reason")} if typed.text("status") == "returned" else {}
        body = {"carry": {**order, "status": typed.text("status"), **why}}
    elif action == "begin":
        body = {"edit": {**order, "state": "begin"}}
    else:
        order["lines"] = changes_of(typed, products)
        body = {"edit": {**order, "state": "save"}} if action == "save" else {"staff_edit": order}
        if action == "staff_edit" and not order["lines"] and not typed.problems:
            typed.problems.append("Nothing is changed: give another amount, cancel a line or add one.")
    push = "status" if action in ("cancel", "carry") else True
    return {**body, "push": push if typed.text("push") else False}, typed.problems


def place_of(typed, products):
    """A new order; the page sells only what is published and in stock, as the retailers' app does."""
    lines = []
    for key, row in products.items():
        amount = typed.text(f"amount:{key}")
        cheap, price = typed.text(f"offer_amount:{key}"), typed.text(f"offer_price:{key}")
        if not (amount or cheap or price):
            continue
        name = name_of(row)
        line = {"supplier_product_id": key, "amount": typed.whole(f"amount:{key}", f"Amount of {name}")}
        if cheap or price:
            line["offer"] = {
                "amount": typed.whole(f"offer_amount:{key}", f"Packs of {name} at the offer price"),
                "price": typed.money(f"offer_price:{key}", f"Offer price of {name}", empty=None),
            }
        stock = row["available_stock_quantity"]
        if not row["is_published"]:
            typed.problems.append(f"{name} is not published, so no retailer can order it.")
        elif line["amount"] and line["amount"] > stock and not row["is_unlimited_stock"]:
            typed.problems.append(f"Amount of {name}: {line['amount']} are wanted, {stock} are in stock.")
        lines.append(line)
    if not lines:
        typed.problems.append("No product is chosen: give an amount beside at least one product.")
    retailer = {key: typed.text(key) for key in RETAILER}
    if not retailer["retailer_name"]:
        typed.problems.append("Retailer name: it is missing.")
    if not retailer["retailer_code"] and not retailer["retailer_number"]:
        typed.problems.append("Retailer code and phone: give at least one of them.")
    place = {
        "lines": lines,
        "retailer": retailer,
        "note_message": typed.text("note_message"),
        "delivered_by": typed.text("delivered_by"),
        "supplier_code": typed.text("supplier_code"),
        **{key: typed.money(key, label) for key, label in MONEY.items()},
    }
    if not place["supplier_code"]:
        typed.problems.append("Supplier code: it is missing, usually it is 1.")
    return place


def changes_of(typed, products):
    """The lines of an order that the form changes, by what it showed before."""
    lines = []
    for key in typed.form:
        kind, _, line_id = key.partition(":")
        if kind != "amount":
            continue
        number, label = int(line_id) if line_id.isdecimal() else line_id, f"Amount of line {line_id}"
        if typed.text(f"cancel:{line_id}"):
            lines.append({"id": number, "cancelled": True})
        elif typed.text(key) != typed.text(f"before:{line_id}"):
            lines.append({"id": number, "amount": typed.whole(key, label)})
    if typed.text("add_product"):
        added = {"supplier_product_id": typed.text("add_product")}
        row = products.get(added["supplier_product_id"])
        name = name_of(row) if row else added["supplier_product_id"]
        lines.append({**added, "amount": typed.whole("add_amount", f"Amount of the new line {name}")})
        if row and not row["is_published"]:
            typed.problems.append(f"{name} is not published, so no retailer can order it.")
    elif typed.text("add_amount"):
        typed.problems.append("The new line has an amount, but no product is chosen for it.")
    return lines

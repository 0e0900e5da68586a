"""Field checks before a save: error 85 with the text of core."""

import re

from .. import rules
from ..constants import DNI_NEEDED
from .errors import Refused, invalid

INTEGER = re.compile(r"^[+-]?\d+$")
NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")
PRICE = re.compile(r"^\d{1,10}(\.\d{1,9})?$")
SIGNED_PRICE = re.compile(r"^-?\d{1,10}(\.\d{1,9})?$")
FLAG = re.compile(r"^[01]?$")
DATE = rules.PATTERNS["isDate"]
FORMS = {
    "products": ("Product", {"price": PRICE, "wholesale_price": PRICE, "active": FLAG}),
    "combinations": ("Combination", {"price": SIGNED_PRICE, "wholesale_price": PRICE}),
    "stock_availables": ("StockAvailable", {"quantity": INTEGER, "depends_on_stock": FLAG, "out_of_stock": INTEGER}),
    "cart_rules": ("CartRule", {"date_from": DATE, "date_to": DATE, "quantity": INTEGER, "reduction_percent": NUMBER}),
    "order_payments": ("OrderPayment", {"amount": SIGNED_PRICE}),
    "order_histories": ("OrderHistory", {"id_order": INTEGER, "id_order_state": INTEGER}),
    "orders": ("Order", {"current_state": INTEGER, "id_address_delivery": INTEGER, "total_paid": PRICE}),
    "specific_prices": ("SpecificPrice", {"price": SIGNED_PRICE, "reduction": PRICE}),
}
TEXTS = {
    "customers": ("Customer", rules.CUSTOMER, ("firstname", "lastname", "email")),
    "addresses": ("Address", rules.ADDRESS, rules.ADDRESS_REQUIRED),
    "order_carriers": ("OrderCarrier", rules.ORDER_CARRIER, ()),
}
BOUND = 2147483648


def check(name, values, row):
    if name in FORMS:
        check_forms(*FORMS[name], values)
    if name in TEXTS:
        check_texts(name, {**(row or {}), **values})
    if name == "stock_availables" and "1" in (values.get("depends_on_stock"), str((row or {}).get("depends_on_stock"))):
        raise Refused(500, (133, "You cannot update the available stock when it depends on stock."))
    if name == "cart_rules" and not 0 <= float(values.get("reduction_percent") or 0) <= 100:
        raise invalid("Property CartRule->reduction_percent is not valid")


def check_forms(kind, forms, values):
    for field, form in forms.items():
        if field not in values or values[field] == "":
            continue
        text = values[field]
        if form is INTEGER:
            number = float(text) if NUMBER.match(text) else 0
            if not NUMBER.match(text) or not -BOUND <= number < BOUND:
                raise invalid(
                    f"The range of property {kind}->{field} is currently {int(number)}. "
                    f"It must be between -{BOUND} and {BOUND - 1}."
                )
        if not form.match(text):
            raise invalid(f"Property {kind}->{field} is not valid")


def check_texts(name, row):
    kind, table, required = TEXTS[name]
    if name == "addresses" and int(row.get("id_country") or 0) in DNI_NEEDED:
        required = (*required, "dni")
    full = {**dict.fromkeys([*table, *required], ""), **row}
    full = {key: "" if value is None else value for key, value in full.items()}
    error = rules.plain_problem(kind, table, full, required)
    if error:
        raise invalid(error)

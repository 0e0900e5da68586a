"""What the bodies of the vendor API look like; anything else is refused."""

import itertools
import json
import math

INVALID = "invalid_request"


class Refused(Exception):
    """A call answered with an error code in its result."""

    def __init__(self, code, message, **more):
        super().__init__(message)
        self.result = {"error": code, "message": message, **more}


def invalid(message):
    return Refused(INVALID, message)


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def number(value):
    return whole(value) or (isinstance(value, float) and math.isfinite(value))


def text(value):
    return isinstance(value, str) and value.strip() != ""


CHECKS = {  # field -> (is right, what it has to be)
    "name": (text, "a text"),
    "default_code": (text, "a text"),
    "vendor_on_hand_qty": (lambda v: whole(v) and v >= 0, "an integer, not negative"),
    "price": (lambda v: number(v) and v >= 0, "a number, not negative"),
    "attributes": (
        lambda v: isinstance(v, dict) and v and all(text(part) for item in v.items() for part in item),
        "an object of option names and values, all texts",
    ),
}
PRODUCT = ("name", "default_code", "vendor_on_hand_qty")
SUPPLIER = ("price",)
NEW_VARIANT = ("default_code", "vendor_on_hand_qty", "price", "attributes")
VARIANT = ("default_code", "vendor_on_hand_qty", "price")
CHANGEABLE = ("name", "vendor_on_hand_qty")


def parsed(request):
    """The JSON object of a call."""
    if request.mimetype != "application/json":
        raise invalid("Content-Type must be application/json")
    try:
        body = json.loads(request.get_data())
    except ValueError:
        raise invalid("the body is not JSON") from None
    return keyed(body, "the body")


def keyed(given, what, needed=None, optional=()):
    """An object; with `needed` it has these keys and no other than these and the optional ones."""
    if not isinstance(given, dict):
        raise invalid(f"{what} must be an object")
    if needed is not None:
        missing, unknown = [key for key in needed if key not in given], set(given) - set(needed) - set(optional)
        if missing or unknown:
            wrong = [f"{key} is missing" for key in missing] + [f"{key} is unknown" for key in sorted(unknown)]
            raise invalid(f"{what}: {', '.join(wrong)}")
    return given


def checked(given, what, needed, optional=()):
    """The same, and every value is right."""
    for key, value in keyed(given, what, needed, optional).items():
        right, must = CHECKS[key]
        if not right(value):
            raise invalid(f"{what}: {key} must be {must}")
    return given


def rows_of(variants, keys):
    if not isinstance(variants, list) or not variants:
        raise invalid("variants must be an array of at least one variant")
    rows = [checked(row, f"variants[{number}]", keys) for number, row in enumerate(variants)]
    codes = [row["default_code"] for row in rows]
    if len(set(codes)) < len(codes):
        raise invalid("variants: a default_code is given twice")
    return rows


def new_product(body):
    """(product values, [variant values]) of a create; the simple form makes one variant without attributes."""
    keyed(body, "the body", ("product", "supplier"), ("variants",))
    product = checked(body["product"], "product", PRODUCT)
    price = checked(body["supplier"], "supplier", SUPPLIER)["price"]
    if "variants" not in body:
        quantity = product["vendor_on_hand_qty"]
        simple = {"default_code": product["default_code"], "vendor_on_hand_qty": quantity}
        return product, [{**simple, "price": price, "attributes": {}}]
    rows = rows_of(body["variants"], NEW_VARIANT)
    if product["vendor_on_hand_qty"] != sum(row["vendor_on_hand_qty"] for row in rows):
        raise invalid("product: vendor_on_hand_qty must be the sum of its variants")
    if price != rows[0]["price"]:
        raise invalid("supplier: price must be that of the first variant")
    complete(rows)
    return product, rows


def complete(rows):
    """Odoo makes every combination of the values of the attributes, so each has to be given."""
    values = {}  # a dict of dicts: in the order in which they came
    for row in rows:
        for name, value in row["attributes"].items():
            values.setdefault(name, {})[value] = True
    expected = [dict(zip(values, chosen, strict=True)) for chosen in itertools.product(*values.values())]
    given = [row["attributes"] for row in rows]
    for position, attributes in enumerate(given):
        if attributes in given[:position]:
            raise invalid(f"variants[{position}]: its attributes are those of another variant")
    if any(one not in given for one in expected) or any(one not in expected for one in given):
        raise Refused(
            "variants_incomplete",
            "the variants have to cover every combination of their attributes",
            expected_combinations=expected,
        )


def changes(body):
    """(default_code, product values, price or None) of the simple form of an update."""
    keyed(body, "the body", ("default_code",), ("product", "supplier"))
    if not text(body["default_code"]):
        raise invalid("default_code must be a text")
    product = checked(body.get("product", {}), "product", (), CHANGEABLE)
    supplier = checked(body["supplier"], "supplier", SUPPLIER) if "supplier" in body else {}
    if not product and not supplier:
        raise invalid("nothing to update")
    return body["default_code"], product, supplier.get("price")

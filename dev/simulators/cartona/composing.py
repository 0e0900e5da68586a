"""A whole new order in the shape of the feed, out of what a retailer wants."""

import datetime
import math
import secrets
import string

from ..remote import BadRequest
from .orders import CAIRO, DEFAULT_OTP, is_date, product_keys
from .products import number

RETAILER = {
    "retailer_name": "بقالة النور",
    "retailer_code": "R10442",
    "retailer_number": "+201000000001",
    "retailer_number2": "",
    "retailer_address": "شارع المدرسة، حي الزهور, طنطا, ",
    "address_notes": "بجوار الصيدلية",
}
CARRIERS = ("delivered_by_supplier", "delivered_by_cartona")
MONEY = ("cartona_credit", "installment_cost", "wallet_top_up", "applied_supplier_rebate")
DAYS = ("estimated_delivery_day", "retailer_preferred_delivery_date", "pickup_date")
TEXTS = ("hashed_id", "supplier_code", "note_message", "distribution_route_code", "pickup_otp", "_otp")
FILLED = ("hashed_id", "supplier_code", "_otp")
PLACE = {"lines", "retailer", "delivered_by", *MONEY, *DAYS, *TEXTS}
PRODUCT = {"supplier_product_id", "internal_product_id", "base_product_id", "unit", "unit_count"}
OFFER = {"amount", "price", "applied_supplier_discount", "applied_cartona_discount"}


def only(given, allowed, what):
    """Refuse what is no object or has other keys than these."""
    if not isinstance(given, dict):
        raise BadRequest(f"{what} is an object")
    if set(given) - set(allowed):
        unknown = ", ".join(sorted(set(given) - set(allowed)))
        raise BadRequest(f"{what} does not know: {unknown}. It knows: {', '.join(sorted(allowed))}")


def packs(value, what):
    """A whole number of packs above 0."""
    if not (number(value) and math.isfinite(value) and value > 0 and value == int(value)):
        raise BadRequest(f"{what}: the amount is a whole number of packs above 0")
    return value


def money(value, what):
    if not (number(value) and math.isfinite(value) and value >= 0):
        raise BadRequest(f"{what} is a number, not below 0")
    return value


def fresh_id():
    """Eight letters and digits, of both cases."""
    while True:
        made = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(8))
        if made.upper() != made != made.lower():
            return made


def today(days=0):
    return (datetime.datetime.now(CAIRO).date() + datetime.timedelta(days)).isoformat()


def retailer_of(given):
    """The retailer of the sample, or the given one as it is: without a code when none is given."""
    if given is None:
        return dict(RETAILER)
    only(given, RETAILER, "retailer")
    if not all(value is None or isinstance(value, str) for value in given.values()):
        raise BadRequest("retailer: every value is a text")
    if not given.get("retailer_name"):
        raise BadRequest("retailer: retailer_name is missing")
    if not given.get("retailer_code") and not given.get("retailer_number"):
        raise BadRequest("retailer: without retailer_code there has to be a retailer_number")
    blank = {key: "" for key in RETAILER if key != "retailer_code"}
    return {**blank, **{key: value for key, value in given.items() if key != "retailer_code" or value}}


def line_of(row, amount, price, comment, supplier=0, cartona=0):
    return {
        **product_keys(row),
        "amount": amount,
        "selling_price": price,
        "applied_supplier_discount": supplier,
        "applied_cartona_discount": cartona,
        "comment": comment,
    }


def discounts(offer, normal):
    """(the supplier's part, Cartona's part) of what the offer takes off the normal price of a pack."""
    price = offer.get("price")
    if not (number(price) and 0 < price < normal):
        raise BadRequest(f"offer: the price is a number above 0 and below the normal price {normal}")
    off = round(normal - price, 2)
    parts = {key: money(offer[key], key) for key in sorted(OFFER - {"amount", "price"}) if key in offer}
    supplier = parts.get("applied_supplier_discount", round(off - parts.get("applied_cartona_discount", 0), 2))
    cartona = parts.get("applied_cartona_discount", round(off - supplier, 2))
    if min(supplier, cartona) < 0 or abs(supplier + cartona - off) > 0.001:
        raise BadRequest(f"offer: the discounts have to add up to {off}, the normal price less the offer price")
    return supplier, cartona


def lines_of(wanted, row_of, supplier_code):
    """The lines of one wanted product: with an offer two, first the packs at its price, then the rest."""
    only(wanted, {*PRODUCT, "amount", "comment", "offer"}, "a line")
    row, problem = row_of(wanted, supplier_code)
    if problem:
        raise BadRequest(f"a line: {problem}: {', '.join(str(wanted[key]) for key in PRODUCT if key in wanted)}")
    name = row["internal_product_id"] or row["supplier_product_id"]
    amount, comment, offer = packs(wanted.get("amount"), name), wanted.get("comment"), wanted.get("offer")
    if not (comment is None or isinstance(comment, str)):
        raise BadRequest(f"{name}: the comment is a text")
    if offer is None:
        return [line_of(row, amount, row["selling_price"], comment)]
    only(offer, OFFER, "offer")
    cheap = packs(offer.get("amount"), f"offer of {name}")
    if cheap > amount:
        raise BadRequest(f"offer of {name}: its amount is above the {amount} packs of the line")
    first = line_of(row, cheap, offer.get("price"), comment, *discounts(offer, row["selling_price"]))
    return [first] + ([line_of(row, amount - cheap, row["selling_price"], comment)] if amount > cheap else [])


def compose(given, row_of):
    """The order without the ids of its lines and without its total."""
    only(given, PLACE, "place")
    for key in [key for key in TEXTS if key in given]:
        missing = given[key] is None and key in ("note_message", "pickup_otp")
        if not missing and not (isinstance(given[key], str) and (given[key] or key not in FILLED)):
            raise BadRequest(f"{key} is a text")
    for key in DAYS:
        if given.get(key) is not None and not is_date(given[key]):
            raise BadRequest(f"{key} is a day: YYYY-MM-DD")
    carrier = given.get("delivered_by", CARRIERS[0])
    if carrier not in CARRIERS:
        raise BadRequest(f"delivered_by is one of {', '.join(CARRIERS)}")
    wanted = given.get("lines")
    if not isinstance(wanted, list) or not wanted:
        raise BadRequest("lines: an order has at least one product with an amount")
    code = given.get("supplier_code", "1")
    lines = [line for item in wanted for line in lines_of(item, row_of, code)]
    carried = carrier == "delivered_by_cartona"
    return {
        "hashed_id": given.get("hashed_id") or fresh_id(),
        "supplier_code": code,
        "status": "pending",
        "delivered_by": carrier,
        "edited_by_admin": False,
        "delivery_day": None,
        "estimated_delivery_day": given.get("estimated_delivery_day", today(1)),
        "retailer_preferred_delivery_date": given.get("retailer_preferred_delivery_date", today(1)),
        "pickup_date": given.get("pickup_date", today(1) if carried else None),
        "pickup_otp": given.get("pickup_otp", f"{secrets.randbelow(10**6):06d}" if carried else None),
        "cancellation_reason": "",
        "return_reason": None,
        "note_message": given.get("note_message") or None,
        **{key: money(given.get(key, 0), key) for key in MONEY},
        "distribution_route_code": given.get("distribution_route_code", ""),
        "retailer": retailer_of(given.get("retailer")),
        "order_details": lines,
        "_otp": given.get("_otp", DEFAULT_OTP),
    }

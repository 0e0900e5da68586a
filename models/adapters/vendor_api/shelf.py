"""What a retailer shows of our products, for an audit: he has no list, so each is read by its SKU."""

import time
from decimal import Decimal, InvalidOperation

from .. import canonical
from ..adapter import Shelf
from .api import Told
from .tables import MISSING


def look(api, message):
    """The wanted products as a `Shelf`, as far as the retailer has them."""
    asked, shown = time.time(), []
    whole = api.config["product_form"] != "v1"
    for wanted in message.wanted:
        parts = {}
        for sku in [wanted.id] if whole else wanted.skus or [wanted.id]:
            product = read(api, sku)
            if product is not None:
                # In the older form every variant is a product of its own there.
                parts.update(parts_of(product, sku) if whole else {sku: part_of(product, sku)})
        if parts:
            # The contract does not say what an answer holds: one without figures shows nothing.
            figures = any(part.prices or part.stocks for part in parts.values())
            parts = parts if figures else {}
            shown.append(canonical.Shown(entity="offer", ids=(wanted.id,), parts=parts))
    return Shelf(shown, asked)


def read(api, sku):
    """What the retailer says of a SKU, None when he does not have it."""
    try:
        product = api.call("read", {"default_code": sku}).get("product")
    except Told as told:
        if told.word not in MISSING:
            raise
        return None
    return product if isinstance(product, dict) else {}


def parts_of(product, sku):
    """{SKU: Shown} of a product's variants; of the product itself where it tells of none."""
    rows = [row for row in product.get("variants") or () if isinstance(row, dict) and row.get("default_code")]
    if rows:
        return {str(row["default_code"]): part_of(row, str(row["default_code"])) for row in rows}
    return {sku: part_of(product, sku)}


def part_of(row, sku):
    supplier = row.get("supplier") if isinstance(row.get("supplier"), dict) else {}
    price, quantity = number_of(row.get("price", supplier.get("price"))), number_of(row.get("vendor_on_hand_qty"))
    return canonical.Shown(
        ids=(sku,),
        prices=None if price is None else {"": price},
        stocks=None if quantity is None else (int(quantity),),
    )


def number_of(value):
    try:
        return None if value is None or isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        return None

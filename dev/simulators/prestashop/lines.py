"""The lines of a composed order, and its sums."""

from decimal import ROUND_HALF_UP, Decimal

from ..remote import BadRequest

LINE_KEYS = {
    "product_id",
    "product_attribute_id",
    "reference",
    "name",
    "quantity",
    "price_excl",
    "tax_rate",
    "ean13",
    "original_price_excl",
    "reduction_percent",
    "weight",
    "current_stock",
}
CENT = Decimal("0.01")


def money(value):
    return Decimal(str(value)).quantize(CENT, ROUND_HALF_UP)


def number(value):
    """As PHP writes a float: no decimals when it is whole."""
    value = float(value)
    return int(value) if value.is_integer() else value


def check(given, keys, what):
    if not isinstance(given, dict) or set(given) - keys:
        wrong = ", ".join(sorted(set(given) - keys)) if isinstance(given, dict) else "not an object"
        raise BadRequest(f"{what}: {wrong}")


def make_line(given, ids, id_order, id_address):
    check(given, LINE_KEYS, "a line")
    try:
        quantity, excl = int(given["quantity"]), Decimal(str(given["price_excl"]))
    except (KeyError, ArithmeticError, ValueError, TypeError):
        raise BadRequest("a line needs quantity and price_excl") from None
    rate = Decimal(str(given.get("tax_rate", 21)))
    incl = (excl * (1 + rate / 100)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    total_excl, total_incl = money(excl) * quantity, money(incl) * quantity
    attribute = int(given.get("product_attribute_id", 0))
    stock = given.get("current_stock", 100)
    return {
        "id_order_detail": ids,
        "id_order": id_order,
        "id_order_invoice": 0,
        "id_shop": 1,
        "id_warehouse": 0,
        "product_id": int(given.get("product_id", 0)),
        "product_attribute_id": attribute,
        "id_product_attribute": attribute,
        "product_name": given.get("name", given.get("reference", "")),
        "product_reference": given.get("reference", ""),
        "product_supplier_reference": "",
        "product_ean13": given.get("ean13", ""),
        "product_upc": "",
        "product_isbn": "",
        "product_mpn": "",
        "product_quantity": quantity,
        "cart_quantity": quantity,
        "product_quantity_in_stock": quantity,
        "product_quantity_refunded": 0,
        "product_quantity_return": 0,
        "product_quantity_reinjected": 0,
        "product_quantity_remaining": quantity,
        "product_quantity_discount": 0,
        "current_stock": stock,
        "location": "",
        "advanced_stock_management": 0,
        "unit_price_tax_incl": number(incl),
        "unit_price_tax_excl": number(excl),
        "product_price": number(money(excl)),
        "product_price_wt": number(money(incl)),
        "original_product_price": number(given.get("original_price_excl", excl)),
        "product_price_wt_but_ecotax": number(money(incl)),
        "total_price_tax_incl": number(total_incl),
        "total_price_tax_excl": number(total_excl),
        "total_wt": number(total_incl),
        "total_price": number(total_excl),
        "product_tax": number(float(total_incl) - float(total_excl)),
        "tax_rate": number(rate),
        "tax_calculator": "object",
        "reduction_percent": number(given.get("reduction_percent", 0)),
        "reduction_amount": 0,
        "reduction_amount_tax_incl": 0,
        "reduction_amount_tax_excl": 0,
        "group_reduction": 0,
        "reduction_type": 0,
        "reduction_applies": number(given.get("reduction_percent", 0) / 100),
        "discount_quantity_applied": 0,
        "product_weight": number(given.get("weight", 0)),
        "ecotax": 0,
        "ecotax_tax_rate": 0,
        "is_virtual": False,
        "download_hash": "",
        "download_deadline": "0000-00-00 00:00:00",
        "download_nb": 0,
        "filename": None,
        "display_filename": None,
        "id_customization": 0,
        "customization": None,
        "customizedDatas": None,
        "customizationQuantityTotal": 0,
        "image": None,
        "image_size": None,
        "id_address_delivery": id_address,
    }


def totals(order, given):
    """Fill the amounts; a key that is not given keeps what the order has."""
    lines = order["order_details"]
    default_rate = lines[0]["tax_rate"] if lines else 21
    order["total_products"] = number(sum(money(line["total_price_tax_excl"]) for line in lines))
    order["total_products_wt"] = number(sum(money(line["total_price_tax_incl"]) for line in lines))
    for part, key in (("discounts", "discount"), ("shipping", "shipping"), ("wrapping", "wrapping")):
        name = f"total_{part}"
        if f"{key}_excl" in given or name not in order:
            excl = money(given.get(f"{key}_excl", 0))
            incl = money(excl * (1 + Decimal(str(given.get(f"{key}_tax_rate", default_rate))) / 100))
            order[name] = order[f"{name}_tax_incl"] = number(incl)
            order[f"{name}_tax_excl"] = number(excl)
    for kind, products in (("incl", "total_products_wt"), ("excl", "total_products")):
        total = money(order[products]) - money(order[f"total_discounts_tax_{kind}"])
        total += money(order[f"total_shipping_tax_{kind}"]) + money(order[f"total_wrapping_tax_{kind}"])
        order[f"total_paid_tax_{kind}"] = number(total)
    order["total_paid"] = order["total_paid_tax_incl"]

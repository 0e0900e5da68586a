"""The rows behind each resource: the shop's own records in the Webservice's columns."""

import hashlib

from . import catalogue
from .fields import ZERO_DATE
from .schema import RESOURCES

ORDER_CARRIER = 500  # an order's carrier row has the order's number plus this


def key_of(*parts):
    return hashlib.md5(":".join(map(str, parts)).encode()).hexdigest()


def customer(shop, number, row):
    return {
        "id_lang": 1,
        "id_shop": 1,
        "id_shop_group": 1,
        "last_passwd_gen": row["date_add"],
        "secure_key": key_of("customer", number),
        "passwd": "$2y$10$" + key_of("password", number),
        **row,
        "id_default_group": row["id_default_group"] or 3,
    }


def invoice_of(shop, order):
    """(number, row) of the order's invoice, or (0, {})."""
    number = next((line["id_order_invoice"] for line in order["order_details"] if line["id_order_invoice"]), 0)
    number = int(number)
    default = {"number": number, "date_add": order.get("date_upd"), "delivery_number": 0, "delivery_date": ZERO_DATE}
    return (number, {**default, **shop.invoices.get(number, {})}) if number else (0, {})


def flag(shop, state, name):
    return bool(shop.ws["order_states"].get(int(state or 0), {}).get(name))


def order(shop, number, row):
    lines = row["order_details"]
    address = lines[0].get("id_address_delivery", 0) if lines else 0
    tax = row.get("total_shipping_tax_excl") and round(
        (float(row["total_shipping_tax_incl"]) / float(row["total_shipping_tax_excl"]) - 1) * 100
    )
    _invoice, invoice = invoice_of(shop, row)
    unreal = row.get("_unreal", [])
    real = [payment for payment in row.get("order_payments") or [] if payment.get("id_order_payment") not in unreal]
    paid = sum(float(payment["amount"]) for payment in real)
    return {
        "id_address_delivery": address,
        "id_address_invoice": address,
        "id_lang": 1,
        "module": "",
        "invoice_number": invoice.get("number", 0),
        "invoice_date": invoice.get("date_add", ZERO_DATE),
        "delivery_number": invoice.get("delivery_number", 0),
        "delivery_date": invoice.get("delivery_date", ZERO_DATE),
        "valid": flag(shop, row["current_state"], "logable"),
        "id_shop": 1,
        "id_shop_group": 1,
        "secure_key": key_of("customer", row.get("id_customer")),
        "total_paid_real": paid,
        "carrier_tax_rate": tax or 0,
        "round_mode": 2,
        "round_type": 2,
        "conversion_rate": 1,
        "id_currency": 1,
        **row,
        "shipping_number": row.get("tracking_number") or "",
        **row.get("_ws", {}),
    }


def details(shop):
    for row in shop.orders.values():
        refunds = row.get("_refunds", {})
        for line in row["order_details"]:
            number = int(line["id_order_detail"])
            product = shop.ws["products"].get(int(line.get("product_id") or 0), {})
            excl, incl = refunds.get(number, (0, 0))
            _tax, group = catalogue.tax_of_rate(line.get("tax_rate"))
            yield (
                number,
                {
                    "id_shop": 1,
                    "id_tax_rules_group": product.get("id_tax_rules_group", group),
                    "purchase_supplier_price": product.get("wholesale_price", 0),
                    "original_wholesale_price": product.get("wholesale_price", 0),
                    **line,
                    "id_order": row["id_order"],
                    "total_refunded_tax_excl": excl,
                    "total_refunded_tax_incl": incl,
                },
            )


def of_orders(key, number_key, extra):
    """Rows that the orders hold in a list."""

    def rows(shop):
        for row in shop.orders.values():
            for item in row.get(key) or []:
                yield int(item[number_key]), {**extra(row), **item}

    return rows


def payments(shop):
    for row in shop.orders.values():
        for item in row.get("order_payments") or []:
            yield int(item["id_order_payment"]), {"id_currency": row.get("id_currency", 1), "id_employee": "", **item}
    yield from shop.loose_payments.items()


def invoices(shop):
    for row in shop.orders.values():
        number, invoice = invoice_of(shop, row)
        if number:
            discounts = {f"total_discount_tax_{k}": row.get(f"total_discounts_tax_{k}", 0) for k in ("excl", "incl")}
            yield number, {**row, **discounts, "shop_address": "DemoShop", "note": "", **invoice}


def carriers(shop):
    for number, row in shop.orders.items():
        if row.get("id_carrier"):
            yield (
                number + ORDER_CARRIER,
                {
                    "id_order": number,
                    "id_carrier": row["id_carrier"],
                    "id_order_invoice": invoice_of(shop, row)[0],
                    "weight": sum(
                        float(line.get("product_weight") or 0) * line["product_quantity"]
                        for line in row["order_details"]
                    ),
                    "shipping_cost_tax_excl": row.get("total_shipping_tax_excl", 0),
                    "shipping_cost_tax_incl": row.get("total_shipping_tax_incl", 0),
                    "tracking_number": row.get("tracking_number") or "",
                    "date_add": row.get("date_add"),
                    **row.get("_carrier", {}),
                },
            )


def product(shop, number, row):
    combined = row["product_type"] == "combinations"
    default = min(catalogue.of_product(shop, "combinations", number), default=0) if combined else 0
    return {"cache_default_attribute": default, "id_default_combination": default, **row}


#: Resources with a table of their own here: the table's attribute, and the view of a row.
TABLES = {
    "customers": ("customers", customer),
    "addresses": ("addresses", None),
    "orders": ("orders", order),
    "order_slip": ("slips", None),
    "order_cart_rules": ("order_cart_rules", None),
    "cart_rules": ("cart_rules", None),
    "specific_prices": ("specific_prices", None),
}
#: The others, which lie inside the orders.
SOURCES = {
    "order_details": details,
    "order_histories": of_orders("order_history", "id_order_history", lambda row: {"id_order": row["id_order"]}),
    "order_payments": payments,
    "order_invoices": invoices,
    "order_carriers": carriers,
    "messages": of_orders(
        "messages", "id_message", lambda row: {"id_order": row["id_order"], "id_cart": row.get("id_cart", 0)}
    ),
}


def table(shop, resource):
    """({id: stored row}, view or None)"""
    if resource in TABLES:
        attribute, view = TABLES[resource]
        return getattr(shop, attribute), view
    return shop.ws[resource], product if resource == "products" else None


def rows(shop, resource):
    """[(id, raw row)] by id."""
    if resource in SOURCES:
        return sorted(SOURCES[resource](shop), key=lambda item: item[0])
    stored, view = table(shop, resource)
    shown = ((number, view(shop, number, row) if view else row) for number, row in stored.items())
    return sorted(shown, key=lambda item: item[0])


def find(shop, resource, number):
    """One raw row, or None."""
    if resource in SOURCES:
        return dict(SOURCES[resource](shop)).get(number)
    stored, view = table(shop, resource)
    row = stored.get(number)
    return view(shop, number, row) if view and row is not None else row


def outside(resource, row):
    """Whether a row has left the shop."""
    return resource == "stock_availables" and str(row.get("id_shop")) != "1"


def refs(numbers):
    return [{"id": number} for number in numbers]


def order_rows(shop, number, row):
    return {"order_rows": [{**line, "id": line["id_order_detail"]} for line in row["order_details"]]}


def product_links(shop, number, row):
    combinations = catalogue.of_product(shop, "combinations", number)
    stock = catalogue.of_product(shop, "stock_availables", number)
    options = dict.fromkeys(option for c in combinations.values() for option in c.get("_options", []))
    return {
        "categories": refs([2]),
        "combinations": refs(combinations),
        "product_option_values": refs(options),
        "stock_availables": [
            {"id": n, "id_product_attribute": r["id_product_attribute"]}
            for n, r in sorted(stock.items())
            if not outside("stock_availables", r)
        ],
    }


ASSOCIATIONS = {
    "customers": lambda shop, number, row: {"groups": refs([row.get("id_default_group") or 3])},
    "orders": order_rows,
    "order_details": lambda shop, number, row: {
        "taxes": refs(tax for tax in [catalogue.tax_of_rate(row.get("tax_rate"))[0]] if tax)
    },
    "order_slip": lambda shop, number, row: {"order_slip_details": row["details"]},
    "products": product_links,
    "combinations": lambda shop, number, row: {"product_option_values": refs(row.get("_options", []))},
}


def associations(shop, resource, number, row):
    """{name: [{field: text}]}, empty ones too."""
    spec = RESOURCES[resource].associations
    found = ASSOCIATIONS[resource](shop, number, row) if spec else {}
    return {
        name: [{f.name: f.text(item.get(f.name, f.blank)) for f in kind.fields} for item in found.get(name, [])]
        for name, kind in spec.items()
    }

"""What a write does to the shop's records, and which hooks of the module it wakes."""

from .. import compose
from ..rules import php_float, php_int
from . import catalogue, records
from .errors import Fatal, Refused, warned

ORDER_WARNING = "Undefined property: Order::$shipping_number"
PRICE_WARNING = "Undefined property: SpecificPrice::$name"
DETECTOR, ORDER_LINE, PRICE_LINE = "OdooSalesEventDetector.php", 414, 752
ADDRESS = {"id_customer": 0, "id_country": 6, "id_state": 0, "deleted": 0}
#: Columns whose last values are kept with their time, for tests.
KEPT = {"stock_availables": "quantity", "products": "price", "combinations": "price"}


def coerced(old, text):
    """A text as the kind of value that the row has now."""
    if isinstance(text, dict):
        return text
    if isinstance(old, bool):
        return text not in ("", "0")
    if isinstance(old, int):
        return php_float(text) if "." in str(text) else php_int(text)
    return php_float(text) if isinstance(old, float) else text


def renamed(request, number):
    """An object that the Webservice loaded has its number as text."""
    for event in request.events:
        if event["entity_id"] == number or (event["context_data"] or {}).get("address_id") == number:
            event["after_data"]["id"] = str(number)


def table(job, number, values):
    name = job.resource.name
    row = job.shop.ws[name][number]
    for field, text in values.items():
        row[field] = text if text != "" else job.resource.by_name[field].blank
        if KEPT.get(name) == field:
            note_value(job.shop, name, number, text)
    if name == "stock_availables":
        row["quantity"] = str(int(row["quantity"]))
        if int(row["id_product_attribute"] or 0):
            catalogue.add_up(job.shop, row["id_product"])
    elif name == "products":
        row["price"] = f"{float(row['price'] or 0):.6f}"
        row["date_upd"] = job.shop.local()
    return number


def note_value(shop, name, number, text):
    shop.written.setdefault((name, number), []).append([shop.now(), text])


def customer(job, number, values):
    shop, fresh = job.shop, number is None
    row = shop.new_customer({"id_customer": None}) if fresh else shop.customers[number]
    if values.get("passwd"):
        values["passwd"] = "$2y$10$" + records.key_of("password", values["passwd"])
    row.update((key, coerced(row.get(key, ""), text)) for key, text in values.items())
    row["id_default_group"] = row["id_default_group"] or 3
    row["date_upd"] = shop.local()
    job.request.customer(row, "created" if fresh else "updated")
    renamed(job.request, row["id_customer"])
    return row["id_customer"]


def address(job, number, values):
    shop, fresh = job.shop, number is None
    typed = {key: coerced(ADDRESS.get(key, ""), text) for key, text in values.items()}
    if fresh:
        row = shop.new_address({"dni": "", **typed})
    else:
        row = shop.addresses[number]
        row.update(typed, date_upd=shop.local())
    tell_address(job, row, "created" if fresh else "updated")
    renamed(job.request, row["id_address"])
    return row["id_address"]


def tell_address(job, row, action):
    owner = job.shop.customers.get(row["id_customer"])
    if owner is not None:
        job.request.address(row, owner, action)


def order(job, number, values):
    row, warnings = job.shop.orders[number], 1
    state = php_int(values.pop("current_state", row["current_state"]))
    if "shipping_number" in values:
        row["tracking_number"] = values.pop("shipping_number")
    for field, text in values.items():
        if field in row:
            row[field] = coerced(row[field], text)
        else:
            row.setdefault("_ws", {})[field] = text
    if state not in (0, row["current_state"]):
        if state not in compose.STATES:
            raise Fatal
        compose.change_order(job.shop, {"id_order": number, "state": state}, job.request, employee=0)
        warnings = 5
    else:
        row["date_upd"] = job.shop.local()
        compose.order_event(job.request, row, "updated", "actionObjectOrderUpdateAfter")
    raise warned([ORDER_WARNING] * warnings, DETECTOR, ORDER_LINE)


def order_history(job, number, values):
    row = job.shop.orders.get(php_int(values["id_order"]))
    if row is None:
        raise Fatal
    order(job, row["id_order"], {"current_state": values["id_order_state"]})


def order_carrier(job, number, values):
    row = job.shop.orders[number - records.ORDER_CARRIER]
    if "tracking_number" in values:
        row["tracking_number"] = values.pop("tracking_number")
    row.setdefault("_carrier", {}).update(values)  # neither a date nor an event
    return number


def order_payment(job, number, values):
    shop = job.shop
    number = shop.next("payment")
    row = {
        "id_order_payment": number,
        "order_reference": values.get("order_reference", ""),
        "payment_method": values.get("payment_method", ""),
        "amount": values["amount"],
        "transaction_id": values.get("transaction_id", ""),
        **{f"card_{key}": values.get(f"card_{key}", "") for key in ("number", "brand", "expiration", "holder")},
        "date_add": shop.local(),
        "conversion_rate": values.get("conversion_rate", 0),
    }
    owner = next((o for o in shop.orders.values() if o["reference"] == row["order_reference"]), None)
    if owner is None:
        shop.loose_payments[number] = {**row, "id_currency": values["id_currency"], "id_employee": ""}
    else:
        owner["order_payments"] = [*owner.get("order_payments", []), row]
        owner["_unreal"] = [*owner.get("_unreal", []), number]  # total_paid_real stays
    name = f"Payment #{row['transaction_id'] or number}"
    after = {
        "id": str(number),
        "order_reference": row["order_reference"],
        "id_currency": values["id_currency"],
        "amount": values["amount"],
        "payment_method": row["payment_method"],
        "transaction_id": row["transaction_id"] or None,
        **dict.fromkeys(("card_number", "card_brand", "card_expiration", "card_holder")),
        "date_add": row["date_add"],
        "conversion_rate": values.get("conversion_rate"),
    }
    context = {"order_reference": row["order_reference"], "payment_method": row["payment_method"]}
    for action, hook in (("received", "actionObjectOrderPaymentAddAfter"), ("confirmed", "actionPaymentCCAdd")):
        summary = f"{action.capitalize()} payment: {name} ({row['payment_method']})"
        job.request.add("payment", number, name, action, hook, after, summary, context)
    return number


def cart_rule(job, number, values):
    shop, fresh = job.shop, number is None
    row = shop.new_cart_rule({"partial_use": False} if fresh else shop.cart_rules[number])
    row.update((key, coerced(row.get(key), text)) for key, text in values.items())
    row["date_upd"] = shop.local()
    if fresh and "code" not in values:
        raise Fatal  # the module takes the name, an array, where it needs a text; the row is saved
    job.request.coupon(row, "created" if fresh else "updated")
    return row["id_cart_rule"]


def specific_price(job, number, values):
    number = job.shop.next("specific_price")
    job.shop.specific_prices[number] = values
    names = "country carrier group cart_rule product shop".split()
    after = {
        **{"id_cart_rule": number, "id": number, "code": "", "name": [], "description": "", "id_customer": 0},
        **dict.fromkeys(("date_from", "date_to", "date_add", "date_upd")),
        **{"quantity": 1, "quantity_per_user": 1, "priority": 1, "partial_use": True},
        **{"minimum_amount": 0, "minimum_amount_tax": False, "minimum_amount_currency": 0},
        "minimum_amount_shipping": False,
        **{f"{name}_restriction": False for name in names},
        **{"free_shipping": False, "reduction_percent": 0, "reduction_amount": 0, "reduction_tax": True},
        **{"reduction_currency": 0, "reduction_product": 0, "reduction_exclude_special": False},
        **{"gift_product": 0, "gift_product_attribute": 0, "highlight": False, "active": True},
    }
    hook = "actionObjectSpecificPriceAddAfter"
    job.request.add("discount", number, f"Discount #{number}", "created", hook, after)
    raise warned([PRICE_WARNING], DETECTOR, PRICE_LINE)


SAVERS = {
    "products": table,
    "combinations": table,
    "stock_availables": table,
    "customers": customer,
    "addresses": address,
    "orders": order,
    "order_histories": order_history,
    "order_carriers": order_carrier,
    "order_payments": order_payment,
    "cart_rules": cart_rule,
    "specific_prices": specific_price,
}
#: Resources whose rows nothing changes here, or only creates.
CREATED_ONLY = ("order_histories", "order_payments", "specific_prices")
CREATED = ("customers", "addresses", "cart_rules", *CREATED_ONLY)


def apply(job, number, values):
    """Save; the record's number."""
    name = job.resource.name
    if name not in SAVERS or name not in CREATED and number is None or name in CREATED_ONLY and number is not None:
        raise Refused(501, (100, f"The simulator does not do this with {name}"))
    return SAVERS[name](job, number, dict(values))


def delete(job, number):
    name = job.resource.name
    if name not in DELETERS:
        raise Refused(501, (100, f"The simulator does not delete {name}"))
    DELETERS[name](job, number)


def delete_customer(job, number):
    shop, owner = job.shop, job.shop.customers[number]
    for row in [row for row in shop.addresses.values() if row["id_customer"] == number]:
        job.request.address(row, owner, "deleted")
        del shop.addresses[row["id_address"]]
    job.request.customer(owner, "deleted")
    del shop.customers[number]


def delete_address(job, number):
    """One that an order uses is only marked."""
    row = job.shop.addresses[number]
    lines = [line for o in job.shop.orders.values() for line in o["order_details"]]
    used = any(int(line.get("id_address_delivery") or 0) == number for line in lines)
    if used:
        row.update(deleted=1, date_upd=job.shop.local())
    else:
        del job.shop.addresses[number]
    tell_address(job, row, "updated" if used else "deleted")


def delete_cart_rule(job, number):
    job.request.coupon(job.shop.cart_rules.pop(number), "deleted")


DELETERS = {
    "customers": delete_customer,
    "addresses": delete_address,
    "cart_rules": delete_cart_rule,
    "products": lambda job, number: catalogue.drop(job.shop, number),
}

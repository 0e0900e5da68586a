"""The page: the shop as tables."""

PRODUCT = ("title", "status", "external_id", "handle")
EVENT = ("time", "event", "id", "order_id", "status")
ORDER = ("display_id", "email", "status", "payment_status", "fulfillment_status", "total", "currency_code")


def prices_of(variant):
    return ", ".join(f"{price['amount']} {price['currency_code']}" for price in variant["prices"])


def stock_of(variant):
    levels = [level for item in variant["inventory_items"] for level in item["inventory"]["location_levels"]]
    return ", ".join(f"{level['available_quantity']} of {level['stocked_quantity']}" for level in levels)


def tables(state):
    goods = [
        [*(product[key] for key in PRODUCT), variant["title"], variant["sku"], prices_of(variant), stock_of(variant)]
        for product in state["products"]
        for variant in product["variants"]
    ]
    orders = [
        [*(order[key] for key in ORDER), [f"{line['quantity']} x {line['variant_sku']}" for line in order["items"]]]
        for order in reversed(state["orders"])
    ]
    people = [[row[key] for key in ("email", "first_name", "last_name", "has_account")] for row in state["customers"]]
    told = [[event[key] for key in EVENT] for event in reversed(state["events"])]
    return [
        ("Products", [*PRODUCT, "variant", "sku", "prices", "for sale of stocked"], goods),
        ("Orders", [*ORDER, "items"], orders),
        ("Customers", ["email", "first_name", "last_name", "has_account"], people),
        ("Events", list(EVENT), told),
    ]

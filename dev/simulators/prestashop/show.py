"""What GET /_state and the page show of the shop."""

SHOWN_EVENTS = 2000
SHOWN_ROWS = 100
#: Columns of the page's tables.
PAGES = {
    "orders": "id_order reference id_customer current_state total_paid tracking_number note",
    "customers": "id_customer firstname lastname email company active newsletter deleted",
    "addresses": "id_address id_customer alias firstname lastname address1 postcode city id_country phone",
    "cart_rules": "id_cart_rule code name reduction_percent reduction_amount quantity date_from date_to active",
    "events": "id_event entity_type entity_id action_type hook_name sync_status sync_error date_add",
    "reverse_operations": "operation_id entity_type entity_id action_type status error",
    "products": "id reference name price active",
    "stock_availables": "id id_product id_product_attribute id_shop quantity",
    "order_slips": "id id_order amount date_add",
}
ORDER = """id_order reference id_customer id_currency id_carrier current_state total_paid total_paid_tax_excl
tracking_number note date_add date_upd order_history""".split()
LINE = """id_order_detail product_id product_attribute_id product_reference product_quantity unit_price_tax_excl
total_price_tax_incl""".split()
#: Of the Webservice's own tables: the columns that tests ask for.
WEBSERVICE = {
    "products": "reference name price wholesale_price active ean13 id_tax_rules_group date_upd".split(),
    "combinations": "id_product reference ean13 price".split(),
    "stock_availables": "id_product id_product_attribute id_shop quantity depends_on_stock".split(),
}
KEPT = {"order_slips": "slips", "order_cart_rules": "order_cart_rules", "invoices": "invoices"}


def short(order):
    return {
        **{key: order.get(key) for key in ORDER},
        "order_details": [{key: line[key] for key in LINE} for line in order["order_details"]],
    }


def webservice(shop, args):
    """The catalogue, `written` being [[epoch, value]] of each value that a call wrote; 100 rows without ?full=1."""
    shown = {}
    for name, columns in WEBSERVICE.items():
        rows = sorted(shop.ws[name].items())
        shown[f"{name}_total"] = len(rows)
        shown[name] = [
            {"id": number, **{key: row.get(key) for key in columns}, "written": shop.written.get((name, number), [])}
            for number, row in (rows if args.get("full") else rows[:SHOWN_ROWS])
        ]
    for name, attribute in KEPT.items():
        shown[name] = [{"id": number, **row} for number, row in getattr(shop, attribute).items()]
    return shown


def state(shop, args):
    rows = [
        {key: value for key, value in row.items() if not key.startswith("_")}
        for row in list(shop.events.values())[-SHOWN_EVENTS:]
    ]
    counts = {}
    for row in shop.events.values():
        counts[row["sync_status"]] = counts.get(row["sync_status"], 0) + 1
    return {
        "customers": list(shop.customers.values()),
        "addresses": list(shop.addresses.values()),
        "orders": [short(order) for order in shop.orders.values()],
        "cart_rules": list(shop.cart_rules.values()),
        **webservice(shop, args),
        "events": rows,
        "events_by_status": counts,
        "reverse_operations": shop.operations,
    }


def tables(state):
    return [
        (
            name.replace("_", " ").capitalize(),
            columns.split(),
            [[row.get(key) for key in columns.split()] for row in reversed(state[name])],
        )
        for name, columns in PAGES.items()
    ]

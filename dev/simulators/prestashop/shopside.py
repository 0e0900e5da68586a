"""What people do in the shop itself (back office): the actions of POST /_shop."""

from ..remote import BadRequest
from . import compose
from .forward import Request
from .lines import check, money, number
from .webservice import catalogue, save

OWN = {"id", "id_customer", "id_address", "id_cart_rule", "date_add"}


class Act:
    """One action: the shop, and the events that its hooks queue."""

    def __init__(self, shop):
        self.shop, self.request = shop, Request(shop)


def row_of(rows, key, what):
    row = rows.get(key)
    if row is None:
        raise BadRequest(f"no {what} {key}")
    return row


def edit(row, given, what):
    """Set columns that the row has, in the kind of value that it has."""
    values = {key: value for key, value in given.items() if key != "id"}
    wrong = set(values) - set(row) - {"note"} | set(values) & OWN
    if wrong:
        raise BadRequest(f"{what}: cannot set {', '.join(sorted(wrong))}")
    for key, value in values.items():
        row[key] = save.coerced(row.get(key), value) if isinstance(value, str) else value


def customer(act, given):
    shop = act.shop
    fresh = "id" not in given
    row = shop.new_customer({"firstname": "Cliente", "lastname": "Ejemplo"}) if fresh else None
    row = row or row_of(shop.customers, given["id"], "customer")
    edit(row, given, "customer")
    row["date_upd"] = shop.local()
    act.request.customer(row, "created" if fresh else "updated")
    return {"id_customer": row["id_customer"]}


def address(act, given):
    shop = act.shop
    if "id" in given:
        row, action = row_of(shop.addresses, given["id"], "address"), "updated"
        edit(row, given, "address")
        row["date_upd"] = shop.local()
    else:
        owner = row_of(shop.customers, given.get("id_customer"), "customer")
        names = {key: owner[key] for key in ("firstname", "lastname")}
        row, action = shop.new_address({"alias": "Mi dirección", **names, **given}), "created"
    save.tell_address(act, row, action)
    return {"id_address": row["id_address"]}


def cart_rule(act, given):
    shop = act.shop
    fresh = "id" not in given
    row = shop.new_cart_rule({}) if fresh else row_of(shop.cart_rules, given["id"], "cart rule")
    edit(row, given, "cart_rule")
    row["date_upd"] = shop.local()
    act.request.coupon(row, "created" if fresh else "updated")
    return {"id_cart_rule": row["id_cart_rule"]}


def order(act, given):
    """As POST /_order makes or changes one."""
    if "id_order" in given:
        row, _request = compose.change_order(act.shop, given, act.request)
    else:
        row, act.request = compose.new_order(act.shop, given)
    return {"id_order": row["id_order"], "reference": row["reference"], "total_paid": row["total_paid"]}


def refund(act, given):
    """A partial refund: a slip and the lines' refunded quantities; no event, and the order's date stays."""
    shop = act.shop
    check(given, {"id_order", "lines", "shipping_excl", "shipping_incl"}, "a refund")
    row = row_of(shop.orders, given.get("id_order"), "order")
    lines = {int(line["id_order_detail"]): line for line in row["order_details"]}
    details, refunds = [], row.setdefault("_refunds", {})
    for item in given.get("lines") or []:
        check(item, {"id_order_detail", "quantity", "amount_excl", "amount_incl"}, "a refund's line")
        line, quantity = row_of(lines, item.get("id_order_detail"), "order detail"), int(item.get("quantity", 1))
        amounts = [
            float(item.get(f"amount_{kind}", money(float(line[f"unit_price_tax_{kind}"]) * quantity)))
            for kind in ("excl", "incl")
        ]
        line["product_quantity_refunded"] += quantity
        key = int(line["id_order_detail"])
        refunds[key] = tuple(a + b for a, b in zip(refunds.get(key, (0, 0)), amounts, strict=True))
        details.append(
            {
                "id": shop.next("slip_detail"),
                "id_order_detail": key,
                "product_quantity": quantity,
                "amount_tax_excl": amounts[0],
                "amount_tax_incl": amounts[1],
            }
        )
    shipping = [float(given.get(f"shipping_{kind}", 0)) for kind in ("excl", "incl")]
    if not details and not any(shipping):
        raise BadRequest("a refund needs lines or shipping")
    slip, incl = shop.next("slip"), sum(item["amount_tax_incl"] for item in details)
    shop.slips[slip] = {
        "id_customer": row["id_customer"],
        "id_order": row["id_order"],
        "conversion_rate": row.get("conversion_rate", 1),
        "total_products_tax_excl": sum(item["amount_tax_excl"] for item in details),
        "total_products_tax_incl": incl,
        "total_shipping_tax_excl": shipping[0],
        "total_shipping_tax_incl": shipping[1],
        "amount": number(money(incl)),
        "shipping_cost": int(bool(shipping[1])),
        "shipping_cost_amount": shipping[1],
        "partial": 0,
        "date_add": shop.local(),
        "date_upd": shop.local(),
        "order_slip_type": 0,
        "details": details,
    }
    return {"id_order_slip": slip, "amount": incl}


def link(act, given):
    """A discount row of an order; no event."""
    shop = act.shop
    check(given, {"id_order", "id_cart_rule", "code", "value", "value_tax_excl", "name", "free_shipping"}, "a link")
    row = row_of(shop.orders, given.get("id_order"), "order")
    by_code = {rule["code"]: rule for rule in shop.cart_rules.values()}
    rule = by_code.get(given.get("code")) or row_of(shop.cart_rules, given.get("id_cart_rule"), "cart rule")
    values = {key: given[key] for key in ("value", "value_tax_excl", "name", "free_shipping") if key in given}
    return {"id_order_cart_rule": shop.link_cart_rule(row, rule, **values)}


def tracking(act, given):
    """In the order's carrier row: neither an event nor a date."""
    check(given, {"id_order", "tracking_number"}, "a tracking")
    row_of(act.shop.orders, given.get("id_order"), "order")["tracking_number"] = given["tracking_number"]
    return {"id_order": given["id_order"]}


def found_product(shop, given):
    """(product, combination or 0) by id_product and id_product_attribute, or by reference."""
    if "reference" not in given:
        return int(given.get("id_product", 0)), int(given.get("id_product_attribute", 0))
    for attribute, row in shop.ws["combinations"].items():
        if row.get("reference") == given["reference"]:
            return int(row["id_product"]), attribute
    products = shop.ws["products"].items()
    return next((n for n, row in products if row.get("reference") == given["reference"]), 0), 0


def stock(act, given):
    check(given, {"reference", "id_product", "id_product_attribute", "quantity"}, "a stock")
    _number, row = catalogue.find_stock(act.shop, *found_product(act.shop, given))
    if row is None:
        raise BadRequest("no such stock row")
    row["quantity"] = catalogue.whole(given.get("quantity"), "quantity")
    catalogue.add_up(act.shop, row["id_product"])
    return {"id_stock_available": _number, "quantity": row["quantity"]}


def price(act, given):
    """Of a product, or the impact of a combination."""
    check(given, {"reference", "id_product", "id_product_attribute", "price"}, "a price")
    number_, attribute = found_product(act.shop, given)
    name, key = ("combinations", attribute) if attribute else ("products", number_)
    row = row_of(act.shop.ws[name], key, name)
    row["price"] = f"{float(given['price']):.6f}"
    if not attribute:
        row["date_upd"] = act.shop.local()
    return {"id": key, "price": row["price"]}


def product(act, given):
    return {"id_product": catalogue.put(act.shop, given)}


def delete(act, given):
    """Gone without a trace in the lists."""
    kinds = {
        "customer": ("customers", save.delete_customer),
        "address": ("addresses", save.delete_address),
        "cart_rule": ("cart_rules", save.delete_cart_rule),
        "order": ("orders", lambda act, key: act.shop.orders.pop(key)),
    }
    if len(given) != 1 or set(given) - {*kinds, "product"}:
        raise BadRequest(f"delete takes one of {', '.join([*kinds, 'product'])}")
    [(kind, key)] = given.items()
    if kind == "product":
        row_of(act.shop.ws["products"], key, kind)
        catalogue.drop(act.shop, key)
    else:
        table, remove = kinds[kind]
        row_of(getattr(act.shop, table), key, kind)
        remove(act, key)
    return {"deleted": key}


ACTIONS = {
    "customer": customer,
    "address": address,
    "cart_rule": cart_rule,
    "order": order,
    "refund": refund,
    "link": link,
    "tracking": tracking,
    "stock": stock,
    "price": price,
    "product": product,
    "delete": delete,
}


def act(shop, given):
    """(what was done, the request with its events)"""
    if len(given) != 1 or set(given) - set(ACTIONS):
        raise BadRequest(f"give one of {', '.join(ACTIONS)}; and send, later, url, secret, headers, copies")
    [(name, what)] = given.items()
    if not isinstance(what, dict):
        raise BadRequest(f"{name} is an object")
    made = Act(shop)
    return ACTIONS[name](made, what), made.request

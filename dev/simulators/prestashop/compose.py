"""Orders made from a short description, with the events that the shop would queue for them."""

from ..remote import BadRequest
from .billing import deliver, invoice, pay
from .constants import PAID, STATES
from .forward import ADDRESS_FIELDS, Request
from .lines import check, make_line, number, totals
from .webservice import catalogue

KEYS = {
    "customer",
    "address",
    "lines",
    "shipping_excl",
    "shipping_tax_rate",
    "discount_excl",
    "discount_tax_rate",
    "wrapping_excl",
    "state",
    "id_currency",
    "conversion_rate",
    "payment",
    "module",
    "note",
    "message",
    "id_carrier",
    "reference",
    "coupon",
    "transaction_id",
}
CUSTOMER_KEYS = {"id", "email", "firstname", "lastname", "newsletter", "company"}
ADDRESS_KEYS = {"id", *ADDRESS_FIELDS}


def people(shop, request, given):
    """The customer and address of the order; new ones are told to Odoo in the same request."""
    customer, address = dict(given.get("customer") or {}), dict(given.get("address") or {})
    check(customer, CUSTOMER_KEYS, "customer")
    check(address, ADDRESS_KEYS, "address")
    row = shop.customers.get(customer.get("id"))
    values = {key: value for key, value in customer.items() if key != "id"}
    if row is None:
        id_customer = int(customer.get("id") or shop.next("customer"))
        row = shop.new_customer(
            {
                "id_customer": id_customer,
                "email": f"customer{id_customer}@example.com",
                "firstname": "Cliente",
                "lastname": "Ejemplo",
                **values,
            }
        )
        request.customer(row, "created")
    elif any(row[key] != value for key, value in values.items()):
        row.update(values, date_upd=shop.local())
        request.customer(row, "updated")
    known = [a for a in shop.addresses.values() if a["id_customer"] == row["id_customer"] and not a["deleted"]]
    place = shop.addresses.get(address["id"]) if "id" in address else known[0] if known and not address else None
    values = {key: value for key, value in address.items() if key != "id"}
    if place is None:
        place = shop.new_address(
            {
                "id_address": address.get("id"),
                "id_customer": row["id_customer"],
                "alias": "Mi dirección",
                "firstname": row["firstname"],
                "lastname": row["lastname"],
                "address1": "C/ Mayor 1",
                "postcode": "28001",
                "city": "Madrid",
                "id_state": 339,
                "phone": "+34 600 123 456",
                **values,
            }
        )
        request.address(place, row, "created")
    elif any(place[key] != value for key, value in values.items()):
        place.update(values, date_upd=shop.local())
        request.address(place, row, "updated")
    return row, place


def snapshot(order):
    return {key: value for key, value in order.items() if key != "tracking_number" and not key.startswith("_")}


def order_event(request, order, action, hook, context=None, **changed):
    data = {**snapshot(order), **changed}
    data["id_order_state"] = data["current_state"]
    request.add("order", order["id_order"], order["reference"], action, hook, data, context=context)


def new_order(shop, given):
    """(order, request) of a checkout."""
    check(given, KEYS, "an order")
    if not given.get("lines"):
        raise BadRequest("an order needs lines")
    rule = None
    if given.get("coupon"):
        rule = next((r for r in shop.cart_rules.values() if r["code"] == given["coupon"]), None)
        if rule is None:
            raise BadRequest(f"no coupon {given['coupon']}")
    state = int(given.get("state", 2))
    if state not in STATES:
        raise BadRequest(f"no order state {state}")
    request = Request(shop)
    customer, address = people(shop, request, given)
    now, id_order, paid = shop.local(request.epoch), shop.next("order"), state in PAID
    order = {
        "id_order": id_order,
        "reference": given.get("reference") or shop.reference(),
        "date_add": now,
        "date_upd": now,
        "current_state": 0,
        "id_order_state": 0,
        "id_customer": customer["id_customer"],
        "id_cart": shop.next("cart"),
    }
    amounts = {
        "order_details": [
            make_line(line, shop.next("detail"), id_order, address["id_address"]) for line in given["lines"]
        ]
    }
    totals(amounts, given)
    lines = amounts.pop("order_details")
    names = ["total_paid", "total_paid_tax_incl", "total_paid_tax_excl", "total_products", "total_products_wt"]
    names += [
        f"total_{part}{tail}"
        for part in ("discounts", "shipping", "wrapping")
        for tail in ("", "_tax_incl", "_tax_excl")
    ]
    order.update((name, amounts[name]) for name in names)
    message = (
        [
            {
                "id_message": shop.next("message"),
                "id_customer": customer["id_customer"],
                "message": given["message"],
                "private": False,
                "date_add": now,
            }
        ]
        if given.get("message")
        else []
    )
    order.update(
        {
            "payment": given.get("payment", "Tarjeta de crédito" if paid else "Transferencia bancaria"),
            "module": given.get("module", "stripe_official" if paid else "ps_wirepayment"),
            "note": given.get("note", ""),
            "id_carrier": int(given.get("id_carrier", 2)),
            "shipping_number": None,
            "id_currency": int(given.get("id_currency", 1)),
            "conversion_rate": number(given.get("conversion_rate", 1)),
            "order_details": lines,
            "order_history": [],
            "order_payments": [],
            "messages": message,
            "tracking_number": "",
        }
    )
    shop.orders[id_order] = order
    catalogue.sell(shop, lines)
    if rule:
        shop.link_cart_rule(order, rule)
    if paid:
        pay(shop, request, order, given)
        order_event(request, order, "updated", "actionObjectOrderUpdateAfter")
    if rule:
        rule.update(quantity=max(0, rule["quantity"] - 1), date_upd=now)
        request.coupon(rule, "updated")
    order_event(request, order, "created", "actionValidateOrder")
    order_event(
        request,
        order,
        "status_changed",
        "actionOrderStatusUpdate",
        {"new_status_id": state, "new_status_name": STATES[state], "id_employee": 0},
    )
    if paid:
        invoice(shop, request, order, late=False)
    else:
        order_event(request, order, "updated", "actionObjectOrderUpdateAfter", current_state=state)
    shop.set_state(order, state)
    return order, request


def change_order(shop, given, request=None, employee=1):
    """(order, request) of a change in the back office, or by the Webservice (no employee)."""
    order = shop.orders.get(given.get("id_order"))
    if order is None:
        raise BadRequest(f"no order {given.get('id_order')}")
    check(
        given,
        {
            "id_order",
            "state",
            "lines",
            "note",
            "tracking_number",
            "shipping_excl",
            "shipping_tax_rate",
            "discount_excl",
            "discount_tax_rate",
            "id_address_delivery",
        },
        "an order change",
    )
    request, context = request or Request(shop), {"id_employee_context": employee} if employee else {}
    now = shop.local(request.epoch)
    if "lines" in given:
        old = {
            (line["product_id"], line["product_attribute_id"], line["product_reference"]): line
            for line in order["order_details"]
        }
        address = order["order_details"][0]["id_address_delivery"] if order["order_details"] else 0
        order["order_details"] = []
        for line in given["lines"]:
            made = make_line(line, None, order["id_order"], address)
            same = old.get((made["product_id"], made["product_attribute_id"], made["product_reference"]), {})
            made["id_order_detail"] = same.get("id_order_detail") or shop.next("detail")
            order["order_details"].append(made)
    for line in order["order_details"]:
        line["id_address_delivery"] = given.get("id_address_delivery", line["id_address_delivery"])
    if {"lines", "shipping_excl", "discount_excl"} & set(given):
        totals(order, given)
    order["note"] = given.get("note", order["note"])
    state = given.get("state")
    if state is not None and state not in STATES:
        raise BadRequest(f"no order state {state}")
    if state is not None and state != order["current_state"]:
        order_event(
            request,
            order,
            "status_changed",
            "actionOrderStatusUpdate",
            {"new_status_id": state, "new_status_name": STATES[state], "id_employee": 0, **context},
        )
        order["date_upd"] = now
        order_event(request, order, "updated", "actionObjectOrderUpdateAfter", context or None, current_state=state)
        if state in PAID and not any(line["id_order_invoice"] for line in order["order_details"]):
            invoice(shop, request, order, late=True)
            if not order["order_payments"]:
                pay(shop, request, order, given, invoice_first=True)
        deliver(shop, order, state)
        shop.set_state(order, state, employee=employee)
    elif set(given) - {"id_order", "state", "tracking_number"}:
        order["date_upd"] = now
        order_event(request, order, "updated", "actionObjectOrderUpdateAfter", context or None)
    if "tracking_number" in given and given["tracking_number"] != order["tracking_number"]:
        order["tracking_number"] = given["tracking_number"]
        order_event(request, order, "tracking_updated", "actionAdminOrdersTrackingNumberUpdate", context)
    return order, request

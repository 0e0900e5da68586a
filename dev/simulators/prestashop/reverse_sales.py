"""Reverse processors: order and coupon."""

from . import rules
from .constants import STATES
from .rules import Failure, escaped, php_bool, php_float, php_int, php_text


def order(shop, action, data):
    if action == "created":
        raise Failure("Order creation from Odoo not supported. Use order updates only.")
    if php_bool(data.get("id")):
        row = shop.orders.get(php_int(data["id"]))
        if row is None:
            raise Failure(f"Failed to load order with ID: {php_int(data['id'])}")
    else:
        reference = php_text(data.get("reference") or "")
        row = next((o for o in shop.orders.values() if reference and o["reference"] == reference), None)
        if row is None:
            raise Failure("Order not found. Provide valid id or reference.")
    done, loaded_state = [], row["current_state"]
    state = next((data[key] for key in ("current_state", "id_order_state") if data.get(key) is not None), None)
    if state is not None:
        state = php_int(state)
        if state not in STATES:
            raise Failure(f"Invalid order state ID: {state}")
        if state != loaded_state:
            shop.set_state(row, state)
        done.append("status")
    tracking = next((data[key] for key in ("tracking_number", "shipping_number") if data.get(key) is not None), None)
    if tracking is not None and row["id_carrier"]:
        number = escaped(tracking)
        rules.validate("OrderCarrier", rules.ORDER_CARRIER, {"tracking_number": number})
        row["tracking_number"] = number
        done.append("tracking_number")
    if data.get("note") is not None:
        row["note"] = escaped(data["note"])
        # the order object was loaded before the status was changed, and writes the old state back
        row["current_state"] = row["id_order_state"] = loaded_state
        row["date_upd"] = shop.local()
        done.append("note")
    return {
        "entity_id": row["id_order"],
        "message": "Order updated successfully",
        "reference": row["reference"],
        "updated_fields": done,
    }


def coupon(shop, action, data):
    return create_coupon(shop, data) if action == "created" else update_coupon(shop, data)


def by_code(shop, code):
    return next((row for row in shop.cart_rules.values() if row["code"] == php_text(code)), None)


def whole(value):
    return int(value) if float(value).is_integer() else value


def check_coupon(row):
    rules.validate("CartRule", rules.CART_RULE, row)
    if not 0 <= row["reduction_percent"] <= 100:
        raise rules.core_error("Property CartRule-&gt;reduction_percent is not valid")


def create_coupon(shop, data):
    if not php_bool(data.get("code")):
        raise Failure("Coupon code is required")
    percent, amount = (php_float(data.get(key)) for key in ("reduction_percent", "reduction_amount"))
    free = php_bool(data.get("free_shipping"))
    if not (percent > 0 or amount > 0 or free):
        raise Failure("Coupon must have a discount (reduction_percent, reduction_amount, or free_shipping)")
    code = php_text(data["code"])
    if by_code(shop, code) is not None:
        raise Failure(f"Coupon code already exists: {code}")
    name = escaped(data["name"]) if data.get("name") is not None else escaped(code)
    values = {
        "code": code,
        "name": {"1": name, "2": name},
        "free_shipping": free,
        "reduction_percent": whole(percent) if percent > 0 else 0,
        "reduction_amount": whole(amount) if percent <= 0 and amount > 0 else 0,
        "minimum_amount": whole(php_float(data.get("minimum_amount"))),
        "minimum_amount_tax": True,
    }
    for key, default in (("quantity", 1), ("quantity_per_user", 1), ("priority", 1)):
        values[key] = php_int(data[key]) if data.get(key) is not None else default
    for key, default in (("reduction_tax", True), ("active", True), ("highlight", False), ("partial_use", True)):
        values[key] = php_bool(data[key]) if data.get(key) is not None else default
    values.update((key, escaped(data[key])) for key in ("date_from", "date_to") if data.get(key) is not None)
    check_coupon({"date_from": "", "date_to": "", **values})
    row = shop.new_cart_rule(values)
    return {"entity_id": str(row["id_cart_rule"]), "message": "Coupon created successfully", "code": code}


def update_coupon(shop, data):
    if php_bool(data.get("id")):
        row = shop.cart_rules.get(php_int(data["id"]))
        if row is None:
            raise Failure(f"Failed to load coupon with ID: {php_int(data['id'])}")
    else:
        row = by_code(shop, data["code"]) if php_bool(data.get("code")) else None
        if row is None:
            raise Failure("Coupon not found. Provide valid id or code.")
    changed = dict(row)
    if data.get("name") is not None:
        changed["name"] = dict.fromkeys(("1", "2"), escaped(data["name"]))
    for key in ("description", "date_from", "date_to"):
        if data.get(key) is not None:
            changed[key] = escaped(data[key])
    for key in ("quantity", "quantity_per_user", "priority"):
        if data.get(key) is not None:
            changed[key] = php_int(data[key])
    for key in ("reduction_tax", "free_shipping", "active"):
        if data.get(key) is not None:
            changed[key] = php_bool(data[key])
    if data.get("reduction_percent") is not None:
        changed.update(reduction_percent=whole(php_float(data["reduction_percent"])), reduction_amount=0)
    if data.get("reduction_amount") is not None:  # last, and it clears the percentage even when it is 0
        changed.update(reduction_amount=whole(php_float(data["reduction_amount"])), reduction_percent=0)
    check_coupon(changed)
    row.update(changed, date_upd=shop.local())
    return {"entity_id": row["id_cart_rule"], "message": "Coupon updated successfully", "code": row["code"]}

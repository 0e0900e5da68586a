"""What retailers, and Cartona's own staff and couriers, do with an order."""

import json

from ..remote import BadRequest
from .composing import compose, only, packs, today
from .orders import EDITABLE, REASONS, total, wire

CARRIED = ("approved", "assigned_to_salesman", "delivered", "returned")
CHANGE = {"id", "amount", "cancelled", "internal_product_id", "supplier_product_id", "comment"}


def check_change(change):
    """Refuse what is no change of one line, or no new line."""
    only(change, CHANGE, "a line")
    products = {"internal_product_id", "supplier_product_id"} & set(change)
    if ("id" in change) == bool(products):
        raise BadRequest("a line names its id, or for a new line a product")
    name = f"line {change['id']}" if "id" in change else str(change[products.pop()])
    if "amount" in change:
        packs(change["amount"], name)
    elif not {"cancelled", "comment"} & set(change):
        raise BadRequest(f"{name}: give amount, cancelled or comment")


class Retailer:
    """Mixed into the remote: an action runs under the lock and returns the order that it changed."""

    def _retailer(self, body, args):
        """Do one action, and with push tell Odoo."""
        actions = {
            "place": self.place,
            "edit": self.edit,
            "cancel": self.cancel,
            "carry": self.carry,
            "staff_edit": self.staff_edit,
        }
        only(body, {*actions, "push"}, "this control")
        names = set(body) - {"push"}
        if len(names) != 1:
            raise BadRequest(f"give exactly one of {', '.join(actions)}")
        name, push = names.pop(), body.get("push", False)
        if not (isinstance(push, bool) or (push == "status" and name in ("cancel", "carry"))):
            raise BadRequest("push is true or false; for cancel and carry also status")
        with self.lock:
            order = actions[name](body[name])
            shown = json.loads(json.dumps(wire(order)))
        kind = "status" if push == "status" else "order"
        told = self._push({"hashed_id": shown["hashed_id"], "kind": kind}, {}) if push else None
        return {"hashed_id": shown["hashed_id"], "order": shown, "push": told}

    def order_of(self, given):
        order = self.orders.get(str(given.get("hashed_id")))
        if order is None:
            raise BadRequest(f"no such order: {given.get('hashed_id')}")
        return order

    # -- the actions -----------------------------------------------------
    def place(self, given):
        order = compose(given, self.row_of)
        if order["hashed_id"] in self.orders:
            raise BadRequest(f"there is an order {order['hashed_id']} already")
        order["total_price"] = total(order)
        if order["cartona_credit"] + order["installment_cost"] > order["total_price"] + 0.001:
            raise BadRequest(f"credit and instalment are more than the order costs: {order['total_price']}")
        lines, order["order_details"] = order["order_details"], []
        for line in lines:
            self.last_line_id += 1
            order["order_details"].append({"id": self.last_line_id, **line})
        self._take_order(order)
        return self.orders[order["hashed_id"]]

    def edit(self, given):
        """While editing the supplier must not act; saved, the order is pending again."""
        only(given, {"hashed_id", "lines", "state"}, "edit")
        order, state = self.order_of(given), given.get("state", "both")
        if state not in ("begin", "save", "both"):
            raise BadRequest("state is begin, save or both")
        needed = "editing" if state == "save" else "pending"
        if order["status"] != needed:
            what = "saved while editing" if state == "save" else "edited by the retailer while pending"
            raise BadRequest(f"an order is {what}, this one is {order['status']}")
        if state == "both" and not given.get("lines"):
            raise BadRequest("lines: what to change")
        self.change(order, given.get("lines", []))
        if state != "save":
            self.set_status(order, "editing")
        if state != "begin":
            self.set_status(order, "pending")
        self.changed(order)
        return order

    def staff_edit(self, given):
        only(given, {"hashed_id", "lines"}, "staff_edit")
        order = self.order_of(given)
        if order["status"] not in EDITABLE:
            raise BadRequest(f"staff edit an order while {', '.join(sorted(EDITABLE))}, this one is {order['status']}")
        if not given.get("lines"):
            raise BadRequest("lines: what to change")
        self.change(order, given["lines"])
        order["edited_by_admin"] = True
        self.changed(order)
        return order

    def cancel(self, given):
        only(given, {"hashed_id", "reason"}, "cancel")
        order, reason = self.order_of(given), given.get("reason", "")
        if order["status"] not in ("pending", "approved"):
            raise BadRequest(f"a retailer cancels while pending or approved, this order is {order['status']}")
        if reason != "" and not (isinstance(reason, str) and reason in REASONS):
            raise BadRequest(f"reason is one of {', '.join(sorted(REASONS))}")
        order["cancellation_reason"] = reason
        self.set_status(order, "cancelled_by_retailer")
        self.changed(order)
        return order

    def carry(self, given):
        """Cartona delivers by itself, so it needs no OTP of the retailer."""
        only(given, {"hashed_id", "status", "return_reason"}, "carry")
        order, status = self.order_of(given), given.get("status")
        if order.get("delivered_by") != "delivered_by_cartona":
            raise BadRequest("Cartona carries only an order that is delivered_by_cartona")
        if status not in CARRIED:
            raise BadRequest(f"status is one of {', '.join(CARRIED)}")
        if status not in self.next_statuses(order):
            raise BadRequest(f"order cannot go from {order['status']} to {status}")
        if "return_reason" in given and (status != "returned" or not isinstance(given["return_reason"], str)):
            raise BadRequest("return_reason is a text, and only for returned")
        if status == "delivered":
            order["delivery_day"] = today()
        if status == "returned":
            order["return_reason"] = given.get("return_reason") or "retailer_refused"
        self.set_status(order, status)
        self.changed(order)
        return order

    def change(self, order, lines):
        """Change lines and keep the money right, or change nothing."""
        if not isinstance(lines, list):
            raise BadRequest("lines is a list")
        if not lines:
            return
        for line in lines:
            check_change(line)
        before = {key: order.get(key) for key in ("order_details", "total_price")}
        problem = self.change_lines(order, lines)
        if problem is None and not any(line["amount"] > 0 for line in order["order_details"]):
            order.update(before)
            problem = "the last line cannot go: cancel the order"
        if problem:
            raise BadRequest(problem)
        # What Cartona pays is never more than the order costs.
        rest = order["total_price"]
        for key in ("cartona_credit", "installment_cost"):
            paid = order.get(key) or 0
            if paid > rest:
                order[key] = paid = rest
            rest = round(rest - paid, 2)

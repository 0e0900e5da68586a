"""Order calls: pull, status (bulk and single), lines."""

import datetime
import hmac
import re
import time
import zoneinfo

from ..remote import answer
from .products import number, whole

ACCEPTED = {"synced", "pending", "approved", "assigned_to_salesman", "delivered", "cancelled_by_supplier"}
LEGAL = {  # status -> what the supplier may set next
    "pending": {"approved", "cancelled_by_supplier"},
    "editing": set(),
    "approved": {"assigned_to_salesman", "cancelled_by_supplier"},
    "assigned_to_salesman": {"delivered", "returned", "cancelled_by_supplier"},
}
REASONS = {
    "out_of_stock",
    "cannot_deliver_the_order",
    "supplier_asked_me_to_cancel",
    "delayed_order",
    "pending_order_without_action",
    "removed_items",
    "supplier_attitude",
    "missing_items",
    "expired_products",
    "different_prices",
    "different_products",
}
EDITABLE = {"pending", "approved", "assigned_to_salesman"}
STATUS_KEYS = {
    "hashed_id",
    "status",
    "retailer_otp",
    "cancellation_reason",
    "estimated_delivery_day",
    "delivery_day",
    "supplier_code",
    "internal_supplier_code",
}
LINE_KEYS = {
    "id",
    "supplier_product_id",
    "internal_product_id",
    "base_product_id",
    "unit",
    "unit_count",
    "amount",
    "price",
    "cancelled",
    "comment",
}
DEFAULT_OTP = "739104"
CAIRO = zoneinfo.ZoneInfo("Africa/Cairo")
NAIVE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{3}(\d{3})?)?)?", re.ASCII)


def is_date(value):
    try:
        return isinstance(value, str) and len(value) == 10 and bool(datetime.date.fromisoformat(value))
    except ValueError:
        return False


def epoch(text):
    """Seconds of a naive time on Egypt's clocks; ValueError when it is none."""
    if not NAIVE.fullmatch(text):
        raise ValueError(text)
    return datetime.datetime.fromisoformat(text).replace(tzinfo=CAIRO).timestamp()


def wire(order):
    return {key: value for key, value in order.items() if not key.startswith("_")}


def total(order):
    lines = order["order_details"]
    return round(sum((line.get("selling_price") or line.get("price") or 0) * line["amount"] for line in lines), 2)


def product_keys(row):
    """What a line says about its product."""
    same = ("supplier_product_id", "internal_product_id", "base_product_id", "unit", "unit_count")
    return {**{key: row[key] for key in same}, "product_name": row["supplier_product_name"]}


class Orders:
    """Mixed into the remote: self.orders is {hashed_id: order}; keys that begin with _ stay inside."""

    def changed(self, order, echo=True):
        """A change has its time and brings the order back into the feed, at its end."""
        order["_changed_at"] = time.time()
        if echo:
            order["_synced"] = False
            self.orders[order["hashed_id"]] = self.orders.pop(order["hashed_id"])

    def set_status(self, order, status):
        order["status"] = status
        order["_status_history"].append(status)

    def next_statuses(self, order):
        """What the one who delivers may set next."""
        short = order["status"] == "approved" and self.options["short_delivery"]
        return LEGAL.get(order["status"], set()) | ({"delivered"} if short else set())

    # -- calls -----------------------------------------------------------
    def pull_orders(self, request, profile):
        args = dict(request.args)
        args.pop("supplier_code", None)  # sent by clients, effect unknown
        try:
            first = epoch(args.pop("from")) if "from" in args else float("-inf")
            last = epoch(args.pop("to")) if "to" in args else float("inf")
        except ValueError:
            return answer({"error": "from and to are local datetimes without a zone: YYYY-MM-DDTHH:MM:SS"}, 400)
        page, error = self.page_of(args)
        if error:
            return error
        if args:
            return answer({"error": f"unknown parameter: {', '.join(sorted(args))}"}, 400)
        orders = [order for order in self.orders.values() if not order["_synced"]]
        if self.options["pull_window"]:
            orders = [order for order in orders if first <= order["_changed_at"] <= last]
        return answer([wire(order) for order in orders[page]])

    def status_bulk(self, request, profile):
        items, error = self.items_of(request)
        if error:
            return error
        for item in items:  # an item that fails is not reported: documented behaviour
            self._set_status(item)
        return answer([])

    def status_single(self, request, profile, hashed_id):
        item, error = self.json_of(request)
        if error:
            return error
        if not isinstance(item, dict):
            return answer({"error": "an object is required"}, 400)
        if item.get("hashed_id") != hashed_id:
            return answer({"error": "hashed_id of path and body differ"}, 400)
        problem, status = self._set_status(item)
        return answer({"error": problem}, status) if problem else answer({})

    def _set_status(self, item):
        """(error text, HTTP status) or (None, 200)."""
        if not isinstance(item, dict) or set(item) - STATUS_KEYS:
            return "unknown field in status update", 400
        order = self.orders.get(str(item.get("hashed_id")))
        if order is None:
            return "order not found", 404
        status = item.get("status")
        if status not in ACCEPTED and not (status == "returned" and self.options["returned"]):
            return f"status not accepted: {status}", 422
        for key in ("estimated_delivery_day", "delivery_day"):
            if item.get(key) is not None and not is_date(item[key]):
                return f"{key} must be YYYY-MM-DD", 422
        if item.get("cancellation_reason") is not None and item["cancellation_reason"] not in REASONS:
            return "cancellation_reason not accepted", 422
        if status == "synced":
            order["_synced"] = True
            return None, 200
        if status not in self.next_statuses(order):
            return f"order cannot go from {order['status']} to {status}", 422
        if status == "delivered" and (order.get("installment_cost", 0) > 0 or order.get("wallet_top_up", 0) > 0):
            otp = item.get("retailer_otp")
            if not otp:
                return "retailer_otp is required", 422
            if not hmac.compare_digest(str(otp).encode(), order["_otp"].encode()):
                order["_otp_tries"] += 1
                return "invalid retailer_otp", 422
        self.set_status(order, status)
        for key in ("estimated_delivery_day", "delivery_day", "cancellation_reason"):
            if item.get(key) is not None:
                order[key] = item[key]
        self.changed(order, self.options["echo"])
        return None, 200

    def update_details(self, request, profile):
        items, error = self.items_of(request)
        if error:
            return error
        problems = [self._update_lines(item) for item in items]
        self.detail_errors = [problem for problem in problems if problem]
        return answer([])  # no per-item error is documented

    def _update_lines(self, item):
        if not isinstance(item, dict) or set(item) - {
            "hashed_id",
            "order_details",
            "supplier_code",
            "internal_supplier_code",
        }:
            return "unknown field in line update"
        order = self.orders.get(str(item.get("hashed_id")))
        if order is None:
            return "order not found"
        if order["status"] not in EDITABLE:
            return f"order cannot be changed when {order['status']}"
        if not isinstance(item.get("order_details"), list):
            return "order_details must be an array"
        problem = self.change_lines(order, item["order_details"])
        if problem is None:
            self.changed(order, self.options["echo"])
        return problem

    def change_lines(self, order, changes):
        """The first error text, and then nothing of the order is changed; or None."""
        lines = [dict(line) for line in order["order_details"]]
        known = [change["id"] for change in changes if isinstance(change, dict) and "id" in change]
        if any(known.count(key) > 1 for key in known):
            return "a line is given twice"
        for change in changes:
            problem = self._change_line(lines, change, order.get("supplier_code"))
            if problem:
                return problem
        order["order_details"] = lines
        order["total_price"] = total(order)
        return None

    def _change_line(self, lines, change, supplier_code):
        if not isinstance(change, dict) or set(change) - LINE_KEYS:
            return "unknown field in a line"
        if "amount" in change and not (number(change["amount"]) and change["amount"] > 0):
            return "amount must be a number greater than 0"
        if "price" in change and not (number(change["price"]) and change["price"] > 0):
            return "price must be a number greater than 0"
        if "cancelled" in change and not isinstance(change["cancelled"], bool):
            return "cancelled must be a boolean"
        if "id" in change:
            line = next((line for line in lines if line["id"] == change["id"] and whole(change["id"])), None)
            if line is None:
                return "line not found"
            if change.get("cancelled") and self.options["cancelled_lines"] == "drop":
                lines.remove(line)
                return None
        else:
            if change.get("cancelled") or "amount" not in change:
                return "a new line needs an amount"
            row, problem = self.row_of(change, supplier_code)
            if problem:
                return problem
            self.last_line_id += 1
            line = {
                "id": self.last_line_id,
                **product_keys(row),
                "selling_price": row["selling_price"],
                "applied_supplier_discount": 0,
                "applied_cartona_discount": 0,
                "comment": None,
            }
            lines.append(line)
        if "amount" in change:
            line["amount"] = change["amount"]
        if change.get("cancelled"):
            line["amount"] = 0
        if "price" in change:
            line["selling_price"] = change["price"]
        if "comment" in change:
            line["comment"] = change["comment"]
        return None

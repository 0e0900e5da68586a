"""Product calls: list, bulk update, bulk stock by base product."""

import time

from ..remote import answer
from . import catalogue

MAX_ITEMS = 1000
IDENTIFIERS = (
    "supplier_product_id",
    "internal_product_id",
    "base_product_id",
    "unit",
    "unit_count",
    "supplier_code",
    "internal_supplier_code",
)


def whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def text_id(value):
    return isinstance(value, str) or whole(value)


FIELDS = {  # field -> (is right, what is wrong otherwise)
    "selling_price": (lambda v: number(v) and v > 0, "selling_price must be a number greater than 0"),
    "available_stock_quantity": (
        lambda v: whole(v) and v >= 0,
        "available_stock_quantity must be an integer, not negative",
    ),
    "in_stock": (lambda v: isinstance(v, bool), "in_stock must be a boolean"),
    "is_published": (lambda v: isinstance(v, bool), "is_published must be a boolean"),
    "is_bundle": (lambda v: isinstance(v, bool), "is_bundle must be a boolean"),
    "is_unlimited_stock": (lambda v: isinstance(v, bool), "is_unlimited_stock must be a boolean"),
    "min_order": (lambda v: whole(v) and v >= 0, "min_order must be an integer"),
    "max_order": (lambda v: whole(v) and v >= 0, "max_order must be an integer"),
    "remind_me_at_stock": (lambda v: whole(v) and v >= 0, "remind_me_at_stock must be an integer"),
    "notes": (lambda v: isinstance(v, str), "notes must be a string"),
}


class Products:
    """Mixed into the remote: self.products is {supplier_product_id: row}, self.options the switches."""

    def find(self, item, triple_allowed=True):
        """([row], the identifier used, error). The first identifier form present wins, found or not."""
        code = item.get("supplier_code", item.get("internal_supplier_code"))
        if "supplier_product_id" in item:
            used = {"supplier_product_id": item["supplier_product_id"]}
            if not text_id(item["supplier_product_id"]):
                return [], used, "supplier_product_id must be a string"
            found = [self.products[key] for key in [str(item["supplier_product_id"])] if key in self.products]
        elif "internal_product_id" in item:
            used = {"internal_product_id": item["internal_product_id"]}
            if not isinstance(item["internal_product_id"], str):
                return [], used, "internal_product_id must be a string"
            found = [self.products[key] for key in self.by_internal.get(item["internal_product_id"], ())]
        elif "base_product_id" in item:
            used = {key: item.get(key) for key in ("base_product_id", "unit", "unit_count")}
            if not triple_allowed:
                return [], used, "identify by supplier_product_id or internal_product_id here"
            if not (text_id(used["base_product_id"]) and isinstance(used["unit"], str) and whole(used["unit_count"])):
                return [], used, "base_product_id needs unit and unit_count beside it"
            found = [
                r
                for r in self.products.values()
                if (r["base_product_id"], r["unit"], r["unit_count"])
                == (str(used["base_product_id"]), used["unit"], used["unit_count"])
            ]
        else:
            return [], {}, "no product identifier"
        found = [row for row in found if code is None or row["supplier_code"] == str(code)]
        return found, used, None if found else "product not found"

    def row_of(self, item, supplier_code):
        """(row, error) of one product; of several the one of this account."""
        rows, _used, problem = self.find(item)
        return next((row for row in rows if row["supplier_code"] == supplier_code), rows[0] if rows else None), problem

    def record(self, row, field, value):
        row[field] = value
        history = {"selling_price": "price_history", "available_stock_quantity": "stock_history"}.get(field)
        if history:
            row[history].append([time.time(), value])

    # -- calls -----------------------------------------------------------
    def list_products(self, request, profile):
        args = dict(request.args)
        page, error = self.page_of(args)
        if error:
            return error
        search = args.pop("search_token", "")
        filters = {
            key: args.pop(key)
            for key in ("base_product_id", "supplier_product_id", "internal_product_id", "supplier_code")
            if key in args
        }
        if args:
            return answer({"error": f"unknown parameter: {', '.join(sorted(args))}"}, 400)
        rows = [
            row
            for row in self.products.values()
            if all(row[key] == value for key, value in filters.items())
            and search.lower() in f"{row['supplier_product_name']} {row['base_product_name']}".lower()
        ]
        return answer([catalogue.wire(row, profile) for row in rows[page]])

    def list_base_products(self, request, profile):
        args = dict(request.args)
        page, error = self.page_of(args)
        if error:
            return error
        search = args.pop("search_token", "")
        bases = {
            row["base_product_id"]: {
                key: row[key] for key in ("base_product_id", "base_product_name", "image_thumbnail")
            }
            for row in self.products.values()
        }
        return answer([b for b in bases.values() if search in b["base_product_name"]][page])

    def bulk_update(self, request, profile, triple_allowed=True):
        items, error = self.items_of(request)
        if error:
            return error
        results, done = [], set()
        for item in items:
            used, problem = self._update_one(item, triple_allowed, done)
            results.append(
                {**used, "success": True} if problem is None else {**used, "success": False, "error": problem}
            )
        return self.bulk_answer(results)

    def _update_one(self, item, triple_allowed, done):
        """done: (supplier_product_id, field) of the items before this one in the same call."""
        if not isinstance(item, dict):
            return {}, "an item is an object"
        rows, used, problem = self.find(item, triple_allowed)
        if problem:
            return used, problem
        values = {key: value for key, value in item.items() if key not in IDENTIFIERS}
        for key, value in values.items():
            if key not in FIELDS:
                return used, f"unknown field: {key}"
            right, problem = FIELDS[key]
            if not right(value):
                return used, problem
        touched = {(row["supplier_product_id"], key) for row in rows for key in values}
        if touched & done:
            return used, "product is given twice"
        done |= touched
        for row in rows:
            for key, value in values.items():
                self.record(row, key, value)
            if self.options["linking"] and "supplier_product_id" in used and "internal_product_id" in item:
                row["internal_product_id"] = item["internal_product_id"]
                self.index_products()
        return used, None

    def bulk_update_stock(self, request, profile):
        items, error = self.items_of(request)
        if error:
            return error
        results, done = [], set()
        for item in items:
            if not isinstance(item, dict):
                results.append({"success": False, "error": "an item is an object"})
                continue
            used = {"base_product_id": item.get("base_product_id")}
            code = item.get("supplier_code", item.get("internal_supplier_code"))
            rows = [
                row
                for row in self.products.values()
                if row["base_product_id"] == str(used["base_product_id"])
                and (code is None or row["supplier_code"] == str(code))
            ]
            unknown = set(item) - {
                "base_product_id",
                "available_stock_quantity",
                "supplier_code",
                "internal_supplier_code",
            }
            quantity = item.get("available_stock_quantity")
            right, problem = FIELDS["available_stock_quantity"]
            if unknown:
                problem = f"unknown field: {', '.join(sorted(unknown))}"
            elif not text_id(used["base_product_id"]):
                problem = "base_product_id is required"
            elif not rows:
                problem = "product not found"
            elif done & {row["supplier_product_id"] for row in rows}:
                problem = "product is given twice"
            elif right(quantity):
                problem = None
                done |= {row["supplier_product_id"] for row in rows}
                for row in rows:  # pieces, shared by every pack of the base product
                    self.record(row, "available_stock_quantity", quantity // row["unit_count"])
            results.append(
                {**used, "success": True} if problem is None else {**used, "success": False, "error": problem}
            )
        return self.bulk_answer(results)

    def bulk_answer(self, results):
        form = self.options["answer"]
        if form == "empty_array":
            return answer([])
        if form == "empty_object":
            return answer({})
        if form == "errors_only":
            return answer([result for result in results if not result["success"]])
        return answer(results)

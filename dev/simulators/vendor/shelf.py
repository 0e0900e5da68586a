"""The products that the retailer's Odoo has of us."""

import time

from .bodies import VARIANT, Refused, changes, checked, invalid, keyed, new_product, rows_of

FIRST_PRODUCT, FIRST_VARIANT = 501, 9001
HISTORIES = {"vendor_on_hand_qty": "stock_history", "price": "price_history"}


def quantity(product):
    return sum(variant["vendor_on_hand_qty"] for variant in product["variants"])


class Shelf:
    """read, create and update take the parsed body and give the result, or raise Refused."""

    def __init__(self, partner_id, bodies=()):
        """bodies: of create calls, for products that are there from the start."""
        self.partner_id = partner_id
        self.products = []
        self.by_code = {}  # default_code -> (product, variant; None where only the product has the code)
        self._variants = 0
        for body in bodies:
            self.create(keyed(body, "a product"))
        for variant in (variant for product in self.products for variant in product["variants"]):
            variant.update({history: [] for history in HISTORIES.values()})

    def shown(self, product, histories=False):
        hidden = () if histories else HISTORIES.values()
        variants = [{k: v for k, v in variant.items() if k not in hidden} for variant in product["variants"]]
        return {
            **product,
            "vendor_on_hand_qty": quantity(product),
            "supplier": {"price": variants[0]["price"], "partner_id": self.partner_id},
            "variants": variants,
        }

    def state(self, code=None):
        found = self.products if code is None else [self.by_code[code][0]] if code in self.by_code else []
        return [self.shown(product, histories=True) for product in found]

    # -- the calls -----------------------------------------------------------
    def read(self, body):
        code = checked(body, "the body", ("default_code",))["default_code"]
        return {"product": self.shown(self._find(code)[0])}

    def create(self, body):
        product, rows = new_product(body)
        known = [
            code for code in (product["default_code"], *(row["default_code"] for row in rows)) if code in self.by_code
        ]
        if known:
            raise Refused("variant_default_code_exists", f"there is already a product with {known[0]}")
        made = {
            "id": FIRST_PRODUCT + len(self.products),
            "name": product["name"],
            "default_code": product["default_code"],
            "variants": [],
        }
        self.by_code[made["default_code"]] = made, None
        for row in rows:
            variant = {"id": FIRST_VARIANT + self._variants, "default_code": row["default_code"]}
            variant.update(attributes=dict(row["attributes"]), stock_history=[], price_history=[])
            self._variants += 1
            made["variants"].append(variant)
            self.by_code[row["default_code"]] = made, variant
            self._write(variant, row)
        self.products.append(made)
        ids = {variant["default_code"]: variant["id"] for variant in made["variants"]}
        return {"success": True, "product_id": made["id"], "variant_ids": ids}

    def update(self, body):
        return self._update_rows(body) if "variants" in body else self._update_one(body)

    def _update_rows(self, body):
        keyed(body, "the body", ("variants",))
        rows = rows_of(body["variants"], VARIANT)
        variants = {row["default_code"]: self._variant(row["default_code"]) for row in rows}
        for row in rows:
            if variants[row["default_code"]]:
                self._write(variants[row["default_code"]], row)
        missing = [code for code, variant in variants.items() if variant is None]
        updated = [code for code, variant in variants.items() if variant is not None]
        if missing:
            message = f"no variant with {', '.join(missing)}"
            raise Refused("variant_not_found", message, missing=missing, updated=updated)
        return {"success": True, "updated": updated}

    def _update_one(self, body):
        code, values, price = changes(body)
        product, variant = self._find(code)
        row = {key: value for key, value in values.items() if key != "name"}
        if price is not None:
            row["price"] = price
        variant = variant or self._variant(code)
        if row and variant is None:
            raise invalid(f"{code} has several variants: give variants")
        product["name"] = values.get("name", product["name"])
        if row:
            self._write(variant, row)
        return {"success": True, "updated": [code]}

    # -- helpers -------------------------------------------------------------
    def _find(self, code):
        if code not in self.by_code:
            raise Refused("product_not_found", f"no product with {code}")
        return self.by_code[code]

    def _variant(self, code):
        """The variant with this code; where only the product has it, its only variant."""
        product, variant = self.by_code.get(code, (None, None))
        if product and variant is None and len(product["variants"]) == 1:
            return product["variants"][0]
        return variant

    def _write(self, variant, row):
        for field, history in HISTORIES.items():
            if field in row:
                variant[field] = row[field]
                variant[history].append([time.time(), row[field]])

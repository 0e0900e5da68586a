"""Products, variants, options, prices, categories and pictures."""

import re

from .wire import Problem, listed, merged, missing, needed, strict

#: Fields that are kept as they come.
PLAIN = ("title", "subtitle", "description", "handle", "status", "external_id", "thumbnail", "weight", "hs_code")
PLAIN += ("origin_country", "metadata", "material")
PRODUCT = (*PLAIN, "images", "categories", "sales_channels", "shipping_profile_id", "options", "variants", "tags")
VARIANT = ("title", "sku", "barcode", "ean", "upc", "weight", "hs_code", "origin_country", "manage_inventory")
VARIANT += ("allow_backorder", "options", "prices", "metadata", "material")
PRICE = ("id", "currency_code", "amount", "min_quantity", "max_quantity", "rules")
STATUSES = ("draft", "proposed", "published", "rejected")
FILTERS = {
    "id": lambda product: [product["id"]],
    "external_id": lambda product: [product["external_id"]],
    "handle": lambda product: [product["handle"]],
    "variants[id]": lambda product: [variant["id"] for variant in product["variants"]],
    "variants[sku]": lambda product: [variant["sku"] for variant in product["variants"]],
    "variants[barcode]": lambda product: [variant["barcode"] for variant in product["variants"]],
}


class Goods:
    """Mixed into the remote: self.products by id, self.categories, self.uploads."""

    def product(self, number):
        if number not in self.products:
            raise Problem("Product not found", 404, "not_found")
        return self.products[number]

    def shown_product(self, product):
        """With its variants' inventory items, and their levels."""
        return {**product, "variants": [self.shown_variant(variant) for variant in product["variants"]]}

    def shown_variant(self, variant):
        items = [
            {
                "inventory_item_id": number,
                "required_quantity": 1,
                "variant_id": variant["id"],
                "inventory": self.shown_item(number),
            }
            for number in variant["item_ids"]
        ]
        return {**{key: value for key, value in variant.items() if key != "item_ids"}, "inventory_items": items}

    def list_products(self, body, query):
        rows = [self.shown_product(product) for product in self.products.values()]
        return listed("products", rows, query, FILTERS, 50)

    def list_variants(self, body, query):
        rows = [self.shown_variant(variant) for product in self.products.values() for variant in product["variants"]]
        filters = {name: (lambda row, name=name: [row[name]]) for name in ("id", "sku", "barcode", "product_id")}
        return listed("variants", rows, query, filters, 50)

    def get_product(self, body, query, number):
        return {"product": self.shown_product(self.product(number))}

    def create_product(self, body, query):
        needed(right(body), "title")
        if body.get("variants") and not body.get("options"):
            raise Problem("Product options are not provided for: [" + body["title"] + "].")
        handle = body.get("handle") or re.sub(r"[^a-z0-9]+", "-", body["title"].casefold()).strip("-")
        self._handle_is_free(handle, None)
        product = {
            **dict.fromkeys(PLAIN),
            "id": self.clock.id("prod"),
            "options": [self._option(option) for option in body.get("options") or ()],
            "variants": [],
            "sales_channels": body.get("sales_channels") or [],
            "shipping_profile": {"id": body.get("shipping_profile_id")},
            "images": [],
            "categories": [],
            **self.clock.stamps(),
        }
        self._set_product(product, {"status": "draft", **body, "handle": handle})
        for wire in body.get("variants") or ():
            self._add_variant(product, wire)
        self.products[product["id"]] = product
        self.event("product.created", product["id"])
        return {"product": self.shown_product(product)}

    def update_product(self, body, query, number):
        product = self.product(number)
        if "options" in body:
            raise Problem("The 'options' property was removed in version 2.16.0. Use the batch endpoint instead.")
        right(body)
        if body.get("handle"):
            self._handle_is_free(body["handle"], product)
        if "variants" in body:
            # A full list: what it leaves out is deleted.
            kept = {wire.get("id") for wire in body["variants"]}
            known = {variant["id"] for variant in product["variants"]}
            if kept - known:
                raise Problem(f"Variants with ids: {', '.join(map(str, kept - known))} do not belong to the product")
            by_id = {wire["id"]: wire for wire in body["variants"]}
            for variant in [variant for variant in product["variants"] if variant["id"] in kept]:
                self._set_variant(product, variant, by_id[variant["id"]])
            for variant in [variant for variant in product["variants"] if variant["id"] not in kept]:
                self._drop_variant(product, variant)
        self._set_product(product, body)
        self.event("product.updated", number)
        return self.get_product(body, query, number)

    def delete_product(self, body, query, number):
        product = self.product(number)
        items = {item for variant in product["variants"] for item in variant["item_ids"]}
        if any(row["inventory_item_id"] in items for row in self.reservations.values()):
            raise Problem("Cannot remove following inventory item(s) since they have reservations", 400, "not_allowed")
        for variant in list(product["variants"]):
            self._drop_variant(product, variant)
        del self.products[number]
        self.event("product.deleted", number)
        return {"id": number, "object": "product", "deleted": True}

    def _handle_is_free(self, handle, own):
        if any(product["handle"] == handle for product in self.products.values() if product is not own):
            raise Problem(f"Product with handle: {handle}, already exists.")

    def _set_product(self, product, body):
        before = product["metadata"]
        product.update({key: body[key] for key in PLAIN if key in body})
        product["metadata"] = merged(before, body)
        if "images" in body:
            product["images"] = [{"id": self.clock.id("img"), "url": image["url"]} for image in body["images"]]
            if product["thumbnail"] is None and product["images"]:
                product["thumbnail"] = product["images"][0]["url"]
        if "categories" in body:
            by_id = {category["id"]: category for category in self.categories}
            unknown = [row["id"] for row in body["categories"] if row["id"] not in by_id]
            if unknown:
                raise missing("ProductCategory", unknown[0])
            product["categories"] = [by_id[row["id"]] for row in body["categories"]]
        product["updated_at"] = self.clock.now()

    # ------------------------------------------------------------ options and variants

    def _option(self, wire):
        values = [{"id": self.clock.id("optval"), "value": value} for value in wire["values"]]
        return {"id": self.clock.id("opt"), "title": wire["title"], "is_exclusive": True, "values": values}

    def batch_options(self, body, query, number):
        product = self.product(number)
        strict(body, "add", "remove", "update")
        shared = {o["title"] for other in self.products.values() for o in other["options"] if not o["is_exclusive"]}
        for wire in body.get("add") or ():
            if not wire.get("is_exclusive") and wire["title"] in shared:
                raise Problem(f"Product option with title: {wire['title']}, already exists.")
            product["options"].append({**self._option(wire), "is_exclusive": bool(wire.get("is_exclusive"))})
        for wire in body.get("update") or ():
            option = next((one for one in product["options"] if one["id"] == wire["product_option_id"]), None)
            if option is None:
                raise missing("ProductOption", wire["product_option_id"])
            option["values"] += [{"id": self.clock.id("optval"), "value": v["value"]} for v in wire.get("add") or ()]
        gone = set(body.get("remove") or ())
        product["options"] = [option for option in product["options"] if option["id"] not in gone]
        return self.get_product(body, query, number)

    def batch_variants(self, body, query, number):
        product = self.product(number)
        strict(body, "create", "update", "delete")
        by_id = {variant["id"]: variant for variant in product["variants"]}
        unknown = [wire.get("id") for wire in body.get("update") or () if wire.get("id") not in by_id]
        if unknown:
            raise Problem(f"Cannot update non-existing variants with ids: {', '.join(map(str, unknown))}")
        made = [self._add_variant(product, wire) for wire in body.get("create") or ()]
        changed = [self._set_variant(product, by_id[wire["id"]], wire) for wire in body.get("update") or ()]
        for variant_id in body.get("delete") or ():
            self._drop_variant(product, by_id[variant_id])
        shown = {"created": map(self.shown_variant, made), "updated": map(self.shown_variant, changed)}
        return {**{name: list(rows) for name, rows in shown.items()}, "deleted": {"ids": body.get("delete") or []}}

    def update_variant(self, body, query, number, variant_id):
        product = self.product(number)
        variant = next((one for one in product["variants"] if one["id"] == variant_id), None)
        if variant is None:
            raise missing("ProductVariant", variant_id)
        self._set_variant(product, variant, body)
        return self.get_product(body, query, number)

    def _add_variant(self, product, wire):
        needed(strict(wire, *VARIANT), "title")
        given = wire.get("options") or {}
        if len(given) != len(product["options"]):
            raise Problem(
                f"Product has {len(product['options'])} option values but there were {len(given)} provided option "
                f"values for the variant: {wire['title']}."
            )
        variant = {
            **dict.fromkeys(VARIANT),
            "id": self.clock.id("variant"),
            "product_id": product["id"],
            "allow_backorder": False,
            "manage_inventory": True,
            "item_ids": [],
            "prices": [],
            **self.clock.stamps(),
        }
        self._set_variant(product, variant, wire, new=True)
        product["variants"].append(variant)
        self.event("product-variant.created", variant["id"])
        return variant

    def _set_variant(self, product, variant, wire, new=False):
        strict(wire, "id", *VARIANT)
        for field in ("sku", "barcode"):
            value = wire.get(field)
            others = (one for other in self.products.values() for one in other["variants"] if one is not variant)
            if value and any(one[field] == value for one in others):
                raise Problem(f"Product variant with {field}: {value}, already exists.")
        before = variant["metadata"]
        variant.update({key: wire[key] for key in VARIANT if key in wire and key not in ("options", "prices")})
        variant["metadata"] = merged(before, wire)
        if "options" in wire:
            variant["options"] = [self._value(product, title, value) for title, value in wire["options"].items()]
        if "prices" in wire:
            variant["prices"] = [self._price(price, variant) for price in wire["prices"]]
        self._count(variant)
        variant["updated_at"] = self.clock.now()
        if not new:
            self.event("product-variant.updated", variant["id"])
        return variant

    def _value(self, product, title, text):
        option = next((one for one in product["options"] if one["title"] == title), None)
        value = option and next((one for one in option["values"] if one["value"] == text), None)
        if value is None:
            raise Problem(f"Option value {text} does not exist for option {title}")
        return {**value, "option": {"id": option["id"], "title": title}}

    def _price(self, wire, variant):
        needed(strict(wire, *PRICE), "currency_code", "amount")
        if not isinstance(wire["amount"], (int, float)):
            raise Problem("Invalid request: Expected type: 'number' for field 'prices, 0, amount'")
        given = {key: wire.get(key) for key in ("min_quantity", "max_quantity")}
        return {
            "id": wire.get("id") or self.clock.id("price"),
            "currency_code": wire["currency_code"],
            "amount": wire["amount"],
            **given,
            "rules": wire.get("rules") or {},
            "variant_id": variant["id"],
        }

    def _drop_variant(self, product, variant):
        for item in variant["item_ids"]:
            self.items.pop(item, None)
        product["variants"].remove(variant)
        self.event("product-variant.deleted", variant["id"])

    # ------------------------------------------------------------ categories and pictures

    def list_categories(self, body, query):
        filters = {"id": lambda row: [row["id"]], "parent_category_id": lambda row: [row["parent_category_id"]]}
        return listed("product_categories", self.categories, query, filters, 50)

    def create_category(self, body, query):
        needed(strict(body, "name", "handle", "is_active", "is_internal", "parent_category_id", "description"), "name")
        handle = body.get("handle") or body["name"].casefold().replace(" ", "-")
        if any(row["handle"] == handle for row in self.categories):
            raise Problem(f"Product category with handle: {handle}, already exists.")
        known = {"is_active": False, "is_internal": False, "parent_category_id": None, "description": ""}
        row = {"id": self.clock.id("pcat"), **known, **body, "handle": handle, **self.clock.stamps()}
        self.categories.append(row)
        return {"product_category": row}

    def upload(self, request):
        """Keep a picture; its address is one of ours."""
        file = request.files.get("files")
        if file is None:
            raise Problem("No files were uploaded")
        name = f"{len(self.uploads) + 1}-{file.filename}"
        self.uploads[name] = (file.mimetype, file.read())
        return {"files": [{"id": name, "url": f"{request.host_url}medusa/static/{name}"}]}


def right(body):
    """A product's body with known fields and values that can be."""
    strict(body, *PRODUCT)
    if not isinstance(body.get("title", ""), str):
        raise Problem("Invalid request: Expected type: 'string' for field 'title'")
    if body.get("status", "draft") not in STATUSES:
        raise Problem(f"Invalid request: Expected: '{', '.join(STATUSES)}' for field 'status'")
    return body

"""A small Medusa of products in memory, for tests of what is sent: the routes that the hub calls, and no others."""

import re
from urllib.parse import parse_qs, urlsplit

from .common import HubCase

URL = "https://medusa.test"


class Shop:
    """Answers as the Admin API does; `said` holds (method, path, body) of everything that was written."""

    def __init__(self):
        self.products, self.levels, self.reservations, self.categories, self.said = {}, {}, [], [], []
        self.refuse = lambda path, body: None
        self.count = 0

    def id(self, kind):
        self.count += 1
        return f"{kind}_{self.count:04}"

    # ------------------------------------------------------------ what a merchant has there

    def add(self, title, skus, **values):
        """A product that somebody has made there; `skus` is {sku: {currency: amount}}."""
        variants = [
            {"title": sku, "sku": sku, "options": {"Size": sku}, "manage_inventory": True, "prices": prices_of(prices)}
            for sku, prices in skus.items()
        ]
        option = {"title": "Size", "values": list(skus)}
        return self.make({"title": title, "status": "published", "options": [option], "variants": variants, **values})

    def make(self, body):
        product = {
            **dict.fromkeys(("description", "external_id", "hs_code", "origin_country", "thumbnail", "handle")),
            "id": self.id("prod"),
            "images": [],
            "categories": [],
            **{key: value for key, value in body.items() if key not in ("variants", "options")},
            "options": [self.option(option) for option in body["options"]],
            "variants": [],
        }
        product["variants"] = [self.variant(product, wire) for wire in body["variants"]]
        self.products[product["id"]] = product
        return product

    def option(self, wire):
        values = [{"id": self.id("optval"), "value": value} for value in wire["values"]]
        return {"id": self.id("opt"), "title": wire["title"], "values": values, "is_exclusive": True}

    def variant(self, product, wire):
        item = self.id("iitem")
        counted = wire.get("manage_inventory", True)
        made = {
            **dict.fromkeys(("sku", "barcode", "weight", "hs_code", "origin_country", "metadata")),
            "allow_backorder": False,
            **{key: value for key, value in wire.items() if key not in ("options", "prices")},
            "id": self.id("variant"),
            "product_id": product["id"],
            "manage_inventory": counted,
            "inventory_items": [
                {"inventory_item_id": item, "required_quantity": 1, "inventory": {"id": item, "sku": wire.get("sku")}}
            ],
        }
        if not counted:
            made["inventory_items"] = []
        self.set(made, wire)
        return made

    def set(self, variant, wire):
        if "options" in wire:
            variant["options"] = [{"value": v, "option": {"title": title}} for title, v in wire["options"].items()]
        if "prices" in wire:
            variant["prices"] = [
                {"id": self.id("price"), "min_quantity": None, "max_quantity": None, "rules": {}, **price}
                for price in wire["prices"]
            ]

    # ------------------------------------------------------------ what the hub calls

    def answer(self, request, body):
        parts = urlsplit(request.url)
        query = parse_qs(parts.query)
        if request.method == "POST":
            if isinstance(body, dict):
                self.said.append((parts.path, body))
            refused = self.refuse(parts.path, body)
            if refused:
                return 400, {"type": "invalid_data", "message": refused}, {}
        for pattern, name in ROUTES[request.method]:
            found = re.fullmatch(pattern, parts.path)
            if found:
                return 200, getattr(self, name)(query, body, *found.groups()), {}
        return 404, {"type": "not_found", "message": f"{request.method} {parts.path}"}, {}

    def list_products(self, query, _body):
        wanted = {name[:-2]: set(values) for name, values in query.items() if name.endswith("[]")}
        rows = [product for product in self.products.values() if all(has(product, *pair) for pair in wanted.items())]
        for variant in (variant for product in rows for variant in product["variants"]):
            for row in variant["inventory_items"]:
                levels = self.levels.get(row["inventory"]["id"], {})
                row["inventory"]["location_levels"] = [
                    {"location_id": place, "reserved_quantity": self.reserved(row["inventory"]["id"], place), **level}
                    for place, level in levels.items()
                ]
        return {"products": rows, "count": len(rows)}

    def reserved(self, item, place):
        mine = [row for row in self.reservations if (row["inventory_item_id"], row["location_id"]) == (item, place)]
        return sum(row["quantity"] for row in mine)

    def get_product(self, _query, _body, product_id):
        return {"product": self.products[product_id]}

    def post_product(self, _query, body):
        return {"product": self.make(body)}

    def post_one(self, _query, body, product_id):
        self.products[product_id].update(body)
        return {"product": self.products[product_id]}

    def batch_variants(self, _query, body, product_id):
        product = self.products[product_id]
        product["variants"] += [self.variant(product, wire) for wire in body.get("create", ())]
        by_id = {variant["id"]: variant for variant in product["variants"]}
        for wire in body.get("update", ()):
            variant = by_id[wire["id"]]
            variant.update({key: value for key, value in wire.items() if key not in ("options", "prices")})
            self.set(variant, wire)
        return {"created": [], "updated": [], "deleted": {"ids": []}}

    def batch_options(self, _query, body, product_id):
        product = self.products[product_id]
        product["options"] += [self.option(option) for option in body.get("add", ())]
        for wire in body.get("update", ()):
            option = next(one for one in product["options"] if one["id"] == wire["product_option_id"])
            option["values"] += [{"id": self.id("optval"), **value} for value in wire["add"]]
        return {"product": product}

    def batch_levels(self, _query, body):
        for wire in [*body.get("create", ()), *body.get("update", ())]:
            levels = self.levels.setdefault(wire["inventory_item_id"], {})
            levels[wire["location_id"]] = {"stocked_quantity": wire["stocked_quantity"]}
        return {"created": [], "updated": [], "deleted": []}

    def list_reservations(self, query, _body):
        rows = [row for row in self.reservations if row["inventory_item_id"] in query["inventory_item_id[]"]]
        return {"reservations": rows, "count": len(rows)}

    def post_item(self, _query, body, item):
        for product in self.products.values():
            for variant in product["variants"]:
                for row in variant["inventory_items"]:
                    if row["inventory_item_id"] == item:
                        row["inventory"].update(body)
        return {"inventory_item": {"id": item}}

    def list_categories(self, _query, _body):
        return {"product_categories": self.categories, "count": len(self.categories)}

    def post_category(self, _query, body):
        row = {"parent_category_id": None, **body, "id": self.id("pcat")}
        self.categories.append(row)
        return {"product_category": row}

    def upload(self, _query, _body):
        return {"files": [{"id": "1", "url": self.uploaded}]}

    def list_stores(self, _query, _body):
        return {"stores": [{"id": "store_1", "name": "Shop", "default_sales_channel_id": "sc_1"}]}

    def list_profiles(self, _query, _body):
        rows = [{"id": "sp_2", "name": "Heavy", "type": "custom"}, {"id": "sp_1", "name": "Usual", "type": "default"}]
        return {"shipping_profiles": rows, "count": 2}

    def list_channels(self, _query, _body):
        return {"sales_channels": [{"id": "sc_1", "name": "Web"}, {"id": "sc_2", "name": "App"}], "count": 2}

    def list_places(self, _query, _body):
        rows = [{"id": "sloc_1", "name": "Main"}]
        return {"stock_locations": rows, "count": 1}


PRODUCT = r"/admin/products/(prod_\d+)"
ROUTES = {
    "GET": [
        (r"/admin/products", "list_products"),
        (PRODUCT, "get_product"),
        (r"/admin/reservations", "list_reservations"),
        (r"/admin/product-categories", "list_categories"),
        (r"/admin/stores", "list_stores"),
        (r"/admin/shipping-profiles", "list_profiles"),
        (r"/admin/sales-channels", "list_channels"),
        (r"/admin/stock-locations", "list_places"),
    ],
    "POST": [
        (r"/admin/products", "post_product"),
        (PRODUCT, "post_one"),
        (PRODUCT + "/variants/batch", "batch_variants"),
        (PRODUCT + "/options/batch", "batch_options"),
        (r"/admin/inventory-items/location-levels/batch", "batch_levels"),
        (r"/admin/inventory-items/(iitem_\d+)", "post_item"),
        (r"/admin/product-categories", "post_category"),
        (r"/admin/uploads", "upload"),
    ],
}


def has(product, name, wanted):
    """Whether a product passes a filter of a list."""
    field = re.fullmatch(r"variants\[(\w+)\]", name)
    values = [variant[field[1]] for variant in product["variants"]] if field else [product[name]]
    return bool(wanted & set(values))


def prices_of(amounts):
    return [{"currency_code": currency, "amount": amount} for currency, amount in amounts.items()]


class MedusaShopCase(HubCase):
    """A connector whose shop is a `Shop`, with one place that stands for the company's warehouse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["product.template"].search([]).sale_ok = False
        cls.medusa = cls._connector(
            "medusa",
            url=URL,
            token="sk_test",
            timezone="UTC",
            breaker_limit=0,
            warehouse_ids=[(6, 0, cls.warehouse.ids)],
        )
        cls.place = cls.env["sync.hub.map"].create(
            {
                "connector_id": cls.medusa.id,
                "kind": "location",
                "remote_value": "sloc_1",
                "warehouse_id": cls.warehouse.id,
            }
        )
        cls.env["sync.hub.log"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.shop = Shop()
        self.remote.answer = self.shop.answer

    def template(self, name="Cup", price=4, **values):
        return self._product(name, price, **values).product_tmpl_id

    def shirt(self, sizes=("S", "M"), **values):
        """A product with a variant of each size, each with a SKU."""
        attribute = self.env["product.attribute"].create({"name": "Size"})
        values_of = self.env["product.attribute.value"].create(
            [{"attribute_id": attribute.id, "name": size} for size in sizes]
        )
        line = {"attribute_id": attribute.id, "value_ids": [(6, 0, values_of.ids)]}
        template = self.env["product.template"].create(
            {"name": "Shirt", "list_price": 10, "taxes_id": [(5, 0, 0)], "attribute_line_ids": [(0, 0, line)], **values}
        )
        for variant in template.product_variant_ids:
            variant.default_code = f"SHIRT-{variant.product_template_attribute_value_ids.name}"
        return template

    def shown(self, template):
        """The shop's product of a template."""
        found = [p for p in self.shop.products.values() if p["external_id"] == str(template.id)]
        self.assertEqual(len(found), 1)
        return found[0]

    def sell(self, *args, **values):
        """A product that is there; its template and the shop's product."""
        template = self.template(*args, **values)
        self.wake_and_drain()
        self.shop.said.clear()
        return template, self.shown(template)

    def stocked(self, product, number=0):
        """{place: pieces} of a variant of the shop."""
        item = product["variants"][number]["inventory_items"][0]["inventory"]["id"]
        return {place: level["stocked_quantity"] for place, level in self.shop.levels.get(item, {}).items()}

    def failed(self):
        return self._rows(self.medusa, state="failed").mapped("error")

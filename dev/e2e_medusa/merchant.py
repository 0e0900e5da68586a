"""One Odoo that keeps the products of one real Medusa, with words for what tests do."""

import itertools
import time

OPEN = "state IN ('pending', 'sending', 'retrying')"
numbers = itertools.count(int(time.time()) % 10**5 * 100)


def storable(odoo):
    """Values of a product whose stock is counted."""
    return {"detailed_type": "product"} if odoo.tree.series == "17.0" else {"type": "consu", "is_storable": True}


def ensure_tax(odoo, rate, included):
    """A sales tax that is in the price or on top of it, made unless there is one."""
    values = {"amount": rate, "type_tax_use": "sale"}
    if odoo.tree.series == "17.0":
        values["price_include"] = included
    else:
        values["price_include_override"] = "tax_included" if included else "tax_excluded"
    if not odoo.rpc("account.tax", "search", [(key, "=", value) for key, value in values.items()]):
        odoo.rpc("account.tax", "create", {"name": f"{rate} % {included}", **values})


class Merchant:
    """A connector from a live Odoo to a live Medusa; no other connector is in use."""

    def __init__(self, odoo, medusa, **values):
        self.odoo, self.medusa = odoo, medusa
        connectors = odoo.rpc("sync.hub.connector", "search", [])
        odoo.rpc("sync.hub.connector", "write", connectors, {"active": False, "state": "draft"})
        odoo.sql("DELETE FROM sync_hub_log")
        self.tag = f"m{next(numbers)}"
        (self.warehouse,) = odoo.rpc("stock.warehouse", "search_read", [], ["lot_stock_id"], limit=1)
        for included in (False, True):
            ensure_tax(odoo, 20, included)
        self.euro = self.pricelist("EUR", 1)
        self.dollar = self.pricelist("USD", 1.25)
        values = {
            "name": f"Medusa {medusa.version}",
            "kind": "medusa",
            "url": medusa.url,
            "token": medusa.shop["secret"],
            "webhook_secret": f"secret-{self.tag}",
            "pricelist_id": self.euro,
            "warehouse_ids": [(6, 0, [self.warehouse["id"]])],
            "currency_pricelist_ids": [(6, 0, [self.dollar])],
            # Only what the test makes.
            "product_domain": f"[('sale_ok', '=', True), ('name', 'like', '{self.tag}')]",
            **values,
        }
        self.connector = odoo.rpc("sync.hub.connector", "create", values)

    def activate(self):
        """Put the connector to use, as its button does."""
        self.odoo.rpc("sync.hub.connector", "action_activate", [self.connector])
        return self

    def write(self, **values):
        self.odoo.rpc("sync.hub.connector", "write", [self.connector], values)

    def pricelist(self, currency, factor):
        """A pricelist in a currency in which everything costs `factor` times the sales price."""
        odoo = self.odoo
        # One for one, whatever the day's rate.
        odoo.sql("DELETE FROM res_currency_rate")
        ids = odoo.rpc("res.currency", "search", [("name", "=", currency), ("active", "in", [True, False])])
        odoo.rpc("res.currency", "write", ids, {"active": True})
        rule = {"applied_on": "3_global", "compute_price": "formula", "base": "list_price"}
        rule["price_discount"] = 100 - 100 * factor
        values = {"name": f"{currency} {self.tag}", "currency_id": ids[0], "item_ids": [(0, 0, rule)]}
        return odoo.rpc("product.pricelist", "create", values)

    # ------------------------------------------------------------ products in Odoo

    def product(self, name, price=10.0, **values):
        """A storable product that the connector sells; its template's id."""
        values = {"name": f"{name} {self.tag}", "list_price": price, "taxes_id": [(5, 0, 0)], **values}
        return self.odoo.rpc("product.template", "create", {**storable(self.odoo), **values})

    def shirt(self, name="Shirt", sizes=("S", "M"), colours=("Red", "Blue"), **values):
        """A product with sizes and colours, each variant with a SKU; its template's id."""
        lines = [self.attribute(f"Size {self.tag}", sizes), self.attribute(f"Colour {self.tag}", colours)]
        template = self.product(name, **values, attribute_line_ids=[(0, 0, line) for line in lines])
        for variant in self.variants(template):
            self.odoo.rpc("product.product", "write", [variant], {"default_code": f"{self.tag}-{name}-{variant}"})
        return template

    def attribute(self, name, values):
        """The values of an attribute line; the attribute is made unless there is one."""
        found = self.odoo.rpc("product.attribute", "search", [("name", "=", name)])
        attribute = found[0] if found else self.odoo.rpc("product.attribute", "create", {"name": name})
        ids = []
        for value in values:
            mine = [("attribute_id", "=", attribute), ("name", "=", value)]
            ids += self.odoo.rpc("product.attribute.value", "search", mine) or [
                self.odoo.rpc("product.attribute.value", "create", {"attribute_id": attribute, "name": value})
            ]
        return {"attribute_id": attribute, "value_ids": [(6, 0, ids)]}

    def variants(self, template):
        return self.odoo.rpc("product.product", "search", [("product_tmpl_id", "=", template)], order="id")

    def stock(self, variant, quantity):
        """Let so many lie in the warehouse."""
        place = self.warehouse["lot_stock_id"][0]
        values = {"product_id": variant, "location_id": place, "inventory_quantity": quantity}
        quant = self.odoo.rpc("stock.quant", "create", values, context={"inventory_mode": True})
        self.odoo.rpc("stock.quant", "action_apply_inventory", [quant])

    # ------------------------------------------------------------ what came of it

    def quiet(self, timeout=60):
        """Wait until nothing is open any more."""
        self.odoo.wait(
            lambda: (
                not self.odoo.sql(
                    f"SELECT 1 FROM sync_hub_log WHERE connector_id = {self.connector} AND {OPEN} LIMIT 1"
                )
            ),
            timeout=timeout,
            every=0.02,
        )
        return self

    def rows(self, **values):
        """Log rows, oldest first."""
        domain = [("connector_id", "=", self.connector), *((key, "=", value) for key, value in values.items())]
        fields = ["flow", "entity", "state", "reason", "error", "error_code", "result", "res_id", "remote_id"]
        return self.odoo.rpc("sync.hub.log", "search_read", domain, fields, order="id")

    def failed(self):
        return [(row["flow"], row["error"]) for row in self.rows(state="failed")]

    def calls(self, method="POST"):
        """(address, request) of the calls that were made, oldest first."""
        query = (
            "SELECT url, request_body FROM sync_hub_exchange"
            f" WHERE connector_id = %s AND direction = 'out' AND method = '{method}' ORDER BY id"
        )
        return self.odoo.sql(query, [self.connector])

    def shown(self, template):
        """Medusa's product of a template, None when there is none."""
        fields = (
            "+external_id,+metadata,*variants,*variants.prices,*variants.prices.price_rules,*variants.options,"
            "*variants.options.option,*options,*options.values,*images,*categories,*sales_channels"
        )
        query = {"external_id": str(template), "fields": fields}
        found = self.medusa.admin.get("/admin/products", **query)["products"]
        assert len(found) < 2, found
        return found[0] if found else None

    def prices(self, template):
        """{sku: {currency: amount}} as Medusa shows them."""
        return {
            variant["sku"]: {price["currency_code"]: price["amount"] for price in variant["prices"]}
            for variant in self.shown(template)["variants"]
        }

    def for_sale(self, sku):
        """Pieces that a buyer can still have."""
        level = self.medusa.level(sku)
        return level and level["stocked_quantity"] - level["reserved_quantity"]

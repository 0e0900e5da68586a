import re
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import remove_accents

from .web_read import web_read

#: Days during which an archived product is still read, as a draft.
ARCHIVED_DAYS = 30
#: Characters of a product's name that its address at the shop bears.
SLUG = 60


class ProductTemplate(models.Model):
    """Products as Medusa's Odoo client reads them."""

    _inherit = "product.template"

    hub_handle = fields.Char(
        compute="_compute_hub_handle",
        store=True,
        readonly=True,
        copy=False,
        string="Address at shops",
        help="Stays as it is when the product gets another name: customers and search engines know it.",
    )
    # Odoo cannot search for it, and logs an error whenever a client does.
    is_product_variant = fields.Boolean(search="_search_is_product_variant")

    @api.depends("create_date")
    def _compute_hub_handle(self):
        # Of what never changes: it is made once.
        for product in self:
            words = re.sub(r"[^a-z0-9]+", "-", remove_accents((product.name or "").casefold()))[:SLUG].strip("-")
            product.hub_handle = "-".join(filter(None, [words or "product", str(product.id or "")]))

    def _search_is_product_variant(self, operator, value):
        # 17.0 asks ("=", False), 19.0 ("in", {False}).
        asked = True in value if operator in ("in", "not in") else bool(value)
        return [(0 if (operator in ("=", "in")) == asked else 1, "=", 1)]

    @api.model
    def search(self, domain, offset=0, limit=None, order=None):
        """Override so that a client that pages without an order gets each product once, lately archived ones too."""
        if not limit or not self._hub_is_read():
            return super().search(domain, offset=offset, limit=limit, order=order)
        if not any(isinstance(term, (list, tuple)) and term[0] == "active" for term in domain):
            # What went off sale lately is read as a draft; without it the shop would go on selling it.
            lately = fields.Datetime.now() - timedelta(days=ARCHIVED_DAYS)
            domain = [*domain, "|", ("active", "=", True), ("write_date", ">=", lately)]
            self = self.with_context(active_test=False)
        return super().search(domain, offset=offset, limit=limit, order=order or "id")

    def web_read(self, specification):
        """Override so that Medusa's client gets the fields of apps that are not installed."""
        if not self._hub_is_read():
            return super().web_read(specification)
        archived = self.filtered(lambda product: not product.active).with_context(active_test=False)
        rows = []
        # The variants of an archived product are archived: without them the shop would delete them.
        for products in (self - archived, archived):
            if products:
                read = super(ProductTemplate, products).web_read
                rows += web_read(products, specification, read)
        by_id = {row["id"]: row for row in rows}
        return [by_id[product_id] for product_id in self.ids if product_id in by_id]

    def _hub_is_read(self):
        return self.env.user.has_group("sync_hub.group_medusa_reader")


class ProductProduct(models.Model):
    _inherit = "product.product"

    def web_read(self, specification):
        """Override so that Medusa's client gets the fields of apps that are not installed."""
        if not self.env["product.template"]._hub_is_read():
            return super().web_read(specification)
        return web_read(self, specification, super().web_read)

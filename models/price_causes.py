"""Causes of a price change that lie outside the product: each appends one row for everything it may concern."""

from odoo import api, models

from .watch import watch

#: What decides the price with tax; 19.0 writes price_include_override where 17.0 writes price_include.
WATCHED = dict.fromkeys(
    (
        "amount",
        "amount_type",
        "price_include",
        "price_include_override",
        "include_base_amount",
        "children_tax_ids",
        "active",
    ),
    "price",
)


class AccountTax(models.Model):
    _inherit = "account.tax"

    def write(self, vals):
        with watch(self, vals, WATCHED) as changed:
            result = super().write(vals)
        for tax in changed.of("price"):
            bearers = tax | self.env["account.tax"].search([("children_tax_ids", "in", tax.ids)])
            self.env["product.template"]._hub_recompute_prices([("taxes_id", "in", bearers.ids)])
        return result


class ResCurrencyRate(models.Model):
    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        self.env["product.template"]._hub_recompute_prices([])
        return rates

    def write(self, vals):
        result = super().write(vals)
        self.env["product.template"]._hub_recompute_prices([])
        return result

    def unlink(self):
        result = super().unlink()
        self.env["product.template"]._hub_recompute_prices([])
        return result


class ProductTemplateAttributeValue(models.Model):
    _inherit = "product.template.attribute.value"

    def write(self, vals):
        with watch(self, vals, {"price_extra": "price"}) as changed:
            result = super().write(vals)
        templates = changed.of("price").product_tmpl_id
        self.env["sync.hub.log"]._append_products("price", templates, "price_changed", templates=True)
        return result


class ProductTemplate(models.Model):
    _inherit = "product.template"

    @api.model
    def _hub_recompute_prices(self, domain):
        """Let every connector look again at the prices of the products of a domain on product.product."""
        ids = [target.id for target in self.env["sync.hub.connector"]._outbound()]
        self.env["sync.hub.log"]._append_scope(ids, "price", {"domain": domain}, "price_changed")

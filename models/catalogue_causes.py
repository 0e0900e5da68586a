"""Causes that lie outside a product for which a shop's product changes: names of categories and of choices."""

from odoo import models

from .watch import watch


class ProductCategory(models.Model):
    _inherit = "product.category"

    def write(self, vals):
        with watch(self, vals, dict.fromkeys(("name", "parent_id"), "catalogue")) as changed:
            result = super().write(vals)
        categories = changed.of("catalogue")
        if categories:
            ids = [target.id for target in self.env["sync.hub.connector"]._outbound()]
            scope = {"domain": [("categ_id", "child_of", categories.ids)]}
            self.env["sync.hub.log"]._append_scope(ids, "catalogue", scope, "changed")
        return result


class ProductAttribute(models.Model):
    _inherit = "product.attribute"

    def write(self, vals):
        with watch(self, vals, {"name": "catalogue"}) as changed:
            result = super().write(vals)
        products = changed.of("catalogue").sudo().attribute_line_ids.product_tmpl_id
        self.env["sync.hub.log"]._append_products("catalogue", products, "changed", templates=True)
        return result


class ProductAttributeValue(models.Model):
    _inherit = "product.attribute.value"

    def write(self, vals):
        with watch(self, vals, {"name": "catalogue"}) as changed:
            result = super().write(vals)
        products = changed.of("catalogue").sudo().pav_attribute_line_ids.product_tmpl_id
        self.env["sync.hub.log"]._append_products("catalogue", products, "changed", templates=True)
        return result

from odoo import api, fields, models

from .watch import watch

#: Field of a template -> flow that its change concerns for all its variants.
WATCHED = {"list_price": "price", "taxes_id": "price", "categ_id": "price", "uom_id": "price"}


class ProductTemplate(models.Model):
    _inherit = "product.template"

    cartona_id = fields.Char(
        string="Cartona ID",
        compute="_compute_cartona_id",
        inverse="_inverse_cartona_id",
        search="_search_cartona_id",
        help="Cartona's internal product id. A product with several variants has one on each of them.",
    )

    @api.depends("product_variant_ids.cartona_id")
    def _compute_cartona_id(self):
        self._compute_template_field_from_variant_field("cartona_id")

    def _inverse_cartona_id(self):
        self._set_product_variant_field("cartona_id")

    def _search_cartona_id(self, operator, value):
        variants = self.env["product.product"].with_context(active_test=False)
        return [("id", "in", variants.search([("cartona_id", operator, value)]).product_tmpl_id.ids)]

    def _get_related_fields_variant_template(self):
        """Override of `product` so that creating a template with an id hands it to its variant."""
        return [*super()._get_related_fields_variant_template(), "cartona_id"]

    def write(self, vals):
        with watch(self, vals, WATCHED) as changed:
            result = super().write(vals)
        self.env["sync.hub.log"]._append_products("price", changed.of("price"), "price_changed", templates=True)
        return result

    def unlink(self):
        # The database deletes the variants with their template, without asking them.
        variants = self.with_context(active_test=False).product_variant_ids
        variants._hub_unpublish(variants._hub_remote_ids(), variants)
        return super().unlink()

    def action_hub_push(self):
        return self.product_variant_ids.action_hub_push()

    def action_hub_log(self):
        return self.product_variant_ids.action_hub_log()

from odoo import api, fields, models

from .flows import TEMPLATE_FLOWS
from .gather import tell
from .watch import watch

#: Field of a template -> flows that its change concerns for all its variants.
WATCHED = {
    **dict.fromkeys(("list_price", "taxes_id", "uom_id"), ("price",)),
    **dict.fromkeys(("name", "description_sale", "active", "hs_code", "country_of_origin"), ("catalogue",)),
    "categ_id": ("price", "catalogue"),
    "hub_offer": ("offer",),
    "sale_ok": ("offer", "catalogue"),
}
#: Fields that are too large to be compared.
PICTURES = ("image_1920",)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    cartona_id = fields.Char(
        string="Cartona ID",
        compute="_compute_cartona_id",
        inverse="_inverse_cartona_id",
        search="_search_cartona_id",
        help="Cartona's internal product id. A product with several variants has one on each of them.",
    )

    hub_offer = fields.Boolean(
        string="Offer to retailers",
        default=True,
        help="Retailers whose vendor you are get this product with its stock and prices, as far as the filter of their "
        "connector lets it through. Switched off, they are told that there is none left.",
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
        told = {flow: changed.of(flow) for flow in ("price", "offer", "catalogue")}
        if any(field in vals for field in PICTURES):
            told["catalogue"] = self
        for flow, products in told.items():
            trigger = "price_changed" if flow == "price" else "changed"
            tell(flow, products, trigger)
        return result

    def unlink(self):
        # The database deletes the variants with their template, without asking them.
        variants = self.with_context(active_test=False).product_variant_ids
        variants._hub_unpublish(variants._hub_remote_ids(), variants)
        for flow in TEMPLATE_FLOWS:
            self.env["sync.hub.log"]._append_products(flow, self, "changed", templates=True)
        return super().unlink()

    def action_hub_push(self):
        return self.product_variant_ids.action_hub_push()

    def _hub_send_now(self, connectors):
        """Tell these connectors all about the products, whatever was agreed; returns the number of operations."""
        Log, variants = self.env["sync.hub.log"].sudo(), self.product_variant_ids
        append = [(flow, connector) for connector in connectors for flow in connector._flows_told()]
        return sum(Log._append_products(flow, variants, "manual_single", only=c.id) for flow, c in append)

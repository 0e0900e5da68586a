from ast import literal_eval

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError


class SyncHubConnector(models.Model):
    """What we offer to a retailer whose vendor we are."""

    _inherit = "sync.hub.connector"

    kind = fields.Selection(selection_add=[("vendor_api", "Vendor API")], ondelete={"vendor_api": "cascade"})
    push_offers = fields.Boolean(
        default=True,
        string="Products with stock and prices",
        help="Offer our products to the retailer: what he does not have is created, the rest is updated.",
    )
    remote_partner = fields.Char(string="Our partner id", help="The number under which the retailer's Odoo knows us.")
    product_form = fields.Selection(
        [("v2", "One product with its variants"), ("v1", "Every variant as a product (older servers)")],
        default="v2",
        required=True,
        string="Products are told as",
    )
    product_domain = fields.Char(
        string="Which products",
        default="[('sale_ok', '=', True)]",
        help="Only products that match, have an Internal Reference and the switch 'Offer to retailers' are told.",
    )
    offer_count = fields.Integer(compute="_compute_offer_count", string="Products offered")
    full_sync_hours = fields.Integer(
        string="Full sync every (hours)", help="All offered products are looked at again. 0: only by hand."
    )
    stock_basis = fields.Selection(
        selection_add=[("location", "On hand - reserved, per location and never below zero")],
        ondelete={"location": "set default"},
    )

    @api.depends("product_domain", "company_id")
    def _compute_offer_count(self):
        for connector in self:
            try:
                count = self.env["product.template"].sudo().search_count(connector._offer_domain())
            except ValidationError:
                count = 0
            connector.offer_count = count

    @api.constrains("product_domain", "kind")
    def _check_product_domain(self):
        for connector in self.filtered(lambda c: c.kind in ("vendor_api", "medusa")):
            try:
                self.env["product.template"].sudo().search(connector._offer_domain(), limit=1)
            except (ValueError, TypeError, KeyError, AssertionError, AttributeError):
                raise connector._not_a_filter() from None

    def _not_a_filter(self):
        return ValidationError(_("Which products: '%s' is not a filter of products.", self.product_domain))

    @api.constrains("full_sync_hours")
    def _check_full_sync_hours(self):
        if any(connector.full_sync_hours < 0 for connector in self):
            raise ValidationError(_("Full sync every (hours): not negative."))

    def _offer_domain(self):
        """The products that this connector sells, as a domain on product.template.

        :raises ValidationError: the field Which products holds no domain.
        """
        self.ensure_one()
        try:
            chosen = literal_eval(self.product_domain or "[]")
        except (ValueError, SyntaxError):
            chosen = None
        if not isinstance(chosen, list):
            raise self._not_a_filter()
        companies = self.company_id.parent_ids.ids or self.company_id.ids
        rules = [("product_variant_ids", "!=", False)]
        if self.kind == "vendor_api":
            rules = [("hub_offer", "=", True), ("product_variant_ids.default_code", "!=", False)]
        return [*chosen, *rules, ("company_id", "in", [False, *companies])]

    def _offers_of(self, templates, flow="offer"):
        """Ids of those of these products that are on offer, or that the remote has from an earlier one."""
        if not templates:
            return []
        chosen = self.env["product.template"].sudo().search([("id", "in", templates.ids), *self._offer_domain()])
        mine = [("connector_id", "=", self.id), ("entity", "=", flow), ("res_model", "=", "product.template")]
        told = self.env["sync.hub.binding"].sudo().search([*mine, ("res_id", "in", templates.ids)])
        return sorted({*chosen.ids, *told.mapped("res_id")})

    def action_open_offers(self):
        """Show the products that this connector offers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.product_template_action")
        action.update(name=_("Offered to %s", self.name), domain=self._offer_domain(), context={})
        return action

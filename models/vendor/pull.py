from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..log import OPEN


class SyncHubConnector(models.Model):
    """A vendor's own shop: we sell what he has, and send him orders."""

    _inherit = "sync.hub.connector"

    shop_url = fields.Char(
        string="Vendor's shop",
        help="Address of the vendor's own shop API, for example https://vendor.example.com/api/sales-channels/"
        "integration",
    )
    shop_key = fields.Char(
        string="Key of the vendor's shop", compute="_compute_secrets", inverse="_inverse_shop_key", copy=False
    )
    shop_key_set = fields.Boolean(compute="_compute_secrets", string="Key is set")
    vendor_partner_id = fields.Many2one(
        "res.partner", string="Vendor", ondelete="restrict", help="Whose stock and prices are read from the shop."
    )
    match_sku = fields.Boolean(
        string="Match by Internal Reference",
        default=True,
        help="A variant of the vendor is the one product that bears its SKU as Internal Reference.",
    )
    vendor_sale_ok = fields.Boolean(
        string="New products can be sold", help="Off: products made for this vendor wait until somebody prices them."
    )
    vendor_categ_id = fields.Many2one("product.category", string="Category of new products")
    order_from_vendor = fields.Boolean(
        string="Orders to the vendor", default=True, help="Sale orders can be sent to the vendor, who ships them."
    )

    def _inverse_shop_key(self):
        self._set_secret("shop_key")

    def action_activate(self):
        for connector in self.filtered(lambda c: c.kind == "vendor_api"):
            if not connector.url and not connector.shop_url:
                raise UserError(_("URL: enter the address of the retailer's Odoo, or of the vendor's shop, first."))
            if connector.shop_url and not connector.vendor_partner_id:
                raise UserError(_("Vendor: choose whose shop this is."))
        result = super().action_activate()
        for connector in self.filtered(lambda c: c.kind == "vendor_api"):
            connector._read_lists([*connector._adapter()._catalogue, *connector._adapter()._sources], "manual_full")
        return result

    def _start_reading(self, trigger, back_to=None, lists=False):
        result = super()._start_reading(trigger, back_to, lists)
        if self.kind == "vendor_api" and self._reads("fetch"):
            open_ones = [("connector_id", "=", self.id), ("state", "in", ("sent", "shipped", "hold"))]
            for order in self.env["sync.hub.vendor.order"].sudo().search(open_ones):
                self._ask_again("vendor_order", order.remote_id, trigger)
        return result

    @api.depends("shop_url")
    def _compute_can_read(self):
        return super()._compute_can_read()

    @api.depends("shop_url")
    def _compute_can_read_catalogue(self):
        return super()._compute_can_read_catalogue()

    def _read_catalogue(self):
        result = super()._read_catalogue()
        if all(connector.kind == "vendor_api" for connector in self):
            result["params"]["message"] = _("They appear in Vendors > Vendor stock as they are read.")
        return result

    @api.model
    def _ask_again(self, entity, remote_id, trigger):
        """Ask for a record as it is now; one row for all times, taken up again."""
        mine = [("connector_id", "=", self.id), ("entity", "=", entity), ("remote_id", "=", remote_id)]
        row = self.env["sync.hub.log"].sudo().search([*mine, ("flow", "=", "fetch")], limit=1)
        if not row:
            self._ask_for(entity, remote_id, _("how it stands"), trigger)
        elif row.state not in OPEN:
            row._requeue(trigger)

from odoo import _, fields, models
from odoo.exceptions import UserError

from .watch import watch

#: Field of a transfer -> flow of its order; who drives it may say that the goods leave.
WATCHED = {"carrier_tracking_ref": ("tracking", "parcel"), "user_id": "status", "hub_delivered": "parcel"}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    hub_delivered = fields.Boolean(string="Delivered to the customer", readonly=True, copy=False)
    hub_is_parcel = fields.Boolean(compute="_compute_hub_is_parcel")

    def _compute_hub_is_parcel(self):
        targets = {target.id for target in self.env["sync.hub.connector"]._outbound() if "parcel" in target.flows}
        for picking in self:
            connector = picking.sudo().sale_id.hub_connector_id
            picking.hub_is_parcel = connector.id in targets and picking.picking_type_code == "outgoing"

    def action_hub_delivered(self):
        """Somebody knows that the parcel has arrived: the shop is told."""
        self.check_access_rights("write")
        self.check_access_rule("write")
        if any(picking.state != "done" for picking in self):
            raise UserError(_("Validate the transfer first: what has not left cannot have arrived."))
        self.sudo().hub_delivered = True

    def _hub_tell_parcels(self, trigger):
        """Tell the shops of their orders' transfers to the customer."""
        # What is left for a backorder is taken out of the transfer after its moves are done.
        parcels = self.sudo().filtered(lambda p: p.hub_is_parcel and "done" in p.move_ids.mapped("state"))
        for connector, mine in parcels.grouped(lambda picking: picking.sale_id.hub_connector_id).items():
            if self.env.context.get("sync_origin") != connector.id:
                self.env["sync.hub.log"]._append_records("parcel", mine, trigger, only=connector.id, unbound=True)

    def write(self, vals):
        with watch(self, vals, WATCHED) as changed:
            result = super().write(vals)
        changed.of("parcel")._hub_tell_parcels("changed")
        for flow in ("tracking", "status"):
            orders = changed.of(flow).sudo().sale_id.filtered("hub_connector_id")
            self.env["sync.hub.log"]._append_records(flow, orders, "changed")
        return result

    def _send_confirmation_email(self):
        """Override of `stock` so that a delivery the shop reports sends nothing a second time."""
        if self.env.context.get("hub_silent"):
            return None
        return super()._send_confirmation_email()

from odoo import _, api, fields, models

from .watch import watch

#: Field of an order -> flow that its change concerns.
WATCHED = {"state": "status", "hub_note": "note", "hub_dispatched": "status"}


class SaleOrder(models.Model):
    """What a shop is told about its orders."""

    _inherit = "sale.order"

    hub_note = fields.Text(
        string="Note at the shop",
        copy=False,
        help="The shop's internal note of this order. A change is sent to the shop.",
    )

    hub_was_shipped = fields.Boolean(readonly=True, copy=False, help="The shop has known it as delivered.")
    hub_tracking = fields.Char(string="Tracking at the shop", readonly=True, copy=False)
    hub_history = fields.Json(readonly=True, copy=False, help="The shop's steps -> entries of the chatter.")

    hub_can_read = fields.Boolean(compute="_compute_hub_can_read")

    @api.depends("hub_connector_id")
    def _compute_hub_can_read(self):
        for order in self:
            order.hub_can_read = order.hub_connector_id.sudo().can_read

    def action_hub_read(self):
        """Ask the shop for these orders as they are now."""
        bindings = self.env["sync.hub.binding"].sudo()
        for order in self.sudo().filtered("hub_connector_id"):
            known = bindings._of_records(order.hub_connector_id, order).filtered(lambda b: b.entity == "order")
            for binding in known:
                order.hub_connector_id._ask_for("order", binding.remote_id, _("asked for by hand"), "manual_single")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": _("The shop is asked; what differs appears in a moment."), "type": "success"},
        }

    def _hub_ask(self, why):
        """Let the shop be asked for this order as it is now."""
        binding = self._hub_binding()
        if binding:
            self.hub_connector_id._ask_for("order", binding.remote_id, why, "changed")

    def write(self, vals):
        with watch(self, vals, WATCHED) as changed:
            result = super().write(vals)
        for flow in ("status", "note"):
            orders = changed.of(flow).sudo().filtered("hub_connector_id")
            self.env["sync.hub.log"]._append_records(flow, orders, orders._hub_trigger())
        return result

    def _hub_trigger(self):
        """The word of the sync log for what the order has become."""
        return "order_cancelled" if self and all(order.state == "cancel" for order in self) else "changed"

    def _hub_event(self):
        """How far the order is: "confirmed", "dispatched", "shipped", "returned", "cancelled", or "" while nothing is
        settled. On its way and returned are told only to shops that know such states."""
        self.ensure_one()
        if self.state == "cancel":
            return "cancelled"
        if self.state not in ("sale", "done"):
            return ""
        if self._hub_all_gone():
            return "returned" if self._hub_came_back() else "shipped"
        return "dispatched" if self._hub_on_its_way() else "confirmed"

    def _hub_parcels(self):
        """The transfers that leave the house for the customer."""
        return self.picking_ids.filtered(lambda picking: picking.picking_type_id.code == "outgoing")

    def _hub_tracking(self):
        """The tracking numbers of what was sent, "" when there is none."""
        sent = self._hub_parcels().filtered(lambda picking: picking.state == "done" and picking.carrier_tracking_ref)
        return ", ".join(dict.fromkeys(picking.carrier_tracking_ref.strip() for picking in sent))

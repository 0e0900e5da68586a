from odoo import models

from .watch import watch

#: Field of a transfer -> flow of its order; who drives it may say that the goods leave.
WATCHED = {"carrier_tracking_ref": "tracking", "user_id": "status"}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def write(self, vals):
        with watch(self, vals, WATCHED) as changed:
            result = super().write(vals)
        for flow in ("tracking", "status"):
            orders = changed.of(flow).sudo().sale_id.filtered("hub_connector_id")
            self.env["sync.hub.log"]._append_records(flow, orders, "changed")
        return result

    def _send_confirmation_email(self):
        """Override of `stock` so that a delivery the shop reports sends nothing a second time."""
        if self.env.context.get("hub_silent"):
            return None
        return super()._send_confirmation_email()

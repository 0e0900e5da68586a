from odoo import models

from .watch import watch


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def write(self, vals):
        with watch(self, vals, {"carrier_tracking_ref": "tracking"}) as changed:
            result = super().write(vals)
        orders = changed.of("tracking").sudo().sale_id.filtered("hub_connector_id")
        self.env["sync.hub.log"]._append_records("tracking", orders, "changed")
        return result

    def _send_confirmation_email(self):
        """Override of `stock` so that a delivery the shop reports sends nothing a second time."""
        if self.env.context.get("hub_silent"):
            return None
        return super()._send_confirmation_email()

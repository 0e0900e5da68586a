from odoo import fields, models


class SyncHubCancelWizard(models.TransientModel):
    """Asks why an order is cancelled, in the words of its marketplace."""

    _name = "sync.hub.cancel.wizard"
    _description = "Cancel an order of a marketplace"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    reason = fields.Selection(
        lambda self: self.env["sync.hub.connector"]._cancel_reasons(), required=True, default="out_of_stock"
    )

    def action_cancel(self):
        """Cancel the order; the marketplace is told the reason."""
        self.order_id.check_access_rights("write")
        self.order_id.check_access_rule("write")
        self.order_id.sudo().hub_cancel_reason = self.reason
        return self.order_id.with_context(disable_cancel_warning=True).action_cancel()

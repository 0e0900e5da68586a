from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..models.connector_engine import SILENT


class SyncHubCodeWizard(models.TransientModel):
    """Asks for the code with which a buyer confirms a delivery.

    The code is stored nowhere. Saving the dialog reports the delivery; its button then validates the transfer.
    """

    _name = "sync.hub.code.wizard"
    _description = "Delivery code of a buyer"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    picking_id = fields.Many2one("stock.picking", readonly=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    hub_cash_due = fields.Monetary(related="order_id.hub_cash_due")
    hub_installment = fields.Monetary(related="order_id.hub_installment")
    hub_top_up = fields.Monetary(related="order_id.hub_top_up")
    code = fields.Char(compute="_compute_code", inverse="_inverse_code", string="Delivery code")

    @api.depends("order_id")
    def _compute_code(self):
        self.code = False

    def _inverse_code(self):
        """Report the delivery with the code; what is accepted stays so, whatever happens to this dialog."""
        for wizard in self.filtered("code"):
            code = wizard.code.strip()
            wizard.order_id.check_access_rights("read")
            wizard.order_id.check_access_rule("read")
            order = wizard.order_id.sudo()
            if not order._hub_lacks_code():
                continue
            if wizard.picking_id and wizard.picking_id.state not in ("done", "cancel"):
                event, lines = wizard.picking_id._hub_try_out()
                if event != "shipped":
                    raise UserError(_("%s cannot be validated as it is: check its quantities.", wizard.picking_id.name))
            else:
                lines = order._hub_lines_now()
            self.env["sync.hub.delivery"].sudo()._report(order, code, lines)

    def action_validate(self):
        """Validate the transfer whose delivery was accepted."""
        self.ensure_one()
        order = self.order_id
        # What was accepted was committed beside this transaction, which may have begun before.
        order.invalidate_recordset(["hub_remote_status"])
        if order.sudo()._hub_lacks_code():
            raise UserError(_("Enter the code that the buyer has received."))
        waiting = [("res_model", "=", "sale.order"), ("res_id", "=", order.id), ("error_code", "=", "code_needed")]
        self.env["sync.hub.log"].sudo().search([*waiting, ("state", "=", "failed")])._requeue()
        if self.picking_id and self.picking_id.state not in ("done", "cancel"):
            connector = order.sudo().hub_connector_id
            quiet = {} if connector.notify_customers else SILENT
            result = self.picking_id.with_context(**quiet).button_validate()
            if isinstance(result, dict):
                return result
        return {"type": "ir.actions.act_window_close"}

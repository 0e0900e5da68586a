from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    hub_order_id = fields.Many2one(
        "sale.order", string="Shop's order", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )


class AccountMove(models.Model):
    _inherit = "account.move"

    hub_invoice_number = fields.Char(string="Shop's invoice", readonly=True, copy=False, index="btree_not_null")
    hub_credit_slip = fields.Char(string="Shop's credit slip", readonly=True, copy=False)

    def _post(self, soft=True):
        """Override of `account` to settle what a shop was paid before its invoice was posted."""
        posted = super()._post(soft)
        posted.filtered(lambda move: move.move_type in ("out_invoice", "out_refund"))._hub_settle()
        return posted

    def _invoice_paid_hook(self):
        """Override of `account` to tell the shops whose orders were paid, or got money back."""
        result = super()._invoice_paid_hook()
        for kind, flow in (("out_invoice", "capture"), ("out_refund", "refund")):
            moves = self.filtered(lambda move, kind=kind: move.move_type == kind)
            moves.sudo().invoice_line_ids.sale_line_ids.order_id._hub_tell_money(flow)
        return result

    def _hub_money(self):
        """What was paid of this invoice, or paid back of this credit note: money, in its own currency; not what is
        settled between the two."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        amount = 0.0
        for partial in partials:
            mine = partial.debit_move_id in lines
            other = partial.credit_move_id if mine else partial.debit_move_id
            if not other.move_id.is_invoice():
                amount += partial.debit_amount_currency if mine else partial.credit_amount_currency
        # 19.0 links payments that are not booked.
        loose = "matched_payment_ids" in self._fields and self.matched_payment_ids.filtered(lambda p: not p.move_id)
        return amount + sum(loose.mapped("amount") if loose else ())

    def _hub_settle(self):
        """Reconcile posted invoices and credit notes of a shop's orders with what is booked for these orders."""
        for move in self:
            # Who posts invoices need not see orders and the shop's payments.
            orders = move.sudo().invoice_line_ids.sale_line_ids.order_id.filtered("hub_connector_id")
            if orders and move.state == "posted":
                move._hub_settle_with(orders._hub_bookings())

    def _hub_settle_with(self, payments):
        """Reconcile this posted move with those of the payments that point its way and are still open."""
        wanted = "inbound" if self.move_type == "out_invoice" else "outbound"
        payments = payments.filtered(lambda payment: payment.payment_type == wanted)
        for payment in payments.filtered("move_id"):
            ours = self.line_ids.filtered(lambda line: line.account_type == "asset_receivable" and not line.reconciled)
            theirs = payment.move_id.line_ids.filtered(
                lambda line, accounts=ours.account_id: line.account_id in accounts and not line.reconciled
            )
            if payment.move_id.state == "posted" and theirs:
                (ours + theirs).reconcile()
        # 19.0 books nothing when the journal has no outstanding account: the payment is only linked, and a linked
        # one counts as the whole amount.
        loose = payments.filtered(lambda payment: not payment.move_id and payment.currency_id == self.currency_id)
        open_amount = self.amount_residual
        if loose and open_amount and self.currency_id.compare_amounts(sum(loose.mapped("amount")), open_amount) >= 0:
            self.sudo().matched_payment_ids |= loose

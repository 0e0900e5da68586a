from odoo import _, api, fields, models


class SaleOrder(models.Model):
    """What the shop says of an order's money: paid, invoiced, refunded, discounted."""

    _inherit = "sale.order"

    hub_paid = fields.Boolean(string="Paid in the shop", readonly=True, copy=False)
    hub_state_hold = fields.Char(readonly=True, copy=False, help="The shop's state that holds this order.")
    hub_invoice_number = fields.Char(string="Shop's invoice", readonly=True, copy=False)
    hub_refunds = fields.Text(string="Refunds of the shop", readonly=True, copy=False)
    hub_returns = fields.Text(string="Products given back", compute="_compute_hub_returns")
    hub_cart_ref = fields.Char(readonly=True, copy=False, index="btree_not_null", help="The shop's id of the cart.")
    hub_payment_ids = fields.Many2many(
        "sync.hub.payment",
        "sync_hub_payment_order_rel",
        "order_id",
        "payment_id",
        string="Payments of the shop",
        readonly=True,
        copy=False,
    )
    hub_received = fields.Monetary(string="Received by the shop", compute="_compute_hub_received")
    hub_coupon_ids = fields.One2many(
        "sync.hub.coupon.use",
        "order_id",
        string="Coupons of the shop",
        domain=[("applied", "=", True)],
        readonly=True,
        copy=False,
    )

    @api.depends("hub_payment_ids.amount", "hub_payment_ids.currency_id")
    def _compute_hub_received(self):
        for order in self:
            order.hub_received = order.sudo().hub_payment_ids._in_currency(order.currency_id)

    @api.depends("order_line.hub_qty_refunded", "order_line.hub_qty_returned")
    def _compute_hub_returns(self):
        for order in self:
            texts = []
            for line in order.order_line.filtered(lambda line: line.hub_qty_refunded or line.hub_qty_returned):
                text = _(
                    "%(product)s: %(refunded)g refunded, %(returned)g returned",
                    product=line.product_id.display_name,
                    refunded=line.hub_qty_refunded,
                    returned=line.hub_qty_returned,
                )
                texts.append(text)
            order.hub_returns = "\n".join(texts) or False

    # ------------------------------------------------------------ following the shop

    def _hub_pay(self):
        problem = self._hub_confirm()
        if not problem:
            # The shop says paid, not how much by which way: that is for its payments to tell.
            self.hub_paid = True
        return problem

    def _hub_hold(self):
        if self.state not in ("draft", "sent"):
            done = _("cancelled") if self.state == "cancel" else _("confirmed")
            return _(
                "The shop's state is now %(state)s, and the order is already %(done)s in Odoo.",
                state=self.hub_remote_status_label,
                done=done,
            )
        self.hub_state_hold = _("The shop's state is %s.", self.hub_remote_status_label)
        if not self.hub_hold_reason:
            self.hub_hold_reason = self.hub_state_hold
        self.hub_connector_id._report(self.env["sync.hub.importer.order"]._held(), self.hub_state_hold, self, "held")
        return ""

    def _hub_unhold(self):
        """The shop goes on with an order that its own state held; a hold for another cause stays."""
        if not self.hub_state_hold:
            return
        if self.hub_hold_reason == self.hub_state_hold:
            self.hub_hold_reason = False
            self.hub_connector_id._settle("held", self)
        self.hub_state_hold = False

    def action_hub_release(self):
        result = super().action_hub_release()
        self.hub_state_hold = False
        return result

    # ------------------------------------------------------------ money

    def _hub_bookings(self):
        """What is booked for these orders, and what is booked for others of their reference and is too much there."""
        payments = self.hub_payment_ids.sorted(lambda payment: payment.order_id not in self)
        return payments.filtered(
            lambda p: p.order_id in self or p._in_currency(p.order_id.currency_id) > p.order_id.amount_total
        ).payment_id

    def _get_program_domain(self):
        """Override of `sale_loyalty`: the shop has given its discounts already, they are lines of the order."""
        domain = super()._get_program_domain()
        return [*domain, ("hub_connector_id", "=", False)] if self.hub_connector_id else domain


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    hub_qty_refunded = fields.Float(
        string="Refunded by the shop", digits="Product Unit of Measure", readonly=True, copy=False
    )
    hub_qty_returned = fields.Float(
        string="Returned to the shop", digits="Product Unit of Measure", readonly=True, copy=False
    )

    @api.depends("hub_line_id", "invoice_lines.move_id.hub_credit_slip")
    def _compute_qty_to_invoice(self):
        """Override of `sale`: the shop invoices what was ordered, whatever the products' own policy is.

        What it gave back by a credit slip does not wait to be invoiced a second time.
        """
        result = super()._compute_qty_to_invoice()
        for line in self:
            policy = line.order_id.hub_connector_id.sudo().invoice_policy
            if line.hub_line_id and line.state == "sale" and policy in ("draft", "posted"):
                line.qty_to_invoice = line.product_uom_qty - line.qty_invoiced - line._hub_credited()
        return result

    @api.depends("hub_line_id", "invoice_lines.move_id.hub_credit_slip")
    def _compute_invoice_status(self):
        """Override of `sale`: a line that was credited by the shop's slip stays invoiced."""
        result = super()._compute_invoice_status()
        for line in self.filtered(lambda line: line.hub_line_id and line.invoice_status == "no"):
            credited = line._hub_credited()
            if credited and line.qty_invoiced + credited >= line.product_uom_qty:
                line.invoice_status = "invoiced"
        return result

    def _hub_credited(self):
        """The quantity on credit notes that were made from the shop's credit slips."""
        lines = self.sudo().invoice_lines
        slips = lines.filtered(lambda line: line.move_id.hub_credit_slip and line.move_id.state != "cancel")
        return sum(slips.mapped("quantity"))

from odoo import api, fields, models


class SyncHubPayment(models.Model):
    """A payment that a shop reported, booked in Odoo or not: what the order shows of it."""

    _name = "sync.hub.payment"
    _description = "Payment of a shop"
    _order = "time, id"
    _rec_name = "remote_id"

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True)
    remote_id = fields.Char(string="Shop's id", required=True, readonly=True)
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="cascade", index=True, help="The order that the payment is taken for."
    )
    order_ids = fields.Many2many(
        "sale.order",
        "sync_hub_payment_order_rel",
        "payment_id",
        "order_id",
        string="Orders",
        readonly=True,
        help="All orders of the reference: a cart that was split is paid once.",
    )
    amount = fields.Monetary(readonly=True, help="Negative: money given back.")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    method = fields.Char(readonly=True)
    transaction = fields.Char(readonly=True)
    time = fields.Datetime(readonly=True)
    booked = fields.Boolean(readonly=True, help="Stays set when a person deletes the booking: it is not repeated.")
    payment_id = fields.Many2one("account.payment", string="Booked as", readonly=True, ondelete="set null")

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_payment_uniq ON sync_hub_payment (connector_id, remote_id)"
        )

    @api.model
    def _of(self, connector, remote_id):
        """The payment of a shop's id, or an empty recordset."""
        return self.search([("connector_id", "=", connector.id), ("remote_id", "=", remote_id)])

    def _in_currency(self, currency):
        """The sum of these payments in one currency, each at the rate of its day."""
        total = 0.0
        for payment in self:
            day = payment.time or fields.Datetime.now()
            total += payment.currency_id._convert(payment.amount, currency, payment.company_id, day)
        return total

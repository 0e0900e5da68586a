from odoo import fields, models


class SyncHubConnector(models.Model):
    """What becomes of a shop's invoices and payments."""

    _inherit = "sync.hub.connector"

    invoice_policy = fields.Selection(
        [
            ("none", "None: only the shop's number is shown on the order"),
            ("draft", "A draft invoice in Odoo"),
            ("posted", "A posted invoice in Odoo"),
        ],
        string="Invoices",
        default="none",
        required=True,
        help="What Odoo makes when the shop has made an invoice. Refunds become draft credit notes of posted invoices.",
    )
    book_payments = fields.Boolean(
        help="Book the payments that the shop reports. Without it they are only shown on the order."
    )
    payment_journal_id = fields.Many2one(
        "account.journal",
        string="Default journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash'))]",
        ondelete="restrict",
        help="Of payment methods without a value map. Empty: such a payment fails until it is mapped.",
    )

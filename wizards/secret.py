from odoo import fields, models

from ..models.connector_secret import OVERLAP


class SyncHubSecretWizard(models.TransientModel):
    """Asks how long the old secret stays valid, and shows the new one once; nothing of it is stored here."""

    _name = "sync.hub.secret.wizard"
    _description = "New webhook secret"

    connector_id = fields.Many2one("sync.hub.connector", help="Whose secret is to be replaced.")
    hours = fields.Integer(
        default=OVERLAP,
        string="Old secret stays valid for (hours)",
        help="Both are accepted meanwhile, so that no message is refused while you change it in the shop. 0: the old "
        "one is refused at once, as when somebody has got to know it.",
    )
    secret = fields.Char(store=False, readonly=True)
    webhook_url = fields.Char(store=False, readonly=True)
    until = fields.Datetime(store=False, readonly=True, string="Old secret valid until")

    def action_make(self):
        """Make the new secret and show it."""
        self.ensure_one()
        return self.connector_id._new_secret(self.hours)


class SyncHubVendorTokenWizard(models.TransientModel):
    """Shows a vendor's new token once; nothing of it is stored here."""

    _name = "sync.hub.vendor.token.wizard"
    _description = "New vendor token"

    token = fields.Char(store=False, readonly=True)
    url = fields.Char(store=False, readonly=True, string="Address")
    partner_number = fields.Char(store=False, readonly=True, string="partner_id")


class SyncHubReaderWizard(models.TransientModel):
    """Shows once what Medusa's Odoo client is given; nothing of it is stored here."""

    _name = "sync.hub.reader.wizard"
    _description = "New key for Medusa"

    url = fields.Char(store=False, readonly=True, string="Address")
    database = fields.Char(store=False, readonly=True)
    login = fields.Char(store=False, readonly=True)
    key = fields.Char(store=False, readonly=True, string="API key")
    until = fields.Date(store=False, readonly=True, string="Valid until")

from odoo import fields, models


class SyncHubSecretWizard(models.TransientModel):
    """Shows a new secret once; nothing of it is stored here."""

    _name = "sync.hub.secret.wizard"
    _description = "New webhook secret"

    secret = fields.Char(store=False, readonly=True)
    webhook_url = fields.Char(store=False, readonly=True)


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

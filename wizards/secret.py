from odoo import fields, models


class SyncHubSecretWizard(models.TransientModel):
    """Shows a new secret once; nothing of it is stored here."""

    _name = "sync.hub.secret.wizard"
    _description = "New webhook secret"

    secret = fields.Char(store=False, readonly=True)
    webhook_url = fields.Char(store=False, readonly=True)

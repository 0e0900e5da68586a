from odoo import api, fields, models


class SyncHubSecret(models.Model):
    """Secrets of connectors. No group has access: only code with sudo reads them, no export or RPC does."""

    _name = "sync.hub.secret"
    _description = "Connector secret"
    _log_access = False

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    value = fields.Char(required=True)

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_secret_name_uniq ON sync_hub_secret (connector_id, name)"
        )

    @api.model
    def _get(self, connector, name):
        """The secret's text, or "" when it is not set."""
        return self.sudo().search([("connector_id", "=", connector.id), ("name", "=", name)]).value or ""

    @api.model
    def _set(self, connector, name, value):
        """Keep the text, or forget the secret when it is empty."""
        # What a connector can do may depend on its keys.
        self.env.registry.clear_cache()
        row = self.sudo().search([("connector_id", "=", connector.id), ("name", "=", name)])
        if not value:
            row.unlink()
        elif row:
            row.value = value
        else:
            row.create({"connector_id": connector.id, "name": name, "value": value})

    @api.model
    def _of_kind(self, kind, name):
        """{connector key: secret} of all connectors of a kind, archived ones excepted."""
        rows = self.sudo().search(
            [("connector_id.kind", "=", kind), ("connector_id.active", "=", True), ("name", "=", name)]
        )
        return {row.connector_id.key: row.value for row in rows}

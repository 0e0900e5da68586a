import os
import re
from typing import NamedTuple

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError


class Sender(NamedTuple):
    """Whose secret one is: the connector's key; `old` is the number of a replaced one that is still valid, else 0."""

    key: str
    old: int = 0


#: What the value of a secret begins with that is kept in the environment of the server, and which may be used.
ENV = "env:"
NAMES = re.compile(r"SYNC_HUB_[A-Z0-9_]+")


class SyncHubSecret(models.Model):
    """Secrets of connectors. No group has access: only code with sudo reads them, no export or RPC does."""

    _name = "sync.hub.secret"
    _description = "Connector secret"
    _log_access = False

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", index=True)
    name = fields.Char(required=True)
    value = fields.Char(required=True)

    until = fields.Datetime(help="Of one that was replaced: accepted before this time. Empty: the present one.")

    def init(self):
        self.env.cr.execute("DROP INDEX IF EXISTS sync_hub_secret_name_uniq")
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_secret_present_uniq ON sync_hub_secret (connector_id, name)"
            " WHERE until IS NULL"
        )

    def _texts(self):
        """The secrets themselves."""
        return [self._text(value) for value in self.mapped("value")]

    @staticmethod
    def _text(value):
        """A secret itself; one that is kept in the environment as it is there now, "" where it is not.

        Only names with our prefix are read: whoever manages connectors also says where secrets are sent to.
        """
        if not value.startswith(ENV):
            return value
        name = value.removeprefix(ENV)
        return os.environ.get(name, "") if NAMES.fullmatch(name) else ""

    @api.constrains("value")
    def _check_value(self):
        for secret in self:
            if secret.value.startswith(ENV) and not NAMES.fullmatch(secret.value.removeprefix(ENV)):
                raise ValidationError(
                    _(
                        "'%s': secrets can be read only from environment variables of the server whose names begin "
                        "with SYNC_HUB_, for example env:SYNC_HUB_SHOP_TOKEN.",
                        secret.value,
                    )
                )

    @api.model
    def _rows(self, connector, name):
        """The present secret of this name, or none."""
        mine = [("connector_id", "=", connector.id), ("name", "=", name), ("until", "=", False)]
        return self.sudo().search(mine)

    @api.model
    def _old(self, connector, name):
        """The replaced secrets of this name that are still valid, the one that ends last at the end."""
        mine = [("connector_id", "=", connector.id), ("name", "=", name), ("until", ">", fields.Datetime.now())]
        return self.sudo().search(mine, order="until, id")

    @api.model
    def _get(self, connector, name):
        """The secret's text, or "" when it is not set."""
        return "".join(self._rows(connector, name)._texts())

    @api.model
    def _set(self, connector, name, value, keep_until=None):
        """Keep the text, or forget the secret when it is empty.

        :param keep_until: until when the one that it replaces is accepted too (UTC); None: not any more.
        """
        # What a connector can do may depend on its keys.
        self.env.registry.clear_cache()
        row = self._rows(connector, name)
        if not value:
            (row | self._old(connector, name)).unlink()
            return
        if row.value == value:
            return
        # What is valid again is not an old one.
        self._old(connector, name).filtered(lambda old: not keep_until or old.value == value).unlink()
        if row and keep_until:
            row.until = keep_until
            # Before the new one is there: only one may be the present one.
            row.flush_recordset()
        elif row:
            row.value = value
            return
        row.create({"connector_id": connector.id, "name": name, "value": value})

    @api.model
    def _of_kind(self, kind, name):
        """{`Sender`: secret} of all connectors of a kind, archived ones excepted; what is still valid with them."""
        self.flush_model()
        self.env["sync.hub.connector"].flush_model(["key", "kind", "active"])
        # One look for each webhook: through the ORM it would be five.
        self.env.cr.execute(
            """
            SELECT c.key, CASE WHEN s.until IS NULL THEN 0 ELSE s.id END, s.value
              FROM sync_hub_secret s JOIN sync_hub_connector c ON c.id = s.connector_id AND c.active
             WHERE c.kind = %s AND s.name = %s AND (s.until IS NULL OR s.until > %s) ORDER BY s.id
            """,
            [kind, name, fields.Datetime.now()],
        )
        return {Sender(key, old): self._text(value) for key, old, value in self.env.cr.fetchall()}

    @api.autovacuum
    def _gc_old(self):
        """Forget what is not valid any more; it is not accepted from its moment on, whenever this runs."""
        self.sudo().search([("until", "<=", fields.Datetime.now())]).unlink()

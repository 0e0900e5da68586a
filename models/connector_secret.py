import secrets
import string
from datetime import timedelta

from odoo import _, fields, models
from odoo.exceptions import UserError

from .connector import SECRETS

#: A new secret: letters that stand in a header, an address and base64 alike; 190 random bits, a whole number of bytes.
LETTERS, LENGTH = string.ascii_letters + string.digits, 32
#: Hours for which a replaced secret is accepted unless somebody says otherwise, and the most that can be chosen.
OVERLAP = 24
MOST = 24 * 30


def limits_of(config):
    """What a `Transport` must know of a connector's plain configuration: what it may not show, and where it may go."""
    secrets = [*(config[name] for name in SECRETS), *config["old_secrets"]]
    return {"secrets": secrets, "trusted": config["trusted"]}


class SyncHubConnector(models.Model):
    """A new webhook secret, with a time in which the shop may still use the one before."""

    _inherit = "sync.hub.connector"

    old_secret_until = fields.Datetime(
        compute="_compute_old_secret", string="Old secret valid until", help="Until then both secrets are accepted."
    )
    old_secret_seen_at = fields.Datetime(
        compute="_compute_old_secret",
        string="Old secret last used",
        help="When a message last came with a secret that has been replaced. Empty: all came with the new one.",
    )

    def _compute_old_secret(self):
        Exchange = self.env["sync.hub.exchange"].sudo()
        for connector in self:
            old = self.env["sync.hub.secret"]._old(connector._origin, "webhook_secret")
            connector.old_secret_until = old[-1:].until
            used = [("connector_id", "=", connector._origin.id), ("old_secret", "=", True)]
            connector.old_secret_seen_at = bool(old) and Exchange.search(used, order="id desc", limit=1).create_date

    def action_new_secret(self):
        """Make a new webhook secret and show it once; where there is one, ask first for how long both are valid."""
        self._check_may_write()
        if self.webhook_secret_set:
            return self._secret_dialog({"default_connector_id": self.id})
        return self._new_secret(0)

    def action_forget_old_secret(self):
        """Refuse the replaced secret from now on."""
        self._check_may_write()
        self.env["sync.hub.secret"]._old(self, "webhook_secret").unlink()

    def _new_secret(self, hours):
        """Make a new webhook secret; returns the action that shows it once.

        :param hours: for how long the one that it replaces is accepted too; 0: not any more.
        :raises UserError: not a number of hours that can be chosen.
        """
        self._check_may_write()
        if not 0 <= hours <= MOST:
            raise UserError(_("Old secret stays valid for (hours): choose 0 to %s.", MOST))
        secret = self._adapter()._secret_prefix + "".join(secrets.choice(LETTERS) for _number in range(LENGTH))
        keep_until = hours and fields.Datetime.now() + timedelta(hours=hours)
        self.env["sync.hub.secret"]._set(self, "webhook_secret", secret, keep_until)
        self.invalidate_recordset(["webhook_secret_set", "old_secret_until", "old_secret_seen_at"], flush=False)
        told = {"default_secret": secret, "default_webhook_url": self.webhook_url}
        # Not the connector: the dialog that asks has one, the one that shows has none.
        return self._secret_dialog({**told, "default_until": keep_until and fields.Datetime.to_string(keep_until)})

    def _check_may_write(self):
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")

    @staticmethod
    def _secret_dialog(context):
        return {
            "type": "ir.actions.act_window",
            "name": _("New webhook secret"),
            "res_model": "sync.hub.secret.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

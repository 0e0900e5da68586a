import math
from urllib.parse import urlsplit

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .adapters.errors import LimitError
from .adapters.redaction import holds_secret
from .clock import now
from .connector import SECRETS

#: Fields with addresses to which secrets are sent, and the secrets that go there.
SENT_TO = {"url": ("token", "webhook_secret"), "shop_url": ("shop_key",)}
#: Seconds over which requests are counted.
PERIOD = 60
#: Usual ports of the two schemes: the way from one to the other leads to the same host.
PORTS = {"http": 80, "https": 443}


def host_of(url):
    """Whom an address leads to: (host, port), None for the usual one; None when it leads nowhere."""
    try:
        parts = urlsplit((url or "").strip())
        return (parts.hostname, None if parts.port == PORTS.get(parts.scheme) else parts.port)
    except ValueError:
        return None


def is_same_host(old, new):
    """Whether secrets of one address may go to another: the same host, and not any more in the open."""
    less = urlsplit(old or "").scheme == "https" and urlsplit(new or "").scheme != "https"
    return host_of(old) == host_of(new) and not less


class SyncHubConnector(models.Model):
    """Who may post to a connector, how often, and to whom its secrets are sent."""

    _name = "sync.hub.connector"
    _inherit = ["sync.hub.connector", "sync.hub.gate"]

    request_limit = fields.Integer(
        string="Webhooks per minute",
        help="What comes beyond it within a minute is answered with 429 and the seconds to wait. 0: no limit.",
    )

    @api.constrains(*SENT_TO)
    def _check_no_secret_in_address(self):
        """An address is shown to whoever watches, and in every message about it."""
        for connector in self:
            for field in SENT_TO:
                if holds_secret(connector[field]):
                    label = connector.fields_get([field], ["string"])[field]["string"]
                    raise ValidationError(
                        _("%s: leave keys and passwords out of the address, everybody sees it. They have fields of "
                          "their own.", label)
                    )  # fmt: skip

    @api.constrains("request_limit")
    def _check_request_limit(self):
        if any(connector.request_limit < 0 for connector in self):
            raise ValidationError(_("Webhooks per minute: not below 0."))

    def _admit(self, address):
        """Let a request in whose sender has proved himself.

        :raises AddressError: not from this address.
        :raises LimitError: too many within the last minute.
        """
        self._admit_address(address)
        if self.request_limit:
            self._check_limit()

    def _check_limit(self):
        # Exact over all workers and machines: the one that many requests ago, by the index of the newest ones.
        self.env.cr.execute(
            "SELECT create_date FROM sync_hub_exchange WHERE connector_id = %s AND direction = 'in'"
            " ORDER BY id DESC LIMIT 1 OFFSET %s",
            [self.id, self.request_limit - 1],
        )
        row = self.env.cr.fetchone()
        left = row and PERIOD - (now() - row[0]).total_seconds()
        # More than the period is left only since the clock was set back: nobody has to wait for its difference.
        if left and 0 < left <= PERIOD:
            raise LimitError(f"More than {self.request_limit} webhooks within a minute", math.ceil(left))

    def write(self, vals):
        """Override of ours: secrets of one host are never sent to another."""
        before = {connector: {field: connector[field] for field in SENT_TO if field in vals} for connector in self}
        result = super().write(vals)
        for connector, addresses in before.items():
            for field, old in addresses.items():
                if old and not is_same_host(old, connector[field]):
                    connector._forget_secrets([name for name in SENT_TO[field] if not vals.get(name)])
        return result

    def _forget_secrets(self, names):
        """Forget these secrets and say so, where there were any."""
        Secret = self.env["sync.hub.secret"]
        names = [name for name in names if Secret._get(self, SECRETS[name])]
        for name in names:
            Secret._set(self, SECRETS[name], "")
        if names:
            self.invalidate_recordset([*names, *(f"{name}_set" for name in names)], flush=False)
            fields_of = self.fields_get(names, ["string"])
            self.message_post(
                body=_(
                    "The address leads to another host now, which must not get the secrets of the one before. Enter "
                    "again: %s.",
                    ", ".join(fields_of[name]["string"] for name in names),
                )
            )

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .adapters.errors import AddressError
from .adapters.network import Trusted, in_networks


class SyncHubGate(models.AbstractModel):
    """From which addresses somebody who has a secret may come."""

    _name = "sync.hub.gate"
    _description = "Addresses that may post"

    allowed_ips = fields.Char(
        string="Allowed addresses",
        help="Addresses and networks (CIDR) from which requests are taken, separated by commas, for example "
        "192.0.2.7, 2001:db8::/32. Empty: from everywhere. Behind a proxy Odoo needs proxy_mode, or it sees the "
        "proxy's address only.",
    )

    @api.constrains("allowed_ips")
    def _check_allowed_ips(self):
        for gate in self:
            try:
                names = Trusted(gate.allowed_ips).names
            except ValueError as error:
                names = error.args
            if names:
                raise ValidationError(
                    _("Allowed addresses: '%s' is neither an IP address nor a network such as 192.0.2.0/24.", *names)
                )

    def _admit_address(self, address):
        """Let a request in whose sender has proved himself.

        :raises AddressError: not from this address.
        """
        if self.allowed_ips and not in_networks(address, Trusted(self.allowed_ips).networks):
            raise AddressError(f"{address} is not among the allowed addresses")

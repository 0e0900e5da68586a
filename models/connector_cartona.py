import re

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .adapters import cartona

#: One line of the field `own_paths`: operation = path.
LINE = re.compile(r"^(?P<operation>\w+)\s*=\s*(?P<path>[\w./{}-]+)$")


class SyncHubConnector(models.Model):
    """What Cartona's own documents leave open, to be set by whoever has heard from Cartona."""

    _inherit = "sync.hub.connector"

    own_paths = fields.Text(
        string="Other paths",
        help="Paths that differ from the chosen set, one per line: operation = path. Operations: "
        + ", ".join(sorted(cartona.PATHS["live"])),
    )
    pull_window = fields.Boolean(
        default=True,
        string="Ask by period",
        help="Send from and to with pull-orders; every night all open orders are asked for without them.",
    )

    @api.constrains("own_paths")
    def _check_own_paths(self):
        for connector in self:
            for operation in connector._own_paths():
                if operation not in cartona.PATHS["live"]:
                    known = ", ".join(sorted(cartona.PATHS["live"]))
                    raise ValidationError(
                        _("Other paths: '%(name)s' is none of %(known)s.", name=operation, known=known)
                    )

    def _own_paths(self):
        """{operation: path} of the field."""
        paths = {}
        for line in (self.own_paths or "").splitlines():
            if line.strip():
                found = LINE.match(line.strip())
                if not found:
                    raise ValidationError(_("Other paths: '%s' is not of the form operation = path.", line.strip()))
                paths[found["operation"]] = found["path"].strip("/")
        return paths

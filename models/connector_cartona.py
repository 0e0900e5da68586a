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

    price_guard = fields.Float(
        string="Hold prices that change by more than (%)",
        help="Such a price is sent when a manager has approved it in the sync log. 0: every price is sent.",
    )
    dispatch_on = fields.Selection(
        [
            ("done", "The first delivery is validated"),
            ("driver", "A responsible is set on a ready delivery"),
            ("pick", "Picking in the warehouse is done"),
            ("button", "Somebody presses 'Goods have left' on the order"),
        ],
        string="Goods leave when",
        default="done",
        required=True,
        help="Then the order is reported as on its way, and the buyer cannot change or cancel it any more.",
    )
    carried_report = fields.Selection(
        [("cancel", "Only cancellations"), ("approve", "Approval and cancellations")],
        string="Orders that Cartona delivers",
        default="cancel",
        required=True,
        help="What Cartona is told of orders that it carries itself; of their delivery it knows better than Odoo.",
    )
    report_returns = fields.Boolean(
        string="Returns", help="Report 'returned' when all goods of an order on its way have come back."
    )
    cancel_reason = fields.Selection(
        "_cancel_reasons",
        string="Reason of cancellations",
        # Its default is the adapter's: asked for words, it could not be set while an update adds the column.
        help="Of orders that are cancelled without the dialog that asks for one.",
    )

    @api.model
    def _cancel_reasons(self):
        """All reasons that any kind of remote takes."""
        reasons = {}
        for kind, _label in self._fields["kind"].selection:
            reasons.update(self.env[f"sync.hub.adapter.{kind}"]._cancel_reasons())
        return list(reasons.items())

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

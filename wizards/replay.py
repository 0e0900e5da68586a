from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..models.log import AT_ONCE, OPEN, STATES
from ..models.run import TAKES

#: States whose rows a replay can take up again.
CLOSED = [(key, label) for key, label in STATES if key not in OPEN]


class SyncHubReplayWizard(models.TransientModel):
    """Work closed rows once more, or skip them: chosen by filter and date, counted before anything happens."""

    _name = "sync.hub.replay.wizard"
    _description = "Replay operations"

    what = fields.Selection(
        [("replay", "Work them again"), ("skip", "Skip them"), ("export", "Export them")],
        default="replay",
        required=True,
        string="To do",
    )
    note = fields.Char(string="Reason", help="Why they are skipped: it is kept with each of them.")
    rows_filter = fields.Json(help="A domain that the rows must fit too.")
    error_code = fields.Char(help="For example mapping, product_unknown. Empty: all.")
    connector_id = fields.Many2one("sync.hub.connector", help="Empty: all connectors.")
    direction = fields.Selection([("in", "In"), ("out", "Out")], help="Empty: both.")
    entity = fields.Char(help="For example order, customer, product. Empty: all.")
    state = fields.Selection(CLOSED, default="failed", help="Empty: failed, done and skipped.")
    date_from = fields.Datetime(string="From")
    date_to = fields.Datetime(string="To")
    log_ids = fields.Many2many("sync.hub.log", string="Chosen operations")
    count = fields.Integer(compute="_compute_count", string="Operations")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "sync.hub.log":
            values["log_ids"] = [(6, 0, self.env.context.get("active_ids", []))]
            values["state"] = False
        return values

    def _rows_domain(self):
        takes = [("state", "in", TAKES["skip"])] if self.what == "skip" else [("state", "not in", OPEN)]
        # What is exported may still be open.
        domain = [*([] if self.what == "export" else takes), *(self.rows_filter or [])]
        if self.log_ids:
            domain.append(("id", "in", self.log_ids.ids))
        for field in ("connector_id", "direction", "entity", "state", "error_code"):
            if self[field]:
                value = self[field].id if field == "connector_id" else self[field]
                domain.append((field, "=", value))
        if self.date_from:
            domain.append(("create_date", ">=", self.date_from))
        if self.date_to:
            domain.append(("create_date", "<=", self.date_to))
        return domain

    @api.model
    def _opened(self, title, **values):
        """The action that opens the dialog with these values."""
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    @api.depends(
        *("what", "connector_id", "direction", "entity", "state", "error_code", "date_from", "date_to", "log_ids"),
        "rows_filter",
    )
    def _compute_count(self):
        for wizard in self:
            wizard.count = self.env["sync.hub.log"].search_count(wizard._rows_domain())

    def action_replay(self):
        return self.env["sync.hub.run"]._start_replay(self._rows())._opened()

    def action_skip(self):
        """Close the rows with the reason; many of them in a run."""
        note = (self.note or "").strip()
        if not note:
            raise UserError(_("Reason: say why these operations are skipped."))
        rows = self._rows()
        if len(rows) > AT_ONCE:
            return self.env["sync.hub.run"]._start_rows("skip", rows, note)._opened()
        rows._skip_by_hand(note, self.env.user)
        if self.env.context.get("hub_form"):
            return self.env["sync.hub.failure"]._desk()
        return {"type": "ir.actions.act_window_close"}

    def action_export(self):
        """Download the rows as lines of JSON."""
        self._rows()
        return {"type": "ir.actions.act_url", "url": f"/sync_hub/export/{self.id}", "target": "download"}

    def _rows(self):
        rows = self.env["sync.hub.log"].search(self._rows_domain())
        if not rows:
            raise UserError(_("No operation matches: widen the filter."))
        return rows

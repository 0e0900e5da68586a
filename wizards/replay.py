from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..models.log import OPEN, STATES

#: States whose rows a replay can take up again.
CLOSED = [(key, label) for key, label in STATES if key not in OPEN]


class SyncHubReplayWizard(models.TransientModel):
    """Work closed rows once more: chosen by filter and date, counted before anything happens."""

    _name = "sync.hub.replay.wizard"
    _description = "Replay operations"

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
        domain = [("state", "not in", OPEN)]
        if self.log_ids:
            domain.append(("id", "in", self.log_ids.ids))
        for field in ("connector_id", "direction", "entity", "state"):
            if self[field]:
                value = self[field].id if field == "connector_id" else self[field]
                domain.append((field, "=", value))
        if self.date_from:
            domain.append(("create_date", ">=", self.date_from))
        if self.date_to:
            domain.append(("create_date", "<=", self.date_to))
        return domain

    @api.depends("connector_id", "direction", "entity", "state", "date_from", "date_to", "log_ids")
    def _compute_count(self):
        for wizard in self:
            wizard.count = self.env["sync.hub.log"].search_count(wizard._rows_domain())

    def action_replay(self):
        rows = self.env["sync.hub.log"].search(self._rows_domain())
        if not rows:
            raise UserError(_("No operation matches: widen the filter."))
        run = self.env["sync.hub.run"]._start_replay(rows)
        return {
            "type": "ir.actions.act_window",
            "res_model": "sync.hub.run",
            "res_id": run.id,
            "views": [(False, "form")],
        }

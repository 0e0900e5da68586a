from odoo import _, api, fields, models

from .log import AT_ONCE as STEP
from .log import OPEN

#: Kind of a run over chosen rows -> states of the rows that it takes.
TAKES = {
    "replay": ("failed", "done", "skipped"),
    "retry": ("failed", "retrying", "skipped"),
    "skip": ("failed", "retrying"),
}


class SyncHubRun(models.Model):
    """Long work with progress: a full sync or a replay."""

    _name = "sync.hub.run"
    _description = "Sync run"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    kind = fields.Selection(
        [("full", "Full sync"), ("replay", "Replay"), ("retry", "Retry"), ("skip", "Skip")],
        required=True,
        readonly=True,
    )
    note = fields.Char(string="Reason", readonly=True, help="Why the operations are skipped.")
    connector_id = fields.Many2one("sync.hub.connector", ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("cancelled", "Cancelled")], default="running", readonly=True
    )
    waiting_ids = fields.Json(readonly=True, help="Rows that have not been started yet.")
    total = fields.Integer(readonly=True)
    log_ids = fields.One2many("sync.hub.log", "run_id", readonly=True)
    progress = fields.Float(compute="_compute_progress", string="Progress (%)")
    open_count = fields.Integer(compute="_compute_progress", string="Still open")
    failed_count = fields.Integer(compute="_compute_progress", string="Failed")

    @api.depends("log_ids.state", "waiting_ids", "total")
    def _compute_progress(self):
        counts = {}
        # What stands for many is none of the operations; until it is taken apart nobody knows how many there are.
        rows = [("run_id", "in", self.ids), ("action", "!=", "expand")]
        cancelled = dict(self.env["sync.hub.log"]._read_group(
            [*rows, ("error_code", "=", "cancelled")], ["run_id"], ["__count"]))  # fmt: skip
        for run, state, count in self.env["sync.hub.log"]._read_group(rows, ["run_id", "state"], ["__count"]):
            counts[run.id, state] = count
        for run in self:
            run.open_count = len(run.waiting_ids or []) + sum(counts.get((run.id, state), 0) for state in OPEN)
            run.failed_count = counts.get((run.id, "failed"), 0)
            run.cancelled_count = cancelled.get(run, 0)
            ended = run.total - run.open_count - run.cancelled_count
            run.progress = 100 * ended / run.total if run.total else 0 if run.state == "running" else 100

    @api.model
    def _start_replay(self, rows):
        """Replay closed rows, oldest first, in steps; the run shows how far it is."""
        return self._start_rows("replay", rows)

    @api.model
    def _start_rows(self, kind, rows, note=""):
        """Retry, replay or skip rows, oldest first, in steps; the run shows how far it is."""
        names = {
            "replay": _("Replay of %s operations"),
            "retry": _("Retry of %s operations"),
            "skip": _("Skipping %s operations"),
        }
        connectors = rows._read_group([("id", "in", rows.ids)], ["connector_id"])
        run = self.sudo().create(
            {
                "name": names[kind] % len(rows),
                "kind": kind,
                "note": note,
                "total": len(rows),
                "waiting_ids": sorted(rows.ids),
                "connector_id": connectors[0][0].id if len(connectors) == 1 else False,
            }
        )
        run.with_delay(description=run.name)._job_replay()
        return run

    def _job_replay(self):
        """Make the next rows of the run pending, or skip them; the rest is for the next job."""
        self.ensure_one()
        if self.state != "running":
            return
        ids, rest = self.waiting_ids[:STEP], self.waiting_ids[STEP:]
        rows = self.env["sync.hub.log"].browse(ids).exists().filtered(lambda row: row.state in TAKES[self.kind])
        if self.kind != "skip":
            rows = rows._with_content()
        # What was put away meanwhile is none of the operations.
        self.total -= len(ids) - len(rows)
        rows.write({"run_id": self.id})
        if self.kind == "skip":
            rows._skip_by_hand(self.note, self.create_uid)
        else:
            rows._requeue(self.kind)
        self.waiting_ids = rest
        if rest:
            self.with_delay(description=self.name)._job_replay()
        else:
            self._close_finished()

    def _opened(self):
        """The action that shows the run."""
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.model
    def _close_finished(self):
        """Close the runs whose rows have all come to an end."""
        self.flush_model()
        self.env.cr.execute(
            """
            UPDATE sync_hub_run r SET state = 'done', finished_at = now() AT TIME ZONE 'UTC'
             WHERE r.state = 'running' AND coalesce(jsonb_array_length(r.waiting_ids), 0) = 0
               AND NOT EXISTS (SELECT 1 FROM sync_hub_log l
                                WHERE l.run_id = r.id AND l.state IN ('pending', 'sending', 'retrying'))
            """
        )
        self.invalidate_model(["state"])

    def action_cancel(self):
        """Start no further rows; the ones that were started are finished."""
        self.check_access_rights("read")
        self.check_access_rule("read")
        running = self.sudo().filtered(lambda r: r.state == "running")
        running.filtered(lambda run: run.kind == "full")._cancel_rows()
        for run in running:
            run.write(
                {
                    "state": "cancelled",
                    "finished_at": fields.Datetime.now(),
                    "waiting_ids": [],
                    "total": run.total - len(run.waiting_ids or []),
                }
            )

    def action_open_rows(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "sync.hub.log",
            "views": [(False, "list"), (False, "form")],
            "domain": [("run_id", "=", self.id)],
        }

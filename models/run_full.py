from datetime import timedelta
from typing import NamedTuple

from odoo import _, api, fields, models
from odoo.exceptions import UserError
from psycopg2.errors import UniqueViolation

from .drain_out import PACE_MARGIN

#: Operations after whose end the pace of a run is known well enough to estimate its end.
KNOWN_PACE = 5


class Started(NamedTuple):
    """A full sync that was asked for.

    :param int run_id: not a record: another transaction may have made it a moment ago, which this one cannot see.
    :param joined: whether it was running already.
    """

    run_id: int
    connector: models.BaseModel
    joined: bool


class SyncHubRun(models.Model):
    """A full sync: every product of a connector, one operation for each remote record and flow.

    Its operations are rows of the log, so that what is done stays done whatever stops it.
    """

    _inherit = "sync.hub.run"

    trigger = fields.Char(readonly=True)
    finished_at = fields.Datetime(string="Finished", readonly=True)
    estimate = fields.Char(compute="_compute_estimate", string="Time left")
    cancelled_count = fields.Integer(compute="_compute_progress", string="Not started")

    def init(self):
        # Two who start one at the same moment get one run.
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_run_full_uniq ON sync_hub_run (connector_id)"
            " WHERE kind = 'full' AND state = 'running'"
        )

    @api.model
    def _start_full(self, connector, trigger):
        """The full sync of a connector as `Started`: the one that is running, else a new one."""
        running = [("connector_id", "=", connector.id), ("kind", "=", "full"), ("state", "=", "running")]
        run = self.sudo().search(running)
        if run:
            return Started(run.id, connector, True)
        values = {"name": _("Full sync of %s", connector.name), "kind": "full", "connector_id": connector.id}
        try:
            with self.env.cr.savepoint():
                run = self.sudo().create({**values, "trigger": trigger})
        except UniqueViolation:
            # Somebody was faster; this transaction cannot see his run.
            with self.env.registry.cursor() as cursor:
                # Whether it still runs does not matter.
                run_id = self.with_env(self.env(cr=cursor)).sudo().search(running[:2], limit=1).id
            return Started(run_id, connector, True)
        connector._push_all(connector._flows_told(), trigger, run)
        return Started(run.id, connector, False)

    # ------------------------------------------------------------ progress

    @api.depends("state", "open_count", "total", "connector_id.rate_limit")
    def _compute_estimate(self):
        now = fields.Datetime.now()
        for run in self:
            finished = run.total - run.open_count
            if run.state != "running" or not run.total:
                run.estimate = False
                continue
            pace = run.connector_id.rate_limit and PACE_MARGIN / run.connector_id.rate_limit
            if finished >= KNOWN_PACE:
                pace = (now - run.create_date).total_seconds() / finished
            run.estimate = self._in_words(pace * run.open_count) if pace else False

    @staticmethod
    def _in_words(seconds):
        if seconds < 60:
            return _("less than a minute")
        if seconds < 5400:
            return _("about %s minutes", round(seconds / 60))
        return _("about %.1f hours", seconds / 3600)

    # ------------------------------------------------------------ what a person does

    def action_resume(self):
        """Go on with what a cancelled run has not done."""
        self.check_access_rights("read")
        self.check_access_rule("read")
        for run in self.sudo().filtered(lambda r: r.kind == "full" and r.state == "cancelled"):
            running = [("connector_id", "=", run.connector_id.id), ("kind", "=", "full"), ("state", "=", "running")]
            if self.sudo().search_count(running, limit=1):
                raise UserError(_("Another full sync of %s is running.", run.connector_id.name))
            run.write({"state": "running", "finished_at": False})
            run.log_ids.filtered(lambda row: row.error_code == "cancelled")._requeue(run.trigger)

    def action_retry_failed(self):
        """Try once more what has failed in these runs."""
        self.check_access_rights("read")
        self.check_access_rule("read")
        return self.sudo().log_ids.filtered(lambda row: row.state == "failed").action_retry()

    def _cancel_rows(self):
        """Close the operations that have not begun; what a drain is working at this moment is finished."""
        self.flush_model()
        self.env.cr.execute(
            """
            UPDATE sync_hub_log SET state = 'skipped', reason = 'ignored', error_code = 'cancelled', next_try_at = NULL,
                                    result = %s, done_at = %s
             WHERE id IN (SELECT id FROM sync_hub_log WHERE run_id = ANY(%s) AND state IN ('pending', 'retrying')
                             FOR UPDATE SKIP LOCKED)
            """,
            [_("The run was cancelled."), fields.Datetime.now(), self.ids],
        )
        self.env["sync.hub.log"].invalidate_model()


class SyncHubConnector(models.Model):
    _inherit = "sync.hub.connector"

    def _start_full_sync(self, trigger="manual_full"):
        """[`Started`] of the runs that check and push everything of these connectors; one under way goes on."""
        able = [connector for connector in self if connector._flows_told()]
        return [self.env["sync.hub.run"]._start_full(connector, trigger) for connector in able]

    @api.model
    def _cron_full_sync(self):
        """Each hour: begin the full syncs that are due."""
        for connector in self.search([("state", "=", "active"), ("full_sync_hours", ">", 0)]):
            since = fields.Datetime.now() - timedelta(hours=connector.full_sync_hours)
            recent = [("connector_id", "=", connector.id), ("kind", "=", "full"), ("create_date", ">", since)]
            if not self.env["sync.hub.run"].search_count(recent, limit=1):
                connector._start_full_sync("schedule")

from datetime import timedelta

from odoo import api, fields, models

#: Hours of a new installation, or of one whose scheduled action stood still, that are counted afterwards.
LOOK_BACK = timedelta(days=8)
#: Bounds of the histogram of how long operations took, in ms: each has a column of its own.
BOUNDS = (100, 500, 1000, 5000, 30000, 300000)
#: An operation is counted by the time at which it ended, and is visible only when its transaction has committed.
SETTLED = timedelta(minutes=10)


class SyncHubHour(models.Model):
    """How many operations ended in one hour of UTC: what the charts are made of, however long the log is.

    An hour is counted once, when it is over; a row that failed in it and was mended later counts in both hours.
    What is newer is counted from the log itself, see `_ended_since`.
    """

    _name = "sync.hub.hour"
    _description = "Sync operations of an hour"
    _order = "hour desc, id desc"
    _log_access = False

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade")
    hour = fields.Datetime(required=True, help="Its beginning.")
    direction = fields.Selection([("in", "In"), ("out", "Out")], required=True)
    entity = fields.Char()
    state = fields.Char(required=True)
    count = fields.Integer(required=True)
    duration_ms = fields.Float(digits=(20, 0), help="Sum of what the done ones took, from making them to their end.")
    le_100 = fields.Integer(string="Done within 0.1 s")
    le_500 = fields.Integer(string="Done within 0.5 s")
    le_1000 = fields.Integer(string="Done within 1 s")
    le_5000 = fields.Integer(string="Done within 5 s")
    le_30000 = fields.Integer(string="Done within 30 s")
    le_300000 = fields.Integer(string="Done within 300 s")

    def init(self):
        self.env.cr.execute("CREATE INDEX IF NOT EXISTS sync_hub_hour_idx ON sync_hub_hour (connector_id, hour)")
        self.env.cr.execute("CREATE INDEX IF NOT EXISTS sync_hub_hour_newest_idx ON sync_hub_hour (hour)")

    @api.model
    def _counted_up_to(self):
        """The beginning of the first hour that is not counted yet."""
        oldest = (fields.Datetime.now() - LOOK_BACK).replace(minute=0, second=0)
        self.env.cr.execute("SELECT max(hour) FROM sync_hub_hour")
        newest = self.env.cr.fetchone()[0]
        return max(oldest, newest + timedelta(hours=1)) if newest else oldest

    @api.model
    def _cron_count(self):
        """Count the hours that are over; called each few minutes, and harmless when called twice."""
        begin = self._counted_up_to()
        end = (fields.Datetime.now() - SETTLED).replace(minute=0, second=0)
        if begin >= end:
            return
        self.env.cr.execute(
            f"""
            INSERT INTO sync_hub_hour (connector_id, hour, direction, entity, state, count, duration_ms,
                                       {", ".join(f"le_{bound}" for bound in BOUNDS)})
            SELECT connector_id, date_trunc('hour', done_at), direction, coalesce(entity, ''), state, count(*),
                   {self._DURATIONS}
              FROM sync_hub_log
             WHERE connector_id IS NOT NULL AND done_at >= %s AND done_at < %s
             GROUP BY 1, 2, 3, 4, 5
            """,
            [begin, end],
        )

    #: The sum of durations and the counts of the histogram, over rows of the log.
    _DURATIONS = ", ".join(
        ["coalesce(sum(duration_ms), 0)", *(f"count(*) FILTER (WHERE duration_ms <= {bound})" for bound in BOUNDS)]
    )

    @api.model
    def _totals(self):
        """[(connector id, direction, entity, state, count, sum of ms, counts within `BOUNDS`)] since the first hour.

        What is older than the hours that are kept is left out: to a monitor the counter begins anew.
        """
        columns = ", ".join(f"coalesce(sum({name}), 0)" for name in ("duration_ms", *(f"le_{b}" for b in BOUNDS)))
        self.env["sync.hub.log"].flush_model()
        self.env.cr.execute(
            f"""
            SELECT connector_id, direction, entity, state, sum(count), {columns} FROM sync_hub_hour GROUP BY 1, 2, 3, 4
             UNION ALL
            SELECT connector_id, direction, coalesce(entity, ''), state, count(*), {self._DURATIONS} FROM sync_hub_log
             WHERE connector_id IS NOT NULL AND done_at >= %s
             GROUP BY 1, 2, 3, 4
            """,
            [self._counted_up_to()],
        )
        totals = {}
        for *key, count, ms, within in ((*row[:6], row[6:]) for row in self.env.cr.fetchall()):
            numbers = [count, ms, *within]
            before = totals.get(tuple(key), [0] * len(numbers))
            totals[tuple(key)] = [int(a + b) for a, b in zip(before, numbers, strict=True)]
        return [(*key, *numbers) for key, numbers in sorted(totals.items())]

    @api.model
    def _ended(self, connectors, since):
        """[(connector id, hour, direction, entity, state, count)] of what ended at or after `since` (UTC)."""
        counted = self._counted_up_to()
        self.env.cr.execute(
            """
            SELECT connector_id, hour, direction, entity, state, count
              FROM sync_hub_hour WHERE connector_id = ANY(%(ids)s) AND hour >= %(since)s
             UNION ALL
            SELECT connector_id, date_trunc('hour', done_at), direction, coalesce(entity, ''), state, count(*)
              FROM sync_hub_log
             WHERE connector_id = ANY(%(ids)s) AND done_at >= greatest(%(since)s, %(counted)s)
             GROUP BY 1, 2, 3, 4, 5
            """,
            {"ids": connectors.ids, "since": since, "counted": counted},
        )
        return self.env.cr.fetchall()

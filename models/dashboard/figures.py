"""The figures of the dashboard's cards, each from an index: the log has a million rows, what is read has few."""

from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz
from odoo import api, fields, models

#: Days of the chart, today included.
DAYS = 7
#: Newest ended operations of a connector that its latency is taken from.
NEWEST = 1000


class SyncHubFigures(models.AbstractModel):
    """Counts the log for the dashboard."""

    _name = "sync.hub.figures"
    _description = "Sync figures"

    @api.model
    def _of(self, connectors):
        """{connector id: {"open", "failed", "ended", "oldest", "p95"}} in one query each.

        `open` and `failed` are {(direction, entity, state): count}; `ended` is {day: {(direction, entity, state):
        count}} by the user's time zone, for each of the last `DAYS`; `oldest` is when the oldest waiting operation
        was made, or None; `p95` is {direction: ms} from making an operation to its end.
        """
        days = self._days()
        figures = {
            key: {"open": {}, "failed": {}, "ended": {day: defaultdict(int) for day in days}, "oldest": None, "p95": {}}
            for key in connectors.ids
        }
        if not connectors:
            return figures
        self.env["sync.hub.log"].flush_model()
        for key, direction, entity, state, count, oldest in self._waiting(connectors):
            mine = figures[key]
            mine["open"][direction, entity, state] = count
            mine["oldest"] = min(filter(None, [mine["oldest"], oldest]))
        for key, direction, entity, count in self._failed(connectors):
            figures[key]["failed"][direction, entity, "failed"] = count
        zone = self._zone()
        for key, hour, direction, entity, state, count in self.env["sync.hub.hour"]._ended(
            connectors, self._begin(days[0])
        ):
            day = pytz.utc.localize(hour).astimezone(zone).date()
            if day in figures[key]["ended"]:
                figures[key]["ended"][day][direction, entity, state] += count
        for key, direction, p95 in self._latency(connectors):
            figures[key]["p95"][direction] = p95
        return figures

    @api.model
    def _zone(self):
        return pytz.timezone(self.env.user.tz or "UTC")

    @api.model
    def _days(self):
        """The last days of the user's calendar, today at the end."""
        today = fields.Date.context_today(self.with_context(tz=self._zone().zone))
        return [today - timedelta(days=back) for back in reversed(range(DAYS))]

    @api.model
    def _begin(self, day):
        """When a day of the user's calendar begins, in UTC without a zone."""
        begin = self._zone().localize(datetime.combine(day, time.min))
        return begin.astimezone(pytz.utc).replace(tzinfo=None)

    def _waiting(self, connectors):
        return self._rows(
            """
            SELECT connector_id, direction, coalesce(entity, ''), state, count(*), min(create_date)
              FROM sync_hub_log
             WHERE connector_id = ANY(%(ids)s) AND state IN ('pending', 'sending', 'retrying')
             GROUP BY 1, 2, 3, 4
            """,
            connectors,
        )

    def _failed(self, connectors):
        return self._rows(
            """
            SELECT connector_id, direction, coalesce(entity, ''), count(*)
              FROM sync_hub_log WHERE connector_id = ANY(%(ids)s) AND state = 'failed'
             GROUP BY 1, 2, 3
            """,
            connectors,
        )

    def _latency(self, connectors):
        return self._rows(
            """
            SELECT c.id, newest.direction, percentile_disc(0.95) WITHIN GROUP (ORDER BY newest.duration_ms)
              FROM unnest(%(ids)s) c(id) CROSS JOIN LATERAL (
                   SELECT direction, state, duration_ms FROM sync_hub_log
                    WHERE connector_id = c.id AND done_at IS NOT NULL
                    ORDER BY done_at DESC LIMIT %(newest)s) newest
             WHERE newest.state = 'done' AND newest.duration_ms IS NOT NULL
             GROUP BY 1, 2
            """,
            connectors,
        )

    def _rows(self, query, connectors):
        self.env.cr.execute(query, {"ids": connectors.ids, "newest": NEWEST})
        return self.env.cr.fetchall()

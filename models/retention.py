"""What is kept of the past, and how it is put away: in small transactions, never what a person must still look at."""

import logging
import time
from datetime import timedelta
from typing import NamedTuple

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

_logger = logging.getLogger(__name__)

#: Records of one transaction.
BATCH = 5000
#: Seconds of work of one night; what is left is for the next call, an hour later.
BUDGET = 600
#: Days that the hours of the dashboard's chart are kept.
KEEP_HOURS = 400
#: Field -> days of a new connector, and of what belongs to none.
DAYS = {"keep_bodies": 14, "keep_exchanges": 30, "keep_rows": 90}
#: Rows that nobody needs to look at any more.
SETTLED = "l.state IN ('done', 'skipped')"
#: An exchange is the evidence of its rows.
NEEDED = f"EXISTS (SELECT 1 FROM sync_hub_log l WHERE l.exchange_id = e.id AND NOT {SETTLED})"


class Step(NamedTuple):
    """One thing that is put away: of which table, after which days, and how a batch of it is."""

    table: str
    keep: str
    change: str


STEPS = (
    Step("exchange", "keep_bodies", "UPDATE sync_hub_exchange e"
         " SET request_headers = NULL, request_body = NULL, response_body = NULL FROM batch WHERE e.id = batch.id"
         f" AND (e.request_body IS NOT NULL OR e.response_body IS NOT NULL) AND NOT {NEEDED}"),
    Step("log", "keep_bodies", "UPDATE sync_hub_log l SET payload = NULL, traceback = NULL FROM batch"
         f" WHERE l.id = batch.id AND l.payload IS NOT NULL AND {SETTLED}"),
    Step("log", "keep_rows", f"DELETE FROM sync_hub_log l USING batch WHERE l.id = batch.id AND {SETTLED}"),
    Step("exchange", "keep_exchanges",
         f"DELETE FROM sync_hub_exchange e USING batch WHERE e.id = batch.id AND NOT {NEEDED}"),
)  # fmt: skip
#: Table -> its next records in the order of an index: (order, id, time) after the last ones that were seen.
NEXT = {
    "log": "SELECT id, done_at AS at, done_at AS time FROM sync_hub_log WHERE {mine} AND done_at IS NOT NULL"
           " AND (done_at, id) > (%(at)s, %(id)s) ORDER BY done_at, id LIMIT %(batch)s",
    # The two directions are read one after the other, each by its id.
    "exchange": "(SELECT id, create_date AS time, direction FROM sync_hub_exchange WHERE {mine} AND direction = 'in'"
                " AND id > %(id)s ORDER BY id LIMIT %(batch)s) UNION ALL"
                " (SELECT id, create_date AS time, direction FROM sync_hub_exchange WHERE {mine} AND direction = 'out'"
                " AND id > %(id)s ORDER BY id LIMIT %(batch)s) ORDER BY id LIMIT %(batch)s",
}  # fmt: skip


class SyncHubConnector(models.Model):
    _inherit = "sync.hub.connector"

    keep_bodies = fields.Integer(
        string="Contents", default=DAYS["keep_bodies"], help="Days that the texts of messages are kept; 0: for ever."
    )
    keep_exchanges = fields.Integer(
        string="Exchanges", default=DAYS["keep_exchanges"], help="Days that HTTP exchanges are kept; 0: for ever."
    )
    keep_rows = fields.Integer(
        string="Operations",
        default=DAYS["keep_rows"],
        help="Days that operations which are done or skipped are kept; 0: for ever.",
    )
    size_text = fields.Char(compute="_compute_size_text", string="Kept at present")

    @api.constrains(*DAYS)
    def _check_days(self):
        for connector in self:
            if min(connector[field] for field in DAYS) < 0:
                raise ValidationError(_("Housekeeping: a number of days cannot be negative."))

    def _compute_size_text(self):
        self.env.cr.execute(
            """
            SELECT c.id,
                   (SELECT count(*) FROM sync_hub_log l WHERE l.connector_id = c.id),
                   (SELECT count(*) FROM sync_hub_exchange e WHERE e.connector_id = c.id),
                   pg_size_pretty(pg_total_relation_size('sync_hub_log')),
                   pg_size_pretty(pg_total_relation_size('sync_hub_exchange'))
              FROM sync_hub_connector c WHERE c.id = ANY(%s)
            """,
            [self.ids],
        )
        sizes = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        for connector in self:
            rows, exchanges, log_size, exchange_size = sizes.get(connector._origin.id, (0, 0, "", ""))
            connector.size_text = connector.id and _(
                "%(rows)s operations and %(exchanges)s exchanges of this connector. The tables of all connectors: "
                "operations %(log_size)s, exchanges %(exchange_size)s.",
                rows=connector._number(rows),
                exchanges=connector._number(exchanges),
                log_size=log_size,
                exchange_size=exchange_size,
            )


class SyncHubRetention(models.AbstractModel):
    """Puts away what is older than its connector says."""

    _name = "sync.hub.retention"
    _description = "Sync retention"

    @api.model
    def _cron_tidy(self):
        """Each night: put away, in transactions of their own, until nothing is left or the budget is used."""
        until = time.monotonic() + BUDGET
        connectors = self.env["sync.hub.connector"].with_context(active_test=False).search([("id", "!=", 0)])
        # What our own vendors sent belongs to no connector.
        keeps = [(connector.id, {field: connector[field] for field in DAYS}) for connector in connectors]
        for connector_id, days in [*keeps, (None, DAYS)]:
            for step in STEPS:
                if days[step.keep] and not self._put_away(connector_id, step, days[step.keep], until):
                    self.env.ref("sync_hub.cron_tidy")._trigger(fields.Datetime.now() + timedelta(hours=1))
                    return
        self.env["sync.hub.hour"].search([("hour", "<", fields.Datetime.now() - timedelta(days=KEEP_HOURS))]).unlink()

    def _put_away(self, connector_id, step, days, until):
        """Work through one table, oldest first; False when the time was up before the end."""
        place = {"at": fields.Datetime.from_string("1970-01-01 00:00:00"), "id": 0}
        cutoff = fields.Datetime.now() - timedelta(days=days)
        total = 0
        while time.monotonic() < until:
            changed, place = self.env["sync.hub.drain"]._transaction(
                lambda drain, place=place: drain.env["sync.hub.retention"]._batch(connector_id, step, cutoff, place)
            )
            total += changed
            if not place:
                if total:
                    _logger.info("sync_hub: %s %s: %s of connector %s", step.keep, step.table, total, connector_id)
                return True
        return False

    def _batch(self, connector_id, step, cutoff, place):
        """One transaction's share; returns (records changed, where to go on or None at the end)."""
        mine = "connector_id = %(connector)s" if connector_id else "connector_id IS NULL"
        self.env.cr.execute(
            f"""
            WITH next AS ({NEXT[step.table].format(mine=mine)}),
                 batch AS (SELECT id FROM next WHERE time < %(cutoff)s),
                 changed AS ({step.change} RETURNING 1)
            SELECT (SELECT count(*) FROM changed), count(*), max(time), max(id),
                   (array_agg(id ORDER BY time DESC, id DESC))[1], coalesce(bool_and(time < %(cutoff)s), false)
              FROM next
            """,
            {**place, "connector": connector_id, "cutoff": cutoff, "batch": BATCH},
        )
        changed, seen, newest, last_id, newest_id, all_old = self.env.cr.fetchone()
        # Ids grow with time: once a batch reaches what is young, so does all that follows.
        if seen < BATCH or not all_old:
            return changed, None
        return changed, {"at": newest, "id": newest_id if step.table == "log" else last_id}

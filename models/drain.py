import logging
from contextlib import contextmanager
from zlib import crc32

from odoo import SUPERUSER_ID, api, models
from odoo.modules.registry import Registry
from psycopg2 import errors

from .clock import SKEW, now

_logger = logging.getLogger(__name__)

#: Times a piece of work is tried again in a new snapshot when another transaction was quicker.
TRIES = 8
#: A race with another transaction: the same work succeeds in a new snapshot.
RACES = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable, errors.UniqueViolation)
#: Seconds of work of one job; what is left is for the next one.
BUDGET = 20
#: Seconds after which a wake job that nobody runs means that there is no runner. A runner that lives gives a job that
#: died with its worker to another one after some 70 s (it looks each minute, and waits 10 s): not before that. And a
#: monitor that asks twice a minute has to know within two.
NO_RUNNER_AFTER = 90


class SyncHubDrain(models.AbstractModel):
    """Works off the open log rows of one lane, in short transactions of its own.

    The job's own cursor holds only queue_job's lock and the lane's advisory lock and is never committed here.
    """

    _name = "sync.hub.drain"
    _description = "Sync drain"

    # ------------------------------------------------------------ cursors

    @contextmanager
    def _work_cursor(self):
        """A cursor of its own for one short transaction: committed at the end, rolled back on an error."""
        with self.pool.cursor() as cr:
            yield cr

    def _transaction(self, work):
        """Run `work(self)` in a new transaction; again in a new snapshot when it lost a race."""
        for left in reversed(range(TRIES)):
            try:
                with self._work_cursor() as cr:
                    drain = api.Environment(cr, SUPERUSER_ID, {"hub_last_try": not left})[self._name]
                    result = work(drain)
                    drain.env.flush_all()
                return result
            except RACES as error:
                if not left:
                    raise
                _logger.info("sync_hub: %s, again in a new snapshot", type(error).__name__)
        return None

    def _try_lock(self, connector_id, direction, lane):
        """Take the lane until the end of the current transaction; False when another drain has it."""
        key = crc32(f"sync_hub {direction} {lane}".encode()) - 2**31
        self.env.cr.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [connector_id, key])
        return self.env.cr.fetchone()[0]

    # ------------------------------------------------------------ waking

    @api.model
    def _wake_after_commit(self, connector_id, direction, lane):
        """Start the lane's drain once this transaction is committed; once per transaction and lane."""
        callbacks = self.env.cr.postcommit
        lanes = callbacks.data.get("sync_hub.lanes")
        if lanes is None:
            lanes = callbacks.data["sync_hub.lanes"] = set()
            dbname = self.env.cr.dbname

            # The cursor is closed when this runs: nothing of this environment may be used.
            @callbacks.add
            def wake():
                wake_lanes(dbname, lanes)

        lanes.add((connector_id, direction, lane))

    @api.model
    def _wake(self, connector_id, direction, lane):
        """Enqueue the lane's drain unless a job that has not started yet will do it."""
        identity = self._wake_key(connector_id, direction, lane)
        self.env.cr.execute(
            "SELECT EXISTS (SELECT 1 FROM queue_job WHERE identity_key = %s"
            " AND state IN ('pending', 'enqueued', 'wait_dependencies'))",
            [identity],
        )
        if self.env.cr.fetchone()[0]:
            return
        title = f"Sync Hub {direction} {connector_id}/{lane}"
        self._delayed(connector_id, direction, identity_key=identity, description=title)(connector_id, lane)

    @staticmethod
    def _wake_key(connector_id, direction, lane):
        """What the jobs that wake a lane have in common."""
        return f"sync_hub.wake:{connector_id}:{direction}:{lane}"

    def _delayed(self, connector_id, direction, **properties):
        """What enqueues a job with these properties; it belongs to the connector's company."""
        # Told here, it is not looked up: whoever posted a webhook waits for this.
        self.env.cr.execute("SELECT company_id FROM sync_hub_connector WHERE id = %s", [connector_id])
        companies = [company for (company,) in self.env.cr.fetchall() if company]
        job = self.with_context(allowed_company_ids=companies).with_delay(max_retries=0, **properties)
        return {"in": job._job_in, "out": job._job_out}[direction]

    @api.model
    def _wake_later(self, connector_id, direction, lane, when):
        """Enqueue a drain for the next due retry: a job of its own, so that it delays no wake."""
        self._delayed(
            connector_id,
            direction,
            identity_key=f"sync_hub.retry:{connector_id}:{direction}:{lane}:{when:%Y%m%d%H%M%S}",
            eta=max(when, now()),
            description=f"Sync Hub retry {direction} {connector_id}/{lane}",
        )(connector_id, lane)

    # ------------------------------------------------------------ jobs

    def _job_in(self, connector_id, lane):
        """Work off a lane of messages that came in."""
        return self._job(connector_id, "in", lane)

    def _job_out(self, connector_id, lane):
        """Work off the lane of messages that go out."""
        return self._job(connector_id, "out", lane)

    def _job(self, connector_id, direction, lane):
        if not self._try_lock(connector_id, direction, lane):
            # The holder looks once more after it has given the lane free.
            return "lane busy"
        # Looking again before the lock is gone would miss rows that come in between.
        dbname = self.env.cr.dbname

        @self.env.cr.postcommit.add
        def look_again():
            wake_lanes(dbname, {(connector_id, direction, lane)}, only_due=True)

        wake = self._wake_key(connector_id, direction, lane)
        return self.with_context(hub_wake=wake)._work(connector_id, direction, lane)

    def _work(self, connector_id, direction, lane, budget=BUDGET):
        """Work chunks of the lane until it is empty or the budget of seconds is used; returns a count."""
        if not self._transaction(lambda drain: drain._begin(connector_id, direction)):
            return "connector not active"
        chunks = {"in": self._chunks_in, "out": self._chunks_out}[direction]
        count = chunks(connector_id, lane, budget)
        self._transaction(lambda drain: drain._conclude(connector_id, count))
        return f"{count} rows"

    def _begin(self, connector_id, direction):
        """Whether the connector's lanes may be worked, after what a clock set back would hold up."""
        self._set_clocks_back()
        return self._may_work(connector_id, direction)

    @api.model
    def _conclude(self, connector_id, count):
        """What is due when a drain has worked this many rows."""
        self.env["sync.hub.run"]._close_finished()
        if count:
            self._show_moved(connector_id)

    @api.model
    def _may_work(self, connector_id, direction):
        connector = self.env["sync.hub.connector"].browse(connector_id).exists()
        if not connector or not connector.active:
            return False
        return connector.state == "active" or (direction == "in" and connector.state == "paused" and connector.refused)

    # ------------------------------------------------------------ due rows

    #: Due rows of the lanes that may work. A held lane (breaker, Retry-After) has none, and an inbound row behind
    #: an older one of its record that waits for a retry is not due: what no drain would take must not wake one.
    #: A connector whose credentials the remote refuses goes on with what comes in.
    _WORKS = "(c.state = 'active' OR c.state = 'paused' AND c.refused AND l.direction = 'in')"

    _DUE = """
        SELECT l.connector_id, l.direction, l.lane, min(coalesce(l.next_try_at, l.create_date))
          FROM sync_hub_log l
          JOIN sync_hub_connector c ON c.id = l.connector_id AND c.active AND {works}
          LEFT JOIN sync_hub_lane o
                 ON o.connector_id = l.connector_id AND o.direction = l.direction AND o.number = l.lane
         WHERE l.state IN ('pending', 'retrying', 'sending')
           AND (l.next_try_at IS NULL OR l.next_try_at <= %(now)s)
           AND (o.open_until IS NULL OR o.open_until <= %(now)s)
           AND (l.direction = 'out' OR NOT EXISTS (
                SELECT 1 FROM sync_hub_log older
                 WHERE older.connector_id = l.connector_id AND older.direction = 'in'
                   AND older.entity = l.entity AND older.remote_id = l.remote_id AND older.id < l.id
                   AND older.state = 'retrying' AND older.next_try_at > %(now)s
                   AND NOT (older.entity = 'order' AND older.error_code = 'order_missing')))
           {condition}
         GROUP BY l.connector_id, l.direction, l.lane
    """

    @api.model
    def _due_lanes(self, lanes=None):
        """[(connector id, direction, lane, due since)] with rows that can be worked now."""
        condition, params = "", {"now": now()}
        if lanes is not None:
            condition = "AND (l.connector_id, l.direction, l.lane) IN %(lanes)s"
            params["lanes"] = tuple(lanes)
        self.env.cr.execute(self._DUE.format(condition=condition, works=self._WORKS), params)
        return self.env.cr.fetchall()

    @api.model
    def _next_due(self, connector_id, direction, lane):
        """When the lane has to be looked at again by itself: a time to come, or None."""
        self.env.cr.execute(
            f"""
            SELECT min(due) FROM (
                SELECT greatest(coalesce(l.next_try_at, %(now)s), coalesce(o.open_until, %(now)s)) AS due
                  FROM sync_hub_log l
                  JOIN sync_hub_connector c ON c.id = l.connector_id AND c.active AND {self._WORKS}
                  LEFT JOIN sync_hub_lane o
                         ON o.connector_id = l.connector_id AND o.direction = l.direction AND o.number = l.lane
                 WHERE l.connector_id = %(connector)s AND l.direction = %(direction)s AND l.lane = %(lane)s
                   AND l.state IN ('pending', 'retrying')) times
             WHERE due > %(now)s
            """,
            {"connector": connector_id, "direction": direction, "lane": lane, "now": now()},
        )
        return self.env.cr.fetchone()[0]

    # ------------------------------------------------------------ sweeper

    @api.model
    def _cron_sweep(self):
        """Each minute: heal what a crash between commit and wake left, and work without a runner."""
        self.env["sync.hub.connector"]._push_dated_prices()
        due = self._due_lanes()
        stuck = self._runner_is_missing()
        self.env["ir.config_parameter"].sudo().set_param("sync_hub.runner_missing", "1" if stuck else "")
        for connector_id, direction, lane, _since in due:
            if not stuck:
                self._transaction(lambda drain, c=connector_id, d=direction, n=lane: drain._wake(c, d, n))
            elif self._try_lock(connector_id, direction, lane):
                _logger.warning(
                    "sync_hub: no queue_job runner has taken a job for %s s; the scheduled action works a chunk itself",
                    NO_RUNNER_AFTER,
                )
                self._work(connector_id, direction, lane, budget=BUDGET / 2)

    @api.model
    def _runner_is_missing(self):
        """True when a job of ours could run and has waited for longer than any runner would let it."""
        self.env.cr.execute(
            """
            SELECT EXISTS (SELECT 1 FROM queue_job
                            WHERE identity_key LIKE 'sync\\_hub.wake:%%' AND state IN ('pending', 'enqueued')
                              AND (date_created < %(now)s::timestamp - interval '%(seconds)s seconds'
                                   OR date_created > %(ahead)s))
               AND NOT EXISTS (SELECT 1 FROM queue_job
                                WHERE date_started > %(now)s::timestamp - interval '10 minutes' AND state = 'started'
                                  AND date_started <= %(ahead)s
                                   OR date_done > %(now)s::timestamp - interval '%(seconds)s seconds'
                                  AND date_done <= %(ahead)s)
            """,
            # What lies ahead is of the time before the clock was set back, and proves nothing of now.
            {"now": now(), "seconds": NO_RUNNER_AFTER, "ahead": now() + SKEW},
        )
        return self.env.cr.fetchone()[0]


def wake_lanes(dbname, lanes, only_due=False):
    """Wake lanes on a fresh cursor whose look sees everything committed so far. Never raises.

    After a commit there is nobody to tell: an error here would tell the user that his saved work failed.
    The sweeper heals what is missed.
    """
    try:
        with Registry(dbname).cursor() as cr:
            drain = api.Environment(cr, SUPERUSER_ID, {})["sync.hub.drain"]
            for lane in sorted(lanes):
                due = not only_due or drain._due_lanes([lane])
                if due:
                    drain._wake(*lane)
                elif when := drain._next_due(*lane):
                    drain._wake_later(*lane, when)
    except Exception:
        _logger.warning("sync_hub: lanes %s could not be woken; the sweeper will", sorted(lanes), exc_info=True)

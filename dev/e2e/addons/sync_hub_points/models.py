import os
import signal
import threading

from odoo import models
from odoo.addons.sync_hub.models import drain_out

#: First key of the advisory locks; the second one is the point's number.
LOCKS = 7700
BEFORE_CLAIM, BEFORE_CALL, AFTER_CALL, BEFORE_COMMIT = range(1, 5)
#: Points at which nothing is held, only killed.
DURING_CALL, BEFORE_RECORD, AFTER_RECORD, BEFORE_WAKE, BEFORE_LOOK = range(5, 10)
#: Seconds after the start of a call at which it is in the midst of it, when the remote takes a second.
DURING = 0.4
#: Seconds that a call may take, in place of the adapters' own patience; for tests in which many calls take too long.
PATIENCE = float(os.environ.get("HUB_POINTS_PATIENCE") or 0)


class SyncHubDrain(models.AbstractModel):
    _inherit = "sync.hub.drain"

    def init(self):
        # A plain table, so that a test can write to it beside Odoo.
        self.env.cr.execute("CREATE TABLE IF NOT EXISTS sync_hub_points_kill (point int, connector int)")

    def _point(self, number, connector_id):
        """Die here when a test says so, and wait while a test holds this point, for all or for one connector."""
        if self._doomed(number, connector_id):
            die()
        with self.pool.cursor() as cr:
            cr.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCKS, number])
            cr.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCKS + number, connector_id])

    def _doomed(self, number, connector_id):
        """Whether a test has ordered the death of this process at this point; the order is used up."""
        with self.pool.cursor() as cr:
            cr.execute("SELECT 1 FROM sync_hub_points_kill WHERE (point, connector) = (%s, %s)", [number, connector_id])
            if not cr.rowcount:
                return False
            cr.execute("DELETE FROM sync_hub_points_kill WHERE (point, connector) = (%s, %s)", [number, connector_id])
            return bool(cr.rowcount)

    def _chunks_out(self, connector_id, lane, budget):
        self._point(BEFORE_CLAIM, connector_id)
        return super(SyncHubDrain, self.with_context(hub_point=connector_id))._chunks_out(connector_id, lane, budget)

    def _call_out(self, claim):
        connector_id = self.env.context["hub_point"]
        self._point(BEFORE_CALL, connector_id)
        if self._doomed(DURING_CALL, connector_id):
            threading.Timer(DURING, die).start()
        outcome = super()._call_out(claim)
        self._point(AFTER_CALL, connector_id)
        return outcome

    def _record_out(self, connector_id, *args):
        result = super()._record_out(connector_id, *args)
        self.env.flush_all()
        # Everything is written, nothing is committed.
        if self._doomed(BEFORE_RECORD, connector_id):
            die()
        return result

    def _conclude(self, connector_id, count):
        # The results are committed, the job that brought them about is not.
        if self._doomed(AFTER_RECORD, connector_id):
            die()
        return super()._conclude(connector_id, count)

    def _work(self, connector_id, direction, lane, **options):
        result = super()._work(connector_id, direction, lane, **options)
        # The last look is over and found nothing; the job's commit, which frees the lane, is still to come.
        self._point(BEFORE_COMMIT, connector_id)
        return result

    def _wake(self, connector_id, direction, lane):
        if self._doomed(BEFORE_WAKE, connector_id):
            die()
        return super()._wake(connector_id, direction, lane)

    def _due_lanes(self, lanes=None):
        # With lanes it is a drain that looks once more after its commit.
        if lanes and self._doomed(BEFORE_LOOK, lanes[0][0]):
            die()
        return super()._due_lanes(lanes)


def die():
    """As the kernel does when memory is short: no handler, no rollback, no goodbye."""
    os.kill(os.getpid(), signal.SIGKILL)


if PATIENCE:
    Patient = drain_out.Transport
    drain_out.Transport = lambda pause, _timeout, **options: Patient(pause, PATIENCE, **options)

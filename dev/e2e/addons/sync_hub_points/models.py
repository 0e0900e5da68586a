from odoo import models

#: First key of the advisory locks; the second one is the point's number.
LOCKS = 7700
BEFORE_CLAIM, BEFORE_CALL, AFTER_CALL, BEFORE_COMMIT = range(1, 5)


class SyncHubDrain(models.AbstractModel):
    _inherit = "sync.hub.drain"

    def _point(self, number):
        """Wait while a test holds this point."""
        with self.pool.cursor() as cr:
            cr.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCKS, number])

    def _chunks_out(self, connector_id, lane, budget):
        self._point(BEFORE_CLAIM)
        return super()._chunks_out(connector_id, lane, budget)

    def _call_out(self, claim):
        self._point(BEFORE_CALL)
        outcome = super()._call_out(claim)
        self._point(AFTER_CALL)
        return outcome

    def _work(self, connector_id, direction, lane, **options):
        result = super()._work(connector_id, direction, lane, **options)
        # The last look is over and found nothing; the job's commit, which frees the lane, is still to come.
        self._point(BEFORE_COMMIT)
        return result

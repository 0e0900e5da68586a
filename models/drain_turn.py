import time
from datetime import timedelta

from odoo import models

from .clock import now

#: Seconds of work after which a job makes room for another one that has been waiting for as long.
TURN = 1


class SyncHubDrain(models.AbstractModel):
    """Whose turn it is: where the channels have few places, a long queue of one lane must not hold up the others.

    A shop has to hear of its last piece within seconds, also while ten thousand orders of another one are read in.
    """

    _inherit = "sync.hub.drain"

    def _goes_on(self, began, budget):
        """Whether a drain that began at that moment (time.monotonic()) takes another chunk.

        It is woken again for what it leaves, behind those that wait.
        """
        worked, wake = time.monotonic() - began, self.env.context.get("hub_wake")
        if worked >= budget:
            return False
        if not wake or worked < TURN:
            return True
        return not self._transaction(lambda drain: drain._others_wait(wake))

    def _others_wait(self, wake):
        """Whether another lane's wake could not be started for as long as a turn takes."""
        self.env.cr.execute(
            "SELECT EXISTS (SELECT 1 FROM queue_job WHERE state = 'pending' AND identity_key LIKE 'sync\\_hub.wake:%%'"
            " AND identity_key <> %s AND date_created < %s)",
            [wake, now() - timedelta(seconds=TURN)],
        )
        return self.env.cr.fetchone()[0]

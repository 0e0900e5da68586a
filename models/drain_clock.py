import logging

from odoo import api, models

from .clock import SKEW, now

_logger = logging.getLogger(__name__)


class SyncHubDrain(models.AbstractModel):
    """What waits for a time waits for ever longer when the server's clock is set back: that is noticed and mended.

    The scheduled action that wakes lanes is due each minute. Where it is due much later, it was planned by a clock
    that was ahead of ours, and so was all else that waits: tries, pauses of the breaker, the other actions. Each is
    brought forward once; what is too early by that does no harm. Idle, nothing looks, and health says so.
    """

    _inherit = "sync.hub.drain"

    @api.model
    def _clock_was_set_back(self):
        """Whether the scheduled action is due later than its own interval allows."""
        cron = self.env.ref("sync_hub.cron_sweep", raise_if_not_found=False)
        # Not from the cache: another process may have planned it anew.
        self.env.cr.execute(
            "SELECT 1 FROM ir_cron WHERE id = %s AND nextcall > %s::timestamp"
            " + (interval_number || ' ' || interval_type)::interval",
            [cron.id if cron else 0, now() + SKEW],
        )
        return bool(self.env.cr.fetchone())

    @api.model
    def _set_clocks_back(self):
        """Bring forward what was planned by a clock that has been set back since; usually nothing."""
        if not self._clock_was_set_back():
            return
        _logger.warning("sync_hub: the clock was set back; what waits for a later time is tried now")
        params = {"now": now()}
        # A scheduled action that runs at this moment plans itself; waiting for its row would be waiting for ourselves.
        self.env.cr.execute(
            """
            UPDATE ir_cron c SET lastcall = least(c.lastcall, %(now)s), nextcall = least(c.nextcall, %(now)s
                    + (c.interval_number || ' ' || c.interval_type)::interval)
             WHERE c.id IN (SELECT x.id FROM ir_cron x JOIN ir_model_data d
                                ON d.module = 'sync_hub' AND d.model = 'ir.cron' AND d.res_id = x.id
                               FOR NO KEY UPDATE OF x SKIP LOCKED)
            """,
            params,
        )
        self.env.cr.execute("UPDATE sync_hub_lane SET open_until = NULL WHERE open_until > %(now)s", params)
        self.env.cr.execute(
            "UPDATE sync_hub_log SET next_try_at = %(now)s"
            " WHERE state IN ('pending', 'retrying') AND next_try_at > %(now)s",
            params,
        )
        self.env.invalidate_all()
        for connector_id, direction, lane, _since in self._due_lanes():
            self._wake(connector_id, direction, lane)

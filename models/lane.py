from datetime import timedelta

from odoo import api, fields, models

from .clock import now


class SyncHubLane(models.Model):
    """What traffic changes about a connector, one row per lane, written only by the drain that holds it."""

    _name = "sync.hub.lane"
    _description = "Sync lane"
    _order = "connector_id, direction, number"
    _log_access = False

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade")
    direction = fields.Selection([("in", "In"), ("out", "Out")], required=True)
    number = fields.Integer(required=True)
    failures = fields.Integer(help="Transient failures in a row.")
    open_until = fields.Datetime(help="No call before this time: the breaker is open, or the remote asked to wait.")
    last_success_at = fields.Datetime()
    last_failure_at = fields.Datetime()
    last_error = fields.Char()
    next_call_at = fields.Float(digits=(16, 3), help="Earliest time of the next call for pacing, seconds since 1970.")

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_lane_uniq ON sync_hub_lane (connector_id, direction, number)"
        )

    @api.model
    def _of(self, connector, direction, number):
        """The lane's row, made when it is first used."""
        domain = [("connector_id", "=", connector.id), ("direction", "=", direction), ("number", "=", number)]
        return self.search(domain) or self.create(
            {"connector_id": connector.id, "direction": direction, "number": number}
        )

    def _is_open(self):
        """True while no call may be made."""
        return bool(self.open_until and self.open_until > now())

    def _is_probing(self):
        """True when the breaker was open and the next call shall be a small one."""
        return self.failures >= self.connector_id.breaker_limit > 0

    def _succeeded(self):
        self.write({"failures": 0, "open_until": False, "last_success_at": now(), "last_error": False})

    def _failed(self, error, seconds=None):
        """Count a transient failure; open the lane when the remote asked to wait or the limit is reached."""
        failures = self.failures + 1
        values = {"failures": failures, "last_failure_at": now(), "last_error": str(error)[:500]}
        wait = seconds or 0
        limit = self.connector_id.breaker_limit
        if limit and failures >= limit:
            # The pause doubles with each failed probe, up to sixteen times.
            wait = max(wait, self.connector_id.breaker_pause * 2 ** min(failures - limit, 4))
        if wait:
            values["open_until"] = now() + timedelta(seconds=wait)
        self.write(values)

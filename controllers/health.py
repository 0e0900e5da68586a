from odoo import SUPERUSER_ID, http
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.http import request
from odoo.tools import config

from ..models.clock import now

#: Seconds that a due row may wait before the hub calls itself unwell.
SLOW = 300
#: Seconds after which the scheduled action that wakes lanes, due each minute, is late.
SWEEPER_LATE = 600


class HealthController(http.Controller):
    """Whether the hub does its work, for a monitor: 200 when it does, 503 with the reason when not."""

    @http.route("/sync_hub/health", type="http", auth="none", methods=["GET"], csrf=False, save_session=False)
    def health(self):
        env = request.env(user=SUPERUSER_ID)
        problems = [*self._runner(env), *self._sweeper(env), *self._waiting(env)]
        body = {
            "status": "ok" if not problems else "unwell",
            "problems": problems,
            "warnings": self._capacity(),
            "runner": self._runner_seen(env),
            "connectors": self._connectors(env),
        }
        return request.make_json_response(body, status=503 if problems else 200)

    @staticmethod
    def _runner(env):
        if (
            env["ir.config_parameter"].get_param("sync_hub.runner_missing")
            or env["sync.hub.drain"]._runner_is_missing()
        ):
            yield (
                "No queue_job runner takes jobs: add queue_job to server_wide_modules and start Odoo with workers. "
                "The scheduled action works slowly in its place."
            )

    @staticmethod
    def _runner_seen(env):
        """Whether a runner holds queue_job's lock of this database, and for how long the oldest job that could run
        has waited."""
        env.cr.execute(
            """
            SELECT EXISTS (SELECT 1 FROM pg_locks
                            WHERE locktype = 'advisory' AND granted AND objsubid = 1
                              AND classid::bigint << 32 | objid::bigint = %(lock)s
                              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
                   coalesce(extract(epoch FROM %(now)s::timestamp - min(coalesce(eta, date_created))), 0)
              FROM queue_job WHERE state IN ('pending', 'enqueued') AND (eta IS NULL OR eta <= %(now)s)
            """,
            {"lock": PG_ADVISORY_LOCK_ID, "now": now()},
        )
        held, seconds = env.cr.fetchone()
        return {"lock_held": held, "oldest_job_seconds": round(max(seconds, 0))}

    @staticmethod
    def _sweeper(env):
        """The scheduled action that heals what a crash has left; one that is switched off is somebody's choice."""
        cron = env.ref("sync_hub.cron_sweep", raise_if_not_found=False)
        if not cron or not cron.active:
            return
        age = (now() - cron.lastcall).total_seconds() if cron.lastcall else 0
        if env["sync.hub.drain"]._clock_was_set_back():
            # Odoo holds every scheduled action back until the clock is where it was.
            yield f"The server's clock was set back: the action '{cron.name}' waits until {cron.nextcall} UTC."
        if age > SWEEPER_LATE:
            yield (
                f"The scheduled action '{cron.name}' has not run for {age:.0f} s: start Odoo with max_cron_threads "
                "above 0."
            )

    @staticmethod
    def _connectors(env):
        """How many connectors are in which state; their names are nobody's business without a login."""
        states = [c._card_status(None)["key"] for c in env["sync.hub.connector"].search([("active", "=", True)])]
        return {state: states.count(state) for state in sorted(set(states))}

    @staticmethod
    def _waiting(env):
        oldest = min((row[3] for row in env["sync.hub.drain"]._due_lanes()), default=None)
        waited = (now() - oldest).total_seconds() if oldest else 0
        if waited > SLOW:
            yield f"The oldest due operation waits for {waited:.0f} s."

    @staticmethod
    def _capacity():
        """Jobs occupy HTTP workers: their total must leave some for people."""
        options = config.misc.get("queue_job", {}) if hasattr(config, "misc") else {}
        root = str(options.get("channels", "root:1")).split(",")[0].partition(":")[2].split(":")[0] or "1"
        workers = config["workers"]
        if workers and root.isdigit() and int(root) >= workers:
            return [
                f"queue_job's root channel takes {root} of {workers} workers: give it fewer than there are workers."
            ]
        return []

"""Once a day, what became of each connector's operations, for whoever wants to know."""

from collections import Counter
from datetime import timedelta

from odoo import _, api, fields, models


class SyncHubConnector(models.Model):
    _inherit = "sync.hub.connector"

    digest_user_ids = fields.Many2many(
        "res.users",
        "sync_hub_connector_digest_user",
        string="Daily summary to",
        help="Get an e-mail each morning with the figures of the day before.",
    )


class SyncHubDigest(models.AbstractModel):
    """The daily e-mail: one per user, with all connectors he asked for."""

    _name = "sync.hub.digest"
    _description = "Sync digest"

    @api.model
    def _cron_send(self):
        connectors = self.env["sync.hub.connector"].search([("digest_user_ids", "!=", False)])
        for user in connectors.digest_user_ids.filtered("email"):
            mine = connectors.filtered(lambda connector, user=user: user in connector.digest_user_ids)
            # He may have lost the company since.
            mine = mine.filtered(lambda connector, user=user: connector.company_id in user.company_ids)
            if mine:
                digest = self.with_user(user).with_context(lang=user.lang, tz=user.tz).sudo()
                digest._send(user, mine.with_env(digest.env))

    def _send(self, user, connectors):
        lines = self._lines(connectors)
        subject = _("Sync Hub: nothing failed")
        if failed := sum(line["failed"] for line in lines):
            subject = _("Sync Hub: %s operations failed", failed)
        self.env["sync.hub.incident"]._mail(user, subject, "sync_hub.digest_mail", lines=lines)

    @api.model
    def _lines(self, connectors):
        """For each connector the figures of yesterday, in the user's calendar, and how it is now."""
        figures = self.env["sync.hub.figures"]._of(connectors)
        yesterday = fields.Date.context_today(self) - timedelta(days=1)
        lines = []
        for connector in connectors:
            ended = Counter()
            for (_direction, _entity, state), count in figures[connector.id]["ended"].get(yesterday, {}).items():
                ended[state] += count
            status = connector._card_status(None)
            incidents = connector.incident_ids.filtered(lambda incident: not incident.closed_at)
            lines.append(
                {
                    "connector": connector,
                    "status": status["label"],
                    "reason": status["reason"],
                    "done": ended["done"],
                    "skipped": ended["skipped"],
                    "failed": sum(figures[connector.id]["failed"].values()),
                    "waiting": sum(figures[connector.id]["open"].values()),
                    "incidents": incidents.mapped("summary"),
                }
            )
        return lines

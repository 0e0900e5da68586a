from odoo import _, api, fields, models

from .map import KINDS


class SyncHubMap(models.Model):
    """The operations that failed because nobody had mapped a value: retried together once somebody has."""

    _inherit = "sync.hub.map"

    waiting_count = fields.Integer(compute="_compute_waiting_count", string="Wait for this")

    def _waiting_domain(self):
        self.ensure_one()
        return [
            ("state", "=", "failed"),
            ("connector_id", "=", self.connector_id.id),
            ("error_code", "=", "mapping"),
            ("error_field", "=", self.kind),
            ("remote_value", "=", self.remote_value),
        ]

    @api.depends("connector_id", "kind", "remote_value")
    def _compute_waiting_count(self):
        rows = [("state", "=", "failed"), ("error_code", "=", "mapping")]
        rows.append(("connector_id", "in", self.connector_id.ids))
        by = ["connector_id", "error_field", "remote_value"]
        counts = {
            (connector.id, kind, value): count
            for connector, kind, value, count in self.env["sync.hub.log"]._read_group(rows, by, ["__count"])
        }
        for row in self:
            row.waiting_count = counts.get((row.connector_id.id, row.kind, row.remote_value), 0)

    def action_open_waiting(self):
        """The operations that failed for want of this value."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.log_action")
        return {**action, "name": _("Wait for this"), "domain": self._waiting_domain(), "context": {}}

    def action_retry_waiting(self):
        """Work all operations again that failed for want of these values."""
        rows = self.env["sync.hub.log"].union(*(self.env["sync.hub.log"].search(row._waiting_domain()) for row in self))
        if not rows:
            return self.env["sync.hub.connector"]._notification(
                _("Value maps"), _("No operation waits for this."), "info"
            )
        return rows.action_retry()

    @api.model_create_multi
    def create(self, vals_list):
        """Override to offer the retry of what has waited for a value that somebody enters by himself."""
        rows = super().create(vals_list)
        rows._offer_retry()
        return rows

    def write(self, vals):
        """Override to offer the retry of what has waited, once a value is chosen."""
        missing = self.filtered("is_missing")
        result = super().write(vals)
        if missing and {field for _label, field in KINDS.values()} & set(vals):
            missing._offer_retry()
        return result

    def _offer_retry(self):
        """Tell the user who has just chosen these values how many operations have waited for them."""
        count = sum(row.waiting_count for row in self if not row.is_missing)
        if count and self.env.user.has_group("sync_hub.group_user") and not self.env.su:
            message = _("%s operations have waited for this: press Retry to work them again.", count)
            self.env["bus.bus"]._sendone(
                self.env.user.partner_id, "simple_notification", {"message": message, "type": "info", "sticky": False}
            )

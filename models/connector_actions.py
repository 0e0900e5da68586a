from odoo import _, fields, models
from odoo.exceptions import UserError

from .adapters.errors import SyncError
from .adapters.transport import Transport
from .connector_secret import limits_of


class SyncHubConnector(models.Model):
    """The buttons of a connector."""

    _inherit = "sync.hub.connector"

    def action_activate(self):
        """Start the connector, push everything once and work what waited."""
        for connector in self:
            if connector._adapter()._needs_url and not connector.url:
                raise UserError(_("URL: enter the address of %s first.", connector.name))
            connector.write({"state": "active", "pause_reason": False, "refused": False})
            if not connector.activated_at:
                connector.activated_at = fields.Datetime.now()
            connector.lane_ids.sudo().write({"failures": 0, "open_until": False})
            self.env["sync.hub.incident"]._gone(connector, "credentials")
            if not self.env.context.get("hub_push_later"):
                connector._start_full_sync()
            connector._read_lists(connector._adapter()._lists, "manual_full")
            for lane in range(1, connector.inbound_lanes + 1):
                self.env["sync.hub.drain"]._wake_after_commit(connector.id, "in", lane)
            self.env["sync.hub.drain"]._wake_after_commit(connector.id, "out", 0)

    def action_pause(self):
        self.write({"state": "paused", "pause_reason": _("Paused by %s", self.env.user.name), "refused": False})

    def action_test(self):
        """Ask the remote whether the credentials are right; changes nothing anywhere."""
        self.ensure_one()
        config = self._push_config()
        transport = Transport(timeout=(5, 10), **limits_of(config))
        try:
            verdict, kind = self._adapter().check(config, transport), "success"
        except SyncError as error:
            verdict, kind = str(error), "danger"
        self.env["sync.hub.exchange"].sudo()._keep(self, transport.exchanges)
        error = kind == "danger" and verdict[:500]
        self.sudo().write({"tested_at": fields.Datetime.now(), "test_error": error, "test_result": verdict[:500]})
        return self._notification(_("Test of %s", self.name), verdict, kind)

    def action_push_all(self):
        """Check and push every product; the page that opens shows how far it is."""
        started = self._start_full_sync()
        if not started:
            raise UserError(_("Nothing of products goes out of %s: see the page Goes out.", self.name))
        return {
            "type": "ir.actions.act_window",
            "name": _("Full sync of %s", self.name),
            "res_model": "sync.hub.run",
            "res_id": started[0].run_id,
            "views": [(False, "form")],
        }

    def action_open_log(self):
        """The log of this connector, narrowed by the search filters that the context names."""
        return self._open_mine("sync_hub.log_action", **self.env.context.get("hub_filter", {}))

    def action_open_failed(self):
        """What failed, grouped by cause."""
        return self._open_mine("sync_hub.failure_action")

    def action_open_maps(self):
        """The value maps of this connector, those without a counterpart first."""
        missing = self.env["sync.hub.map"].search_count(
            [("connector_id", "=", self.id), ("is_missing", "=", True)], limit=1
        )
        return self._open_mine("sync_hub.map_action", search_default_missing=int(bool(missing)))

    def action_open_incidents(self):
        """What is wrong with this connector."""
        return self._open_mine("sync_hub.incident_action", search_default_open=1)

    def action_open_runs(self):
        """The long work of this connector."""
        return self._open_mine("sync_hub.run_action")

    def _open_mine(self, xml_id, **context):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xml_id)
        action["context"] = {"search_default_connector_id": self.id, **context}
        return action

    @staticmethod
    def _notification(title, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": title, "message": message, "type": kind, "sticky": kind == "danger"},
        }

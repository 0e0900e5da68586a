"""Tell open dashboards that something moved. A message bears no content: who may see what is read from the log."""

from odoo import api, models

#: What browsers subscribe to; see `static/src/live.esm.js`.
CHANNEL = "sync_hub_dashboard"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        return super()._build_bus_channel_list(self._channels_allowed(channels))

    def _channels_allowed(self, channels):
        """The channels without the dashboard's, for whoever may not see it."""
        if self.env.user.has_group("sync_hub.group_user"):
            return channels
        return [channel for channel in channels if channel != CHANNEL]


class SyncHubDrain(models.AbstractModel):
    _inherit = "sync.hub.drain"

    @api.model
    def _show_moved(self, connector_id):
        """Let the dashboards read a connector's figures again once this transaction has committed."""
        self.env["bus.bus"]._sendone(CHANNEL, "sync_hub/moved", {"connector_id": connector_id})

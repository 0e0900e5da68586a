from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .adapters.network import Trusted


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    hub_connector_count = fields.Integer(compute="_compute_hub_connector_count")
    hub_body_limit = fields.Integer(
        string="Largest message (MB)", config_parameter="sync_hub.body_limit_mb", default=10,
        help="Webhooks with a larger body are refused with HTTP 413.",
    )  # fmt: skip
    hub_metrics_token = fields.Char(
        string="Token of the metrics", config_parameter="sync_hub.metrics_token",
        help="What a monitor sends as Authorization: Bearer to read /sync_hub/metrics. Empty: nobody reads them.",
    )  # fmt: skip
    hub_trusted_hosts = fields.Char(
        string="Hosts of your own network", config_parameter="sync_hub.trusted_hosts",
        help="Host names, addresses and networks (CIDR), separated by commas. Only these may be reached over plain "
        "HTTP or at private addresses; everything else must be public and use https.",
    )  # fmt: skip
    hub_runner_missing = fields.Char(config_parameter="sync_hub.runner_missing", readonly=True)

    @api.depends("company_id")
    def _compute_hub_connector_count(self):
        self.hub_connector_count = self.env["sync.hub.connector"].search_count([])

    @api.constrains("hub_trusted_hosts")
    def _check_hub_trusted_hosts(self):
        for settings in self:
            try:
                Trusted(settings.hub_trusted_hosts)
            except ValueError as error:
                raise ValidationError(
                    _("Hosts of your own network: '%s' is neither a host name nor an address or network.", *error.args)
                ) from None

    def action_hub_connectors(self):
        return self.env["ir.actions.act_window"]._for_xml_id("sync_hub.connector_action")

from odoo import api, fields, models


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
    hub_runner_missing = fields.Char(config_parameter="sync_hub.runner_missing", readonly=True)

    @api.depends("company_id")
    def _compute_hub_connector_count(self):
        self.hub_connector_count = self.env["sync.hub.connector"].search_count([])

    def action_hub_connectors(self):
        return self.env["ir.actions.act_window"]._for_xml_id("sync_hub.connector_action")

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..models.adapters.signature import same_secret


class MetricsController(http.Controller):
    """The figures for a monitor that speaks Prometheus."""

    @http.route("/sync_hub/metrics", type="http", auth="none", methods=["GET"], csrf=False, save_session=False)
    def metrics(self):
        """Text format 0.0.4; 401 without the token of Settings > Sync Hub, whether or not there is one."""
        env = request.env(user=SUPERUSER_ID)
        scheme, _blank, given = request.httprequest.headers.get("Authorization", "").partition(" ")
        token = env["ir.config_parameter"].get_param("sync_hub.metrics_token") or ""
        if scheme.lower() != "bearer" or not same_secret(given.strip(), token):
            said = "Send the token of Settings > Sync Hub > Monitoring as Authorization: Bearer.\n"
            return request.make_response(said, [("WWW-Authenticate", "Bearer")], status=401)
        kind = "text/plain; version=0.0.4; charset=utf-8"
        return request.make_response(env["sync.hub.metrics"]._text(), [("Content-Type", kind)])

from odoo import SUPERUSER_ID, http
from odoo.http import request


class BareController(http.Controller):
    """The least that a controller which keeps a message does."""

    @http.route(
        "/hub_bench/bare",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def bare(self, **_kwargs):
        raw = request.httprequest.get_data(as_text=True)
        body = request.env(user=SUPERUSER_ID)["hub.bench.body"].create({"raw": raw})
        return request.make_json_response({"success": True, "id": body.id})

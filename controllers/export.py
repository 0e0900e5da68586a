from odoo import http
from odoo.http import request

from ..models.adapters import wirejson

#: Rows that are read at once.
STEP = 500
#: What is told of each row besides its payload: nothing that is kept from the screens.
TOLD = (
    *("id", "direction", "entity", "flow", "action", "remote_id", "res_model", "res_id", "trigger", "state", "reason"),
    *("error_code", "error", "remote_value", "attempts", "result", "history"),
)


class ExportController(http.Controller):
    """Operations as lines of JSON, for a person to look at elsewhere."""

    @http.route("/sync_hub/export/<int:wizard_id>", type="http", auth="user", methods=["GET"])
    def export(self, wizard_id):
        """The rows that a dialog of the user names, oldest first."""
        wizard = request.env["sync.hub.replay.wizard"].browse(wizard_id).exists()
        if not wizard or wizard.create_uid != request.env.user:
            raise request.not_found()
        lines = []
        ids = request.env["sync.hub.log"].search(wizard._rows_domain(), order="id").ids
        for start in range(0, len(ids), STEP):
            rows = request.env["sync.hub.log"].browse(ids[start : start + STEP])
            lines += [wirejson.dumps(self._told(row)) for row in rows]
            rows.invalidate_recordset()
        headers = [
            ("Content-Type", "application/x-ndjson; charset=utf-8"),
            ("Content-Disposition", http.content_disposition("sync_hub_operations.jsonl")),
        ]
        return request.make_response("\n".join(lines) + "\n", headers)

    @staticmethod
    def _told(row):
        told = {name: row[name] or None for name in TOLD}
        times = {name: row[name] and f"{row[name].isoformat(timespec='seconds')}Z" or None
                 for name in ("create_date", "done_at")}  # fmt: skip
        told.update(times, connector=row.connector_id.name or None, payload=row.payload_json() or None)
        return told

from markupsafe import Markup
from odoo import SUPERUSER_ID, _, api, fields, models

from . import compat
from .log import STATES

#: Entries that are kept, and characters of an error in one.
KEPT, SHORT = 20, 300


class SyncHubLog(models.Model):
    """What became of a row at each attempt, and who did something about it.

    A row that is done or skipped at once has no history: its columns say it all, and it costs nothing.
    """

    _inherit = "sync.hub.log"

    history = fields.Json(readonly=True, help="The last attempts, the newest at the end.")
    history_html = fields.Html(compute="_compute_history_html", string="Each attempt", sanitize=False)

    def _finish(self, state, **values):
        """Override to remember how each attempt ended."""
        by = self.env.context.get("hub_by", "")
        told = {"code": values.get("error_code"), "error": values.get("error") or values.get("result")}
        quiet = state in ("done", "skipped") and not by
        self._remember(state, **told, exchange=values.get("exchange_id"), by=by, quiet=quiet)
        return super()._finish(state, **values)

    def _requeue(self, trigger=None):
        """Override to remember who has asked for one more attempt."""
        if trigger in ("retry", "replay") or self.env.uid != SUPERUSER_ID:
            self._remember("pending", why=self.env.context.get("hub_why") or trigger, by=self.env.user.name)
        return super()._requeue(trigger)

    def _remember(self, state, code="", error="", exchange=None, why="", by="", quiet=False):
        """Add to the history of these rows.

        :param exchange: id of the call of this attempt; that of the row unless told.
        :param bool quiet: not of rows that have no history yet.
        """
        entry = {"at": fields.Datetime.to_string(fields.Datetime.now()), "state": state}
        text = (error or "").strip().split("\n")[0][:SHORT]
        entry.update({k: v for k, v in {"code": code, "error": text, "why": why, "by": by}.items() if v})
        for row in self.sudo():
            before = row.history or []
            if quiet and not before:
                continue
            call = not by and (exchange or row.exchange_id.id)
            # An attempt that came to no call still has that of the one before.
            mine = {"exchange": call} if call and call not in [e.get("exchange") for e in before] else {}
            row.history = [*before, {**entry, **mine}][-KEPT:]

    @api.depends("history")
    def _compute_history_html(self):
        states = dict(self._fields["state"]._description_selection(self.env)) or dict(STATES)
        heads = (_("Time"), _("State"), _("Code"), _("What was said"), _("By"), _("Call"))
        head = Markup("").join(Markup("<th>%s</th>") % text for text in heads)
        for row in self:
            lines = Markup("").join(row._history_line(entry, states) for entry in reversed(row.history or []))
            row.history_html = lines and Markup(
                '<table class="table table-sm"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>'
            ) % (head, lines)

    def _history_line(self, entry, states):
        whys = dict(self._fields["trigger"]._description_selection(self.env))
        whys["edit"] = _("Edited, then retried")
        at = fields.Datetime.context_timestamp(self, fields.Datetime.to_datetime(entry["at"]))
        said = entry.get("error") or whys.get(entry.get("why"), "")
        url = entry.get("exchange") and compat.RECORD_URL.format(model="sync.hub.exchange", id=entry["exchange"])
        call = Markup('<a href="%s">#%s</a>') % (url, entry["exchange"]) if url else ""
        cells = (f"{at:%Y-%m-%d %H:%M:%S}", states.get(entry["state"], entry["state"]), entry.get("code", ""))
        return Markup("<tr>%s</tr>") % Markup("").join(
            Markup("<td>%s</td>") % cell for cell in (*cells, said, entry.get("by", ""), call)
        )

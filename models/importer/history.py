from markupsafe import Markup
from odoo import _, fields, models

#: Key of an entry whose number the remote has not told yet, per state.
NEW = "new:"


class HistoryImporter(models.AbstractModel):
    """The steps of an order at the remote as entries of its chatter: each once, corrected in place."""

    _name = "sync.hub.importer.history"
    _inherit = "sync.hub.importer"
    _description = "Order history importer"

    def _apply_to(self, connector, message, sale):
        known = dict(sale.hub_history or {})
        before = dict(known)
        steps = sorted(message.history, key=lambda step: step.id.rjust(20))
        for step in steps:
            label = step.label or self._label(connector, step.status)
            # A step that was announced before it had a number is this one.
            key = known.pop(NEW + step.status, None) if step.id not in known else None
            known[step.id] = self._entry(sale, known.get(step.id) or key, label, step.time)
        if message.status and not any(step.status == message.status for step in steps):
            key = NEW + message.status
            if key not in known and message.status != sale.hub_remote_status:
                label = message.status_label or self._label(connector, message.status)
                known[key] = self._entry(sale, None, label, None)
        if known != before:
            sale.hub_history = known
        if not sale.hub_paid and any(self._is_paid(connector, step.status) for step in steps):
            # The message that told it may have come late, or never.
            sale.hub_paid = True

    def _entry(self, sale, message_id, label, time):
        """The id of the chatter entry of a step, made or brought up to date."""
        when = fields.Datetime.context_timestamp(self, time.replace(tzinfo=None)) if time else None
        body = Markup("<b>{}</b> {}").format(_("Shop's state: %s", label), f"{when:%Y-%m-%d %H:%M}" if when else "")
        entry = message_id and self.env["mail.message"].sudo().browse(message_id).exists()
        if not entry:
            entry = self._log_note(sale, body)
        elif label not in entry.body or (when and f"{when:%Y-%m-%d %H:%M}" not in entry.body):
            entry.body = body
        return entry.id

    def _is_paid(self, connector, status):
        return self.env["sync.hub.map"].sudo()._row(connector, "order_state", status).order_action == "paid"

    def _label(self, connector, status):
        row = self.env["sync.hub.map"].sudo()._row(connector, "order_state", status)
        return row.remote_label or f"#{status}"

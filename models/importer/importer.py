from contextlib import contextmanager

from odoo import _, fields, models
from odoo.exceptions import UserError

from ..texts import same_text


class Importer(models.AbstractModel):
    """Applies canonical messages to Odoo, written once for all remotes.

    Importers run as the connector's user; the hub's own tables are read and written with sudo.
    """

    _name = "sync.hub.importer"
    _description = "Importer"

    def _apply(self, connector, messages):
        """Apply messages of different records; returns [(record, [what a person should know])].

        :raises MappingError: something in a message has no counterpart in Odoo.
        """
        raise NotImplementedError

    @contextmanager
    def _or_tell(self, said, what):
        """Do a part that must not stop the whole: what Odoo refuses is undone and told, naming `what` it was."""
        try:
            with self.env.cr.savepoint():
                yield
        except UserError as error:
            said.append(_("%(what)s: %(why)s", what=what, why=error))

    def _let_go_on(self, connector, sale, remote_id):
        """Make due what waits for this order, which has just come or was confirmed.

        Only rows of the order's own lane: the others may be worked at this moment, and come by their schedule.
        """
        domain = [
            ("connector_id", "=", connector.id),
            ("direction", "=", "in"),
            ("state", "=", "retrying"),
            ("error_code", "in", ("order_missing", "order_unconfirmed")),
            ("lane", "=", connector._inbound_lane("order", remote_id)),
        ]
        waiting = self.env["sync.hub.log"].sudo().search(domain)
        marks = {f"'{mark}'" for mark in (sale.client_order_ref, remote_id)}
        rows = waiting.filtered(lambda row: any(mark in row.error for mark in marks))
        if rows:
            rows.write({"next_try_at": fields.Datetime.now()})

    def _bindings(self):
        return self.env["sync.hub.binding"].sudo()

    def _record_of(self, connector, entity, remote_id):
        """The bound record in this environment, or None."""
        record = self._bindings()._record_of(connector, entity, remote_id)
        return record and record.with_env(self.env)

    def _told(self, connector, message, record):
        """{flow: value} that a message shows the remote to hold, in the exporter's own form."""
        return {}

    def _read_at(self, message):
        """Aware time at which we have read the message ourselves, None when it was sent to us."""
        return self.env.context.get("hub_read_at", {}).get(message.id)

    def _log_note(self, record, body):
        """Post an internal note; whoever runs the connector needs no e-mail address for it."""
        sender = self.env.user.email_formatted or self.env.company.email_formatted or "Sync Hub <sync_hub@localhost>"
        return record.message_post(body=body, subtype_xmlid="mail.mt_note", message_type="comment", email_from=sender)

    def _news(self, binding, flow, told, values, sources):
        """The part of `values` that the remote has changed since both sides last agreed.

        A snapshot carries every field. Those that the remote has not touched must not undo what somebody changed in
        Odoo a moment ago and the remote has not been told yet.

        :param dict sources: Odoo's field -> fields of the message that it is made of.
        """
        base = binding._base(flow) if binding else None
        if not base:
            return values
        quiet = {field for field, value in told.items() if same_text(value) == same_text(base.get(field))}
        # Of what a message does not speak nothing is news.
        loud = set(told) - quiet
        return {f: v for f, v in values.items() if f not in sources or loud & set(sources[f])}

    @staticmethod
    def _changes(record, values):
        """The part of `values` that differs from the record: writing equal values costs and tells lies."""
        changes = {}
        for field, value in values.items():
            kind = record._fields[field].type
            current = record[field]
            if kind == "many2one":
                current = current.id
            elif kind in ("char", "text", "html"):
                # A shop gives quotes back in other shapes: that is no change.
                current, value = same_text(current), same_text(value)
            if current != value:
                changes[field] = values[field]
        return changes

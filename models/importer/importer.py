from odoo import models


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

    def _bindings(self):
        return self.env["sync.hub.binding"].sudo()

    def _record_of(self, connector, entity, remote_id):
        """The bound record in this environment, or None."""
        record = self._bindings()._record_of(connector, entity, remote_id)
        return record and record.with_env(self.env)

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
                current, value = current or "", value or ""
            if current != value:
                changes[field] = values[field]
        return changes

from odoo import models

from ..adapters.errors import MappingError
from .order_lines import TOLD


class OrderImporter(models.AbstractModel):
    """Lines that both sides change: messages and our own calls cross each other on their way."""

    _inherit = "sync.hub.importer.order"

    def _quiet_fields(self, connector, message):
        """{line id: fields} that the shop left alone since both sides last agreed: what Odoo made of them stays."""
        binding = self._bindings()._find(connector, "order", message.id)
        # A message may have left before our last changes of the lines came there: it still says what they were.
        known = [*(binding._base("lines") or ()), *self._lately(binding, message)]
        told, quiet = self.env["sync.hub.exporter.order"]._line_told, {}
        for line in message.lines:
            mine, same = told(line), [row for row in known if row[0] == line.id]
            quiet[line.id] = {field for field, place in TOLD.items() if any(row[place] == mine[place] for row in same)}
        return quiet

    def _lately(self, binding, message):
        """Lines as the shop had them at a time of which the message may tell."""
        return [line for _time, lines in binding._recent("lines", self._read_at(message)) for line in lines]

    def _untold_lines(self, connector, message, sale, left):
        """Whether Odoo's lines are others than the shop's because it has not been told of them yet.

        :param left: ids of lines that this snapshot has not changed.
        """
        exporter = self.env["sync.hub.exporter.order"].sudo()
        binding = self._bindings()._find(connector, "order", message.id)
        if exporter._untold(connector, sale, binding._base("lines"), message.status or ""):
            # Nothing will be told: what differs, differs.
            return False
        if self._added_lately(binding, message, sale):
            return True
        base = [exporter._line_told(line) for line in message.lines]
        try:
            changes = exporter._lines_now(connector, sale.sudo(), base)[1]
        except MappingError:
            return True
        return any("line" in change or change["id"] in left for change in changes)

    def _added_lately(self, binding, message, sale):
        """Whether lines have been added at the shop so lately that the message cannot show them."""
        added = {f"+{line.id}" for line in sale.order_line if line.hub_line_sent and not line.hub_line_id}
        lately = {line[0] for line in self._lately(binding, message)}
        return bool(added) and (binding._is_claimed("lines") or bool(added & lately))

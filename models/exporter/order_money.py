from odoo import _, models

from ..adapters.canonical import RecordPush
from .push import Push

#: Flow -> kind of the documents whose money it tells.
DOCUMENTS = {"capture": "out_invoice", "refund": "out_refund"}


class MoneyPusher(Push):
    """How much of an order was paid, or paid back, in all: told twice it is the same."""

    def message(self, changes):
        row = self.rows[0]
        key = f"{row.res_model},{row.res_id},money"
        return RecordPush(key=key, entity="order", remote_id=self.remote_id, values=changes)


class OrderMoneyExporter(models.AbstractModel):
    """Money of orders that the shop takes, or gives back, when Odoo's documents say so."""

    _name = "sync.hub.exporter.order.money"
    _inherit = "sync.hub.exporter"
    _description = "Exporter of orders' money"

    # Money one by one.
    _chunk = 1

    def _pushes(self, connector, rows):
        for order_id, mine in rows.grouped("res_id").items():
            order = self.env["sale.order"].browse(order_id).exists()
            binding = order._hub_binding()
            if not binding:
                mine._finish("skipped", reason="ignored", result=_("The shop does not know this order."))
                continue
            values = {}
            for row in mine:
                amount = order._hub_money(DOCUMENTS[row.flow])
                if amount <= 0:
                    row._finish("skipped", reason="unchanged", result=_("No money has moved."))
                else:
                    values[row.flow] = f"{amount:.{order.currency_id.decimal_places}f}"
            if values:
                told = mine.filtered(lambda row, flows=values: row.flow in flows)
                yield MoneyPusher(told, binding.remote_id, binding, values)

    def _accepted(self, connector, rows, values):
        self.env["sale.order"].browse(rows[0].res_id)._hub_ask(_("Its money was told."))

from odoo import _, models

from .. import compat
from ..adapters.canonical import RecordPush
from .push import Push


class ParcelPusher(Push):
    """A transfer to the customer, with all that is known of it."""

    @property
    def creates(self):
        return not self.binding

    def message(self, changes):
        row = self.rows[0]
        key = f"{row.res_model},{row.res_id},parcel"
        return RecordPush(key=key, entity="parcel", remote_id=self.remote_id or None, values=changes["parcel"])


class ParcelExporter(models.AbstractModel):
    """Transfers to the customers of a shop's orders."""

    _name = "sync.hub.exporter.parcel"
    _inherit = "sync.hub.exporter"
    _description = "Parcel exporter"

    _chunk = 10

    def _pushes(self, connector, rows):
        Binding = self.env["sync.hub.binding"]
        for row in rows:
            picking = self.env["stock.picking"].browse(row.res_id).exists()
            order = picking.sale_id._hub_binding()
            if not picking or picking.state != "done" or not order:
                row._finish("skipped", reason="ignored", result=_("The shop does not know this order."))
                continue
            binding = Binding._of_records(connector, picking).filtered(lambda b: b.entity == "parcel")[-1:]
            items = self._items(picking)
            if not items:
                row._finish("skipped", reason="ignored", result=_("Nothing in it is of a line of the shop's order."))
                continue
            values = {"order": order.remote_id, "ref": picking.name, "items": items, **self._facts(connector, picking)}
            yield ParcelPusher(row, binding.remote_id or "", binding, {"parcel": values})

    @staticmethod
    def _items(picking):
        """[[line id, quantity]] in the units of the order's lines."""
        sums = {}
        for move in picking.move_ids.filtered(lambda m: m.state == "done" and m.sale_line_id.hub_line_id):
            line = move.sale_line_id
            if move.product_id != line.product_id:
                # Of a kit its components leave; the line says how many of it that makes.
                sums[line.hub_line_id] = line.qty_delivered
                continue
            unit = line[compat.LINE_UOM]
            quantity = move.product_uom._compute_quantity(move.quantity, unit, round=False)
            sums[line.hub_line_id] = sums.get(line.hub_line_id, 0) + quantity
        return [[line_id, round(quantity, 6)] for line_id, quantity in sums.items() if quantity > 0]

    def _facts(self, connector, picking):
        number = (picking.carrier_tracking_ref or "").strip()
        url = picking.carrier_tracking_url or ""
        # Without one the remote takes the parcel from where it holds the pieces back.
        places = self.env["sync.hub.map"].sudo()._places_known(connector)
        warehouse = picking.picking_type_id.warehouse_id
        place = next((place for place, known in places.items() if known == warehouse), None)
        return {
            "tracking": [[one.strip(), url] for one in number.split(",") if one.strip()],
            "place": place,
            "delivered": picking.hub_delivered or connector.delivered_when_shipped,
        }

    def _created(self, connector, flow, record):
        self._look(connector, record)

    def _accepted(self, connector, rows, values):
        self._look(connector, self.env["stock.picking"].browse(rows[0].res_id))

    @staticmethod
    def _look(connector, picking):
        """What the order has become there shows on it at once."""
        picking.sale_id._hub_ask(_("A parcel was told."))

from odoo import models

from .watch import watch

#: What decides the open demand.
WATCHED = dict.fromkeys(("state", "product_uom_qty", "quantity", "location_id", "location_dest_id"), "stock")


class StockMove(models.Model):
    _inherit = "stock.move"

    def write(self, vals):
        with watch(self, vals, WATCHED) as changed:
            result = super().write(vals)
        moves = changed.of("stock").sudo().filtered(lambda move: move.state != "draft")
        for trigger, group in moves.grouped(StockMove._hub_trigger).items():
            group.product_id._hub_touch("stock", trigger)
            group._hub_tell_orders(trigger)
        return result

    def _hub_tell_orders(self, trigger):
        """Tell the shops of delivered orders; nothing is read where no shop wants to know."""
        if not any("status" in target.flows for target in self.env["sync.hub.connector"]._outbound()):
            return
        done = self.filtered(lambda move: move.state == "done")
        # Moves inside the house do not know the order's line, their transfer knows the order.
        orders = (done.sale_line_id.order_id | done.picking_id.sale_id).filtered("hub_connector_id")
        for flow in ("lines", "status", "tracking"):
            self.env["sync.hub.log"]._append_records(flow, orders, trigger)
        done.picking_id._hub_tell_parcels(trigger)

    def _hub_trigger(self):
        """The word of the sync log for what this move does to the stock."""
        if self.location_dest_id.usage != "customer":
            return "inventory_adjusted"
        return {"done": "order_shipped", "cancel": "order_cancelled"}.get(self.state, "order_created")

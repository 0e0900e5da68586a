from odoo import _, api, fields, models

from . import compat
from .watch import watch

#: What the remote's line is made of.
WATCHED = dict.fromkeys(
    ("product_id", "product_uom_qty", compat.LINE_UOM, "price_unit", "discount", compat.LINE_TAXES), "lines"
)


class SaleOrder(models.Model):
    """How far an order is that a marketplace follows step by step."""

    _inherit = "sale.order"

    hub_dispatched = fields.Boolean(string="Goods have left", readonly=True, copy=False)
    hub_cancel_reason = fields.Char(readonly=True, copy=False, help="The marketplace's word for why it was cancelled.")
    hub_steps = fields.Boolean(compute="_compute_hub_steps", help="The shop follows this order step by step.")
    hub_dispatch_by_button = fields.Boolean(compute="_compute_hub_steps")

    def _compute_hub_steps(self):
        for order in self:
            connector = order.hub_connector_id.sudo()
            order.hub_steps = bool(connector and connector._adapter()._ladder)
            waits = order.hub_steps and order.state == "sale" and not order.hub_dispatched
            order.hub_dispatch_by_button = bool(waits and connector.dispatch_on == "button")

    def action_hub_dispatch(self):
        """Somebody says that the goods leave now."""
        self.check_access_rights("write")
        self.check_access_rule("write")
        self.sudo().hub_dispatched = True

    def _hub_on_its_way(self):
        """Whether goods are leaving, by what the connector takes for it."""
        connector = self.hub_connector_id.sudo()
        if not connector or not connector._adapter()._ladder:
            return False
        parcels = self._hub_parcels().filtered(lambda picking: picking.state != "cancel")
        if self.hub_dispatched or any(picking.state == "done" for picking in parcels):
            return True
        if connector.dispatch_on == "driver":
            return any(picking.user_id and picking.state == "assigned" for picking in parcels)
        if connector.dispatch_on == "pick":
            inside = (self.picking_ids - parcels).filtered(
                lambda p: p.state != "cancel" and p.picking_type_id.code == "internal"
            )
            return bool(inside) and all(picking.state == "done" for picking in inside)
        return False

    def _hub_came_back(self):
        """Whether everything that left has been returned; asked only for shops that know such a state."""
        connector = self.hub_connector_id.sudo()
        if not connector or not connector._adapter()._ladder:
            return False
        lines = self.order_line.filtered(lambda line: compat.is_storable(line.product_id))
        back = self.picking_ids.filtered(lambda p: p.state == "done" and p.picking_type_id.code == "incoming")
        return bool(back and lines) and not any(line.qty_delivered > 0 for line in lines)

    def _hub_needs_code(self):
        """Whether the buyer must give a code before the delivery may be reported."""
        return self.hub_carried_by == "seller" and (self.hub_installment > 0 or self.hub_top_up > 0)

    def _hub_cancel_reason(self):
        """The marketplace's word for why the order is cancelled."""
        reasons = self.hub_connector_id.sudo()._adapter()._cancel_reasons()
        return self.hub_cancel_reason or self.hub_connector_id.sudo().cancel_reason or next(iter(reasons), False)

    def action_cancel(self):
        """Override of `sale` to ask for the reason that the marketplace wants to know."""
        asks = len(self) == 1 and self.hub_connector_id.sudo() and self._hub_asks_reason()
        if asks:
            return {
                "type": "ir.actions.act_window",
                "name": _("Cancel %s", self.name),
                "res_model": "sync.hub.cancel.wizard",
                "views": [(False, "form")],
                "target": "new",
                "context": {"default_order_id": self.id},
            }
        return super().action_cancel()

    def _hub_asks_reason(self):
        context = self.env.context
        known = context.get("disable_cancel_warning") or context.get("sync_origin") or self.hub_cancel_reason
        return not known and self.state != "cancel" and bool(self.hub_connector_id.sudo()._adapter()._cancel_reasons())

    def _hub_lines_changed(self):
        """Tell the shops that follow their orders' lines."""
        if not any("lines" in target.flows for target in self.env["sync.hub.connector"]._outbound()):
            return
        orders = self.sudo().filtered("hub_connector_id")
        self.env["sync.hub.log"]._append_records("lines", orders, "changed")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    hub_line_sent = fields.Boolean(readonly=True, copy=False, help="Told to the shop; its id there is not known yet.")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._hub_tell_lines()
        return lines

    def write(self, vals):
        if "product_id" in vals and not self.env.context.get("sync_origin"):
            # Another product is another line: the shop's own is cancelled, and this one added.
            other = self.filtered(
                lambda line: line.hub_line_id and line.product_id.id != vals["product_id"] and line.order_id.hub_steps
            )
            super(SaleOrderLine, other).write({"hub_line_id": False, "hub_product_ref": False, "hub_pack": 1.0})
        with watch(self, vals, WATCHED) as changed:
            result = super().write(vals)
        changed.of("lines")._hub_tell_lines()
        return result

    def unlink(self):
        orders = self.order_id
        result = super().unlink()
        orders._hub_lines_changed()
        return result

    def _hub_tell_lines(self):
        self.order_id._hub_lines_changed()

    def _hub_unit_size(self):
        """How much of its product's unit the line's unit is."""
        self.ensure_one()
        return (
            self[compat.LINE_UOM]._compute_quantity(1.0, self.product_id.uom_id, round=False)
            if self.product_id
            else 1.0
        )

    def _hub_unit_name(self):
        return self[compat.LINE_UOM].name or ""

    def _hub_pack_price(self):
        """What one pack of the shop costs on this line, with or without tax as the shop names its prices."""
        self.ensure_one()
        packs = self._hub_packs()
        if not packs:
            return 0.0
        connector = self.order_id.hub_connector_id.sudo()
        total = self.price_total if connector.price_tax == "included" else self.price_subtotal
        return total / packs

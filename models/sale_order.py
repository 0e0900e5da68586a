from odoo import _, api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    hub_connector_id = fields.Many2one(
        "sync.hub.connector", string="Shop", readonly=True, copy=False, ondelete="set null", index="btree_not_null"
    )
    hub_remote_status = fields.Char(string="Shop's state (id)", readonly=True, copy=False)
    hub_remote_status_label = fields.Char(string="Shop's state", readonly=True, copy=False)
    hub_hold_reason = fields.Char(string="Held because", readonly=True, copy=False, tracking=True)
    hub_held_total = fields.Char(readonly=True, copy=False, help="The shop's total that Odoo did not come to.")
    hub_accepted_total = fields.Char(readonly=True, copy=False, help="The shop's total when a person took the order.")
    hub_oversold = fields.Boolean(string="Oversold", readonly=True, copy=False)
    hub_delivery_ref = fields.Char(
        readonly=True, copy=False, index="btree_not_null", help="The shop's id of the delivery address."
    )
    hub_posted_notes = fields.Text(readonly=True, copy=False, help="Marks of the shop's messages in the chatter.")

    def action_confirm(self):
        """Override of `sale` to stop an order whose totals nobody has checked."""
        for order in self.filtered("hub_hold_reason"):
            raise UserError(
                _(
                    "%(order)s is held: %(reason)s\nCompare it with the shop, correct it, and press Release.",
                    order=order.name,
                    reason=order.hub_hold_reason,
                )
            )
        return super().action_confirm()

    def action_hub_release(self):
        """A person takes the order as it is."""
        for order in self:
            order.hub_connector_id._reported("held", order).action_done()
            order.write({"hub_hold_reason": False, "hub_accepted_total": order.hub_held_total})

    # ------------------------------------------------------------ following the shop

    def _hub_follow(self, action):
        """Do what the value map says for a state of the shop; returns what a person must do, or ""."""
        self.ensure_one()
        return {
            "none": lambda: "",
            "sent": self._hub_sent,
            "confirm": self._hub_confirm,
            "paid": self._hub_pay,
            "hold": self._hub_hold,
            "deliver": self._hub_deliver,
            "cancel": self._hub_cancel,
            "wait": self._hub_wait,
            "return": self._hub_return,
        }[action]()

    def _hub_sent(self):
        if self.state == "draft":
            self.state = "sent"
        return ""

    def _hub_confirm(self):
        if self.state == "cancel":
            return _("The shop goes on with an order that is cancelled in Odoo.")
        if self.state in ("draft", "sent"):
            sold_at = self.date_order
            self.action_confirm()
            # Odoo dates a confirmed order now; it was sold when the customer paid the shop.
            self.date_order = sold_at
        return ""

    def _hub_cancel(self):
        if any(picking.state == "done" for picking in self.picking_ids):
            return _("The shop cancelled an order that has been delivered: make a return.")
        if self.state != "cancel":
            self.with_context(disable_cancel_warning=True).action_cancel()
        return ""

    def _hub_deliver(self):
        """Confirm and validate every transfer that is ready; a wizard never opens."""
        problem = self._hub_confirm()
        if not problem and self.hub_carried_by == "seller" and not self._hub_all_gone():
            # Our own people deliver it: only they know with which lots, and whether with all of it.
            return _("The shop says delivered: validate the transfers of this order.")
        while not problem:
            ready = self.picking_ids.filtered(lambda picking: picking.state == "assigned")[:1]
            if not ready:
                break
            ready.move_ids.picked = True
            result = ready.with_context(skip_backorder=True, skip_sms=True).button_validate()
            if ready.state != "done":
                problem = _("The transfer %s needs a person.", ready.name)
            elif isinstance(result, dict):
                continue
        open_ones = self.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel"))
        if open_ones and not problem:
            problem = _("The shop says delivered, but there is not enough stock for %s.", open_ones[0].name)
        return problem

    # ------------------------------------------------------------ late news

    @api.model
    def _hub_address_arrived(self, connector, address_ref, partner):
        """Give the address to the orders that were imported before it was known."""
        waiting = self.search(
            [
                ("hub_connector_id", "=", connector.id),
                ("hub_delivery_ref", "=", address_ref),
                ("state", "in", ("draft", "sent", "sale")),
            ]
        )
        for order in waiting.filtered(lambda o: o.partner_shipping_id == o.partner_id and o.delivery_status != "full"):
            order.partner_shipping_id = partner
            order.picking_ids.filtered(lambda p: p.state not in ("done", "cancel")).partner_id = partner


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    hub_line_id = fields.Char(string="Shop's line", readonly=True, copy=False)

    # The customer has paid the shop's price: changing a quantity in Odoo must not change it.
    def _compute_price_unit(self):
        return super(SaleOrderLine, self.filtered(lambda line: not line.hub_line_id))._compute_price_unit()

    def _compute_discount(self):
        return super(SaleOrderLine, self.filtered(lambda line: not line.hub_line_id))._compute_discount()

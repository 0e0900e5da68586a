from odoo import _, api, fields, models

from . import compat

CARRIERS = [("seller", "Us"), ("remote", "The marketplace")]


class SaleOrder(models.Model):
    """How a marketplace's order is carried and settled.

    Source of the sums: what the marketplace pays is owed by it, what is handed over at the door is cash.
    """

    _inherit = "sale.order"

    hub_account = fields.Char(string="Account at the shop", readonly=True, copy=False)
    hub_route = fields.Char(string="Route", readonly=True, copy=False)
    hub_carried_by = fields.Selection(CARRIERS, string="Delivered by", readonly=True, copy=False)
    hub_preferred_day = fields.Date(string="Wanted by the buyer", readonly=True, copy=False)
    hub_expected_day = fields.Date(string="Expected delivery", readonly=True, copy=False)
    hub_delivery_day = fields.Date(string="Delivered on", readonly=True, copy=False)
    hub_pickup_day = fields.Date(string="Picked up on", readonly=True, copy=False)
    hub_pickup_code = fields.Char(
        string="Pickup code", readonly=True, copy=False, groups="stock.group_stock_user", help="For the courier."
    )
    hub_status_reason = fields.Char(string="Reason given by the shop", readonly=True, copy=False)
    hub_credit = fields.Monetary(string="Paid from credit", readonly=True, copy=False)
    hub_installment = fields.Monetary(string="Financed by instalments", readonly=True, copy=False)
    hub_top_up = fields.Monetary(string="Wallet top-up", readonly=True, copy=False)
    hub_rebate = fields.Monetary(string="Rebate (reported)", readonly=True, copy=False)
    hub_cash_due = fields.Monetary(
        string="Cash to collect",
        compute="_compute_hub_settlement",
        help="At the door: total - credit - instalments + wallet top-up. Nothing where the marketplace delivers.",
    )
    hub_remote_due = fields.Monetary(
        string="Due from the marketplace",
        compute="_compute_hub_settlement",
        help="Credit + instalments + its share of the discounts - wallet top-up; where it delivers, also the total "
        "that it collects. Less than nothing is owed to it.",
    )

    @api.depends(
        "hub_carried_by",
        "hub_credit",
        "hub_installment",
        "hub_top_up",
        "amount_total",
        "order_line.hub_given_by_remote",
        "order_line.product_uom_qty",
    )
    def _compute_hub_settlement(self):
        for order in self:
            shared = sum(line.hub_given_by_remote * line._hub_packs() for line in order.order_line)
            financed = order.hub_credit + order.hub_installment
            if order.hub_carried_by == "remote":
                order.hub_cash_due, order.hub_remote_due = 0.0, order.amount_total + shared
            else:
                order.hub_cash_due = order.amount_total - financed + order.hub_top_up
                order.hub_remote_due = financed + shared - order.hub_top_up

    def _hub_all_gone(self):
        """Whether all that was to be sent has left the house."""
        parcels = self._hub_parcels().filtered(lambda picking: picking.state != "cancel")
        return bool(parcels) and all(picking.state == "done" for picking in parcels)

    def _hub_wait(self):
        """The buyer is changing the order: nobody may act on it until he has saved."""
        if self.state in ("draft", "sent"):
            self.hub_state_hold = _("the buyer is changing the order at the shop. It can be confirmed when he is done.")
            if not self.hub_hold_reason:
                self.hub_hold_reason = self.hub_state_hold
            return ""
        return _("The buyer is changing an order that is already confirmed in Odoo.")

    def _hub_return(self):
        """The goods are said to come back."""
        sent = self._hub_parcels().filtered(lambda picking: picking.state == "done")
        if sent:
            names = ", ".join(sent.mapped("name"))
            return _("The shop says that the goods were returned: open %s and press Return.", names)
        return _("The shop says that the goods were returned, but they have not left: cancel the order.")


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    hub_product_ref = fields.Char(string="Product at the shop", readonly=True, copy=False)
    hub_pack = fields.Float(
        string="Units per pack",
        default=1.0,
        readonly=True,
        copy=False,
        help="Of the product's unit, as the shop sells.",
    )
    hub_given_by_seller = fields.Float(
        string="Our discount (per pack)", digits="Product Price", readonly=True, copy=False
    )
    hub_given_by_remote = fields.Float(
        string="Marketplace's discount (per pack)", digits="Product Price", readonly=True, copy=False
    )

    def _hub_packs(self, quantity=None):
        """A quantity of the line (the ordered one) in packs of the shop."""
        self.ensure_one()
        if not self.product_id or not self.hub_pack:
            return 0.0
        quantity = self.product_uom_qty if quantity is None else quantity
        return self[compat.LINE_UOM]._compute_quantity(quantity, self.product_id.uom_id, round=False) / self.hub_pack

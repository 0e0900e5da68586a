from collections import defaultdict

from odoo import _, api, models
from odoo.tools import float_compare

from . import compat


class SaleOrder(models.Model):
    """Which orders were promised goods that are not there."""

    _inherit = "sale.order"

    def _hub_look_again(self):
        """After an import was committed: flag what was sold beyond the stock, at the same moment or one by one."""
        for warehouse, orders in self.exists().filtered(lambda o: o.state == "sale").grouped("warehouse_id").items():
            products = orders.order_line.product_id.filtered(compat.is_storable)
            self._hub_flag_oversold(products.with_context(**{compat.WAREHOUSE_KEY: warehouse.id}), warehouse)

    @api.model
    def _hub_flag_oversold(self, products, warehouse):
        """Flag the youngest orders whose pieces are not in stock, until the others can be served.

        An order of a shop that is told the stock should not be there when there is none. One that somebody has
        entered may wait for goods, as Odoo showed him; but two transactions that both took the last unit hide that
        from both, and leave more reserved than there is.
        """
        waiting = self._hub_waiting(products, warehouse)
        for product in products:
            lines = waiting[product.id]
            doubly = max(-product.free_qty, 0)
            short = max(sum(quantity for _order, quantity in lines) - max(product.qty_available, 0), doubly)
            known = sum(quantity for order, quantity in lines if order.hub_oversold)
            doubly, short = doubly - known, short - known
            for order, quantity in lines:
                if float_compare(short, 0, precision_rounding=product.uom_id.rounding) <= 0:
                    break
                if order.hub_oversold:
                    continue
                if doubly > 0 or order._hub_is_told_stock():
                    order._hub_mark_oversold(product, short)
                short, doubly = short - quantity, doubly - quantity

    @api.model
    def _hub_waiting(self, products, warehouse):
        """{product id: [(order, quantity in the product's unit)]} of what is sold and not delivered, youngest first."""
        domain = [
            ("product_id", "in", products.ids),
            ("order_id.state", "=", "sale"),
            ("order_id.warehouse_id", "=", warehouse.id),
            ("order_id.delivery_status", "!=", "full"),
        ]
        waiting = defaultdict(list)
        for line in self.env["sale.order.line"].search(domain, order="id desc"):
            left = line[compat.LINE_UOM]._compute_quantity(
                line.product_uom_qty - line.qty_delivered, line.product_id.uom_id, round=False
            )
            if left > 0:
                waiting[line.product_id.id].append((line.order_id, left))
        return waiting

    def _hub_is_told_stock(self):
        """Whether the order is of a shop that knows what may be sold."""
        shop = self.hub_connector_id
        return bool(shop) and shop.push_stock and "stock" in shop._adapter()._offered(shop)

    def _hub_mark_oversold(self, product, missing):
        self.hub_oversold = True
        note = _(
            "%(product)s: %(missing)s more promised than in stock at %(warehouse)s.",
            product=product.display_name,
            missing=missing,
            warehouse=self.warehouse_id.name,
        )
        self.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=_("Oversold"),
            note=note,
            user_id=self.user_id.id or self.env.user.id,
        )

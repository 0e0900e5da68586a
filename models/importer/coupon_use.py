from odoo import _, models


class CouponUseImporter(models.AbstractModel):
    """Where a shop's coupons were used: in carts, before there is an order, and in orders."""

    _name = "sync.hub.importer.coupon.use"
    _inherit = "sync.hub.importer"
    _description = "Coupon use importer"

    def _apply(self, connector, messages):
        return [self._usage(connector, message) for message in messages]

    def _usage(self, connector, message):
        """A coupon in a cart: kept until the order of that cart comes."""
        sale = self._record_of(connector, "order", message.order_id)
        cart = message.cart_id or (sale and sale.hub_cart_ref) or f"order-{message.order_id}"
        if not sale and message.cart_id:
            mine = [("hub_connector_id", "=", connector.id), ("hub_cart_ref", "=", message.cart_id)]
            sale = self.env["sale.order"].search(mine, limit=1)
        values = {"applied": message.applied, "code": message.code or message.coupon_id}
        if sale:
            values["order_id"] = sale.id
        use = self.env["sync.hub.coupon.use"].sudo()._put(connector, cart, message.coupon_id, **values)
        return use, [] if sale else [_("Kept until the order of cart %s comes.", cart)]

    def _apply_to(self, connector, message, sale, _said):
        """Take over the coupons of a snapshot of `sale`, and what is known of its cart."""
        Use = self.env["sync.hub.coupon.use"].sudo()
        if message.cart_id:
            if sale.hub_cart_ref != message.cart_id:
                sale.hub_cart_ref = message.cart_id
            waiting = Use.search([("connector_id", "=", connector.id), ("cart_ref", "=", message.cart_id)])
            waiting.filtered(lambda use: not use.order_id).order_id = sale.id
        for coupon in message.coupons:
            values = {
                "order_id": sale.id,
                "applied": True,
                "free_shipping": coupon.free_shipping,
                "total_incl": float(coupon.total_incl),
            }
            cart = message.cart_id or f"order-{message.id}"
            use = Use._put(connector, cart, coupon.coupon_id, **values)
            if not use.code:
                use.code = coupon.name or coupon.coupon_id

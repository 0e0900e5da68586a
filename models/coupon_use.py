from odoo import api, fields, models


class SyncHubCouponUse(models.Model):
    """A coupon in a shop's cart, and in the order that the cart became."""

    _name = "sync.hub.coupon.use"
    _description = "Coupon of a cart or order"
    _rec_name = "code"

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True)
    cart_ref = fields.Char(required=True, readonly=True, help="The shop's id of the cart.")
    coupon_ref = fields.Char(required=True, readonly=True, help="The shop's id of the coupon.")
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="cascade", index="btree_not_null")
    program_id = fields.Many2one("loyalty.program", compute="_compute_program_id")
    code = fields.Char(readonly=True, help="Its code, or its name: an order that was read tells the name only.")
    label = fields.Char(string="Coupon", compute="_compute_program_id")
    applied = fields.Boolean(default=True, readonly=True, help="Not set once the coupon was taken out of the cart.")
    free_shipping = fields.Boolean(readonly=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    total_incl = fields.Monetary(string="Discount", readonly=True, help="Tax included, as far as the shop told it.")

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_coupon_use_uniq"
            " ON sync_hub_coupon_use (connector_id, cart_ref, coupon_ref)"
        )

    @api.depends("connector_id", "coupon_ref", "code")
    def _compute_program_id(self):
        Binding = self.env["sync.hub.binding"].sudo()
        for use in self:
            program = Binding._record_of(use.connector_id, "coupon", use.coupon_ref)
            use.program_id = program if program and program._name == "loyalty.program" else False
            rules = use.program_id.sudo().with_context(active_test=False).rule_ids
            code = next(filter(None, rules.mapped("code")), "")
            use.label = f"{use.code} ({code})" if use.code and code and code != use.code else code or use.code

    @api.model
    def _put(self, connector, cart_ref, coupon_ref, **values):
        """Create or change the use of one coupon in one cart."""
        use = self.search(
            [
                ("connector_id", "=", connector.id),
                ("cart_ref", "=", cart_ref),
                ("coupon_ref", "=", coupon_ref),
            ]
        )
        if use:
            use.write(values)
            return use
        return self.create({"connector_id": connector.id, "cart_ref": cart_ref, "coupon_ref": coupon_ref, **values})

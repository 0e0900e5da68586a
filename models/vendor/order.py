from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

#: States that nothing follows.
FINAL = ("delivered", "cancelled")


class SyncHubVendorOrder(models.Model):
    """An order that a vendor ships for us, under a reference of ours: sent twice, it is still one."""

    _name = "sync.hub.vendor.order"
    _description = "Order at a vendor"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(string="Our reference", required=True, readonly=True, copy=False)
    connector_id = fields.Many2one("sync.hub.connector", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True)
    partner_id = fields.Many2one(related="connector_id.vendor_partner_id", string="Vendor")
    sale_id = fields.Many2one(
        "sale.order", string="Sale order", required=True, readonly=True, ondelete="restrict", index=True
    )
    line_ids = fields.One2many("sync.hub.vendor.order.line", "order_id")
    state = fields.Selection(
        [
            ("draft", "Not sent"),
            ("sending", "Being sent"),
            ("sent", "Sent"),
            ("hold", "On hold"),
            ("shipped", "Shipped"),
            ("delivered", "Delivered"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    to_cancel = fields.Boolean(readonly=True, copy=False)
    remote_id = fields.Char(string="Vendor's id", readonly=True, copy=False)
    remote_number = fields.Char(string="Vendor's number", readonly=True, copy=False)
    remote_status = fields.Char(string="Vendor says", readonly=True, copy=False)
    total = fields.Float(string="Vendor's total", readonly=True, copy=False)
    shipping = fields.Float(string="Of it shipping", readonly=True, copy=False)
    tracking = fields.Text(readonly=True, copy=False)
    failed_log_id = fields.Many2one("sync.hub.log", compute="_compute_failed_log_id", string="Failed operation")
    error = fields.Text(compute="_compute_failed_log_id", string="Why it failed")

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_vendor_order_uniq ON sync_hub_vendor_order (connector_id, name)"
        )

    def _compute_failed_log_id(self):
        Log = self.env["sync.hub.log"].sudo()
        for order in self:
            mine = [("res_model", "=", self._name), ("res_id", "=", order.id), ("direction", "=", "out")]
            last = Log.search(mine, order="id desc", limit=1)
            open_one = last if last.state in ("failed", "retrying") else Log
            order.failed_log_id, order.error = open_one, open_one.error

    # ------------------------------------------------------------ buttons

    def action_send(self):
        """Send the order; sent again it is the same order there."""
        for order in self.filtered(lambda o: o.state == "draft"):
            if not order.line_ids:
                raise UserError(_("%s has no lines.", order.name))
            order._check_stock()
            order.sudo().state = "sending"
            order._append("manual_single")

    def action_cancel(self):
        """Cancel the order, at the vendor too where he has it."""
        for order in self.filtered(lambda o: o.state not in FINAL):
            if order.state == "shipped":
                raise UserError(_("%s was shipped by the vendor: ask him to take it back.", order.name))
            if order.state == "draft":
                order.sudo().state = "cancelled"
                continue
            order.sudo().to_cancel = True
            order._append("order_cancelled")

    def action_retry(self):
        """Try what failed once more."""
        return self.failed_log_id.action_retry()

    def action_read(self):
        """Ask the vendor how these orders stand."""
        for order in self.filtered("remote_id"):
            order.sudo().connector_id._ask_again("vendor_order", order.remote_id, "manual_single")

    def _append(self, trigger):
        self.env["sync.hub.log"]._append_records("purchase", self, trigger, only=self.connector_id.id, unbound=True)

    def _check_stock(self):
        short = self.line_ids.filtered(lambda line: line.quantity > line.vendor_quantity)
        if short:
            raise UserError(
                _("The vendor has only %(there)s of '%(product)s'.",
                  there=short[0].vendor_quantity, product=short[0].product_id.display_name)
            )  # fmt: skip

    @api.ondelete(at_uninstall=False)
    def _unlink_unsent(self):
        if any(order.state not in ("draft", "cancelled") for order in self):
            raise UserError(_("The vendor knows this order: cancel it instead."))


class SyncHubVendorOrderLine(models.Model):
    _name = "sync.hub.vendor.order.line"
    _description = "Line of an order at a vendor"

    order_id = fields.Many2one("sync.hub.vendor.order", required=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", related="order_id.company_id", store=True)
    sale_line_id = fields.Many2one("sale.order.line", readonly=True, ondelete="set null", index=True)
    vendor_product_id = fields.Many2one("sync.hub.vendor.product", required=True, ondelete="restrict", readonly=True)
    product_id = fields.Many2one(related="vendor_product_id.product_id")
    sku = fields.Char(related="vendor_product_id.sku", store=True)
    vendor_quantity = fields.Integer(related="vendor_product_id.quantity", string="Vendor has")
    quantity = fields.Integer(required=True)

    @api.constrains("quantity")
    def _check_quantity(self):
        if any(line.quantity < 1 for line in self):
            raise ValidationError(_("Quantity: at least 1."))


class SaleOrder(models.Model):
    _inherit = "sale.order"

    hub_vendor_order_ids = fields.One2many("sync.hub.vendor.order", "sale_id", groups="sync_hub.group_user")
    hub_can_order = fields.Boolean(compute="_compute_hub_can_order")

    @api.depends("state", "order_line.product_id")
    def _compute_hub_can_order(self):
        ways = self.env["sync.hub.connector"].sudo()._vendor_shops()
        for order in self:
            mine = ways.filtered(lambda way, o=order: way.company_id == o.company_id)
            order.hub_can_order = bool(mine and order.state == "sale" and order._hub_to_order(mine))

    def _hub_to_order(self, ways):
        """{connector: {line: vendor's variant}} of what vendors have and were not asked for yet."""
        asked = self.sudo().hub_vendor_order_ids.filtered(lambda o: o.state != "cancelled").line_ids.sale_line_id
        found = {}
        for way in ways:
            products = (self.order_line - asked).product_id
            rows = self.env["sync.hub.vendor.product"].sudo().search(
                [("partner_id", "=", way.vendor_partner_id.id), ("company_id", "=", way.company_id.id),
                 ("product_id", "in", products.ids)])  # fmt: skip
            by_product = rows.grouped("product_id")
            lines = {line: by_product[line.product_id][0] for line in self.order_line - asked
                     if line.product_id in by_product and line.product_uom_qty > 0}  # fmt: skip
            if lines:
                found[way] = lines
                asked |= self.env["sale.order.line"].concat(*lines)
        return found

    def action_hub_order(self):
        """Prepare orders to the vendors that have what this order needs; a person looks and sends them."""
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        ways = self.env["sync.hub.connector"].sudo()._vendor_shops()
        wanted = self._hub_to_order(ways.filtered(lambda way: way.company_id == self.company_id))
        if not wanted:
            raise UserError(_("No vendor with a shop has what this order needs, or all of it is ordered."))
        Order = self.env["sync.hub.vendor.order"].sudo()
        orders = Order.browse()
        for way, lines in wanted.items():
            count = Order.search_count([("sale_id", "=", self.id), ("connector_id", "=", way.id)])
            orders += Order.create({
                "name": self.name if not count else f"{self.name}-{count + 1}",
                "connector_id": way.id,
                "sale_id": self.id,
                "line_ids": [(0, 0, {"sale_line_id": line.id, "vendor_product_id": row.id,
                                     "quantity": max(round(line.product_uom_qty), 1)}) for line, row in lines.items()],
            })  # fmt: skip
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.vendor_order_action")
        action["domain"] = [("id", "in", orders.ids)]
        if len(orders) == 1:
            action.update(views=[(False, "form")], res_id=orders.id)
        return action


class SyncHubConnector(models.Model):
    _inherit = "sync.hub.connector"

    @api.model
    def _vendor_shops(self):
        """The connectors to vendors that take orders."""
        usable = [("kind", "=", "vendor_api"), ("state", "=", "active"), ("order_from_vendor", "=", True)]
        return self.search([*usable, ("shop_url", "!=", False), ("vendor_partner_id", "!=", False)])

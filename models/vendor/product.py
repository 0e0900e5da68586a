from odoo import _, api, fields, models
from odoo.exceptions import ValidationError


class SyncHubVendorProduct(models.Model):
    """What a vendor has of a variant, as he tells it. Never our own stock: nothing here is in a warehouse of ours."""

    _name = "sync.hub.vendor.product"
    _description = "Vendor stock"
    _order = "partner_id, sku"
    _rec_name = "sku"

    partner_id = fields.Many2one("res.partner", string="Vendor", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    product_id = fields.Many2one(
        "product.product",
        required=True,
        ondelete="cascade",
        index=True,
        help="Which of your products it is: choose another one where you have it already.",
    )
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id", store=True, index=True)
    sku = fields.Char(string="Vendor's SKU", required=True, readonly=True)
    product_sku = fields.Char(readonly=True, help="SKU of the product as a whole, where it is none of its variants'.")
    quantity = fields.Integer(string="Vendor on hand", readonly=True)
    supplierinfo_id = fields.Many2one("product.supplierinfo", ondelete="set null", readonly=True)
    price = fields.Float(related="supplierinfo_id.price", string="Vendor's price", readonly=True)
    currency_id = fields.Many2one(related="supplierinfo_id.currency_id")
    told_at = fields.Datetime(string="Last change", readonly=True)

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_vendor_product_uniq"
            " ON sync_hub_vendor_product (partner_id, sku, company_id)"
        )

    @api.constrains("product_id", "company_id")
    def _check_company(self):
        for row in self:
            owner = row.product_id.company_id
            if owner and owner not in row.company_id.parent_ids | row.company_id:
                raise ValidationError(
                    _("%(product)s belongs to %(company)s.", product=row.product_id.display_name, company=owner.name)
                )

    def write(self, vals):
        moved = self.filtered(lambda row: "product_id" in vals and row.product_id.id != vals["product_id"])
        result = super().write(vals)
        for row in moved.sudo().filtered("supplierinfo_id"):
            # The vendor's price follows the variant that he means.
            row.supplierinfo_id.write({"product_id": row.product_id.id, "product_tmpl_id": row.product_tmpl_id.id})
        return result

    def _tell(self, quantity=None, price=None):
        """Take over what the vendor says of these variants; returns those that it changes.

        :param Decimal price: of one, in the company's currency, without tax.
        """
        changed = self.browse()
        for row in self:
            if quantity is not None and quantity != row.quantity:
                row.quantity = quantity
                changed |= row
            if price is not None and (not row.supplierinfo_id or row._costs_other(price)):
                row._set_price(price)
                changed |= row
        changed.told_at = fields.Datetime.now()
        return changed

    def _costs_other(self, price):
        return self.supplierinfo_id.currency_id.compare_amounts(self.supplierinfo_id.price, float(price)) != 0

    def _set_price(self, price):
        self.ensure_one()
        if self.supplierinfo_id:
            self.supplierinfo_id.price = float(price)
            return
        self.supplierinfo_id = self.env["product.supplierinfo"].create(
            {
                "partner_id": self.partner_id.id,
                "product_tmpl_id": self.product_tmpl_id.id,
                "product_id": self.product_id.id,
                "product_code": self.sku,
                "price": float(price),
                "currency_id": self.company_id.currency_id.id,
                "company_id": self.company_id.id,
            }
        )


class ProductProduct(models.Model):
    _inherit = "product.product"

    hub_vendor_product_ids = fields.One2many("sync.hub.vendor.product", "product_id", string="Vendor stock of variant")
    hub_vendor_qty = fields.Integer(
        string="Vendors have", compute="_compute_hub_vendor_qty", help="What all vendors together say they have."
    )

    @api.depends("hub_vendor_product_ids.quantity")
    @api.depends_context("allowed_company_ids")
    def _compute_hub_vendor_qty(self):
        rows = [("product_id", "in", self.ids), ("company_id", "in", self.env.companies.ids)]
        groups = self.env["sync.hub.vendor.product"].sudo()._read_group(rows, ["product_id"], ["quantity:sum"])
        have = {product.id: quantity for product, quantity in groups}
        for product in self:
            product.hub_vendor_qty = have.get(product._origin.id, 0)


class ProductTemplate(models.Model):
    _inherit = "product.template"

    hub_vendor_product_ids = fields.One2many("sync.hub.vendor.product", "product_tmpl_id", string="Vendor stock")
    hub_vendor_qty = fields.Integer(string="Vendors have", compute="_compute_hub_vendor_qty")

    @api.depends("product_variant_ids.hub_vendor_qty")
    def _compute_hub_vendor_qty(self):
        for template in self:
            template.hub_vendor_qty = sum(template.product_variant_ids.mapped("hub_vendor_qty"))

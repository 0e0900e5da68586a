from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from . import compat

#: Separates the account from the id where both are one text.
AT = "@"


class SyncHubBinding(models.Model):
    """What one remote product is of a variant: a pack of so many, in which account, on which terms."""

    _inherit = "sync.hub.binding"

    from_field = fields.Boolean(readonly=True, help="Follows the field of the product that holds the remote's id.")
    account = fields.Char(help="Account at the remote whose product this is. Empty: the connector's, or all of them.")
    uom_id = fields.Many2one(
        "uom.uom",
        string="Sold in",
        ondelete="restrict",
        help="Unit of the pack; lines of its orders are in this unit. Empty: by the factor.",
    )
    packaging_id = fields.Many2one(
        compat.PACKAGING,
        ondelete="restrict",
        help="Packaging of the product whose quantity is the factor.",
    )
    unit = fields.Char(string="Remote unit", help="What the remote calls the pack: box, dozen ...")
    unit_count = fields.Integer(default=1, string="Pieces", help="How many base pieces the remote counts in one pack.")
    base_ref = fields.Char(
        string="Base product", help="The remote's id of what all its packs are made of; needed to send stock by it."
    )
    min_order = fields.Integer(string="Least per order", help="In packs. 0: what the remote has stays.")
    max_order = fields.Integer(string="Most per order", help="In packs. 0: what the remote has stays.")
    published = fields.Boolean(default=True, string="On sale", help="Off: hidden from the remote's customers.")
    availability = fields.Selection(
        [("stock", "As in stock"), ("unlimited", "Always: unlimited stock"), ("none", "Never: shown as out of stock")],
        default="stock",
        required=True,
    )
    bundle = fields.Boolean(
        help="A set whose content the remote does not tell: its stock is sent only where it is a kit."
    )

    @api.constrains("min_order", "max_order")
    def _check_limits(self):
        for binding in self:
            if min(binding.min_order, binding.max_order) < 0 or 0 < binding.max_order < binding.min_order:
                raise ValidationError(
                    _("%s: the least per order is not negative, and not more than the most.", binding.remote_id)
                )

    @api.constrains("uom_id", "res_model", "res_id")
    def _check_uom(self):
        for binding in self.filtered("uom_id"):
            product = binding._variant()
            if product and not compat.same_measure(binding.uom_id, product.uom_id):
                raise ValidationError(
                    _(
                        "Sold in: '%(pack)s' cannot be converted into '%(unit)s', the unit of %(product)s.",
                        pack=binding.uom_id.name,
                        unit=product.uom_id.name,
                        product=product.display_name,
                    )
                )

    @api.onchange("uom_id", "packaging_id")
    def _onchange_pack(self):
        factor = self._pack_factor()
        if factor:
            self.factor = factor

    @api.model_create_multi
    def create(self, vals_list):
        bindings = super().create([self._cleaned(vals) for vals in vals_list])
        bindings.filtered(lambda b: b.uom_id or b.packaging_id)._take_factor()
        return bindings

    def write(self, vals):
        result = super().write(self._cleaned(vals))
        if {"uom_id", "packaging_id"} & set(vals):
            self._take_factor()
        return result

    @staticmethod
    def _cleaned(vals):
        """An empty account is none."""
        return {**vals, "account": (vals["account"] or "").strip() or False} if "account" in vals else vals

    def _take_factor(self):
        for binding in self:
            factor = binding._pack_factor()
            if factor and factor != binding.factor:
                binding.factor = factor

    def _variant(self):
        """The variant, empty when the binding is of something else."""
        ids = self.filtered(lambda b: b.res_model == "product.product").mapped("res_id")
        return self.env["product.product"].with_context(active_test=False).browse(ids).exists()

    def _pack_factor(self):
        """How many of the variant's unit the pack's unit or packaging holds; 0 when neither is chosen."""
        product = self._variant()
        if self.uom_id and product:
            return self.uom_id._compute_quantity(1.0, product.uom_id, round=False)
        return compat.packaged_quantity(self.packaging_id, product) if self.packaging_id else 0.0

    def _line_uom(self, product=None):
        """The unit in which an order counts this pack, made where the product's measure has none of this size.

        Pieces would do as well, but the price of a piece is often no price: 285.00 for 24 is 11.875.

        :param product: its variant, where the caller has it.
        """
        product = product or self._variant()
        if self.uom_id or self.factor == 1.0 or not product:
            return self.uom_id or product.uom_id
        unit = self.unit or _("pack")
        name = _("%(unit)s of %(count)g", unit=unit.capitalize(), count=self.factor)
        return compat.pack_uom(product.uom_id.sudo(), self.factor, name).with_env(self.env)

    def action_open_binding(self):
        """Show this pack and its terms, to be changed."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.remote_id,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def _key(self):
        """The remote id, with the account where the binding has one of its own."""
        return f"{self.remote_id}{AT}{self.account}" if self.account else self.remote_id

from odoo import api, models

from .watch import watch

#: What decides the available quantity.
WATCHED = dict.fromkeys(("quantity", "reserved_quantity", "location_id"), "stock")
#: Locations whose content can be sold.
SELLABLE = ("internal", "transit")


class StockQuant(models.Model):
    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        quants._hub_touch()
        return quants

    def write(self, vals):
        with watch(self, vals, WATCHED) as changed:
            result = super().write(vals)
        changed.of("stock")._hub_touch()
        return result

    def unlink(self):
        products = self.filtered("quantity").product_id
        result = super().unlink()
        products.sudo()._hub_touch("stock", "inventory_adjusted")
        return result

    def _hub_touch(self):
        here = self.sudo().filtered(lambda quant: quant.location_id.usage in SELLABLE)
        here.product_id._hub_touch("stock", "inventory_adjusted")

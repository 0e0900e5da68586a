from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    hub_alias = fields.Char(string="Address name at the shop", readonly=True, copy=False)

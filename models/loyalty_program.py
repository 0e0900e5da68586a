from odoo import fields, models


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    hub_connector_id = fields.Many2one(
        "sync.hub.connector",
        string="Shop",
        copy=False,
        ondelete="set null",
        help="The shop that this coupon comes from, or that shall have it.",
    )
    hub_blocked = fields.Boolean(
        readonly=True,
        copy=False,
        help="Not used in Odoo, because the shop's rule has conditions that Odoo cannot keep.",
    )
    hub_terms = fields.Text(
        string="The shop's terms",
        readonly=True,
        copy=False,
        help="What the shop's rule says and Odoo has no field for.",
    )

from odoo import fields, models

#: A coupon of a shop has both dates and a number of uses; these stand for what Odoo leaves open.
ALWAYS, FOREVER, UNLIMITED = "2000-01-01", "2099-12-31", 1000000


def is_unlimited(quantity):
    """Whether a shop's number of uses stands for "as often as you like": it counts down from there."""
    return quantity > UNLIMITED // 2


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

from odoo import fields, models


class SyncHubConnector(models.Model):
    """What goes back to a shop, and how its people become contacts."""

    _inherit = "sync.hub.connector"

    push_orders = fields.Boolean(
        default=True, string="Order progress", help="Send the state, the tracking number and the note of orders."
    )
    push_customers = fields.Boolean(
        default=True, string="Customers", help="Send changes of customers and addresses that the shop knows."
    )
    push_new_customers = fields.Boolean(
        string="New customers too",
        help="Create customers in the shop who were made in Odoo and have an e-mail address.",
    )
    write_people = fields.Selection(
        [("webservice", "Webservice, where a key is given"), ("reverse", "Reverse endpoint of the module")],
        default="webservice",
        required=True,
        string="Customers are written by",
        help="The Webservice keeps apostrophes as they are; the reverse endpoint gets typographic ones.",
    )
    customer_domain = fields.Char(
        string="Which new customers", default="[]", help="Only contacts that match are created in the shop."
    )
    push_coupons = fields.Boolean(default=True, string="Coupons", help="Send changes of coupon programs.")
    reconcile = fields.Boolean(
        default=True,
        string="Read the shop",
        help="Read what the shop holds, by schedule and wherever a message leaves a doubt. Needs a key.",
    )
    reconcile_days = fields.Integer(
        default=30, string="Nightly, look back (days)", help="How far back the nightly reading goes. 0: everything."
    )
    match_email = fields.Boolean(
        string="Match customers by e-mail",
        help="A new customer of the shop becomes the one contact that has the same e-mail address. Off: every customer "
        "of the shop gets a contact of his own.",
    )

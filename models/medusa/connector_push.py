from odoo import _, api, fields, models
from odoo.exceptions import ValidationError


class SyncHubConnector(models.Model):
    """What goes to a Medusa shop: its products are made of ours."""

    _inherit = "sync.hub.connector"

    push_catalogue = fields.Boolean(
        default=True,
        string="Products",
        help="Make the products in the shop, and keep their names, descriptions, options, pictures and categories.",
    )
    currency_pricelist_ids = fields.Many2many(
        "product.pricelist",
        "sync_hub_connector_currency_pricelist_rel",
        string="Further currencies",
        check_company=True,
        help="A pricelist for each further currency in which the shop sells.",
    )
    push_categories = fields.Boolean(
        default=True, string="Categories", help="Put products into a category of the name of their own in Odoo."
    )
    push_pictures = fields.Boolean(
        default=True, string="Pictures", help="Upload the pictures of products and variants to the shop."
    )
    remote_channel = fields.Char(
        string="Sales channels",
        help="Names of the shop's sales channels in which new products are sold, separated by commas. Empty: the "
        "shop's default one.",
    )
    remote_profile = fields.Char(
        string="Shipping profile", help="Name of the shop's shipping profile of new products. Empty: its default one."
    )

    push_payments = fields.Boolean(
        string="Money",
        help="When the invoice of an order is paid, the shop takes the money that its payment has authorised; when a "
        "credit note is paid back, the shop gives it back.",
    )
    delivered_when_shipped = fields.Boolean(
        string="Delivered when shipped",
        help="A validated delivery counts as arrived at the customer. Off: press 'Delivered' on the transfer.",
    )

    @api.constrains("currency_pricelist_ids", "pricelist_id")
    def _check_currencies(self):
        for connector in self.filtered("currency_pricelist_ids"):
            own = connector.pricelist_id.currency_id or connector.company_id.currency_id
            currencies = [own, *(pricelist.currency_id for pricelist in connector.currency_pricelist_ids)]
            if len(set(currencies)) < len(currencies):
                raise ValidationError(
                    _("Further currencies: one pricelist for each currency, and none in %s, which the connector has.",
                      own.name)
                )  # fmt: skip

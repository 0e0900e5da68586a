from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import compat

READER = "sync_hub.group_medusa_reader"


class SyncHubConnector(models.Model):
    """A Medusa shop that reads Odoo's products by itself."""

    _inherit = "sync.hub.connector"

    kind = fields.Selection(selection_add=[("medusa", "Medusa")], ondelete={"medusa": "cascade"})
    reader_id = fields.Many2one(
        "res.users",
        string="Medusa's user",
        help="The Odoo user whose API key Medusa's own Odoo client uses. He gets the prices of this connector's "
        "pricelist, in its currency.",
    )
    image_limit = fields.Integer(
        default=200, string="Pictures up to (KB)", help="Larger ones are left out of what Medusa reads. 0: all."
    )
    reader_state = fields.Char(compute="_compute_reader_state", string="Reading")

    @api.depends("reader_id")
    def _compute_reader_state(self):
        for connector in self:
            connector.reader_state = connector._reader_problem() if connector.kind == "medusa" else False

    @api.constrains("reader_id", "active")
    def _check_reader(self):
        for connector in self.filtered("reader_id"):
            others = [("reader_id", "=", connector.reader_id.id), ("id", "!=", connector.id)]
            if self.sudo().search_count(others, limit=1):
                raise ValidationError(
                    _("Medusa's user: %s reads for another connector already.", connector.reader_id.name)
                )

    @api.model
    def _of_reader(self):
        """The connector in use whose Medusa reads as the present user, or an empty recordset."""
        mine = [("kind", "=", "medusa"), ("reader_id", "=", self.env.uid), ("state", "=", "active")]
        return self.search(mine, limit=1)

    def _reader_prices(self, products):
        """{product id: (amount, currency)} of products or their first variants, as this connector sells them."""
        if products._name == "product.template":
            first = {product.id: product.product_variant_ids[:1] for product in products}
        else:
            first = {product.id: product for product in products}
        variants = self.env["product.product"].browse([v.id for v in first.values() if v])
        prices = self.env["sync.hub.exporter.price"].sudo()._unit_prices(self, variants.sudo())
        currency = self.pricelist_id.currency_id or self.company_id.currency_id
        return {
            # What costs nothing is for a person: the shop gets Odoo's own price of it.
            product_id: (float(prices[variant.id].amount), currency)
            for product_id, variant in first.items()
            if variant and not isinstance(prices[variant.id], Exception)
        }

    # ------------------------------------------------------------ set-up

    def _reader_problem(self):
        """What is missing before Medusa can read, "" when nothing is."""
        user = self.reader_id
        if not user:
            return _("Choose Medusa's user, or make one.")
        if not user.has_group(READER):
            return _("%s is not in the group 'Medusa reads products'.", user.name)
        if not self.env["res.users.apikeys"].sudo().search_count([("user_id", "=", user.id)], limit=1):
            return _("%s has no API key yet: press 'New API key'.", user.name)
        return ""

    def action_new_key(self):
        """Make an API key of Medusa's user and show it once, with all that Medusa's client asks for."""
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        if not self.reader_id:
            raise UserError(_("Choose Medusa's user, or make one."))
        key, until = compat.new_api_key(self.reader_id, self.name)
        return {
            "type": "ir.actions.act_window",
            "name": _("For Medusa's Odoo client"),
            "res_model": "sync.hub.reader.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_url": self.get_base_url(),
                "default_database": self.env.cr.dbname,
                "default_login": self.reader_id.login,
                "default_key": key,
                "default_until": until and fields.Date.to_string(until),
            },
        }

    def action_make_reader(self):
        """Make a user who may do nothing but read products."""
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        if self.reader_id:
            raise UserError(_("Medusa's user: %s reads already.", self.reader_id.name))
        groups = [self.env.ref("base.group_user").id, self.env.ref(READER).id]
        self.reader_id = (
            self.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": _("Medusa, %s", self.name),
                    "login": f"medusa-{self.key}",
                    "company_id": self.company_id.id,
                    "company_ids": [(6, 0, self.company_id.ids)],
                    compat.USER_GROUPS: [(6, 0, groups)],
                }
            )
        )

import secrets
from datetime import timedelta
from hashlib import sha256

from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..clock import now

#: How often it is noted that a token is in use.
NOTED_EVERY = timedelta(hours=1)
#: Fewest characters of a token that is not ours.
SHORTEST = 20


class SyncHubVendorToken(models.Model):
    """What a vendor proves himself with. Only its digest is kept: nobody can read a token again."""

    _name = "sync.hub.vendor.token"
    _description = "Vendor token"
    _inherit = ["mail.thread", "sync.hub.gate"]
    _rec_name = "partner_id"
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner", string="Vendor", required=True, ondelete="restrict", index=True, tracking=True
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    note = fields.Char(help="What the token is for, for example the system that uses it.")
    token = fields.Char(
        compute="_compute_token",
        inverse="_inverse_token",
        copy=False,
        help="A token that the vendor has already. It is never shown again.",
    )
    digest = fields.Char(groups=fields.NO_ACCESS, copy=False)
    hint = fields.Char(string="Ends with", readonly=True, copy=False)
    expires_on = fields.Date(help="Last day on which the token is accepted. Empty: until it is revoked.", tracking=True)
    revoked_at = fields.Datetime(readonly=True, copy=False, tracking=True)
    used_at = fields.Datetime(string="Last used", readonly=True, copy=False, help="To the hour.")
    sale_ok = fields.Boolean(
        string="New products can be sold",
        help="Off: products that this vendor creates wait until somebody sets their price and puts them on sale.",
    )
    categ_id = fields.Many2one("product.category", string="Category of new products")
    state = fields.Selection(
        [("new", "No token yet"), ("active", "Active"), ("expired", "Expired"), ("revoked", "Revoked")],
        compute="_compute_state",
    )
    product_count = fields.Integer(compute="_compute_product_count", string="Products")

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_vendor_token_uniq ON sync_hub_vendor_token (digest)"
        )

    @api.depends("hint", "expires_on", "revoked_at")
    def _compute_state(self):
        today = fields.Date.today()
        for token in self:
            if token.revoked_at:
                token.state = "revoked"
            elif token.expires_on and token.expires_on < today:
                token.state = "expired"
            else:
                token.state = "active" if token.hint else "new"

    def _compute_product_count(self):
        Product = self.env["sync.hub.vendor.product"]
        for token in self:
            mine = [("partner_id", "=", token.partner_id.id), ("company_id", "=", token.company_id.id)]
            token.product_count = Product.search_count(mine)

    # ------------------------------------------------------------ the secret

    @staticmethod
    def _digest(text):
        # A token has 256 random bits: a slow hash would protect nothing and cost every request.
        return sha256(text.encode()).hexdigest()

    def _compute_token(self):
        # Write-only: what is read back is never the token.
        self.token = False

    def _inverse_token(self):
        for token in self.filtered("token"):
            text = token.token.strip()
            if len(text) < SHORTEST:
                raise ValidationError(_("Token: at least %s characters, or somebody guesses it.", SHORTEST))
            token._set_token(text)
        self.invalidate_recordset(["token"], flush=False)

    def _set_token(self, text):
        """Let this be the token from now on."""
        self.ensure_one()
        self.sudo().write({"digest": self._digest(text), "hint": text[-4:], "revoked_at": False})

    @api.model
    def _of(self, text):
        """The token in force with this text, or an empty recordset."""
        found = self.sudo().search([("digest", "=", self._digest(text))]) if text else self.sudo()
        return found if found.state == "active" else found.browse()

    def _note_use(self):
        # Past the ORM: a token in use is read a hundred times a second, and nobody follows this field.
        self.env.cr.execute(
            "UPDATE sync_hub_vendor_token SET used_at = %s WHERE id = %s AND (used_at IS NULL OR used_at < %s)",
            [now(), self.id, now() - NOTED_EVERY],
        )

    # ------------------------------------------------------------ buttons

    def action_new_token(self):
        """Make a new token and show it once; an older one is refused from now on."""
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        text = secrets.token_urlsafe(32)
        self._set_token(text)
        base = self.get_base_url()
        return {
            "type": "ir.actions.act_window",
            "name": _("Token of %s", self.partner_id.display_name),
            "res_model": "sync.hub.vendor.token.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_token": text,
                "default_url": base,
                "default_partner_number": str(self.partner_id.id),
            },
        }

    def action_revoke(self):
        """Refuse this token from now on."""
        self.check_access_rights("write")
        self.check_access_rule("write")
        self.sudo().write({"digest": False, "revoked_at": fields.Datetime.now()})

    def action_open_products(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.vendor_product_action")
        action["domain"] = [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        return action

    def action_open_log(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.log_action")
        action["domain"] = [("vendor_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)]
        action["context"] = {}
        return action

    def write(self, vals):
        if "partner_id" in vals and any(token.hint and token.partner_id.id != vals["partner_id"] for token in self):
            raise UserError(_("The token belongs to its vendor: make another one for another vendor."))
        return super().write(vals)

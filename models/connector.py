import secrets

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .adapters.signature import same_secret
from .adapters.transport import backoff
from .flows import PRODUCT_FLOWS

#: Write-only field -> (name of the secret, field that tells whether it is set).
SECRETS = {"token": "token", "webhook_secret": "webhook_secret", "shop_key": "shop_key"}
#: Fields whose change makes what was pushed wrong: field -> flows to push again.
FULL_PUSH = {
    "pricelist_id": ("price",),
    "price_tax": ("price",),
    "warehouse_ids": ("stock",),
    "stock_basis": ("stock",),
    "stock_buffer": ("stock",),
    "push_price": ("price",),
    "push_stock": ("stock",),
    "push_publication": ("publication",),
    "supplier_code": PRODUCT_FLOWS,
    "url": PRODUCT_FLOWS,
    "path_profile": PRODUCT_FLOWS,
    "stock_call": ("stock",),
    **dict.fromkeys(("push_offers", "product_form", "remote_partner"), ("offer",)),
    **dict.fromkeys(("push_catalogue", "push_categories", "push_pictures"), ("catalogue",)),
    "product_domain": ("offer", "catalogue"),
    "currency_pricelist_ids": ("price",),
    "active": PRODUCT_FLOWS,
}
#: Fields that say which account is meant: what was agreed with another one means nothing there.
ACCOUNT = ("url", "supplier_code", "remote_partner", "product_form", "active")


class SyncHubConnector(models.Model):
    """One configured account at one remote system. Configuration only: traffic never writes this row."""

    _name = "sync.hub.connector"
    _description = "Sync connector"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [("prestashop", "PrestaShop"), ("cartona", "Cartona")],
        required=True,
        help="Which system this connector talks to.",
    )
    key = fields.Char(
        default=lambda self: secrets.token_urlsafe(12),
        required=True,
        copy=False,
        readonly=True,
        help="Unguessable part of the webhook's address.",
    )
    state = fields.Selection(
        [("draft", "Not active"), ("active", "Active"), ("paused", "Paused")],
        default="draft",
        required=True,
        copy=False,
        tracking=True,
    )
    pause_reason = fields.Char(readonly=True, copy=False)
    activated_at = fields.Datetime(readonly=True, copy=False, string="In use since")
    refused = fields.Boolean(
        readonly=True, copy=False, help="Paused because our credentials are refused: what comes in is still worked."
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    run_as_id = fields.Many2one(
        "res.users",
        string="Run as",
        required=True,
        default=lambda self: self.env.user,
        help="The user in whose name orders and customers are created; his access rights apply.",
    )
    team_id = fields.Many2one("crm.team", string="Sales team", check_company=True)
    salesperson_id = fields.Many2one("res.users", help="Gets the orders and the activities.")
    url = fields.Char(string="URL", help="Address of the remote system, for example https://shop.example.com")
    token = fields.Char(string="API token", compute="_compute_secrets", inverse="_inverse_token", copy=False)
    webhook_secret = fields.Char(compute="_compute_secrets", inverse="_inverse_webhook_secret", copy=False)
    token_set = fields.Boolean(compute="_compute_secrets", string="Token is set")
    webhook_secret_set = fields.Boolean(compute="_compute_secrets", string="Secret is set")
    webhook_url = fields.Char(compute="_compute_webhook_url", string="Webhook address")
    timezone = fields.Selection(
        "_timezones", default=lambda self: self.env.user.tz or "UTC", help="Zone of the times that the remote sends."
    )
    map_ids = fields.One2many("sync.hub.map", "connector_id")
    lane_ids = fields.One2many("sync.hub.lane", "connector_id")

    # What goes out
    push_price = fields.Boolean(default=True, string="Prices")
    push_stock = fields.Boolean(default=True, string="Stock")
    push_publication = fields.Boolean(
        default=True, string="Publication", help="Take a product off sale when it is archived, deleted or loses its id."
    )
    pricelist_id = fields.Many2one(
        "product.pricelist", check_company=True, ondelete="restrict", help="Empty: the product's sales price."
    )
    price_tax = fields.Selection(
        [("included", "Tax included"), ("excluded", "Tax excluded")], default="included", required=True
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse", check_company=True, help="Whose stock is sold. Empty: all warehouses of the company."
    )
    stock_basis = fields.Selection(
        [("free", "Free to use (on hand - reserved)"), ("demand", "On hand - all open outgoing demand")],
        default="free",
        required=True,
    )
    stock_buffer = fields.Integer(help="Units held back from the remote as a safety margin.")
    path_profile = fields.Selection(
        [("live", "supplier-product/..."), ("doc", "base-product/...")], default="live", required=True
    )
    supplier_code = fields.Char(help="Cartona account, when one token covers several.")
    supplier_code_key = fields.Char(default="supplier_code", required=True)
    stock_call = fields.Selection(
        [("pack", "Pack by pack (bulk-update)"), ("base", "In pieces, by base product (bulk-update-stock)")],
        default="pack",
        required=True,
        string="Stock is sent",
        help="By base product Cartona works out the packs by itself; what has no known base product goes pack by pack.",
    )

    # What comes in
    missing_product = fields.Selection(
        [("fail", "Fail and tell"), ("placeholder", "Use the placeholder product")], default="fail", required=True
    )
    placeholder_product_id = fields.Many2one("product.product", check_company=True, ondelete="restrict")
    tolerance = fields.Float(
        default=0.05,
        digits=(16, 2),
        help="Greatest difference between the remote's total and Odoo's that becomes a rounding line.",
    )
    notify_customers = fields.Boolean(help="Let Odoo send its own e-mails and SMS for imported orders.")

    # How it behaves
    retry_schedule = fields.Char(
        help="Seconds before each new try, separated by commas; a * after the last one repeats it without end."
    )
    rate_limit = fields.Float(help="Greatest number of calls per second; 0: no limit.")
    batch_size = fields.Integer(help="Most products per call; 0: as many as the remote takes.")
    breaker_limit = fields.Integer(default=5, help="Transient failures in a row before the connector waits; 0: never.")
    breaker_pause = fields.Integer(default=60, help="Seconds before the first probe; doubles with each failed one.")
    inbound_lanes = fields.Integer(default=1, help="How many messages may be worked at the same time.")

    last_in_at = fields.Datetime(compute="_compute_counts")
    last_out_at = fields.Datetime(compute="_compute_counts")
    open_count = fields.Integer(compute="_compute_counts", string="Waiting")
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")
    breaker_until = fields.Datetime(compute="_compute_counts", string="Calls wait until")

    def init(self):
        self.env.cr.execute("CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_connector_key_uniq ON sync_hub_connector (key)")

    @api.model
    def _timezones(self):
        return self.env["res.partner"]._fields["tz"]._description_selection(self.env)

    # ------------------------------------------------------------ computed

    @api.depends("kind")
    def _compute_secrets(self):
        Secret = self.env["sync.hub.secret"]
        for connector in self:
            for field, name in SECRETS.items():
                # Write-only: what is read back is never the secret.
                connector[field] = False
                connector[f"{field}_set"] = bool(connector.id and Secret._get(connector._origin, name))

    def _inverse_token(self):
        self._set_secret("token")

    def _inverse_webhook_secret(self):
        self._set_secret("webhook_secret")

    def _set_secret(self, field):
        for connector in self:
            if connector[field]:
                self.env["sync.hub.secret"]._set(connector, SECRETS[field], connector[field].strip())
        # The written text must not be readable even until the end of this transaction.
        self.invalidate_recordset([field, f"{field}_set"], flush=False)
        if field == "token":
            self._account_changed()
        self._check_webhook_secret()

    @api.depends("key", "kind")
    def _compute_webhook_url(self):
        base = self[:1].get_base_url()
        for connector in self:
            connector.webhook_url = f"{base}/sync_hub/{connector.key}/webhook"

    def _compute_counts(self):
        # Each figure from an index of its own: the log has a million rows, these indexes have few.
        self.flush_model()
        self.env.cr.execute(
            """
            SELECT c.id,
                   (SELECT count(*) FROM sync_hub_log WHERE connector_id = c.id
                       AND state IN ('pending', 'sending', 'retrying')),
                   (SELECT count(*) FROM sync_hub_log WHERE connector_id = c.id AND state = 'failed'),
                   (SELECT max(create_date) FROM (
                       SELECT create_date FROM sync_hub_exchange WHERE connector_id = c.id AND direction = 'in'
                        ORDER BY id DESC LIMIT 1) newest)
              FROM sync_hub_connector c WHERE c.id = ANY(%s)
            """,
            [self.ids],
        )
        counts = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        for connector in self:
            row = counts.get(connector.id, (0, 0, False))
            connector.open_count, connector.failed_count, connector.last_in_at = row
            sent = connector.lane_ids.filtered(lambda lane: lane.direction == "out" and lane.last_success_at)
            connector.last_out_at = max(sent.mapped("last_success_at"), default=False)
            waiting = [lane.open_until for lane in connector.lane_ids if lane._is_open()]
            connector.breaker_until = max(waiting, default=False)

    # ------------------------------------------------------------ rules

    @api.constrains("retry_schedule")
    def _check_retry_schedule(self):
        for connector in self.filtered("retry_schedule"):
            try:
                backoff(connector.retry_schedule, 1)
            except (ValueError, IndexError):
                raise ValidationError(
                    _("Retry schedule: '%s' is not a list of seconds such as 10, 60, 300*.", connector.retry_schedule)
                ) from None

    @api.constrains("kind", "active")
    def _check_webhook_secret(self):
        """Fixed webhook addresses find the connector by its secret, so one kind may not share one."""
        for connector in self:
            known = self.env["sync.hub.secret"]._of_kind(connector.kind, "webhook_secret")
            mine = [secret for sender, secret in known.items() if sender.key == connector.key]
            others = [secret for sender, secret in known.items() if sender.key != connector.key]
            if any(same_secret(secret, other) for secret in mine for other in others):
                raise ValidationError(
                    _("Webhook secret: another %s connector uses the same one. Choose another.", connector.kind)
                )

    @api.constrains("inbound_lanes", "rate_limit", "batch_size", "stock_buffer")
    def _check_numbers(self):
        for connector in self:
            if connector.inbound_lanes < 1:
                raise ValidationError(_("Inbound lanes: at least 1."))
            if min(connector.rate_limit, connector.batch_size, connector.stock_buffer) < 0:
                raise ValidationError(_("Calls per second, batch size and stock buffer cannot be negative."))

    @api.onchange("kind")
    def _onchange_kind(self):
        """What a kind of remote does unless somebody says otherwise."""
        if self.kind:
            self.update(self._adapter()._presets)

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("kind"):
                for field, value in self.env[f"sync.hub.adapter.{vals['kind']}"]._presets.items():
                    vals.setdefault(field, value)
        connectors = super().create(vals_list)
        self.env.registry.clear_cache()
        for connector in connectors:
            adapter = connector._adapter()
            if not connector.retry_schedule:
                connector.retry_schedule = adapter._retry_schedule
            self.env["sync.hub.map"]._preload(connector, adapter._default_maps(connector))
        return connectors

    def write(self, vals):
        before = {connector: {f: connector[f] for f in FULL_PUSH if f in vals} for connector in self}
        result = super().write(vals)
        self.env.registry.clear_cache()
        for connector, values in before.items():
            changed = [field for field, value in values.items() if connector[field] != value]
            flows = {flow for field in changed for flow in FULL_PUSH[field]}
            if any(field in ACCOUNT for field in changed):
                connector._account_changed()
            if flows and connector.active and connector.state != "draft":
                connector._push_all(flows, "changed")
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

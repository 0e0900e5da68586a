import logging
import secrets
from typing import NamedTuple
from zlib import crc32

from odoo import SUPERUSER_ID, _, api, fields, models, tools
from odoo.exceptions import UserError, ValidationError

from .adapters.errors import SyncError
from .adapters.signature import same_secret
from .adapters.transport import Transport, backoff

_logger = logging.getLogger(__name__)

#: Outbound flow -> (switch on the connector, priority: lower goes first).
FLOWS = {
    "stock": ("push_stock", 20),
    "price": ("push_price", 30),
    "publication": ("push_publication", 25),
}
#: Write-only field -> (name of the secret, field that tells whether it is set).
SECRETS = {"token": "token", "webhook_secret": "webhook_secret"}
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
    "supplier_code": tuple(FLOWS),
    "url": tuple(FLOWS),
}


class Target(NamedTuple):
    """What a write hook needs to know of an outbound connector; cached per worker."""

    id: int
    kind: str
    company_id: int
    product_field: str | None
    flows: dict
    pricelist_id: int


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
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    run_as_id = fields.Many2one(
        "res.users",
        string="Run as",
        required=True,
        default=lambda self: self.env.user,
        help="The user in whose name orders and customers are created; his access rights apply.",
    )
    team_id = fields.Many2one("crm.team", string="Sales team", check_company=True)
    salesperson_id = fields.Many2one("res.users", string="Salesperson", help="Gets the orders and the activities.")
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
    pricelist_id = fields.Many2one("product.pricelist", check_company=True, help="Empty: the product's sales price.")
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

    # What comes in
    missing_product = fields.Selection(
        [("fail", "Fail and tell"), ("placeholder", "Use the placeholder product")], default="fail", required=True
    )
    placeholder_product_id = fields.Many2one("product.product", check_company=True)
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
        self._check_webhook_secret()

    @api.depends("key", "kind")
    def _compute_webhook_url(self):
        base = self.get_base_url() if self else ""
        for connector in self:
            connector.webhook_url = f"{base}/sync_hub/{connector.key}/webhook"

    def _compute_counts(self):
        self.env.cr.execute(
            """
            SELECT connector_id,
                   max(create_date) FILTER (WHERE direction = 'in'),
                   max(done_at) FILTER (WHERE direction = 'out' AND state = 'done'),
                   count(*) FILTER (WHERE state IN ('pending', 'sending', 'retrying')),
                   count(*) FILTER (WHERE state = 'failed')
              FROM sync_hub_log WHERE connector_id = ANY(%s) GROUP BY connector_id
            """,
            [self.ids],
        )
        counts = {row[0]: row[1:] for row in self.env.cr.fetchall()}
        for connector in self:
            row = counts.get(connector.id, (False, False, 0, 0))
            connector.last_in_at, connector.last_out_at, connector.open_count, connector.failed_count = row
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
            mine = known.pop(connector.key, "")
            if any(same_secret(mine, other) for other in known.values()):
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

    @api.model_create_multi
    def create(self, vals_list):
        connectors = super().create(vals_list)
        self.env.registry.clear_cache()
        for connector in connectors:
            adapter = connector._adapter()
            if not connector.retry_schedule:
                connector.retry_schedule = adapter._retry_schedule
            if hasattr(adapter, "_default_maps"):
                self.env["sync.hub.map"]._preload(connector, adapter._default_maps(connector))
        return connectors

    def write(self, vals):
        before = {connector: {f: connector[f] for f in FULL_PUSH if f in vals} for connector in self}
        result = super().write(vals)
        self.env.registry.clear_cache()
        for connector, values in before.items():
            changed = [field for field, value in values.items() if connector[field] != value]
            flows = {flow for field in changed for flow in FULL_PUSH[field]}
            if flows and connector.state != "draft":
                connector._push_all(flows, "changed")
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # ------------------------------------------------------------ for the engine

    def _adapter(self):
        return self.env[f"sync.hub.adapter.{self.kind}"]

    @api.model
    @tools.ormcache()
    def _outbound(self):
        """`Target`s of all connectors that are in use, paused ones included: their rows wait."""
        targets = []
        for connector in self.sudo().search([("state", "!=", "draft")]):
            adapter = connector._adapter()
            flows = {flow: priority for flow, (switch, priority) in FLOWS.items() if connector[switch]}
            targets.append(
                Target(
                    id=connector.id,
                    kind=connector.kind,
                    company_id=connector.company_id.id,
                    product_field=adapter._product_field,
                    flows={flow: priority for flow, priority in flows.items() if flow in adapter._flows},
                    pricelist_id=connector.pricelist_id.id,
                )
            )
        return tuple(target for target in targets if target.flows)

    def _push_config(self):
        """What an adapter needs to call the remote, as plain values: it works without the database."""
        secret = self.env["sync.hub.secret"]
        return {
            "kind": self.kind,
            "url": self.url or "",
            "token": secret._get(self, "token"),
            "webhook_secret": secret._get(self, "webhook_secret"),
            "path_profile": self.path_profile,
            "supplier_code": self.supplier_code,
            "supplier_code_key": self.supplier_code_key,
        }

    def _import_env(self):
        """The environment of importers: the connector's user and company, and no mail to anybody."""
        context = {
            "sync_origin": self.id,
            "allowed_company_ids": self.company_id.ids,
            "lang": self.run_as_id.lang,
            "tz": self.timezone or "UTC",
        }
        if not self.notify_customers:
            context.update(SILENT)
        return api.Environment(self.env.cr, self.run_as_id.id or SUPERUSER_ID, context)

    def _inbound_lane(self, entity, remote_id):
        """The lane of a record's inbound rows, from 1 on: always the same one."""
        return 1 + crc32(f"{entity}:{remote_id}".encode()) % max(self.inbound_lanes, 1)

    def _push_all(self, flows, trigger, run=None):
        """Append one row per flow that stands for every product of the connector.

        Of publication only what is off sale in Odoo: a product hidden at the remote by hand stays hidden.
        """
        for connector in self:
            for flow in flows:
                domain = [("active", "=", False)] if flow == "publication" else []
                self.env["sync.hub.log"]._append_scope([connector.id], flow, {"domain": domain}, trigger, run)

    @api.model
    def _push_dated_prices(self):
        """Push prices of pricelists whose rules began or ended since the last look."""
        params = self.env["ir.config_parameter"].sudo()
        now = fields.Datetime.now()
        last = fields.Datetime.to_datetime(params.get_param("sync_hub.dated_prices_at")) or now
        params.set_param("sync_hub.dated_prices_at", fields.Datetime.to_string(now))
        between = lambda field: ["&", (field, ">", last), (field, "<=", now)]  # noqa: E731
        items = self.env["product.pricelist.item"].search(["|", *between("date_start"), *between("date_end")])
        items._hub_touch("schedule")

    def _pause_for(self, error):
        """Stop calling until a person has mended the credentials; one activity tells."""
        self.write({"state": "paused", "pause_reason": str(error)[:500]})
        self._report(
            _("The credentials are refused"),
            _("%s Correct them in Sync Hub > Configuration > Connectors, then resume.", str(error)),
        )

    def _report(self, summary, note, record=None):
        """One open activity per cause on a record (this connector by default), without any e-mail."""
        record = record or self
        user = self.salesperson_id or self.run_as_id
        todo = self.env.ref("mail.mail_activity_data_todo")
        open_ones = record.activity_ids.filtered(lambda a: a.summary == summary and a.activity_type_id == todo)
        if not open_ones:
            record.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo", summary=summary, note=note, user_id=user.id
            )

    # ------------------------------------------------------------ buttons

    def action_activate(self):
        """Start the connector, push everything once and work what waited."""
        for connector in self:
            if connector._adapter()._flows and not connector.url:
                raise UserError(_("URL: enter the address of %s first.", connector.name))
            connector.write({"state": "active", "pause_reason": False})
            connector.lane_ids.sudo().write({"failures": 0, "open_until": False})
            connector.activity_ids.filtered(lambda a: a.summary == _("The credentials are refused")).unlink()
            connector._push_all(connector._adapter()._flows, "manual_full")
            for lane in range(1, connector.inbound_lanes + 1):
                self.env["sync.hub.drain"]._wake_after_commit(connector.id, "in", lane)
            self.env["sync.hub.drain"]._wake_after_commit(connector.id, "out", 0)

    def action_pause(self):
        self.write({"state": "paused", "pause_reason": _("Paused by %s", self.env.user.name)})

    def action_test(self):
        """Ask the remote whether the credentials are right; changes nothing anywhere."""
        self.ensure_one()
        transport = Transport(timeout=(5, 10))
        try:
            verdict, kind = self._adapter().check(self._push_config(), transport), "success"
        except SyncError as error:
            verdict, kind = str(error), "danger"
        self.env["sync.hub.exchange"].sudo()._keep(self, transport.exchanges)
        return self._notification(_("Test of %s", self.name), verdict, kind)

    def action_push_all(self):
        self._push_all(self._adapter()._flows, "manual_full")
        return self._notification(_("Full sync"), _("All products are checked and pushed."), "success")

    def action_new_secret(self):
        """Make a new webhook secret and show it once, to paste into the shop."""
        self.ensure_one()
        secret = secrets.token_urlsafe(24)
        self.env["sync.hub.secret"]._set(self, "webhook_secret", secret)
        return {
            "type": "ir.actions.act_window",
            "name": _("New webhook secret"),
            "res_model": "sync.hub.secret.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_secret": secret, "default_webhook_url": self.webhook_url},
        }

    def action_open_log(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.log_action")
        action["context"] = {"search_default_connector_id": self.id, **self.env.context.get("hub_filter", {})}
        return action

    @staticmethod
    def _notification(title, message, kind):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"title": title, "message": message, "type": kind, "sticky": kind == "danger"},
        }


#: Context of importers: nothing is sent to people because a shop sold something.
SILENT = {
    "mail_notify_force_send": False,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "mail_create_nosubscribe": True,
    "skip_sms": True,
    "hub_silent": True,
}

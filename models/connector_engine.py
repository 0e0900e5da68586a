from datetime import timedelta
from typing import NamedTuple
from zlib import crc32

from odoo import SUPERUSER_ID, api, fields, models, tools

from .flows import FLOWS, PRODUCT_FLOWS, PRODUCT_TOLD, told_as

#: Context of importers: nothing is sent to people because a shop sold something.
SILENT = {
    "mail_notify_force_send": False,
    "mail_auto_subscribe_no_notify": True,
    "mail_activity_quick_update": True,
    "mail_create_nosubscribe": True,
    "skip_sms": True,
    # sale_loyalty sends coupons and reward mails from within action_confirm.
    "loyalty_no_mail": True,
    "action_no_send_mail": True,
    "hub_silent": True,
}


class Target(NamedTuple):
    """What a write hook needs to know of an outbound connector; cached per worker."""

    id: int
    kind: str
    company_id: int
    company_ids: tuple
    product_field: str | None
    flows: dict
    pricelist_ids: tuple
    new_customers: bool


class SyncHubConnector(models.Model):
    """What the engine asks of a connector."""

    _inherit = "sync.hub.connector"

    def _adapter(self):
        return self.env[f"sync.hub.adapter.{self.kind}"]

    @api.model
    @tools.ormcache()
    def _outbound(self):
        """`Target`s of all connectors that are in use, paused ones included: their rows wait."""
        targets = []
        for connector in self.sudo().search([("state", "!=", "draft")]):
            adapter = connector._adapter()
            offered = adapter._offered(connector)
            targets.append(
                Target(
                    id=connector.id,
                    kind=connector.kind,
                    company_id=connector.company_id.id,
                    # A branch sells its parents' products too.
                    company_ids=tuple(connector.company_id.parent_ids.ids or connector.company_id.ids),
                    product_field=adapter._product_field,
                    flows={
                        name: flow.priority
                        for name, flow in FLOWS.items()
                        if name in offered and connector[flow.switch]
                    },
                    pricelist_ids=tuple(connector._pricelists().ids),
                    new_customers=connector.push_new_customers,
                )
            )
        return tuple(target for target in targets if target.flows)

    def _pricelists(self):
        """The pricelists whose prices this connector tells."""
        return self.pricelist_id | self.currency_pricelist_ids | self.map_ids.pricelist_id

    def _push_config(self):
        """What an adapter needs to call the remote, as plain values: it works without the database."""
        secret = self.env["sync.hub.secret"]
        return {
            "kind": self.kind,
            "url": self.url or "",
            "token": secret._get(self, "token"),
            "webhook_secret": secret._get(self, "webhook_secret"),
            "old_secrets": secret._old(self, "webhook_secret")._texts(),
            "trusted": self.env["ir.config_parameter"].sudo().get_param("sync_hub.trusted_hosts") or "",
            "path_profile": self.path_profile,
            "supplier_code": self.supplier_code,
            "supplier_code_key": self.supplier_code_key,
            "stock_call": self.stock_call,
            "own_paths": self._own_paths(),
            "pull_window": self.pull_window,
            "remote_partner": self.remote_partner,
            "product_form": self.product_form,
            "remote_channel": self.remote_channel or "",
            "remote_profile": self.remote_profile or "",
            "shop_url": self.shop_url or "",
            "reader_problem": self._reader_problem() if self.kind == "medusa" else "",
            "shop_key": secret._get(self, "shop_key"),
            "timezone": self.timezone or "UTC",
            "people_by_webservice": bool(self.write_people == "webservice" and secret._get(self, "token")),
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
            for flow in connector._flows_told(flows):
                domain = connector._full_domain(flow)
                if domain is not None:
                    self.env["sync.hub.log"]._append_scope([connector.id], flow, {"domain": domain}, trigger, run)

    def _flows_told(self, flows=PRODUCT_FLOWS):
        """The flows by which this connector's remote is told of changes of these product flows."""
        offered = self._adapter()._offered(self)
        return sorted({told for told in (told_as(flow, offered) for flow in flows) if told and told in PRODUCT_TOLD})

    def _full_domain(self, flow):
        """The products that a full push of a flow is about; None when there are none."""
        terms = {
            "publication": [("published", "=", False)],
            "limits": ["|", ("min_order", ">", 0), ("max_order", ">", 0)],
        }
        if flow not in terms:
            return []
        mine = [("connector_id", "=", self.id), ("entity", "=", "product"), *terms[flow]]
        ids = self.env["sync.hub.binding"].sudo().search(mine).mapped("res_id")
        if flow == "publication":
            return ["|", ("active", "=", False), ("id", "in", ids)]
        return [("id", "in", ids)] if ids else None

    def _account_changed(self):
        """Another address or token may be another account: neither what was agreed nor the last test counts."""
        self._forget_agreed()
        self.tested_at = self.test_error = False

    def _forget_agreed(self):
        """Make the next push of every product be sent whatever its value."""
        bindings = (
            self.env["sync.hub.binding"].sudo().search([("connector_id", "in", self.ids), ("agreed", "!=", False)])
        )
        bindings._clear_agreed(FLOWS)

    @api.model
    def _push_dated_prices(self):
        """Push prices of pricelists whose rules began or ended since the scheduled action's last call.

        A rule that is seen twice does no harm: an equal price is not sent again.
        """
        now = fields.Datetime.now()
        last = (self.env.context.get("lastcall") or now - timedelta(hours=1)) - timedelta(minutes=1)
        between = lambda field: ["&", (field, ">", last), (field, "<=", now)]  # noqa: E731
        items = self.env["product.pricelist.item"].search(["|", *between("date_start"), *between("date_end")])
        items._hub_touch("schedule")

    def _pause_for(self, error):
        """Stop calling until a person has mended the credentials; one activity tells."""
        self.write({"state": "paused", "pause_reason": str(error)[:500], "refused": True})
        Incident = self.env["sync.hub.incident"]
        Incident._open(self, "credentials", *Incident._refused_texts(str(error)))

from datetime import datetime, time

from markupsafe import Markup
from odoo import _, api, fields, models

from ..models.flows import CATALOGUE, FLOWS, OFFER


class SyncHubOnboarding(models.TransientModel):
    """The last step: what will happen, and the start."""

    _inherit = "sync.hub.onboarding"

    first_push = fields.Boolean(
        default=True,
        string="Send everything now",
        help="Compare every product with what the shop holds, and send what differs. Off: only what changes from now "
        "on is sent.",
    )
    read_back = fields.Boolean(
        string="Read older orders too",
        help="Orders from before today come as quotations: nothing is confirmed or delivered for them a second time.",
    )
    read_from = fields.Date(
        string="Since", default=lambda self: fields.Date.subtract(fields.Date.context_today(self), days=30)
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    sends = fields.Boolean(compute="_compute_preview")
    reads_orders = fields.Boolean(compute="_compute_preview")
    unlinked_count = fields.Integer(compute="_compute_preview", string="Products that are not linked")

    @api.depends("step", "connector_id")
    def _compute_preview(self):
        for wizard in self:
            connector = wizard.connector_id
            there = wizard.step == "go" and connector
            told = wizard._told() if there else []
            wizard.sends = bool(told)
            wizard.reads_orders = bool(there and connector._adapter()._sources and connector._reads("poll"))
            linked = wizard._linked() if there else 0
            offered = {CATALOGUE, OFFER} & set(told)
            wizard.unlinked_count = wizard._sellable() - linked if told and not offered else 0
            wizard.preview = wizard._preview(told, offered, linked) if there else False

    def _preview(self, told, offered, linked):
        connector = self.connector_id
        waiting = connector.open_count
        missing = len(self.open_map_ids.filtered("is_missing"))
        lines = [
            (offered, _("Products that are made in the shop, or brought up to date there: %s.", connector.offer_count)),
            (told and not offered, _("Linked products whose values are compared and sent: %s.", linked)),
            (
                self.unlinked_count > 0,
                _("Products that are not linked, of which nothing is sent: %s.", self.unlinked_count),
            ),
            (not told, _("No product goes out: see the step What goes where.")),
            (self.reads_orders, _("Orders are read every few minutes, beginning with those that change from now on.")),
            (waiting, _("Messages that came meanwhile and are worked at once: %s.", waiting)),
            (missing, _("Values without a counterpart in Odoo: %s. What needs them fails and says so.", missing)),
        ]
        return Markup("<ul>{}</ul>").format(
            Markup("").join(Markup("<li>{}</li>").format(text) for holds, text in lines if holds)
        )

    def _told(self):
        """The flows by which products would go out."""
        return [flow for flow in self.connector_id._flows_told() if self.connector_id[FLOWS[flow].switch]]

    def _linked(self):
        """How many variants are linked with something of this remote."""
        connector = self.connector_id
        bound = [("connector_id", "=", connector.id), ("entity", "=", "product"), ("res_model", "=", "product.product")]
        ids = set(self.env["sync.hub.binding"].sudo().search(bound).mapped("res_id"))
        field = connector._adapter()._product_field
        if field:
            ids |= set(self.env["product.product"].search([(field, "!=", False), *self._ours()]).ids)
        return len(ids)

    def _sellable(self):
        return self.env["product.product"].search_count([("sale_ok", "=", True), *self._ours()])

    def _ours(self):
        companies = self.connector_id.company_id.parent_ids.ids or self.connector_id.company_id.ids
        return [("company_id", "in", [False, *companies])]

    # ------------------------------------------------------------ buttons

    def action_link(self):
        """The products of the shop, to be linked with Odoo's; where it has none yet, ours without a link."""
        connector = self.connector_id
        mine = self.env["sync.hub.remote.product"].search_count([("connector_id", "=", connector.id)], limit=1)
        field = connector._adapter()._product_field
        if mine or not field:
            return connector._open_mine("sync_hub.remote_product_action")
        action = self.env["ir.actions.act_window"]._for_xml_id("product.product_normal_action_sell")
        action.update(domain=[("sale_ok", "=", True), (field, "=", False), *self._ours()], context={})
        return action

    def action_start(self):
        """Activate the connector; the run of the first export opens with its progress."""
        self.ensure_one()
        connector = self.connector_id
        connector.with_context(hub_push_later=not self.first_push).action_activate()
        if self.read_back and self.reads_orders and self.read_from:
            connector._start_reading("manual_full", datetime.combine(self.read_from, time.min), lists=True)
        running = [("connector_id", "=", connector.id), ("kind", "=", "full"), ("state", "=", "running")]
        run = self.env["sync.hub.run"].search(running, limit=1)
        if not run:
            return self.action_close()
        return {
            "type": "ir.actions.act_window",
            "name": run.name,
            "res_model": "sync.hub.run",
            "res_id": run.id,
            "views": [(False, "form")],
            "target": "main",
        }

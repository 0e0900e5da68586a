from contextlib import contextmanager

from markupsafe import Markup
from odoo import SUPERUSER_ID, _, api, fields, models
from odoo.exceptions import UserError

from ..models.flows import FLOWS, TEMPLATE_FLOWS


class SyncHubPreview(models.TransientModel):
    """What a remote would be sent of one record now. Nothing is written: not there, and not in Odoo."""

    _name = "sync.hub.preview"
    _description = "What would be sent"

    connector_id = fields.Many2one("sync.hub.connector", string="To", required=True)
    connector_ids = fields.Many2many("sync.hub.connector", readonly=True)
    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True, readonly=True)
    name = fields.Char(readonly=True)
    said = fields.Text(readonly=True, string="Why not")
    call_ids = fields.One2many("sync.hub.preview.call", "preview_id", readonly=True)
    line_ids = fields.One2many("sync.hub.preview.line", "preview_id", readonly=True)
    calls_html = fields.Html(compute="_compute_calls_html", sanitize=False)
    sent_count = fields.Integer(compute="_compute_sent_count")

    @api.depends("call_ids.held")
    def _compute_sent_count(self):
        for preview in self:
            preview.sent_count = len(preview.call_ids.filtered("held"))

    @api.depends("call_ids")
    def _compute_calls_html(self):
        for preview in self:
            # Everything in it is escaped: bodies come from anywhere.
            preview.calls_html = Markup("").join(call._html() for call in preview.call_ids)

    @api.model
    def _open(self, record):
        """The action that shows what would be sent of a record."""
        record.ensure_one()
        record.check_access_rights("read")
        record.check_access_rule("read")
        connectors = self._candidates(record)
        if not connectors:
            raise UserError(
                _(
                    "No connector would be told of %s: link it in Sync Hub > Operations > Shop products, or switch on "
                    "what goes out in Sync Hub > Configuration > Connectors.",
                    record.display_name,
                )
            )
        preview = self.create(
            {
                "connector_id": connectors[0].id,
                "connector_ids": [(6, 0, connectors.ids)],
                "res_model": record._name,
                "res_id": record.id,
                "name": record.display_name,
            }
        )
        return preview.action_show()

    @api.model
    def _candidates(self, record):
        """The connectors that know a record, or would be told of it, the active ones first."""
        known = self.env["sync.hub.connector"].search([("kind", "!=", False)])
        mine = known.filtered(lambda connector: self._concerns(connector.sudo(), record.sudo()))
        return mine.sorted(lambda connector: (connector.state != "active", connector.sequence, connector.id))

    @api.model
    def _concerns(self, connector, record):
        if record._name == "sale.order":
            vendor = [("sale_id", "=", record.id), ("connector_id", "=", connector.id)]
            return record.hub_connector_id == connector or self.env["sync.hub.vendor.order"].sudo().search(vendor)
        template = record if record._name == "product.template" else record.product_tmpl_id
        variants = template.with_context(active_test=False).product_variant_ids
        if record._name == "product.product":
            variants = record
        Binding, field = self.env["sync.hub.binding"].sudo(), connector._adapter()._product_field
        bound = Binding._of_records(connector, template) | Binding._of_records(connector, variants)
        told = set(TEMPLATE_FLOWS) & set(self._flows(connector))
        return bound or field and any(variants.mapped(field)) or told and connector._offers_of(template, min(told))

    @api.model
    def _flows(self, connector):
        """The outbound flows that a connector serves and has on, whether or not it is in use."""
        offered = connector._adapter()._offered(connector)
        return [name for name, flow in FLOWS.items() if name in offered and connector[flow.switch]]

    def action_show(self):
        """Work out what the chosen connector would be sent, and show it."""
        self.ensure_one()
        self.env[self.res_model].browse(self.res_id).check_access_rule("read")
        self.connector_id.check_access_rule("read")
        self.call_ids.unlink()
        self.line_ids.unlink()
        with self._undone() as env:
            found = env[self._name]._rehearse(self.connector_id.id, self.res_model, self.res_id)
        self.write(
            {
                "said": "\n".join(dict.fromkeys(found["said"])),
                "call_ids": [(0, 0, {**call, "sequence": n}) for n, call in enumerate(found["calls"])],
                "line_ids": [(0, 0, line) for line in found["lines"]],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": _("What would be sent"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    @contextmanager
    def _undone(self):
        """The engine's environment; whatever is done in it is undone at the end."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            yield api.Environment(self.env.cr, SUPERUSER_ID, {})
        finally:
            self.env.invalidate_all(flush=False)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)


class SyncHubPreviewCall(models.TransientModel):
    """One call of a preview: made because it only asks, or only written down."""

    _name = "sync.hub.preview.call"
    _description = "Call that would be made"
    _order = "sequence, id"

    preview_id = fields.Many2one("sync.hub.preview", required=True, ondelete="cascade")
    sequence = fields.Integer()
    held = fields.Boolean(string="Would be sent", help="Off: it only asks, and was made to find out.")
    method = fields.Char()
    url = fields.Char(string="URL")
    headers = fields.Text()
    body = fields.Text()
    answer = fields.Text()

    def _html(self):
        """The call as people read it, what would be sent before what was only asked."""
        badge = _("Would be sent") if self.held else _("Asked")
        colour = "text-bg-primary" if self.held else "text-bg-secondary"
        body = Markup('<pre class="border rounded p-2 mb-0">%s</pre>') % self.body if self.body else ""
        headers = Markup('<pre class="small text-muted mb-1">%s</pre>') % (self.headers or "") if self.held else ""
        return Markup(
            '<div class="mb-3"><div class="mb-1"><span class="badge %s">%s</span> <strong class="ms-2">%s</strong>'
            ' <code class="ms-2 text-break">%s</code></div>%s%s</div>'
        ) % (colour, badge, self.method, self.url, headers, body)


class SyncHubPreviewLine(models.TransientModel):
    """One value of a preview, beside what both sides last agreed on."""

    _name = "sync.hub.preview.line"
    _description = "Value that would be sent"

    preview_id = fields.Many2one("sync.hub.preview", required=True, ondelete="cascade")
    flow = fields.Char()
    remote_id = fields.Char(string="Remote ID")
    field = fields.Char()
    now = fields.Char(string="In Odoo now")
    agreed = fields.Char(string="Last agreed")
    differs = fields.Boolean()


class ProductTemplate(models.Model):
    _inherit = "product.template"

    def action_hub_preview(self):
        """Show what a shop would be sent of this product."""
        return self.env["sync.hub.preview"]._open(self)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def action_hub_preview(self):
        """Show what a shop would be sent of this variant."""
        return self.env["sync.hub.preview"]._open(self)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_hub_preview(self):
        """Show what the shop would be sent of this order."""
        return self.env["sync.hub.preview"]._open(self)

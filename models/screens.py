"""What the screens show besides what is stored: readable records, agreed values, the state of a product."""

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .log import STATES


class SyncHubPointer(models.AbstractModel):
    """A row that points at any record by res_model and res_id."""

    _name = "sync.hub.pointer"
    _description = "Sync pointer at a record"

    record_name = fields.Char(compute="_compute_record_name", string="Record name")

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        names = {}
        for model in set(self.mapped("res_model")) & set(self.env.registry):
            ids = [row.res_id for row in self if row.res_model == model and row.res_id]
            # Who may see the row has read its payload; a name tells less.
            records = self.env[model].sudo().with_context(active_test=False).browse(ids).exists()
            names.update({(model, record.id): record.display_name for record in records})
        for row in self:
            row.record_name = names.get((row.res_model, row.res_id), False)

    def action_open_record(self):
        self.ensure_one()
        if not self.record_name:
            raise UserError(_("There is no record in Odoo, or not any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }


class SyncHubLog(models.Model):
    _name = "sync.hub.log"
    _inherit = ["sync.hub.log", "sync.hub.pointer"]

    exchange_method = fields.Char(related="exchange_id.method")
    exchange_url = fields.Char(related="exchange_id.url", string="URL")
    exchange_status = fields.Integer(related="exchange_id.status")
    exchange_duration_ms = fields.Integer(related="exchange_id.duration_ms", string="Duration of the call (ms)")
    exchange_error = fields.Char(related="exchange_id.error", string="Error of the call")
    exchange_request_headers = fields.Text(related="exchange_id.request_headers")
    exchange_request_body = fields.Text(related="exchange_id.request_pretty")
    exchange_response_body = fields.Text(related="exchange_id.response_pretty")


class SyncHubBinding(models.Model):
    _name = "sync.hub.binding"
    _inherit = ["sync.hub.binding", "sync.hub.pointer"]

    agreed_text = fields.Char(compute="_compute_agreed_text", string="Last agreed")
    last_log_id = fields.Many2one("sync.hub.log", compute="_compute_last_log_id", string="Last operation")
    last_state = fields.Selection(STATES, compute="_compute_last_log_id", string="State")
    last_at = fields.Datetime(compute="_compute_last_log_id", string="At")
    last_error = fields.Text(compute="_compute_last_log_id", string="Last error")

    @api.depends("agreed")
    def _compute_agreed_text(self):
        labels = {"price": _("price"), "stock": _("stock"), "publication": _("on sale")}
        for binding in self:
            parts = []
            for flow, state in sorted((binding.agreed or {}).items()):
                if "value" not in (state or {}):
                    continue
                value = state["value"]
                if isinstance(value, bool):
                    value = _("yes") if value else _("no")
                elif isinstance(value, list):
                    value = " ".join(map(str, value))
                elif flow == "offer":
                    value = "; ".join(f"{sku} {quantity} × {price}" for sku, (quantity, price) in value.items())
                parts.append(f"{labels.get(flow, flow)}: {value}")
            binding.agreed_text = ", ".join(parts)

    def _compute_last_log_id(self):
        self.env.cr.execute(
            """
            SELECT b.id, l.id FROM sync_hub_binding b CROSS JOIN LATERAL (
                SELECT id FROM sync_hub_log
                 WHERE res_model = b.res_model AND res_id = b.res_id AND connector_id = b.connector_id
                 ORDER BY id DESC LIMIT 1
            ) l WHERE b.id = ANY(%s)
            """,
            [self.ids],
        )
        newest = dict(self.env.cr.fetchall())
        for binding in self:
            row = self.env["sync.hub.log"].browse(newest.get(binding.id, False))
            binding.last_log_id = row
            binding.last_state = row.state
            binding.last_at = row.done_at or row.create_date
            binding.last_error = row.error if row.state in ("failed", "retrying") else False


class ProductTemplate(models.Model):
    _inherit = "product.template"

    hub_binding_ids = fields.Many2many(
        "sync.hub.binding", compute="_compute_hub_binding_ids", groups="sync_hub.group_user"
    )

    @api.depends("product_variant_ids.hub_binding_ids")
    def _compute_hub_binding_ids(self):
        mine = [("res_model", "=", "product.template"), ("res_id", "in", self.ids)]
        own = self.env["sync.hub.binding"].search(mine).grouped("res_id")
        for template in self:
            template.hub_binding_ids = template.product_variant_ids.hub_binding_ids | own.get(
                template.id, self.env["sync.hub.binding"]
            )

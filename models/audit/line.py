from odoo import fields, models

#: What can differ.
FIELDS = [
    ("price", "Price"),
    ("stock", "Stock"),
    ("published", "On sale"),
    ("limits", "Order limits"),
    ("name", "Name"),
    ("sku", "Internal reference"),
    ("barcode", "Barcode"),
    ("product", "Product"),
]


class SyncHubAuditLine(models.Model):
    """One value that a remote shows otherwise than Odoo would tell it."""

    _name = "sync.hub.audit.line"
    _inherit = "sync.hub.pointer"
    _description = "Difference found by an audit"
    _order = "audit_id desc, id"
    _rec_name = "name"

    audit_id = fields.Many2one("sync.hub.audit", required=True, ondelete="cascade", index=True, readonly=True)
    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", related="audit_id.company_id", store=True)
    binding_id = fields.Many2one("sync.hub.binding", ondelete="set null", readonly=True, index="btree_not_null")
    res_model = fields.Char(readonly=True, string="Model")
    res_id = fields.Many2oneReference(model_field="res_model", readonly=True, string="Record")
    remote_id = fields.Char(readonly=True, string="Remote ID")
    name = fields.Char(readonly=True, string="Product")
    part = fields.Char(readonly=True, string="Variant")
    flow = fields.Char(readonly=True)
    field = fields.Selection(FIELDS, required=True, readonly=True)
    odoo_value = fields.Char(readonly=True, string="Odoo")
    remote_value = fields.Char(readonly=True, string="Shown there")
    kind = fields.Selection(
        [("differs", "Differs"), ("missing_remote", "Missing there"), ("unknown_here", "Not linked")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("fixing", "Being sent"),
            ("fixed", "Fixed"),
            ("failed", "Failed"),
            ("ignored", "Ignored"),
        ],
        default="open",
        required=True,
        readonly=True,
    )
    log_id = fields.Many2one(
        "sync.hub.log", ondelete="set null", readonly=True, index="btree_not_null", string="Sent by"
    )
    log_state = fields.Selection(related="log_id.state", string="State of the operation")
    log_error = fields.Text(related="log_id.error", string="Error")

from odoo import _, api, fields, models
from odoo.exceptions import UserError


class SyncHubConnector(models.Model):
    """Audits of a connector: by hand, and every night."""

    _inherit = "sync.hub.connector"

    audit_nightly = fields.Boolean(
        string="Every night", default=True, help="Compare what the shop shows with what it would be told. Reads only."
    )
    audit_fix = fields.Boolean(
        string="Fix by itself",
        help="Send at once what the nightly audit has found. What somebody has hidden in the shop stays hidden.",
    )
    can_audit = fields.Boolean(compute="_compute_can_audit", help="The shop shows something that can be compared.")
    last_audit_id = fields.Many2one("sync.hub.audit", compute="_compute_last_audit_id", string="Last audit")
    audit_differences = fields.Integer(compute="_compute_last_audit_id", string="Differences found")
    audit_at = fields.Datetime(compute="_compute_last_audit_id", string="Audited at")
    audit_compared = fields.Char(compute="_compute_audit_compared", string="Compares")
    audit_silent = fields.Text(compute="_compute_audit_compared", string="Does not compare")

    def _audited_flows(self):
        """The flows that an audit of this connector compares: what the shop shows, and this connector sends."""
        adapter = self._adapter()
        target = next((t for t in self._outbound() if t.id == self.id), None)
        if not target or "audit" not in target.flows:
            return []
        return [flow for flow in adapter._audits if flow in target.flows]

    @api.depends("kind", "state", "url", "token", "push_price", "push_stock")
    def _compute_can_audit(self):
        for connector in self:
            connector.can_audit = bool(connector._origin.id and connector._origin._audited_flows())

    def _compute_last_audit_id(self):
        self.env.cr.execute(
            "SELECT DISTINCT ON (connector_id) connector_id, id FROM sync_hub_audit"
            " WHERE connector_id = ANY(%s) AND state = 'done' ORDER BY connector_id, id DESC",
            [self._origin.ids],
        )
        newest = dict(self.env.cr.fetchall())
        for connector in self:
            audit = self.env["sync.hub.audit"].browse(newest.get(connector._origin.id, False))
            connector.last_audit_id = audit
            connector.audit_differences, connector.audit_at = audit.difference_count, audit.done_at

    @api.depends("can_audit")
    def _compute_audit_compared(self):
        for connector in self:
            connector.audit_compared = connector.audit_silent = False
            saved = connector._origin
            if saved:
                values = {"connector_id": saved.id, "flows": saved._audited_flows()}
                audit = self.env["sync.hub.audit"].new(values)
                connector.audit_compared, connector.audit_silent = audit.compared, audit.not_compared

    def action_audit(self):
        """Compare what the shop shows with what it would be told; the page that opens shows how far it is."""
        self.ensure_one()
        self.check_access_rights("read")
        self.check_access_rule("read")
        if self.state != "active":
            raise UserError(_("%s is not active: only an active connector asks its shop.", self.name))
        if not self._audited_flows():
            raise UserError(
                _(
                    "%s shows nothing that could be compared: it needs an address and a key to read the shop, and at "
                    "least one of Prices and Stock switched on (page Goes out).",
                    self.name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": _("Audit of %s", self.name),
            "res_model": "sync.hub.audit",
            "res_id": self.env["sync.hub.audit"]._start(self, "manual"),
            "views": [(False, "form")],
        }

    def action_open_last_audit(self):
        """The report of the newest finished audit."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sync.hub.audit",
            "res_id": self.last_audit_id.id,
            "views": [(False, "form")],
        }

    def action_open_audits(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.audit_action")
        action["domain"] = [("connector_id", "=", self.id)]
        return action

    @api.model
    def _cron_audit(self):
        """Every night: audit the connectors that want it."""
        for connector in self.search([("state", "=", "active"), ("audit_nightly", "=", True)]):
            if connector._audited_flows():
                self.env["sync.hub.audit"]._start(connector, "schedule")

import time

from odoo import _, api, fields, models
from odoo.exceptions import AccessError
from psycopg2.errors import UniqueViolation

#: Days after which a report goes.
KEPT_DAYS = 90


class SyncHubAudit(models.Model):
    """What one remote shows, compared with what it would be told now. Reads only: what differs is sent when asked.

    It is one row of the log, worked page by page like any reading: with the connector's pace and its breaker, and on
    from the last page after a crash.
    """

    _name = "sync.hub.audit"
    _description = "Drift audit"
    _order = "id desc"

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True)
    state = fields.Selection(
        [("running", "Running"), ("done", "Done"), ("failed", "Failed"), ("cancelled", "Cancelled")],
        default="running",
        required=True,
        readonly=True,
    )
    trigger = fields.Selection(
        [("manual", "By hand"), ("schedule", "Nightly")], string="How", required=True, readonly=True
    )
    started_at = fields.Datetime(string="Started", default=fields.Datetime.now, readonly=True)
    since = fields.Float(digits=(16, 3), default=lambda self: time.time(), readonly=True, help="Seconds since 1970.")
    done_at = fields.Datetime(readonly=True, string="Finished")
    flows = fields.Json(readonly=True, help="What is compared, in the hub's words.")
    phase = fields.Selection([("list", "Reading"), ("missing", "What was not shown")], default="list", readonly=True)
    offset = fields.Integer(readonly=True, help="Where the next page begins.")
    total_count = fields.Integer(readonly=True, string="Expected")
    checked_count = fields.Integer(readonly=True, string="Compared", help="Products of the remote that were compared.")
    difference_count = fields.Integer(readonly=True, string="Differences", help="Values that differ when compared.")
    product_count = fields.Integer(readonly=True, string="Products that differ")
    unknown_count = fields.Integer(
        readonly=True, string="Not linked", help="Products of the remote that no product of Odoo is linked with."
    )
    moving_count = fields.Integer(
        readonly=True, string="On their way", help="Values that were changing meanwhile, and were not compared."
    )
    unreadable = fields.Integer(
        readonly=True, string="Not comparable", help="Values that the remote did not show, or that Odoo cannot tell."
    )
    error = fields.Text(readonly=True, help="Why it stopped, or why values could not be compared.")
    log_id = fields.Many2one(
        "sync.hub.log", readonly=True, ondelete="set null", index="btree_not_null", string="Operation"
    )
    line_ids = fields.One2many(
        "sync.hub.audit.line", "audit_id", readonly=True, domain=[("kind", "!=", "unknown_here")]
    )
    unknown_ids = fields.One2many(
        "sync.hub.audit.line", "audit_id", readonly=True, domain=[("kind", "=", "unknown_here")]
    )
    open_count = fields.Integer(compute="_compute_counts", string="Open")
    fixed_count = fields.Integer(compute="_compute_counts", string="Fixed")
    progress = fields.Float(compute="_compute_progress", string="Progress (%)")
    compared = fields.Char(compute="_compute_compared", string="What is compared")
    not_compared = fields.Text(compute="_compute_compared", string="What is not")

    def init(self):
        # Two who start one at the same moment get one audit.
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_audit_running_uniq ON sync_hub_audit (connector_id)"
            " WHERE state = 'running';"
            "CREATE INDEX IF NOT EXISTS sync_hub_audit_done_idx ON sync_hub_audit (connector_id, id)"
            " WHERE state = 'done'"
        )

    # ------------------------------------------------------------ computed

    @api.depends("connector_id.name", "started_at")
    def _compute_display_name(self):
        for audit in self:
            audit.display_name = _("Audit of %s", audit.connector_id.name)

    @api.depends("line_ids.state")
    def _compute_counts(self):
        counts = {}
        mine = [("audit_id", "in", self.ids), ("kind", "!=", "unknown_here")]
        for audit, state, count in self.env["sync.hub.audit.line"]._read_group(
            mine, ["audit_id", "state"], ["__count"]
        ):
            counts[audit.id, state] = count
        for audit in self:
            audit.fixed_count = counts.get((audit.id, "fixed"), 0)
            audit.open_count = sum(counts.get((audit.id, state), 0) for state in ("open", "fixing", "failed"))

    @api.depends("checked_count", "total_count", "state")
    def _compute_progress(self):
        for audit in self:
            part = audit.checked_count / audit.total_count if audit.total_count else 0
            audit.progress = 100 if audit.state == "done" else min(100 * part, 99)

    @api.depends("flows", "connector_id.kind")
    def _compute_compared(self):
        labels = dict(self.env["sync.hub.audit.line"]._fields["field"]._description_selection(self.env))
        for audit in self:
            adapter, flows = audit.connector_id._adapter(), audit.flows or []
            able = {flow: [labels[field] for field in names] for flow, names in adapter._audits.items()}
            audit.compared = ", ".join(name for flow in able if flow in flows for name in able[flow])
            off = [name for flow in able if flow not in flows for name in able[flow]]
            said = [_("Not sent by this connector, and not compared: %s.", ", ".join(off))] if off else []
            audit.not_compared = "\n".join([*said, *adapter._not_audited()])

    # ------------------------------------------------------------ start and end

    @api.model
    def _start(self, connector, trigger):
        """The id of the audit of a connector that is running, else of a new one."""
        running = [("connector_id", "=", connector.id), ("state", "=", "running")]
        audit = self.sudo().search(running)
        if audit:
            return audit.id
        flows = connector._audited_flows()
        values = {"connector_id": connector.id, "trigger": trigger, "flows": flows}
        try:
            with self.env.cr.savepoint():
                audit = self.sudo().create({**values, "total_count": self._expected(connector, flows)})
        except UniqueViolation:
            # Somebody was faster; this transaction cannot see his.
            with self.env.registry.cursor() as cursor:
                return self.with_env(self.env(cr=cursor)).sudo().search(running[:1], limit=1).id
        audit.log_id = connector._append_reading("audit", "audit", False, "audit")
        audit.log_id.write({"res_model": self._name, "res_id": audit.id})
        return audit.id

    @api.model
    def _expected(self, connector, flows):
        """How many products of the remote there are to compare, as far as Odoo knows."""
        Binding, field = self.env["sync.hub.binding"].sudo(), connector._adapter()._product_field
        mine = [("connector_id", "=", connector.id), ("entity", "in", self._entities(flows))]
        count = Binding.search_count(mine)
        if field:
            known = Binding.search([*mine, ("from_field", "=", True)]).mapped("res_id")
            products = self.env["product.product"].sudo().with_context(active_test=False)
            count += products.search_count([(field, "!=", False)]) - len(set(known))
        return max(count, 0)

    @api.model
    def _entities(self, flows):
        """The kinds of remote records that these flows tell of."""
        return [{"catalogue": "catalogue", "offer": "offer"}.get(flow, "product") for flow in flows]

    def _finish(self, state, **values):
        """Close audits; what they noted for themselves goes, unless they may be taken up again."""
        self.write({"state": state, "done_at": fields.Datetime.now(), **values})
        if state != "failed":
            self.env["sync.hub.audit.seen"].sudo()._forget(self)
        for audit in self.filtered(lambda a: a.state == "done" and a.trigger == "schedule"):
            if audit.connector_id.audit_fix:
                audit.line_ids.filtered(lambda line: not line._is_hidden_there())._fix()

    def _note(self, error):
        """Keep the first reasons why values could not be compared."""
        said = (self.error or "").splitlines()
        if str(error) not in said and len(said) < 5:
            self.error = "\n".join([*said, str(error)])

    # ------------------------------------------------------------ what a person does

    def action_cancel(self):
        """Read no further page."""
        self._check_operator()
        running = self.sudo().filtered(lambda audit: audit.state == "running")
        running._finish("cancelled")

    def action_resume(self):
        """Go on with one that failed, from the page where it stopped."""
        self._check_operator()
        self.sudo().filtered(lambda audit: audit.state == "failed").log_id._requeue("audit")

    def action_fix_all(self):
        """Send what Odoo has for everything that differs."""
        return self.line_ids.action_fix()

    def action_open_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.audit_line_action")
        action["domain"] = [("audit_id", "=", self.id)]
        action["context"] = {"search_default_different": 1}
        return action

    def _check_operator(self):
        if not (self.env.su or self.env.user.has_group("sync_hub.group_user")):
            raise AccessError(_("Only a Sync User starts or stops audits."))
        self.check_access_rights("read")
        self.check_access_rule("read")

    @api.autovacuum
    def _gc_audits(self):
        """Old reports go."""
        old = fields.Datetime.subtract(fields.Datetime.now(), days=KEPT_DAYS)
        self.search([("started_at", "<", old), ("state", "!=", "running")], limit=100).unlink()


class SyncHubAuditSeen(models.Model):
    """Bindings that a running audit has been shown; what is not here in the end is missing."""

    _name = "sync.hub.audit.seen"
    _description = "Shown to an audit"
    _log_access = False

    audit_id = fields.Many2one("sync.hub.audit", required=True, ondelete="cascade", index=True)
    binding = fields.Integer(required=True)

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_audit_seen_uniq ON sync_hub_audit_seen (audit_id, binding)"
        )

    @api.model
    def _add(self, audit, bindings):
        self.env.cr.execute(
            "INSERT INTO sync_hub_audit_seen (audit_id, binding) SELECT %s, unnest(%s::int[]) ON CONFLICT DO NOTHING",
            [audit.id, bindings.ids],
        )

    @api.model
    def _forget(self, audits):
        self.env.cr.execute("DELETE FROM sync_hub_audit_seen WHERE audit_id = ANY(%s)", [audits.ids])

from odoo import _, api, fields, models
from odoo.exceptions import AccessError, UserError

from .adapters import wirejson

#: Rows that are worked again at once; more of them in a run that shows how far it is.
AT_ONCE = 500
#: States in which a row still asks for work by itself.
OPEN = ("pending", "sending", "retrying")

STATES = [
    ("pending", "Pending"),
    ("sending", "Sending"),
    ("retrying", "Retrying"),
    ("failed", "Failed"),
    ("done", "Done"),
    ("skipped", "Skipped"),
]
REASONS = [
    ("duplicate", "Duplicate"),
    ("stale", "Stale"),
    ("superseded", "Superseded"),
    ("echo", "Echo"),
    ("unchanged", "Unchanged"),
    ("ignored", "Ignored"),
    ("by_hand", "Skipped by hand"),
]
TRIGGERS = [
    ("manual_full", "Manual, full"),
    ("manual_single", "Manual, single"),
    ("order_created", "Order created"),
    ("order_shipped", "Order shipped"),
    ("order_cancelled", "Order cancelled"),
    ("inventory_adjusted", "Inventory adjusted"),
    ("price_changed", "Price changed"),
    ("changed", "Changed"),
    ("schedule", "Schedule"),
    ("webhook", "Webhook"),
    ("poll", "Poll"),
    ("retry", "Retry"),
    ("replay", "Replay"),
    ("audit", "Audit"),
    ("test", "Test"),
]


class SyncHubLog(models.Model):
    """One operation on one record: inbox row, outbox row and audit trail are the same row."""

    _name = "sync.hub.log"
    _description = "Sync log"
    _order = "id desc"
    _rec_name = "remote_id"

    connector_id = fields.Many2one(
        "sync.hub.connector", ondelete="cascade", readonly=True, help="Empty: a vendor called our own vendor API."
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    direction = fields.Selection([("in", "In"), ("out", "Out")], required=True, readonly=True)
    lane = fields.Integer(
        required=True, default=0, readonly=True, help="Rows of one lane are worked one after the other."
    )
    priority = fields.Integer(default=50, readonly=True)
    state = fields.Selection(STATES, default="pending", required=True, readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    trigger = fields.Selection(TRIGGERS, readonly=True)
    entity = fields.Char(readonly=True)
    flow = fields.Char(readonly=True)
    action = fields.Char(readonly=True)
    scope = fields.Json(readonly=True, help="Set on a row that stands for many records: the drain expands it.")
    remote_id = fields.Char(string="Remote ID", readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    idempotency_key = fields.Char(readonly=True)
    tx = fields.Float(digits=(20, 0), readonly=True, help="Transaction that appended the row.")
    source_time = fields.Datetime(readonly=True, help="Time of the event at the remote.")
    source_sequence = fields.Float(digits=(20, 0), readonly=True, help="Running number of the event at the remote.")
    payload = fields.Text(readonly=True)
    private = fields.Text(readonly=True, groups=fields.NO_ACCESS)
    payload_pretty = fields.Text(compute="_compute_payload_pretty", string="Payload (readable)")
    result = fields.Text(readonly=True)
    exchange_id = fields.Many2one("sync.hub.exchange", readonly=True, ondelete="set null", index="btree_not_null")
    run_id = fields.Many2one("sync.hub.run", readonly=True, ondelete="set null", index="btree_not_null")
    attempts = fields.Integer(readonly=True)
    next_try_at = fields.Datetime(readonly=True)
    done_at = fields.Datetime(readonly=True)
    duration_ms = fields.Integer(string="Duration (ms)", readonly=True, help="From creation to the end of the work.")
    error_code = fields.Char(readonly=True)
    error = fields.Text(readonly=True)
    remote_value = fields.Char(readonly=True, help="What could not be told or understood.")
    error_field = fields.Char(readonly=True, help="What that value is of: a kind of value map, product, price ...")
    approved = fields.Char(readonly=True, help="The value that a manager has approved.")
    traceback = fields.Text(readonly=True)

    def init(self):
        self.env.cr.execute(
            """
            CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_log_key_uniq
                ON sync_hub_log (connector_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
            CREATE INDEX IF NOT EXISTS sync_hub_log_open_idx
                ON sync_hub_log (connector_id, direction, lane, priority, id)
                WHERE state IN ('pending', 'sending', 'retrying');
            CREATE INDEX IF NOT EXISTS sync_hub_log_record_idx ON sync_hub_log (res_model, res_id);
            CREATE INDEX IF NOT EXISTS sync_hub_log_remote_idx ON sync_hub_log (connector_id, entity, remote_id)
                WHERE remote_id IS NOT NULL;
            -- What ended when: the dashboard counts from this index alone.
            CREATE INDEX IF NOT EXISTS sync_hub_log_ended_idx ON sync_hub_log (connector_id, done_at)
                INCLUDE (direction, entity, state) WHERE done_at IS NOT NULL;
            -- What waits behind a row that is retried: many rows that become pending at once are not in the statistics.
            CREATE INDEX IF NOT EXISTS sync_hub_log_waiting_idx ON sync_hub_log (connector_id, entity, remote_id)
                WHERE state = 'retrying';
            CREATE INDEX IF NOT EXISTS sync_hub_log_failed_idx ON sync_hub_log (connector_id, id)
                WHERE state = 'failed';
            CREATE INDEX IF NOT EXISTS sync_hub_log_failed_record_idx ON sync_hub_log (connector_id, res_model, res_id)
                WHERE state = 'failed';
            CREATE INDEX IF NOT EXISTS sync_hub_log_failed_remote_idx ON sync_hub_log (connector_id, entity, remote_id)
                WHERE state = 'failed';
            """
        )

    @api.depends("payload")
    def _compute_payload_pretty(self):
        for row in self:
            row.payload_pretty = wirejson.pretty(row.payload)

    @api.depends("entity", "action", "remote_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(filter(None, [row.entity, row.action, row.remote_id or str(row.res_id or "")]))

    def payload_json(self):
        """The row's payload as JSON value, fractions as Decimal; {} when it has none."""
        self.ensure_one()
        return wirejson.loads(self.payload) if self.payload else {}

    def private_json(self):
        """What came with the payload and no log shows, as JSON value; {} once the row was worked."""
        self.ensure_one()
        return wirejson.loads(self.sudo().private) if self.sudo().private else {}

    # ------------------------------------------------------------ what a person does

    def action_retry(self):
        """Work these rows again at once; rows that are being worked or are done stay as they are."""
        # Of thousands only the columns that are asked for are read.
        lean = self.with_context(prefetch_fields=False)
        rows = self & lean.filtered(lambda row: row.state in ("failed", "retrying", "skipped"))
        if rows and not (rows & lean).connector_id:
            raise UserError(_("What a vendor sends is answered at once: he has to send it again."))
        rows &= lean.filtered("connector_id")
        if not rows:
            raise UserError(_("Only rows that failed, wait for a retry or were skipped can be retried."))
        if len(rows) > AT_ONCE:
            return self.env["sync.hub.run"]._start_rows("retry", rows)._opened()
        rows = rows._with_content()
        if not rows:
            raise UserError(
                _(
                    "What these messages said is not kept any more (see the connector's page Housekeeping): read the "
                    "records from the shop instead."
                )
            )
        rows._requeue("retry")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": _("%s operations are worked again.", len(rows)),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_approve(self):
        """Send these prices although they change by much; what they are now is what is approved."""
        if not self.env.user.has_group("sync_hub.group_manager"):
            raise AccessError(_("Only a Sync Manager approves prices."))
        self.check_access_rule("read")
        rows = self.sudo().filtered(lambda row: row.state == "failed" and row.error_code == "price_guard")
        if not rows:
            raise UserError(_("None of these operations waits for approval."))
        for row in rows:
            row.approved = row.remote_value
        rows._requeue("retry")
        waiting = [("state", "=", "failed"), ("error_code", "=", "price_guard")]
        for connector in rows.connector_id:
            if not self.sudo().search_count([*waiting, ("connector_id", "=", connector.id)], limit=1):
                self.env["sync.hub.incident"]._gone(connector, "price_guard")

    def action_look_up(self):
        """Ask the remote whether it has made the record whose call got lost."""
        self._settle_unknown("lookup")

    def action_create_again(self):
        """Make the record, now that a person has seen that the remote has not."""
        self._settle_unknown("create")

    def _settle_unknown(self, action):
        self.check_access_rights("read")
        self.check_access_rule("read")
        rows = self.sudo().filtered(lambda row: row.action in ("create", "lookup", "looked") and row.state == "failed")
        rows.write({"action": action, "error_code": False})
        rows._requeue("retry")

    @api.model
    def _settle_failed(self, connector, record, flow, said):
        """Close what failed to tell the remote about a record: it knows by now, and nobody need look."""
        mine = [("connector_id", "=", connector.id), ("direction", "=", "out"), ("flow", "=", flow)]
        mine += [("res_model", "=", record._name), ("res_id", "=", record.id), ("state", "=", "failed")]
        self.sudo().search(mine)._finish("skipped", reason="superseded", result=said)

    def _with_content(self):
        """The rows that can be worked again: of what came in, those whose content is still kept."""
        return self.filtered(lambda row: row.direction == "out" or row.payload)

    def _requeue(self, trigger=None):
        """Make rows pending again and wake their lanes."""
        values = {
            "state": "pending",
            "reason": False,
            "error": False,
            "error_code": False,
            "traceback": False,
            "next_try_at": False,
            "done_at": False,
            # Who retries by hand gets the whole schedule again.
            "attempts": 0,
        }
        if trigger:
            values["trigger"] = trigger
        rows = self.sudo()
        # Whoever retries many at once has not looked whether the remote has made this one.
        rows.filtered(lambda row: row.error_code == "outcome_unknown").write({"action": "lookup"})
        # An ignored row was never parsed; its entity may have gained an importer since.
        rows.write(values)
        for connector, direction, lane in {(row.connector_id.id, row.direction, row.lane) for row in rows}:
            self.env["sync.hub.drain"]._wake_after_commit(connector, direction, lane)

    def _finish(self, state, **values):
        """Close rows, or set when they are tried again; `values` are further fields."""
        now = fields.Datetime.now()
        if state not in OPEN:
            values.setdefault("next_try_at", False)
            values["done_at"] = now
        if state in ("done", "skipped"):
            values["private"] = False
        if state == "done":
            values.update(error=False, error_code=False, traceback=False, reason=False)
        self.write({"state": state, **values})
        if state == "done" and self:
            self.flush_recordset()
            self.env.cr.execute(
                "UPDATE sync_hub_log SET duration_ms ="
                " least(extract(epoch FROM (clock_timestamp() AT TIME ZONE 'UTC') - create_date) * 1000, 2147483647)"
                # A row that was made by ORM bears microseconds, a time of Odoo seconds only.
                " WHERE id = ANY(%s)",
                [self.ids],
            )
            self.invalidate_recordset(["duration_ms"])

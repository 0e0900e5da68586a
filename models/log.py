from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .adapters import wirejson

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

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    direction = fields.Selection([("in", "In"), ("out", "Out")], required=True, readonly=True)
    lane = fields.Integer(required=True, default=0, readonly=True, help="Rows of one lane are worked one after the other.")
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
            CREATE INDEX IF NOT EXISTS sync_hub_log_remote_idx ON sync_hub_log (connector_id, entity, remote_id);
            CREATE INDEX IF NOT EXISTS sync_hub_log_failed_idx ON sync_hub_log (connector_id, id)
                WHERE state = 'failed';
            """
        )

    @api.depends("payload")
    def _compute_payload_pretty(self):
        for row in self:
            row.payload_pretty = wirejson.dumps(row.payload_json(), indent=2) if row.payload else False

    @api.depends("entity", "action", "remote_id")
    def _compute_display_name(self):
        for row in self:
            row.display_name = " ".join(filter(None, [row.entity, row.action, row.remote_id or str(row.res_id or "")]))

    def payload_json(self):
        """The row's payload as JSON value, fractions as Decimal; {} when it has none."""
        self.ensure_one()
        return wirejson.loads(self.payload) if self.payload else {}

    # ------------------------------------------------------------ outbox

    @api.model
    def _append_products(self, flow, products, trigger, templates=False, action="update"):
        """Append rows for what changed about products, in the caller's own transaction.

        One INSERT per connector that wants the flow; the statement itself drops the products that the
        connector does not know and the ones already appended by this same transaction. It never looks at
        other transactions' rows: skipping because of those would lose updates under REPEATABLE READ.

        :param products: product.product records, or product.template ones when `templates` is set.
        """
        if not products:
            return
        origin = self.env.context.get("sync_origin")
        column = "product_tmpl_id" if templates else "id"
        for target in self.env["sync.hub.connector"]._outbound():
            if flow not in target.flows or (origin == target.id and flow != "stock"):
                continue
            self.env["product.product"].flush_model(["product_tmpl_id", *filter(None, [target.product_field])])
            self.env["product.template"].flush_model(["company_id"])
            self.env.cr.execute(
                f"""
                INSERT INTO sync_hub_log (connector_id, company_id, direction, lane, priority, state, trigger,
                                          entity, flow, action, res_model, res_id, attempts, tx,
                                          create_uid, create_date, write_uid, write_date)
                SELECT %(connector)s, %(company)s, 'out', 0, %(priority)s, 'pending', %(trigger)s,
                       'product', %(flow)s, %(action)s, 'product.product', p.id, 0, txid_current(),
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
                 WHERE p.{column} = ANY(%(ids)s)
                   AND (t.company_id IS NULL OR t.company_id = %(company)s)
                   AND ({self._mapped_sql(target)})
                   AND NOT EXISTS (SELECT 1 FROM sync_hub_log own
                                    WHERE own.res_model = 'product.product' AND own.res_id = p.id
                                      AND own.connector_id = %(connector)s AND own.flow = %(flow)s
                                      AND own.tx = txid_current() AND own.state = 'pending')
                """,
                {
                    "connector": target.id,
                    "company": target.company_id,
                    "priority": target.flows[flow],
                    "trigger": trigger,
                    "flow": flow,
                    "action": action,
                    "ids": list(products.ids),
                    "uid": self.env.uid,
                    "now": fields.Datetime.now(),
                },
            )
            if self.env.cr.rowcount:
                self.env["sync.hub.drain"]._wake_after_commit(target.id, "out", 0)

    @api.model
    def _mapped_sql(self, target):
        """SQL condition on product_product p: the connector's remote knows this product."""
        bound = (
            "EXISTS (SELECT 1 FROM sync_hub_binding b WHERE b.connector_id = %(connector)s AND b.entity = 'product'"
            " AND b.res_model = 'product.product' AND b.res_id = p.id)"
        )
        return f"p.{target.product_field} IS NOT NULL OR {bound}" if target.product_field else bound

    @api.model
    def _append_scope(self, connector_ids, flow, scope, trigger, run=None):
        """Append one row per connector that stands for many products (a global rule, a tax, a rate).

        :param dict scope: {"domain": [...]} on product.product.
        """
        for target in self.env["sync.hub.connector"]._outbound():
            if target.id not in connector_ids or flow not in target.flows:
                continue
            self.sudo().create(
                {
                    "connector_id": target.id,
                    "company_id": target.company_id,
                    "direction": "out",
                    "priority": target.flows[flow],
                    "trigger": trigger,
                    "entity": "product",
                    "flow": flow,
                    "action": "expand",
                    "scope": scope,
                    "run_id": run and run.id,
                }
            )
            self.env["sync.hub.drain"]._wake_after_commit(target.id, "out", 0)

    @api.model
    def _append_unpublish(self, remote_ids_by_connector, trigger="changed"):
        """Append rows that take remote products off sale whose Odoo product is going or lost its id.

        :param remote_ids_by_connector: {connector id: {remote id: product id}}
        """
        for target in self.env["sync.hub.connector"]._outbound():
            if "publication" not in target.flows:
                continue
            for remote_id, product_id in remote_ids_by_connector.get(target.id, {}).items():
                self.sudo().create(
                    {
                        "connector_id": target.id,
                        "company_id": target.company_id,
                        "direction": "out",
                        "priority": target.flows["publication"],
                        "trigger": trigger,
                        "entity": "product",
                        "flow": "publication",
                        "action": "unpublish",
                        "remote_id": remote_id,
                        "res_model": "product.product",
                        "res_id": product_id,
                    }
                )
                self.env["sync.hub.drain"]._wake_after_commit(target.id, "out", 0)

    # ------------------------------------------------------------ inbox

    @api.model
    def _append_events(self, connector, events, exchange, trigger="webhook"):
        """Store `Event`s; returns for each the row id, or None for one that is already stored."""
        now = fields.Datetime.now()
        ids = []
        for event in events:
            time = event.version.time
            self.env.cr.execute(
                """
                INSERT INTO sync_hub_log (connector_id, company_id, direction, lane, priority, state, reason, trigger,
                                          entity, action, remote_id, idempotency_key, source_time, source_sequence,
                                          payload, result, exchange_id, attempts, done_at,
                                          create_uid, create_date, write_uid, write_date)
                VALUES (%s, %s, 'in', %s, 50, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, 1, %s, 1, %s)
                ON CONFLICT (connector_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
                RETURNING id
                """,
                [
                    connector.id,
                    connector.company_id.id,
                    connector._inbound_lane(event.entity, event.remote_id),
                    "skipped" if event.ignored else "pending",
                    "ignored" if event.ignored else None,
                    trigger,
                    event.entity,
                    event.action,
                    event.remote_id,
                    event.key,
                    time and time.replace(tzinfo=None),
                    event.version.sequence,
                    wirejson.dumps(event.payload),
                    event.ignored or None,
                    exchange.id,
                    now if event.ignored else None,
                    now,
                    now,
                ],
            )
            row = self.env.cr.fetchone()
            ids.append(row[0] if row else None)
        return ids

    # ------------------------------------------------------------ what a person does

    def action_retry(self):
        """Work these rows again at once; rows that are being worked or are done stay as they are."""
        rows = self.filtered(lambda row: row.state in ("failed", "retrying", "skipped"))
        if not rows:
            raise UserError(_("Only rows that failed, wait for a retry or were skipped can be retried."))
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
        }
        if trigger:
            values["trigger"] = trigger
        rows = self.sudo()
        # An ignored row was never parsed; its entity may have gained an importer since.
        rows.write(values)
        for connector, direction, lane in {(row.connector_id.id, row.direction, row.lane) for row in rows}:
            self.env["sync.hub.drain"]._wake_after_commit(connector, direction, lane)

    def action_open_record(self):
        self.ensure_one()
        if not (self.res_model and self.res_id and self.env[self.res_model].browse(self.res_id).exists()):
            raise UserError(_("This operation has no record in Odoo."))
        return {"type": "ir.actions.act_window", "res_model": self.res_model, "res_id": self.res_id, "views": [(False, "form")]}

    def _finish(self, state, **values):
        """Close rows, or set when they are tried again; `values` are further fields."""
        now = fields.Datetime.now()
        if state not in OPEN:
            values.setdefault("next_try_at", False)
            values["done_at"] = now
        if state == "done":
            values.update(error=False, error_code=False, traceback=False, reason=False)
        self.write({"state": state, **values})
        if state == "done" and self:
            self.flush_recordset()
            self.env.cr.execute(
                "UPDATE sync_hub_log SET duration_ms ="
                " least(extract(epoch FROM done_at - create_date) * 1000, 2147483647) WHERE id = ANY(%s)",
                [self.ids],
            )
            self.invalidate_recordset(["duration_ms"])

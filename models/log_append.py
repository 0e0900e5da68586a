from odoo import api, fields, models

from .adapters import wirejson
from .clock import now
from .flows import CATALOGUE, TEMPLATE_FLOWS, told_as

#: Flow -> entity of its rows, where they bear different names.
ENTITY_OF = {
    **dict.fromkeys(("status", "tracking", "note", "ack", "lines", "capture", "refund"), "order"),
    "purchase": "vendor_order",
}
#: Triggers that say more than that a quantity changed.
TELLING = ("order_created", "order_shipped", "order_cancelled")


class SyncHubLog(models.Model):
    """How rows come into the log: appended by what changes in Odoo, and by what remotes send."""

    _inherit = "sync.hub.log"

    # ------------------------------------------------------------ outbox

    @api.model
    def _append_products(self, flow, products, trigger, templates=False, only=None, run=None):
        """Append rows for what changed about products, in the caller's own transaction; returns their number.

        One INSERT per connector that wants the flow; the statement itself drops the products that the
        connector does not know and the ones already appended by this same transaction. It never looks at
        other transactions' rows: skipping because of those would lose updates under REPEATABLE READ.

        :param products: product.product records, or product.template ones when `templates` is set.
        :param only: id of the one connector to tell, whatever the origin.
        :param run: the run that the rows belong to.
        """
        if not products:
            return 0
        origin = self.env.context.get("sync_origin")
        column, count = "product_tmpl_id" if templates else "id", 0
        for target in self.env["sync.hub.connector"]._outbound():
            if (only or target.id) != target.id or (origin == target.id and flow != "stock" and not only):
                continue
            told = told_as(flow, target.flows)
            if told in TEMPLATE_FLOWS:
                count += self._append_templates(target, told, products, trigger, templates, run)
            if told != flow or told in TEMPLATE_FLOWS:
                continue
            self.env["product.product"].flush_model(["product_tmpl_id", *filter(None, [target.product_field])])
            self.env["product.template"].flush_model(["company_id"])
            if trigger in TELLING:
                self._tell_trigger(target.id, flow, products.ids, trigger)
            self.env.cr.execute(
                f"""
                INSERT INTO sync_hub_log (connector_id, company_id, direction, lane, priority, state, trigger,
                                          entity, flow, action, res_model, res_id, attempts, tx, run_id,
                                          create_uid, create_date, write_uid, write_date)
                SELECT %(connector)s, %(company)s, 'out', 0, %(priority)s, 'pending', %(trigger)s,
                       'product', %(flow)s, 'update', 'product.product', p.id, 0, txid_current(), %(run)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(ids)s) AS asked(id)
                  JOIN product_product p ON p.{column} = asked.id
                  JOIN product_template t ON t.id = p.product_tmpl_id
                 WHERE (t.company_id IS NULL OR t.company_id = ANY(%(companies)s))
                   AND ({self._mapped_sql(target)})
                   AND NOT EXISTS (SELECT 1 FROM sync_hub_log own
                                    WHERE own.res_model = 'product.product' AND own.res_id = p.id
                                      AND own.connector_id = %(connector)s AND own.flow = %(flow)s
                                      AND own.tx = txid_current() AND own.state = 'pending')
                """,
                {
                    "connector": target.id,
                    "company": target.company_id,
                    "companies": list(target.company_ids),
                    "priority": target.flows[flow],
                    "trigger": trigger,
                    "flow": flow,
                    "run": run and run.id or None,
                    "ids": list(products.ids),
                    "uid": self.env.uid,
                    "now": fields.Datetime.now(),
                },
            )
            count += self.env.cr.rowcount
            if self.env.cr.rowcount:
                self.env["sync.hub.drain"]._wake_after_commit(target.id, "out", 0)
        return count

    @api.model
    def _append_records(self, flow, records, trigger, only=None, unbound=False):
        """Append rows for what changed about contacts, orders or coupons, in the caller's own transaction.

        :param only: id of the one connector to tell, whatever the origin.
        :param bool unbound: also for records that the remote does not know yet.
        """
        if not records:
            return
        origin = self.env.context.get("sync_origin")
        for target in self.env["sync.hub.connector"]._outbound():
            if flow not in target.flows or (only or target.id) != target.id or (origin == target.id and not only):
                continue
            self.flush_model(["state", "tx"])
            self.env.cr.execute(
                """
                INSERT INTO sync_hub_log (connector_id, company_id, direction, lane, priority, state, trigger,
                                          entity, flow, action, res_model, res_id, attempts, tx,
                                          create_uid, create_date, write_uid, write_date)
                SELECT %(connector)s, %(company)s, 'out', 0, %(priority)s, 'pending', %(trigger)s,
                       %(entity)s, %(flow)s, 'update', %(model)s, r.id, 0, txid_current(),
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(ids)s) AS r(id)
                 WHERE (%(unbound)s OR EXISTS (SELECT 1 FROM sync_hub_binding b
                                                WHERE b.connector_id = %(connector)s AND b.entity = %(entity)s
                                                  AND b.res_model = %(model)s AND b.res_id = r.id))
                   AND NOT EXISTS (SELECT 1 FROM sync_hub_log own
                                    WHERE own.res_model = %(model)s AND own.res_id = r.id
                                      AND own.connector_id = %(connector)s AND own.flow = %(flow)s
                                      AND own.tx = txid_current() AND own.state = 'pending')
                """,
                {
                    "connector": target.id,
                    "company": target.company_id,
                    "priority": target.flows[flow],
                    "trigger": trigger,
                    "entity": ENTITY_OF.get(flow, flow),
                    "flow": flow,
                    "model": records._name,
                    "ids": list(records.ids),
                    "unbound": unbound,
                    "uid": self.env.uid,
                    "now": fields.Datetime.now(),
                },
            )
            if self.env.cr.rowcount:
                self.env["sync.hub.drain"]._wake_after_commit(target.id, "out", 0)

    @api.model
    def _tell_trigger(self, connector_id, flow, ids, trigger, model="product.product"):
        """Let the rows of this transaction say what happened: the quants are written before the move is done."""
        self.env.cr.execute(
            """
            UPDATE sync_hub_log SET trigger = %s
             WHERE res_model = %s AND res_id = ANY(%s) AND connector_id = %s AND flow = %s
               AND tx = txid_current() AND state = 'pending' AND trigger = 'inventory_adjusted'
            """,
            [trigger, model, list(ids), connector_id, flow],
        )

    @api.model
    def _mapped_sql(self, target):
        """SQL condition on product_product p: the connector's remote knows this product."""
        bound = (
            "EXISTS (SELECT 1 FROM sync_hub_binding b WHERE b.connector_id = %(connector)s AND b.entity = 'product'"
            " AND b.res_model = 'product.product' AND b.res_id = p.id)"
        )
        if target.product_field:
            return f"p.{target.product_field} IS NOT NULL OR {bound}"
        if CATALOGUE not in target.flows:
            return bound
        # It may be bound at this moment by a transaction that this one cannot see. Either the binding is visible here
        # or the row that leads to it is still open; what comes before the binding is told with it anyway.
        making = (
            "EXISTS (SELECT 1 FROM sync_hub_log making WHERE making.res_model = 'product.template'"
            " AND making.res_id = p.product_tmpl_id AND making.connector_id = %(connector)s"
            f" AND making.flow = '{CATALOGUE}' AND making.state NOT IN ('done', 'skipped'))"
        )
        return f"{bound} OR {making}"

    @api.model
    def _append_scope(self, connector_ids, flow, scope, trigger, run=None):
        """Append one row per connector that stands for many products (a global rule, a tax, a rate).

        :param connector_ids: None for all connectors but the one whose message is being imported.
        :param dict scope: {"domain": [...]} on product.product.
        """
        origin = self.env.context.get("sync_origin")
        for target in self.env["sync.hub.connector"]._outbound():
            told = told_as(flow, target.flows)
            wanted = target.id != origin if connector_ids is None else target.id in connector_ids
            if not wanted or not told:
                continue
            self.sudo().create(
                {
                    "connector_id": target.id,
                    "company_id": target.company_id,
                    "direction": "out",
                    "priority": target.flows[told],
                    "trigger": trigger,
                    "entity": "product",
                    "flow": told,
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
        """Store `Event`s; returns for each the row id, or None for one that is already stored.

        Of what we have read ourselves also None when it is what was applied last.
        """
        # To the microsecond: where a remote's messages bear no time, this one says what is newer.
        came = now()
        ids = []
        for event in events:
            time = event.version.time
            key = event.key
            if event.digest:
                binding = self.env["sync.hub.binding"]._find(connector, event.entity, event.remote_id)
                if binding.read_digest == event.digest:
                    ids.append(None)
                    continue
                # The same content is news once another one was applied in between.
                key = f"{key}:{binding.version_time or ''}"
            self.env.cr.execute(
                """
                INSERT INTO sync_hub_log (connector_id, company_id, direction, lane, priority, state, reason, trigger,
                                          entity, action, remote_id, idempotency_key, source_time, source_sequence,
                                          payload, private, result, exchange_id, attempts, done_at,
                                          create_uid, create_date, write_uid, write_date)
                VALUES (%s, %s, 'in', %s, 50, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, %s, 1, %s, 1, %s)
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
                    key,
                    time and time.replace(tzinfo=None),
                    event.version.sequence,
                    wirejson.dumps(event.payload),
                    wirejson.dumps(event.private) if event.private and not event.ignored else None,
                    event.ignored or None,
                    exchange.id,
                    came if event.ignored else None,
                    came,
                    came,
                ],
            )
            row = self.env.cr.fetchone()
            ids.append(row[0] if row else None)
        return ids

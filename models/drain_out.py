import logging
import time
from uuid import uuid4

from odoo import _, models

from .adapters.errors import (
    CredentialError,
    OutcomeUnknownError,
    RejectedError,
    SyncError,
    TransientError,
)
from .adapters.transport import Transport
from .clock import now
from .connector_secret import limits_of
from .drain import RACES
from .flows import FLOWS, flows_of

_logger = logging.getLogger(__name__)

#: Calls are spread a little wider than the limit: the remote counts arrivals, and a slow one closes up to the next.
PACE_MARGIN = 1.06
#: Seconds after which no further call of a halved batch is begun.
CALLS = 20


def record_key(row):
    """What the row is about: a record of Odoo, or one of the remote."""
    remote_id = row.remote_id if row.action in ("unpublish", "pack") or not row.res_id else ""
    return (row.entity, row.res_model, row.res_id, remote_id)


class SyncHubDrain(models.AbstractModel):
    """The outbound half: claim and commit, call with no transaction open, record the results and commit."""

    _inherit = "sync.hub.drain"

    def _chunks_out(self, connector_id, lane, budget):
        self._transaction(lambda drain: drain._recover_out(connector_id, lane))
        started, total = time.monotonic(), 0
        while self._goes_on(started, budget):
            claim = self._transaction(lambda drain: drain._claim_out(connector_id, lane))
            if claim is None:
                break
            total += claim["rows"]
            if claim["items"]:
                outcome = self._call_out(claim)
                self._transaction(lambda drain, c=claim, o=outcome: drain._record_out(connector_id, lane, c, o))
        return total

    # ------------------------------------------------------------ claim

    def _recover_out(self, connector_id, lane):
        """Rows found in `sending` are a crash's leftover: nobody knows what the remote did with them.

        A push carries absolute values and what was agreed has been forgotten with the claim, so they are
        simply sent again with the values of now. What a repetition would make twice is for a person.
        """
        rows = self.env["sync.hub.log"].search(
            [
                ("connector_id", "=", connector_id),
                ("direction", "=", "out"),
                ("lane", "=", lane),
                ("state", "=", "sending"),
            ]
        )
        once = rows.connector_id and rows.connector_id._adapter()._not_repeatable or ()
        lost = rows.filtered(lambda row: row.action == "create" and row.flow in once)
        if lost:
            self._fail(lost, OutcomeUnknownError(_("The server stopped during the call.")))
        (rows - lost).write({"state": "pending", "next_try_at": False})

    def _claim_out(self, connector_id, lane):
        """Take the next records with all their open rows; None when there is nothing to do now."""
        connector = self.env["sync.hub.connector"].browse(connector_id)
        state = self.env["sync.hub.lane"]._of(connector, "out", lane)
        if state._is_open() or connector.state != "active":
            return None
        expanded = self._expand(connector, lane)
        adapter = connector._adapter()
        size = 1 if state._is_probing() else min(connector.batch_size or adapter._batch_size, adapter._batch_size)
        rows = self._open_rows(connector, lane, size)
        if not rows:
            return {"rows": expanded, "items": []} if expanded else None
        newest = self._supersede(self.env[FLOWS[rows[0].flow].exporter]._spread(connector, rows))
        newest = self._of_wanted_flows(connector, newest)
        items, pushes = [], self._export(connector, newest)
        agreed, token = {}, uuid4().hex
        for push in pushes:
            if push.error is not None:
                self._fail(push.rows, push.error)
                continue
            changes = push.changes()
            told = push.rows.filtered(lambda row, flows=changes: row.flow in flows)
            known = push.rows - told
            known._finish("skipped", reason="unchanged", result=_("The remote already has this."))
            known._heal()
            if changes:
                # Forget before the call: if its answer gets lost, equal values must not look agreed.
                if push.creates and items:
                    # What is made is bound before anything else is called: this one is for the next chunk.
                    break
                if push.binding:
                    agreed[push.binding.id] = {flow: push.claim(flow, token) for flow in changes}
                if push.creates:
                    told.filtered(lambda row: row.action != "lookup").write({"action": "create"})
                items.append(
                    {
                        "binding": push.binding and push.binding.id,
                        "rows": told.ids,
                        "message": push.message(changes),
                        "values": changes,
                        "token": token,
                    }
                )
                if push.creates:
                    break
        self.env["sync.hub.binding"]._write_agreed(agreed)
        claimed = self.env["sync.hub.log"].browse([row for item in items for row in item["rows"]])
        claimed.write({"state": "sending", "next_try_at": False})
        return {
            "rows": len(rows) + expanded,
            "items": items,
            "config": connector._push_config(),
            "pause": PACE_MARGIN / connector.rate_limit if connector.rate_limit else 0,
            "next_call_at": state.next_call_at,
        }

    def _of_wanted_flows(self, connector, rows):
        """The rows whose flow is still switched on; the others are closed."""
        target = next((t for t in self.env["sync.hub.connector"]._outbound() if t.id == connector.id), None)
        wanted = rows.filtered(lambda row: target and row.flow in target.flows)
        if rows - wanted:
            (rows - wanted)._finish("skipped", reason="ignored", result=_("This flow is switched off."))
        return wanted

    def _export(self, connector, rows):
        """The `Push`es of the rows; when something unforeseen happens, record by record: one bad product must not
        stop the others."""
        if not rows:
            return []
        exporter = self.env[FLOWS[rows[0].flow].exporter].with_company(connector.company_id)
        try:
            with self.env.cr.savepoint():
                return list(exporter._pushes(connector, rows))
        except RACES:
            raise
        except Exception as error:
            records = rows.grouped(record_key)
            if len(records) == 1:
                _logger.exception("sync_hub: export failed")
                self._fail(rows, error)
                return []
        return [push for group in records.values() for push in self._export(connector, group)]

    def _open_rows(self, connector, lane, size):
        """All open rows of the next `size` records that have a due one, of the exporter whose turn it is."""
        self.env["sync.hub.log"].flush_model()
        params = {"connector": connector.id, "lane": lane, "now": now()}
        self.env.cr.execute(
            """
            SELECT flow FROM sync_hub_log
             WHERE connector_id = %(connector)s AND direction = 'out' AND lane = %(lane)s
               AND state IN ('pending', 'retrying') AND scope IS NULL
               AND (next_try_at IS NULL OR next_try_at <= %(now)s)
             ORDER BY priority, id LIMIT 1
            """,
            params,
        )
        first = self.env.cr.fetchone()
        if not first:
            return self.env["sync.hub.log"]
        exporter = FLOWS[first[0]].exporter
        params["flows"] = flows_of(exporter)
        params["size"] = min(size, self.env[exporter]._chunk or size)
        # A row without a record of Odoo (something to read) stands for the remote's record.
        record = "coalesce({0}.res_model || ',' || {0}.res_id, {0}.entity || ',' || {0}.remote_id)"
        self.env.cr.execute(
            f"""
            WITH due AS (
                SELECT {record.format("d")} AS record, min(d.priority) AS priority, min(d.id) AS first
                  FROM sync_hub_log d
                 WHERE d.connector_id = %(connector)s AND d.direction = 'out' AND d.lane = %(lane)s
                   AND d.state IN ('pending', 'retrying') AND d.scope IS NULL AND d.flow = ANY(%(flows)s)
                   AND (d.next_try_at IS NULL OR d.next_try_at <= %(now)s)
                 GROUP BY 1 ORDER BY 2, 3 LIMIT %(size)s)
            SELECT l.id FROM sync_hub_log l JOIN due ON due.record = {record.format("l")}
             WHERE l.connector_id = %(connector)s AND l.direction = 'out' AND l.lane = %(lane)s
               AND l.state IN ('pending', 'retrying') AND l.scope IS NULL AND l.flow = ANY(%(flows)s)
             ORDER BY due.priority, due.first, l.id
            """,
            params,
        )
        return self.env["sync.hub.log"].browse([row[0] for row in self.env.cr.fetchall()])

    def _supersede(self, rows):
        """The newest row per record, flow and remote product; the older ones are closed."""
        newest = {}
        for row in rows:
            newest[(*record_key(row), row.flow)] = row
        kept = self.env["sync.hub.log"].browse([row.id for row in newest.values()])
        older = rows - kept
        if older:
            older._finish("skipped", reason="superseded", result=_("A newer change of the same record took its place."))
        return kept

    def _expand(self, connector, lane):
        """Turn the rows that stand for many products into one row per product."""
        Log = self.env["sync.hub.log"]
        self.env.cr.execute(
            "SELECT id FROM sync_hub_log WHERE connector_id = %s AND direction = 'out' AND lane = %s"
            " AND state IN ('pending', 'retrying') AND scope IS NOT NULL ORDER BY id",
            [connector.id, lane],
        )
        wide = Log.browse([row[0] for row in self.env.cr.fetchall()])
        target = next((t for t in self.env["sync.hub.connector"]._outbound() if t.id == connector.id), None)
        for row in wide:
            if target is None or row.flow not in target.flows:
                row._finish("skipped", reason="ignored", result=_("This flow is switched off."))
                continue
            products = self.env["product.product"].with_context(active_test=False).search(row.scope.get("domain", []))
            # The log says whose change it was.
            appends = Log.with_user(row.create_uid or self.env.user).sudo()
            count = appends._append_products(row.flow, products, row.trigger, only=connector.id, run=row.run_id)
            row.run_id.total += count
            row._finish("done", result=_("Stood for %s products.", count))
        return len(wide)

    # ------------------------------------------------------------ call

    def _call_out(self, claim):
        """Push the claimed items; no transaction is open. Returns {"results", "exchanges", "next_call_at"}."""
        config = claim["config"]
        # Never longer than the pace itself: the time that was noted may lie far ahead, of a clock set back since.
        wait = min(claim["next_call_at"] - time.time(), claim["pause"])
        adapter = self.env[f"sync.hub.adapter.{config['kind']}"]
        starts = time.monotonic() + max(wait, 0)
        transport = Transport(claim["pause"], adapter._timeout, not_before=starts, **limits_of(config))
        results = self._push(adapter, config, transport, claim["items"])
        return {
            "results": results,
            "exchanges": transport.exchanges,
            "next_call_at": time.time() + transport.next_call - time.monotonic(),
        }

    def _push(self, adapter, config, transport, items):
        """{item's first row: (None or error, number of its exchange)}.

        A refused call is halved until the culprit stands alone: one bad product must not hold back a hundred.
        Once the remote asks to wait or refuses us, the rest is not called at all.
        """
        size = adapter._batch_size
        outcome, stop = {}, None
        waiting = [items[start : start + size] for start in range(0, len(items), size)]
        until = time.monotonic() + CALLS
        while waiting:
            batch = waiting.pop(0)
            error, results = stop, {}
            if not stop:
                error, results = self._try(adapter, config, transport, batch)
                if isinstance(error, RejectedError) and error.divisible and len(batch) > 1:
                    half = len(batch) // 2
                    waiting[:0] = [batch[:half], batch[half:]]
                    continue
                if isinstance(error, (TransientError, CredentialError)):
                    stop = error
                elif time.monotonic() > until:
                    stop = TransientError(_("There was no time left for this one."), code="budget")
            number = len(transport.exchanges) - 1
            for item in batch:
                outcome[item["rows"][0]] = (error or results.get(item["message"].key), number)
        return outcome

    @staticmethod
    def _try(adapter, config, transport, batch):
        """(error or None, results per item) of one call."""
        try:
            return None, adapter.push(config, transport, [item["message"] for item in batch])
        except SyncError as error:
            return error, {}
        except Exception as bug:
            # A bug of ours: the rows say so, the lane goes on.
            _logger.exception("sync_hub: push failed")
            return bug, {}

import logging
import time
import traceback
from datetime import timedelta
from uuid import uuid4

from odoo import _, models

from .adapters.adapter import Created, Fetched
from .adapters.errors import (
    CredentialError,
    MappingError,
    OutcomeUnknownError,
    RejectedError,
    SyncError,
    TransientError,
)
from .adapters.transport import Transport, backoff
from .clock import now
from .drain import RACES
from .flows import FLOWS, flows_of

_logger = logging.getLogger(__name__)

#: Calls are spread a little wider than the limit: the remote counts arrivals, and a slow one closes up to the next.
PACE_MARGIN = 1.06
#: Seconds after which no further call of a halved batch is begun.
CALLS = 20


def record_key(row):
    """What the row is about: a record of Odoo, or one of the remote."""
    remote_id = row.remote_id if row.action == "unpublish" or not row.res_id else ""
    return (row.entity, row.res_model, row.res_id, remote_id)


class SyncHubDrain(models.AbstractModel):
    """The outbound half: claim and commit, call with no transaction open, record the results and commit."""

    _inherit = "sync.hub.drain"

    def _chunks_out(self, connector_id, lane, budget):
        self._transaction(lambda drain: drain._recover_out(connector_id, lane))
        started, total = time.monotonic(), 0
        while time.monotonic() - started < budget:
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
        newest = self._supersede(rows)
        newest = self._of_wanted_flows(connector, newest)
        items, pushes = [], self._export(connector, newest)
        agreed, token = {}, uuid4().hex
        for push in pushes:
            if push.error is not None:
                self._fail(push.rows, push.error)
                continue
            changes = push.changes()
            told = push.rows.filtered(lambda row, flows=changes: row.flow in flows)
            (push.rows - told)._finish("skipped", reason="unchanged", result=_("The remote already has this."))
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
            before = self._count_open(connector.id, lane)
            Log.with_context(sync_origin=None)._append_products(row.flow, products, row.trigger)
            row._finish("done", result=_("Stood for %s products.", self._count_open(connector.id, lane) - before))
        return len(wide)

    def _count_open(self, connector_id, lane):
        return self.env["sync.hub.log"].search_count(
            [
                ("connector_id", "=", connector_id),
                ("lane", "=", lane),
                ("direction", "=", "out"),
                ("state", "=", "pending"),
            ]
        )

    # ------------------------------------------------------------ call

    def _call_out(self, claim):
        """Push the claimed items; no transaction is open. Returns {"results", "exchanges", "next_call_at"}."""
        config = claim["config"]
        wait = claim["next_call_at"] - time.time()
        secrets = [config["token"], config["webhook_secret"]]
        transport = Transport(claim["pause"], not_before=time.monotonic() + max(wait, 0), secrets=secrets)
        adapter = self.env[f"sync.hub.adapter.{config['kind']}"]
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
        outcome, waiting, stop = {}, [items], None
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

    # ------------------------------------------------------------ record

    def _record_out(self, connector_id, lane, claim, outcome):
        connector = self.env["sync.hub.connector"].browse(connector_id)
        state = self.env["sync.hub.lane"]._of(connector, "out", lane)
        exchanges = self.env["sync.hub.exchange"]._keep(connector, outcome["exchanges"])
        Log, agreed = self.env["sync.hub.log"], {}
        for item in claim["items"]:
            result, number = outcome["results"][item["rows"][0]]
            rows = Log.browse(item["rows"])
            exchange = exchanges[number] if exchanges else exchanges
            values = {
                "payload": item["message"].model_dump_json(exclude_none=True, exclude={"key", "lookup"}),
                "exchange_id": exchange.id,
            }
            if item["message"].remote_id:
                values["remote_id"] = item["message"].remote_id
            if isinstance(result, Exception):
                rows.write(values)
                self._fail(rows, result)
                continue
            if isinstance(result, Fetched):
                values.update(self._take_in(connector, rows, item["message"], result, exchange))
            elif isinstance(result, Created):
                values["remote_id"] = result.remote_id
                taken = self._bind_created(connector, rows, item, result)
                if taken:
                    rows.write(values)
                    self._fail(rows, taken)
                    continue
            else:
                agreed[item["binding"]] = item
                self.env[FLOWS[rows[0].flow].exporter]._accepted(connector, rows, item["values"])
            for row in rows:
                row._finish(values.pop("state", "done"), attempts=row.attempts + 1, **values)
        self._agree(agreed)
        self._count_outcome(connector, state, outcome)
        state.next_call_at = outcome["next_call_at"]

    def _agree(self, items):
        """Remember confirmed values, except where somebody forgot them during the call (see rule 9)."""
        bindings = self.env["sync.hub.binding"].browse([key for key in items if key]).exists()
        bindings.invalidate_recordset(["agreed"])
        changes = {}
        for binding in bindings:
            item = items[binding.id]
            mine = {f for f, s in (binding.agreed or {}).items() if (s or {}).get("claim") == item["token"]}
            # When it was sent: a message that is older has crossed it on the way.
            changes[binding.id] = {
                flow: {"value": value, "sent": time.time()} for flow, value in item["values"].items() if flow in mine
            }
        bindings._write_agreed(changes)
        # What was applied last is not what the remote holds any more: should it go back to that, it is news.
        bindings.filtered("payload_hash").with_context(hub_engine=True).write(
            {"payload_hash": False, "read_digest": False}
        )

    def _bind_created(self, connector, rows, item, result):
        """Bind what the remote has just made; the error when its id belongs to another record."""
        record = self.env[rows[0].res_model].browse(rows[0].res_id)
        entity = item["message"].entity
        other = self.env["sync.hub.binding"]._record_of(connector, entity, result.remote_id)
        if other and other != record:
            return MappingError(
                _(
                    "The remote says that this is its %(entity)s %(id)s, which is '%(other)s' in Odoo. Merge the two, "
                    "or correct one of them.",
                    entity=entity,
                    id=result.remote_id,
                    other=other.display_name,
                ),
                code="taken",
            )
        agreed = {flow: {"value": value, "sent": time.time()} for flow, value in item["values"].items()}
        Binding = self.env["sync.hub.binding"]
        Binding._bind(connector, entity, result.remote_id, record, agreed=agreed)
        self.env[FLOWS[rows[0].flow].exporter]._created(connector, rows[0].flow, record)
        return None

    def _take_in(self, connector, rows, message, fetched, exchange):
        """Put what was read into the inbox; returns further values of the rows."""
        Log = self.env["sync.hub.log"]
        ids = Log._append_events(connector, fetched.events, exchange, trigger="poll")
        new = [event for event, log_id in zip(fetched.events, ids, strict=True) if log_id]
        for event in new:
            lane = connector._inbound_lane(event.entity, event.remote_id)
            self.env["sync.hub.drain"]._wake_after_commit(connector.id, "in", lane)
        if message.key.startswith("poll,"):
            return self.env["sync.hub.cursor"]._note_page(connector, message, fetched, len(new))
        return {"result": _("%s records read.", len(fetched.events))}

    def _count_outcome(self, connector, state, outcome):
        """Tell the lane and the connector what the call means for the next ones."""
        errors = [result for result, _number in outcome["results"].values() if isinstance(result, Exception)]
        refused = next((error for error in errors if isinstance(error, CredentialError)), None)
        transient = next((e for e in errors if isinstance(e, TransientError) and e.code != "budget"), None)
        if transient and transient.code == "reverse_disabled":
            connector._report(_("The shop takes nothing from Odoo"), str(transient))
        if refused:
            connector._pause_for(refused)
        elif transient:
            state._failed(transient, transient.seconds)
        else:
            state._succeeded()

    def _fail(self, rows, error):
        """Translate an error into what happens next to the rows; the one place where this is decided."""
        for row in rows:
            attempts = row.attempts + 1
            values = {"attempts": attempts, "error": str(error), "error_code": getattr(error, "code", "bug")}
            state = "failed"
            if isinstance(error, TransientError):
                wait = backoff(row.connector_id.retry_schedule or row.connector_id._adapter()._retry_schedule, attempts)
                if wait is None:
                    values["error"] = _("Given up after %(count)s tries: %(error)s", count=attempts, error=error)
                else:
                    state = "retrying"
                    wait = max(wait, error.seconds or 0)
                    values["next_try_at"] = now() + timedelta(seconds=wait)
            elif isinstance(error, CredentialError):
                # The connector pauses; the row goes on when it is resumed.
                state = "retrying"
            elif not isinstance(error, SyncError):
                values["traceback"] = "".join(traceback.format_exception(error))
            row._finish(state, **values)

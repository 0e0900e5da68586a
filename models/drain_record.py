import logging
import time
import traceback
from datetime import timedelta

from odoo import _, models

from .adapters.adapter import Created, Fetched, Shelf, Taken
from .adapters.errors import CredentialError, MappingError, SyncError, TransientError
from .adapters.transport import backoff
from .clock import now
from .drain import RACES
from .flows import FLOWS
from .log import OPEN

_logger = logging.getLogger(__name__)

#: Characters that are kept of a page that an audit has read.
PAGE_KEPT = 2000


class SyncHubDrain(models.AbstractModel):
    """What became of the calls: rows, bindings and the lane are told, in one transaction."""

    _inherit = "sync.hub.drain"

    def _record_out(self, connector_id, lane, claim, outcome):
        connector = self.env["sync.hub.connector"].browse(connector_id)
        state = self.env["sync.hub.lane"]._of(connector, "out", lane)
        exchanges = self.env["sync.hub.exchange"]._keep(connector, self._worth_keeping(outcome))
        Log, agreed = self.env["sync.hub.log"], {}
        for item in claim["items"]:
            result, number = outcome["results"][item["rows"][0]]
            rows = Log.browse(item["rows"])
            exchange = exchanges[number] if exchanges else exchanges
            values = {
                "payload": item["message"].model_dump_json(exclude_none=True, exclude={"key", "lookup"}),
                "exchange_id": exchange.id,
            }
            if item["message"].remote_id and rows[0].action != "pack":
                values["remote_id"] = item["message"].remote_id
            exporter = self.env[FLOWS[rows[0].flow].exporter]
            if isinstance(result, Exception):
                rows.write(values)
                settled = exporter._refused(connector, rows, result)
                if settled:
                    rows._finish(**settled)
                else:
                    self._fail(rows, result)
                continue
            if isinstance(result, Fetched):
                values.update(self._take_in(connector, rows, item["message"], result, exchange))
            elif isinstance(result, Shelf):
                noted = self._note_shelf(rows, item["message"], result)
                if isinstance(noted, Exception):
                    rows.write(values)
                    self._fail(rows, noted)
                    continue
                values.update(noted)
            elif isinstance(result, Created):
                values["remote_id"] = result.remote_id
                taken = self._bind_created(connector, rows, item, result)
                if taken:
                    rows.write(values)
                    self._fail(rows, taken)
                    continue
            elif isinstance(result, Taken):
                values["remote_id"] = result.remote_id
                agreed[item["binding"]] = item
                exporter._taken(connector, rows, item["values"], result)
            else:
                agreed[item["binding"]] = item
                values.update(exporter._accepted(connector, rows, item["values"]) or {})
            state_of_rows = values.pop("state", "done")
            for row in rows:
                row._finish(state_of_rows, **{"attempts": row.attempts + 1, **values})
        Log.browse([row_id for item in claim["items"] for row_id in item["rows"]])._heal()
        self._agree(agreed)
        self._count_outcome(connector, state, outcome)
        state.next_call_at = outcome["next_call_at"]

    @staticmethod
    def _worth_keeping(outcome):
        """The exchanges of a call; of an audit's pages only the beginning, since what differs is in its report."""
        if not any(isinstance(result, Shelf) for result, _number in outcome["results"].values()):
            return outcome["exchanges"]
        return [
            exchange._replace(response_body=exchange.response_body[:PAGE_KEPT]) for exchange in outcome["exchanges"]
        ]

    def _note_shelf(self, rows, message, shelf):
        """Compare a page of an audit; values of its row, or the error: a bug there must not stop the lane."""
        audit = self.env["sync.hub.audit"].browse(rows[0].res_id).exists()
        try:
            with self.env.cr.savepoint():
                return audit._take_page(message, shelf)
        except RACES:
            raise
        except Exception as error:
            _logger.exception("sync_hub: audit failed")
            rows.env.invalidate_all()
            return error

    def _agree(self, items):
        """Remember confirmed values, except where somebody forgot them during the call (see rule 9)."""
        bindings = self.env["sync.hub.binding"].browse([key for key in items if key]).exists()
        bindings.invalidate_recordset(["agreed"])
        changes = {}
        for binding in bindings:
            item = items[binding.id]
            changes[binding.id] = {
                flow: binding._settled(flow, value, item["token"]) for flow, value in item["values"].items()
            }
            changes[binding.id].update(binding._remembered(item["values"]))
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
        if "hub_sync_state" in record._fields:
            record._hub_known_at(connector, result.remote_id)
        self.env[FLOWS[rows[0].flow].exporter]._created(connector, rows[0].flow, record)
        return None

    def _take_in(self, connector, rows, message, fetched, exchange):
        """Put what was read into the inbox; returns further values of the rows."""
        Log = self.env["sync.hub.log"]
        ids = Log._append_events(connector, fetched.events, exchange, trigger="poll")
        new = [event for event, log_id in zip(fetched.events, ids, strict=True) if log_id]
        known = [event for event, log_id in zip(fetched.events, ids, strict=True) if not log_id]
        self._acknowledge_again(connector, known)
        for event in new:
            lane = connector._inbound_lane(event.entity, event.remote_id)
            self.env["sync.hub.drain"]._wake_after_commit(connector.id, "in", lane)
        if message.key.startswith("poll,"):
            return self.env["sync.hub.cursor"]._note_page(connector, message, fetched, len(new))
        return {"result": _("%s records read.", len(fetched.events))}

    def _acknowledge_again(self, connector, events):
        """Orders that Odoo has as they are, and that the remote offers all the same: it has not heard us."""
        if not connector._adapter()._acknowledges:
            return
        Binding, Log = self.env["sync.hub.binding"], self.env["sync.hub.log"]
        for event in events:
            order = Binding._record_of(connector, event.entity, event.remote_id)
            waiting = (
                [("res_model", "=", "sale.order"), ("res_id", "=", order.id), ("flow", "=", "ack")] if order else []
            )
            if order and not Log.search_count([*waiting, ("state", "in", OPEN)], limit=1):
                Log._append_records("ack", order, "poll", only=connector.id)

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
            values["remote_value"] = isinstance(error, MappingError) and error.value or False
            values["error_field"] = isinstance(error, MappingError) and error.field or False
            state = "failed"
            if isinstance(error, TransientError):
                schedule = row.connector_id.retry_schedule or row.connector_id._adapter()._retry_schedule
                if row.flow in FLOWS and FLOWS[row.flow].endless:
                    schedule = f"{schedule.rstrip('* ')}*"
                wait = backoff(schedule, attempts)
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

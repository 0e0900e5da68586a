import hashlib
import logging
import time
import traceback

import pytz
from odoo import _, models
from odoo.exceptions import UserError, ValidationError
from psycopg2 import Error as PostgresError

from .adapters import canonical
from .adapters.errors import MappingError, NotArrivedError, SkipRow, SyncError, TransientError
from .clock import now
from .drain import RACES
from .flows import FLOWS
from .log_heal import is_whole

_logger = logging.getLogger(__name__)

#: Rows of one transaction.
CHUNK = 20

#: Canonical message -> the model that applies it.
IMPORTERS = {
    canonical.VendorCatalogue: "sync.hub.importer.vendor",
    canonical.VendorNews: "sync.hub.importer.vendor",
    canonical.VendorStock: "sync.hub.importer.vendor",
    canonical.VendorOrderState: "sync.hub.importer.vendor",
    canonical.ValueList: "sync.hub.importer.value.map",
    canonical.Catalogue: "sync.hub.importer.catalogue",
    canonical.CatalogueIndex: "sync.hub.importer.catalogue",
    canonical.Customer: "sync.hub.importer.partner",
    canonical.Address: "sync.hub.importer.partner",
    canonical.Order: "sync.hub.importer.order",
    canonical.OrderStub: "sync.hub.importer.order",
    canonical.OrderStatus: "sync.hub.importer.order",
    canonical.Coupon: "sync.hub.importer.coupon",
    canonical.CouponUsage: "sync.hub.importer.coupon.use",
    canonical.Payment: "sync.hub.importer.payment",
    canonical.Invoice: "sync.hub.importer.invoice",
    canonical.Hint: "sync.hub.importer.hint",
    canonical.ProductState: "sync.hub.importer.product.state",
    canonical.StockState: "sync.hub.importer.product.state",
}


#: Seconds between a message and its arrival that no delay explains, and how near to a time zone's step they are.
FUTURE, STEP, NEAR, FARTHEST = 600, 1800, 90, 14 * 3600


def _is_off(came, sent):
    """Whether a message seems to be of another time zone than its connector."""
    if sent is None:
        return False
    lead = (sent.replace(tzinfo=None) - came).total_seconds()
    if lead > FUTURE:
        return True
    steps = round(-lead / STEP)
    return steps > 0 and -lead < FARTHEST and abs(-lead - steps * STEP) < NEAR


class Work:
    """One inbound row on its way: the row, what it means, and what became of it."""

    def __init__(self, row, parsed=None, binding=None, digest=""):
        self.row = row
        self.parsed = parsed
        self.binding = binding
        self.digest = digest
        #: Why the remote has to be asked what is true, "" when there is no doubt.
        self.doubt = ""

    @property
    def message(self):
        return self.parsed.message

    @property
    def told_at(self):
        """Aware time by our own clock until which the message can tell what is true, None when unknown.

        A remote's clock may be ahead of ours, but nothing is told of the time after it has come.
        """
        time = self.parsed.version.time
        return time and min(time, pytz.utc.localize(self.row.create_date))


class SyncHubDrain(models.AbstractModel):
    """The inbound half: parse, apply, bind and close the rows, all in one transaction per chunk."""

    _inherit = "sync.hub.drain"

    def _chunks_in(self, connector_id, lane, budget):
        started, total = time.monotonic(), 0
        while self._goes_on(started, budget):
            outcome = self._transaction(lambda drain: drain._chunk_in(connector_id, lane))
            if outcome is None:
                break
            count, order_ids = outcome
            total += count
            if order_ids:
                # Two transactions may both have taken the last unit: only a new snapshot shows it.
                self._transaction(lambda drain, ids=order_ids: drain.env["sale.order"].browse(ids)._hub_look_again())
        return total

    def _chunk_in(self, connector_id, lane):
        """Work the next rows; returns (rows, ids of imported orders) or None when nothing is due."""
        connector = self.env["sync.hub.connector"].browse(connector_id)
        rows = self._due_rows_in(connector, lane)
        if not rows:
            return None
        env = connector._import_env()
        works, every = [], [Work(row) for row in rows]
        for one in every:
            row = one.row
            # The state of an order depends on the event before: two rows of one record never share a batch.
            if any(work.row.remote_id == row.remote_id and work.row.entity == row.entity for work in works):
                self._apply_all(connector, env, works)
                works = []
            works.append(one)
        self._apply_all(connector, env, works)
        rows.browse([work.row.id for work in every if work.parsed and is_whole(work.message)])._heal()
        orders = rows.filtered(lambda r: r.res_model == "sale.order" and r.state == "done").mapped("res_id")
        return len(rows), orders

    def _due_rows_in(self, connector, lane):
        """The oldest due rows; a row behind an older one of its record that waits for a retry waits too.

        Not behind one that waits for the order which this row may bring.
        """
        self.env["sync.hub.log"].flush_model()
        self.env.cr.execute(
            """
            SELECT l.id FROM sync_hub_log l
             WHERE l.connector_id = %(connector)s AND l.direction = 'in' AND l.lane = %(lane)s
               AND l.state IN ('pending', 'retrying') AND (l.next_try_at IS NULL OR l.next_try_at <= %(now)s)
               AND NOT EXISTS (SELECT 1 FROM sync_hub_log o
                                WHERE o.connector_id = l.connector_id AND o.direction = 'in'
                                  AND o.entity = l.entity AND o.remote_id = l.remote_id AND o.id < l.id
                                  AND o.state = 'retrying' AND o.next_try_at > %(now)s
                                  AND NOT (o.entity = 'order' AND o.error_code = 'order_missing'))
             ORDER BY l.id LIMIT %(limit)s
            """,
            {"connector": connector.id, "lane": lane, "now": now(), "limit": CHUNK},
        )
        return self.env["sync.hub.log"].browse([row[0] for row in self.env.cr.fetchall()])

    # ------------------------------------------------------------ apply

    def _apply_all(self, connector, env, works):
        """Apply rows of different records: together when that works, one by one when one of them fails."""
        ready = [work for work in works if self._attempt(work, lambda w: self._understand(connector, w))]
        if len(ready) > 1:
            try:
                with self.env.cr.savepoint():
                    self._apply_batch(connector, env, ready)
                return
            except Exception as error:
                self._raise_race(error)
                _logger.info("sync_hub: batch of %s rows failed, one by one: %s", len(ready), error)
                ready[0].row.env.invalidate_all()
        for work in ready:
            self._attempt(work, lambda w: self._apply_batch(connector, env, [w]))

    def _attempt(self, work, step):
        """Run one step for one row in a savepoint; True when it held, else the row carries the error."""
        try:
            with self.env.cr.savepoint():
                step(work)
            return True
        except SkipRow as skip:
            if skip.reason == "unchanged":
                # Out here, where the savepoint's rollback cannot take it back: this snapshot is the newest now.
                work.binding._applied(work.parsed.version)
                work.binding.read_digest = work.parsed.digest
                self._acknowledge(work, self.env[work.binding.res_model].browse(work.binding.res_id).exists())
            work.row._finish("skipped", reason=skip.reason, result=str(skip))
        except Exception as error:
            self._raise_race(error)
            work.row.env.invalidate_all()
            self._fail_in(work.row, error)
        return False

    def _raise_race(self, error):
        """Races are for the transaction to repeat; on its last try they are the row's own error."""
        cause = error if isinstance(error, PostgresError) else error.__cause__
        if isinstance(cause, RACES) and not self.env.context.get("hub_last_try"):
            raise error

    def _understand(self, connector, work):
        """Parse the row and decide whether its snapshot is news."""
        row = work.row
        work.parsed = connector._adapter().parse(connector, row)
        if row.trigger == "webhook" and _is_off(row.create_date, work.parsed.version.time):
            note = _(
                "A message of %(time)s (UTC) came in at %(now)s: is the field Timezone right, and the shop's clock?"
            )
            now_and_then = {"time": f"{work.parsed.version.time:%H:%M}", "now": f"{row.create_date:%H:%M}"}
            connector._report(_("Check the time zone of the connector"), note % now_and_then)
        work.binding = self.env["sync.hub.binding"]._find(connector, row.entity, work.message.id)
        # How it came makes no difference.
        content = work.message.model_dump_json(exclude={"read"})
        work.digest = hashlib.sha256(content.encode()).hexdigest()
        if not work.binding:
            self._refuse_while_created(connector, row)
            return
        # What came before its order has waited for it; the order itself may have been sent before.
        waited = row.error_code == "order_missing"
        age = "newer" if waited else work.binding._compare(work.parsed.version)
        if age == "stale":
            raise SkipRow("stale", _("A newer snapshot of this record was applied before."))
        if age == "epoch":
            note = _("Event %s is older by number and newer by time: the shop's module was installed again.")
            connector._report(_("The shop counts its events from the start again"), note % int(row.source_sequence))
        if work.binding._crosses_reading(work.parsed.version):
            work.doubt = _("it came within the seconds of a reading")
        if work.digest == work.binding.payload_hash and row.trigger not in ("replay", "retry"):
            raise SkipRow("unchanged", _("The same content was applied before."))

    def _refuse_while_created(self, connector, row):
        """Wait while a record of this kind is being made at the remote: this may be it, before it is bound.

        :raises TransientError: for some seconds.
        """
        making = [
            ("connector_id", "=", connector.id),
            ("direction", "=", "out"),
            ("state", "=", "sending"),
            ("flow", "=", row.entity),
            ("action", "=", "create"),
        ]
        if row.entity in FLOWS and self.env["sync.hub.log"].search_count(making, limit=1):
            raise TransientError(_("A record of this kind is just being made at the remote."), 5, code="being_made")

    def _apply_batch(self, connector, env, works):
        by_importer = {}
        for work in works:
            by_importer.setdefault(IMPORTERS[type(work.message)], []).append(work)
        # Partners before orders, and orders before their money, as the table says.
        for name in dict.fromkeys(IMPORTERS.values()):
            group = by_importer.get(name)
            if not group:
                continue
            # Of what was sent to us nobody knows when it left.
            read_at = {w.message.id: w.told_at for w in group if w.row.action == "read"}
            results = env[name].with_context(hub_read_at=read_at)._apply(connector, [work.message for work in group])
            for work, result in zip(group, results, strict=True):
                self._close(connector, work, result)
        self.env.flush_all()

    def _close(self, connector, work, result):
        """Bind the record, remember the snapshot's age and close the row."""
        record, said = result
        if record is None:
            # A hint: what it speaks of comes with another message.
            work.row._finish("done", attempts=work.row.attempts + 1, result="\n".join(said) or False)
            return
        doubt = getattr(work.message, "doubt", "") or work.doubt
        if doubt and connector._ask_for(work.row.entity, work.message.id, doubt):
            said = [*said, _("The shop is asked for it: %s.", doubt)]
        binding = self.env["sync.hub.binding"]._bind(
            connector,
            work.row.entity,
            work.message.id,
            record,
            payload_hash=work.digest,
            read_digest=work.parsed.digest,
        )
        self._learn(connector, binding, work, record)
        binding._applied(work.parsed.version)
        self._acknowledge(work, record)
        work.row._finish(
            "done",
            res_model=record._name,
            res_id=record.id,
            remote_id=work.message.id,
            attempts=work.row.attempts + 1,
            result="\n".join(said) or False,
        )

    def _acknowledge(self, work, record):
        """Tell the remote, once this is committed, that its order is here."""
        row = work.row
        if row.connector_id._adapter()._acknowledges and isinstance(work.message, canonical.Order) and record:
            self.env["sync.hub.log"]._append_records("ack", record, row.trigger, only=row.connector_id.id)

    def _learn(self, connector, binding, work, record):
        """Remember what the remote holds; where its message has crossed a call of ours, clear up which is true."""
        told = self.env[IMPORTERS[type(work.message)]]._told(connector, work.message, record)
        crossed = binding._learned(told, work.told_at, work.row.action == "read")
        if not crossed:
            return
        if work.parsed.version.polled or not connector._ask_for(
            work.row.entity, work.message.id, _("the message has crossed a change of Odoo")
        ):
            for flow in crossed:
                self.env["sync.hub.log"]._append_records(flow, record, "changed", only=connector.id)

    def _fail_in(self, row, error):
        """The row's error in words for the person who mends it; Odoo's own refusals are no bugs."""
        if isinstance(error, MappingError) and error.field:
            self.env["sync.hub.map"]._note_missing(row.connector_id, error.field, error.value)
        if isinstance(error, NotArrivedError):
            row.connector_id._read_lists(row.connector_id._adapter()._sources, "webhook")
        if isinstance(error, (UserError, ValidationError)):
            none = {"remote_value": False, "error_field": False}
            row._finish("failed", attempts=row.attempts + 1, error=str(error), error_code="odoo", **none)
        else:
            if not isinstance(error, SyncError):
                _logger.error("sync_hub: row %s failed\n%s", row.id, "".join(traceback.format_exception(error)))
            self._fail(row, error)

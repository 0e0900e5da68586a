from odoo import _, fields, models

from ..adapters.errors import MappingError, TransientError
from ..clock import now
from .order import LadderPusher

#: Seconds before an order that its buyer is changing is looked at again.
EDITING = 60


class OrderExporter(models.AbstractModel):
    """Orders at remotes whose states follow one another: one step a call, and changed lines before any step."""

    _inherit = "sync.hub.exporter.order"

    def _climb(self, connector, order, binding, rows):
        """The one push of an order that comes next; what has to wait for it stays open."""
        lines = rows.filtered(lambda row: row.flow == "lines")
        status = rows.filtered(lambda row: row.flow == "status")
        (rows - lines - status)._finish("skipped", reason="ignored", result=_("The shop knows no such thing."))
        if lines:
            if lines.next_try_at and lines.next_try_at > now():
                yield from self._behind(status, binding, lines)
                return
            push = self._lines_push(connector, order, binding, lines)
            if push:
                yield push
                return
        elif status and self._failed_lines(connector, order):
            yield from self._behind(status, binding)
            return
        if status:
            value, said = self._step(connector, order)
            if isinstance(value, Exception):
                yield LadderPusher(status, binding.remote_id, binding, error=value)
            elif value is None:
                status._finish("skipped", reason="unchanged", result=said)
            else:
                extras = self._extras(order, value)
                yield LadderPusher(status, binding.remote_id, binding, {"status": value}, extras=extras)

    @staticmethod
    def _behind(status, binding, lines=None):
        """A state that must not overtake the lines: the remote would act on other amounts."""
        if not status:
            return
        if lines:
            wait = (lines.next_try_at - now()).total_seconds()
            error = TransientError(_("Waits for the changed lines of this order."), wait, code="behind_lines")
        else:
            error = MappingError(
                _(
                    "The changed lines of this order were not accepted: its state would be told for other amounts. "
                    "Correct the lines, or retry their operation in the sync log."
                ),
                code="lines_failed",
            )
        yield LadderPusher(status, binding.remote_id, binding, error=error)

    def _failed_lines(self, connector, order):
        """Whether the last word on the lines of an order was a failure."""
        mine = [("connector_id", "=", connector.id), ("flow", "=", "lines"), ("direction", "=", "out")]
        mine += [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        last = self.env["sync.hub.log"].search(mine, order="id desc", limit=1)
        return last.state == "failed"

    # ------------------------------------------------------------ states

    def _step(self, connector, order):
        """(the next state to be told, "") or (None, why none is), or (the error that prevents it, "")."""
        event = order._hub_event()
        if not event:
            return None, _("The order is not confirmed yet.")
        if order.hub_carried_by == "remote" and event != "cancelled":
            if connector.carried_report == "cancel" or event == "returned":
                return None, _("The marketplace carries this order and knows its state.")
            event = "confirmed"
        adapter, Map = connector._adapter(), self.env["sync.hub.map"]
        present = order.hub_remote_status or adapter._ladder[0]
        row = Map._row(connector, "order_state", present)
        if row.is_final:
            return None, _("The shop's state '%s' is final.", order.hub_remote_status_label or present)
        if row.order_action == "wait":
            return TransientError(_("The buyer is changing the order."), EDITING, code="editing"), ""
        if event == "returned" and not connector.report_returns:
            said = _("The goods came back; the shop is not told (field Returns of the connector).")
            connector._report(_("Returned goods: tell the shop"), said, order)
            return None, said
        target = Map.search(
            [("connector_id", "=", connector.id), ("kind", "=", "order_state"), ("order_event", "=", event)], limit=1
        )
        if not target:
            return None, _("No state of the shop is chosen for this: Sync Hub > Configuration > Value maps.")
        step = adapter._next_status(present, target.remote_value)
        if step is None:
            return None, _("From '%s' the shop takes no such step.", order.hub_remote_status_label or present)
        if Map._row(connector, "order_state", step).order_event == "shipped" and order._hub_needs_code():
            return MappingError(
                _("The buyer's delivery code is needed: press 'Deliver with code' on the order %s.", order.name),
                code="code_needed",
            ), ""
        return step, ""

    def _extras(self, order, step):
        """What goes with a state."""
        event = self.env["sync.hub.map"]._row(order.hub_connector_id, "order_state", step).order_event
        if event == "cancelled":
            return {"reason": order._hub_cancel_reason()}
        if event == "shipped":
            day = order.hub_delivery_day or fields.Date.context_today(
                order.with_context(tz=order.hub_connector_id.timezone)
            )
            return {"day": fields.Date.to_string(day)}
        return {}

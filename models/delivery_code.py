"""Deliveries that need a code of the buyer: told to the marketplace before Odoo validates them."""

import time

from odoo import _, fields, models
from odoo.exceptions import UserError

from .adapters import wirejson
from .adapters.canonical import RecordPush
from .adapters.errors import RejectedError, SyncError
from .adapters.transport import Transport
from .connector_engine import SILENT
from .connector_secret import limits_of

#: Context of a transfer's validation that the dialog must hand on.
HANDED_ON = ("skip_backorder", "picking_ids_not_to_backorder", "button_validate_picking_ids", "skip_sms")
#: Times and seconds that a delivery waits for the lane, which works in bundles of calls.
WAITS, WAIT = 60, 0.25


class StockPicking(models.Model):
    _inherit = "stock.picking"

    hub_pickup_code = fields.Char(
        related="sale_id.hub_pickup_code", string="Pickup code", groups="stock.group_stock_user"
    )
    hub_carried_by = fields.Selection(related="sale_id.hub_carried_by", string="Delivered by")
    hub_cash_due = fields.Monetary(
        related="sale_id.hub_cash_due", string="Cash to collect", currency_field="hub_currency_id"
    )
    hub_currency_id = fields.Many2one(related="sale_id.currency_id")

    def button_validate(self):
        """Override of `stock`: where the buyer's code is needed, it is asked for once Odoo's own checks have passed."""
        waiting = self.browse() if self.env.context.get("hub_dry_run") else self._hub_waiting_for_code()
        if not waiting:
            return super().button_validate()
        if len(self) > 1:
            names = ", ".join(waiting.mapped("name"))
            raise UserError(_("%s needs a delivery code of its buyer: validate it by itself.", names))
        event, _lines = self._hub_try_out()
        if event != "shipped":
            # A question of Odoo's own comes first, or more is to be delivered later.
            return super().button_validate()
        return self.sale_id._hub_ask_code(self)

    def _hub_waiting_for_code(self):
        """The transfers whose order's buyer has not given his code yet."""
        return self.filtered(
            lambda p: p.picking_type_id.code == "outgoing" and p.sale_id and p.sale_id.sudo()._hub_lacks_code()
        )

    def _hub_try_out(self):
        """What validating would come to: (event of the order, or None when Odoo asks something first; its lines).

        It is really done, on a cursor of its own, and taken back: no check of Odoo or of another app is left out.
        The lines are the exporter's (value, changes).
        """
        self.ensure_one()
        self.env.flush_all()
        with self.env["sync.hub.drain"].sudo()._work_cursor() as cr:
            # Who holds one of the rows may be waiting for this very call.
            cr.execute("SET LOCAL lock_timeout = '5s'")
            picking = self.with_env(self.env(cr=cr)).with_context(hub_dry_run=True, **SILENT)
            picking.button_validate()
            event, lines = None, None
            if picking.state == "done":
                order = picking.sale_id.sudo()
                event, lines = order._hub_event(), order._hub_lines_now()
            cr.rollback()
        return event, lines


class SaleOrder(models.Model):
    _inherit = "sale.order"

    hub_lacks_code = fields.Boolean(compute="_compute_hub_lacks_code", string="Delivery code is needed")

    def _compute_hub_lacks_code(self):
        for order in self:
            order.hub_lacks_code = order.state == "sale" and order.sudo()._hub_lacks_code()

    def _hub_lacks_code(self):
        """Whether the buyer must give a code, and the marketplace has not accepted one yet."""
        connector = self.hub_connector_id
        if not connector or not connector._adapter()._ladder or not self._hub_needs_code():
            return False
        status = self.env["sync.hub.map"]._row(connector, "order_state", self.hub_remote_status)
        return not status.is_final

    def _hub_lines_now(self):
        """The exporter's (value, changes) of this order's lines as they are now."""
        connector = self.hub_connector_id
        base = self._hub_binding()._base("lines")
        return self.env["sync.hub.exporter.order"]._lines_now(connector, self, base) if base else (None, [])

    def _hub_binding(self):
        bindings = self.env["sync.hub.binding"]._of_records(self.hub_connector_id, self)
        return bindings.filtered(lambda binding: binding.entity == "order")[-1:]

    def action_hub_code(self):
        """Ask for the code of an order whose goods are gone already."""
        self.ensure_one()
        if not self.sudo()._hub_all_gone():
            raise UserError(_("Validate the delivery of %s: the code is asked for then.", self.name))
        return self._hub_ask_code()

    def _hub_ask_code(self, picking=None):
        context = {key: self.env.context[key] for key in HANDED_ON if key in self.env.context}
        context.update(default_order_id=self.id, default_picking_id=picking and picking.id)
        return {
            "type": "ir.actions.act_window",
            "name": _("Delivery code of %s", self.partner_id.display_name),
            "res_model": "sync.hub.code.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }


class SyncHubDelivery(models.AbstractModel):
    """Reports a delivery at once, with the buyer's code; one of the few calls within a user's request.

    Each answer is committed by itself: what the marketplace has accepted is accepted, whatever fails after it.
    """

    _name = "sync.hub.delivery"
    _description = "Delivery with a code"

    def _report(self, order, code, lines):
        """Bring an order to its delivered state.

        :param str code: goes into the call, and nowhere else.
        :param lines: the exporter's (value, changes) that the remote shall hold before.
        :raises UserError: what the marketplace says, or that it does not answer.
        """
        connector = order.hub_connector_id
        self._take_lane(connector)
        Map = self.env["sync.hub.map"]
        terms = [("connector_id", "=", connector.id), ("kind", "=", "order_state"), ("order_event", "=", "shipped")]
        goal = Map.search(terms, limit=1).remote_value
        value, changes = lines
        if any("line" in change for change in changes):
            raise UserError(_("A line of %s is new: wait until the shop has it, then try again.", order.name))
        present = self._present(order)
        if Map._row(connector, "order_state", present).order_action == "wait":
            raise UserError(_("The buyer is changing %s at the shop: wait until he has saved.", order.name))
        if changes:
            self._call(order, {"lines": changes}, {"lines": value})
        while present != goal:
            step = connector._adapter()._next_status(present, goal)
            if step is None:
                raise UserError(_("From '%s' the shop takes no delivery.", order.hub_remote_status_label or present))
            extras = {"day": fields.Date.to_string(fields.Date.context_today(order)), "code": code}
            self._call(order, {"status": step, **(extras if step == goal else {})}, {"status": step}, code)
            present = step
        self.env["sync.hub.drain"]._wake_after_commit(connector.id, "out", 0)

    def _take_lane(self, connector):
        """Nothing else of this connector goes out meanwhile: steps cannot overtake one another."""
        drain = self.env["sync.hub.drain"]
        for _try in range(WAITS):
            if drain._try_lock(connector.id, "out", 0):
                return
            time.sleep(WAIT)
        raise UserError(_("%s is busy with other operations. Try again in a moment.", connector.name))

    def _present(self, order):
        """The order's state at the remote as it is committed: this transaction may be older."""
        read = lambda drain: drain.env["sale.order"].browse(order.id).hub_remote_status  # noqa: E731
        present = self.env["sync.hub.drain"]._transaction(read)
        return present or order.hub_connector_id._adapter()._ladder[0]

    def _call(self, order, values, agreed, code=""):
        """One call, and what became of it, committed by itself.

        :raises UserError: it was not accepted.
        """
        connector, remote_id = order.hub_connector_id, order._hub_binding().remote_id
        config = connector._push_config()
        limits = limits_of(config)
        transport = Transport(**{**limits, "secrets": [*limits["secrets"], code]})
        adapter = connector._adapter()
        message = RecordPush(key="delivery", entity="order", remote_id=remote_id, values=values)
        try:
            error = adapter.push(config, transport, [message])["delivery"]
        except SyncError as failed:
            error = failed
        if isinstance(error, RejectedError) and values.get("status"):
            error = self._unless_reached(adapter, config, transport, remote_id, values["status"], error)
        shown = {key: value for key, value in values.items() if key != "code"}
        self.env["sync.hub.drain"]._transaction(
            lambda drain: drain.env[self._name]._note(order.id, shown, agreed, error, transport.exchanges)
        )
        if error:
            rejected = isinstance(error, RejectedError)
            said = _("%(shop)s could not be told: %(why)s")
            if rejected:
                said = _("%(shop)s did not accept it: %(why)s")
                if values.get("code"):
                    said = _("%(shop)s did not accept the delivery code: %(why)s")
            hint = _("The transfer was not validated. Ask the buyer for his code and try again.")
            raise UserError(said % {"shop": connector.name, "why": error} + "\n" + hint)

    @staticmethod
    def _unless_reached(adapter, config, transport, remote_id, status, error):
        """None when the remote has taken the step before, and only its answer got lost."""
        try:
            return None if adapter._status_of(config, transport, remote_id) == status else error
        except SyncError:
            return error

    def _note(self, order_id, shown, agreed, error, exchanges):
        """Leave evidence, and remember what was accepted."""
        order = self.env["sale.order"].browse(order_id)
        connector = order.hub_connector_id
        kept = self.env["sync.hub.exchange"]._keep(connector, exchanges)
        flow = next(iter(agreed))
        row = self.env["sync.hub.log"].create(
            {
                "connector_id": connector.id,
                "company_id": connector.company_id.id,
                "direction": "out",
                "priority": 10,
                "trigger": "manual_single",
                "entity": "order",
                "flow": flow,
                "action": "deliver",
                "remote_id": order._hub_binding().remote_id,
                "res_model": "sale.order",
                "res_id": order_id,
                "exchange_id": kept[:1].id,
                "payload": wirejson.dumps({"entity": "order", "values": shown}),
            }
        )
        if error:
            row._finish("failed", attempts=1, error=str(error), error_code=error.code)
            return
        row._finish("done", attempts=1)
        # Wrong codes of before need nobody's attention any more.
        row._settle_failed(connector, order, flow, _("Accepted at a later try."))
        states = {flow: {"value": value, "sent": time.time()} for flow, value in agreed.items()}
        self.env["sync.hub.binding"]._write_agreed({order._hub_binding().id: states})
        if "status" in agreed:
            # The hooks need not tell the connector what it has just said.
            exporter = self.env["sync.hub.exporter.order"].with_context(sync_origin=connector.id)
            exporter._accepted(connector, row, agreed)

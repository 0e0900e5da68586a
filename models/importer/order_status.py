from odoo import _, models

from ..adapters.errors import NotArrivedError

#: Actions with which the shop goes on with an order.
GO_ON = ("confirm", "paid", "deliver")


class OrderImporter(models.AbstractModel):
    """What an order's state at the remote means for the one in Odoo."""

    _inherit = "sync.hub.importer.order"

    def _advance(self, connector, message):
        """An order has come to another state.

        :raises NotArrivedError: the order itself has not come yet.
        """
        sale, said = self._record_of(connector, "order", message.id), []
        if not sale:
            raise NotArrivedError(_("The order '%s' has not arrived yet.", message.id))
        if message.delivery_day:
            sale.hub_delivery_day = message.delivery_day
        self._follow_status(connector, message, sale, said)
        return sale, said

    def _follow_status(self, connector, message, sale, said):
        """Do what the value map says for the shop's state, once per change of state."""
        if not message.status or message.status == sale.hub_remote_status:
            return
        Map = self.env["sync.hub.map"].sudo()
        ladder = connector._adapter()._ladder
        if {message.status, sale.hub_remote_status} <= set(ladder):
            if ladder.index(message.status) < ladder.index(sale.hub_remote_status):
                # Told before what we have reported since: no state is taken back.
                said.append(_("The order is further than %s already.", message.status))
                return
        action = Map._lookup(connector, "order_state", message.status)
        if action is None:
            Map._note_missing(connector, "order_state", message.status)
            said.append(_("Order state %s is not mapped: nothing was done for it.", message.status))
            if connector._adapter()._review_unknown:
                note = _("%s Look at the order, and map the state in Sync Hub > Configuration > Value maps.", said[-1])
                connector._report(_("Unknown state of an order"), note, sale)
        if action in GO_ON and self._is_history(connector, message, sale):
            said.append(_("From before this connector was in use: nothing was done for its state."))
            action = "none"
        if action == "deliver":
            sale.hub_was_shipped = True
        if action in GO_ON or Map._lookup(connector, "order_state", sale.hub_remote_status or None) == "wait":
            sale._hub_unhold()
        if sale.hub_hold_reason and action in GO_ON:
            said.append(_("Not confirmed: %s", sale.hub_hold_reason))
            return
        sale.hub_remote_status = message.status
        label = getattr(message, "status_label", None)
        sale.hub_remote_status_label = label or self._label(connector, message.status)
        if message.status in ladder:
            # A step whose answer was lost, or that a person took over there, is told already.
            there = _("The shop says %s by now.", sale.hub_remote_status_label)
            self.env["sync.hub.log"]._settle_failed(connector, sale, "status", there)
        reason = getattr(message, "status_reason", None) or getattr(message, "reason", None)
        if reason:
            sale.hub_status_reason = reason
        problem = sale._hub_follow(action or "none")
        if problem:
            said.append(problem)
            connector._report(_("The shop's state cannot be followed by itself"), problem, sale)

    @staticmethod
    def _is_history(connector, message, sale):
        """Whether the order was read afterwards, from a time when its goods were delivered without this hub."""
        since = connector.activated_at
        fresh = getattr(message, "read", False) and not sale.hub_remote_status
        return bool(fresh and since and message.time and message.time.replace(tzinfo=None) < since)

    def _label(self, connector, status):
        domain = [("connector_id", "=", connector.id), ("kind", "=", "order_state"), ("remote_value", "=", status)]
        return self.env["sync.hub.map"].sudo().search(domain).remote_label or status

from odoo import _, models

from ..adapters.canonical import RecordPush
from .push import Push

#: How far an order is: what a state of the shop stands for, and what Odoo's own order has come to.
RANK = {"none": 0, "sent": 0, "hold": 0, "confirm": 1, "paid": 1, "deliver": 2}
EVENTS = {"confirmed": 1, "shipped": 2}


class OrderPusher(Push):
    """The state, the tracking number and the note of one order."""

    def message(self, changes):
        row = self.rows[0]
        values = {flow: value["note"] if flow == "note" else value for flow, value in changes.items()}
        key = f"{row.res_model},{row.res_id},order"
        return RecordPush(key=key, entity="order", remote_id=self.remote_id, values=values)

    def claim(self, flow, token):
        # What the shop held before stays known as the base of a merge, not as something to believe.
        return {"claim": token, "base": self.binding._base(flow)}


class LadderPusher(OrderPusher):
    """One step of an order at a remote whose states follow one another, or its changed lines."""

    def __init__(self, *args, extras=None, changes=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.extras = extras or {}
        self.line_changes = changes

    def changes(self):
        # What was agreed was looked at already: a step that was refused is told again.
        return self.values

    @property
    def creates(self):
        return any("id" not in change for change in self.line_changes)

    def message(self, changes):
        row = self.rows[0]
        values = {"lines": self.line_changes} if "lines" in changes else {**changes, **self.extras}
        key = f"{row.res_model},{row.res_id},order"
        return RecordPush(key=key, entity="order", remote_id=self.remote_id, values=values)


class OrderExporter(models.AbstractModel):
    """What has become of a shop's orders in Odoo."""

    _name = "sync.hub.exporter.order"
    _inherit = "sync.hub.exporter"
    _description = "Order exporter"

    _chunk = 10

    def _pushes(self, connector, rows):
        for order_id, mine in rows.grouped("res_id").items():
            order = self.env["sale.order"].browse(order_id).exists()
            bindings = self.env["sync.hub.binding"]._of_records(connector, order)
            binding = bindings.filtered(lambda b: b.entity == "order")[-1:]
            if not binding:
                mine._finish("skipped", reason="ignored", result=_("The shop does not know this order."))
                continue
            if connector._adapter()._ladder:
                yield from self._climb(connector, order, binding, mine)
                continue
            values = {}
            for row in mine:
                value, silent = getattr(self, f"_{row.flow}")(connector, order)
                if value is None:
                    row._finish("skipped", reason="unchanged", result=silent)
                else:
                    values[row.flow] = value
            if values:
                told = mine.filtered(lambda row, flows=values: row.flow in flows)
                yield OrderPusher(told, binding.remote_id, binding, values)

    def _accepted(self, connector, rows, values):
        order = self.env["sale.order"].browse(rows[0].res_id)
        if "lines" in values:
            self._lines_accepted(connector, order, values["lines"])
        if "status" in values:
            state = self.env["sync.hub.map"]._row(connector, "order_state", values["status"])
            if state.order_event == "shipped":
                order.hub_was_shipped = True
            label = state.remote_label or values["status"]
            order.write({"hub_remote_status": values["status"], "hub_remote_status_label": label})
            order._hub_tell(_("%(connector)s was told: %(state)s.", connector=connector.name, state=label))
            if connector._adapter()._ladder and self._step(connector, order)[0]:
                return {"state": "pending"}
        return {}

    def _status(self, connector, order):
        """(remote state, "") that says how far the order is, or (None, why none is sent)."""
        event = order._hub_event()
        if not event:
            return None, _("The order is not confirmed yet.")
        if event != "cancelled" and "parcel" in connector._adapter()._flows:
            return None, _("Its parcels tell how far it is.")
        Map = self.env["sync.hub.map"]
        present = Map._row(connector, "order_state", order.hub_remote_status)
        if present.is_final:
            return None, _("The shop's state '%s' is final.", order.hub_remote_status_label or "")
        if event == "shipped" and order.hub_was_shipped:
            # Whatever became of it since (a return, a claim), it is not sent out a second time.
            return None, _("The shop knew that it was delivered.")
        if event == "cancelled":
            if present.order_action == "cancel":
                return None, _("The shop has cancelled it too.")
        elif RANK.get(present.order_action or "none", 0) >= EVENTS[event]:
            return None, _("The shop is as far already.")
        target = Map.search(
            [("connector_id", "=", connector.id), ("kind", "=", "order_state"), ("order_event", "=", event)], limit=1
        )
        if not target:
            return None, _("No state of the shop is chosen for this: Sync Hub > Configuration > Value maps.")
        return target.remote_value, ""

    def _tracking(self, connector, order):
        references = order._hub_tracking()
        # An empty number would erase the shop's.
        return (references or None), _("There is no tracking number.")

    def _note(self, connector, order):
        return {"note": order.hub_note or ""}, ""

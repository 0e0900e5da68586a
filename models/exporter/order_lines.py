from types import MappingProxyType

from odoo import _, models

from ..adapters.errors import MappingError, OutcomeUnknownError, TransientError
from .order import LadderPusher
from .order_ladder import EDITING

#: A price that differs by no more is the same: what a tax makes of it is rounded.
CENT = 0.0101


class OrderExporter(models.AbstractModel):
    """Lines that were changed in Odoo. In Odoo's own numbers: packs of the remote, and what a pack costs there.

    Known of an order is a list of [remote line id, amount, price]; a line whose id nobody knows yet is ["+<id>", ...].
    """

    _inherit = "sync.hub.exporter.order"

    def _lines_push(self, connector, order, binding, row):
        """The push of changed lines, None when there is nothing to tell; the row is closed then."""
        base = binding._base("lines")
        present = order.hub_remote_status or connector._adapter()._ladder[0]
        state = self.env["sync.hub.map"]._row(connector, "order_state", present)
        if state.order_action == "wait":
            error = TransientError(_("The buyer is changing the order."), EDITING, code="editing")
            return LadderPusher(row, binding.remote_id, binding, error=error)
        said = self._untold(connector, order, base, present)
        if said:
            row._finish("skipped", reason="ignored", result=said)
            return None
        settled = self._settle(connector, order, binding, row)
        if settled:
            return settled
        try:
            value, changes = self._lines_now(connector, order, base, self._doubted(binding))
        except MappingError as error:
            return LadderPusher(row, binding.remote_id, binding, error=error)
        if not changes:
            row._finish("skipped", reason="unchanged", result=_("The remote already has this."))
            return None
        new = [change.pop("line") for change in changes if "line" in change]
        if new:
            # Before the call: whatever becomes of it, no later one may add them again.
            self.env["sale.order.line"].browse(new).hub_line_sent = True
        return LadderPusher(row, binding.remote_id, binding, {"lines": value}, changes=changes)

    @staticmethod
    def _untold(connector, order, base, present):
        """Why the lines of an order are not told, "" when they are."""
        if order.state == "cancel" or order._hub_event() == "returned":
            return _("The order is cancelled.")
        if order.hub_carried_by == "remote":
            return _("The marketplace carries this order.")
        if base is None:
            return _("Nobody knows which lines the shop has.")
        if order.hub_hold_reason:
            return _("The order is held: what is released is told.")
        if present not in connector._adapter()._editable:
            return _("The shop takes no other lines in the state '%s'.", order.hub_remote_status_label or present)
        return ""

    def _settle(self, connector, order, binding, row):
        """What a person asked for after the outcome of an addition got lost."""
        lost = order.order_line.filtered(lambda line: line.hub_line_sent and not line.hub_line_id)
        if row.action == "create":
            lost.hub_line_sent = False
        elif row.action == "lookup" and lost:
            connector._read_lists(connector._adapter()._sources, "manual_single")
            row.action = "looked"
            error = TransientError(_("The shop's list is being read."), 20, code="looking_up")
            return LadderPusher(row, binding.remote_id, binding, error=error)
        elif row.action == "looked" and lost:
            error = OutcomeUnknownError(
                _("The shop does not offer the order with the new line. Look at it there; if the line is missing, "
                  "press Create again.")
            )  # fmt: skip
            return LadderPusher(row, binding.remote_id, binding, error=error)
        return None

    @staticmethod
    def _doubted(binding):
        """Lines of whose last messages nobody knows whether they left before our own calls arrived: {id: [line]}."""
        doubted = {}
        if binding._known("lines") is None:
            for line in (line for _time, lines in binding._recent("lines") for line in lines):
                doubted.setdefault(line[0], []).append(line)
        return doubted

    def _lines_now(self, connector, order, base, doubted=MappingProxyType({})):
        """([what the remote shall hold], [changes that lead there]).

        :param dict doubted: {line id: [line]} that the remote may hold in place of `base`: where they differ from it,
            it is told again. Not more: what the buyer has just changed there must not be undone.
        :raises MappingError: a line cannot be told.
        """
        known = {line_id: (amount, price) for line_id, amount, price in base}
        gone = order._hub_event() == "shipped"
        value, changes = [], []
        lines = {line.hub_line_id: line for line in order.order_line if line.hub_line_id and not line.display_type}
        for line_id, (amount, price) in known.items():
            if line_id.startswith("+"):
                # Told, and its id is not known yet: the next reading tells it.
                value.append([line_id, amount, price])
                continue
            line = lines.get(line_id)
            packs, cost = (line._hub_packs(self._quantity(line, gone)), line._hub_pack_price()) if line else (0, 0)
            if packs <= 0:
                changes.append({"id": line_id, "cancelled": True})
                continue
            change, others = {"id": line_id}, doubted.get(line_id, ())
            if any(abs(packs - float(had)) > 1e-6 for had in (amount, *(other[1] for other in others))):
                change["amount"] = amount = f"{round(packs, 6):g}"
            if any(abs(cost - float(had)) > CENT for had in (price, *(other[2] for other in others))):
                change["price"] = price = f"{cost:.2f}"
            value.append([line_id, amount, price])
            if len(change) > 1:
                changes.append(change)
        for line in order.order_line:
            if line.hub_line_id or line.hub_line_sent or line.display_type or not line.product_uom_qty:
                continue
            change = self._new_line(connector, line, self._quantity(line, gone))
            value.append([f"+{line.id}", change["amount"], change["price"]])
            changes.append(change)
        return value, changes

    @staticmethod
    def _quantity(line, gone):
        """What is delivered, once nothing more will be; what is ordered, before."""
        return line.qty_delivered if gone else line.product_uom_qty

    def _new_line(self, connector, line, quantity):
        product = line.product_id
        own = [("connector_id", "=", connector.id), ("entity", "=", "product"), ("res_id", "=", product.id)]
        packs = self.env["sync.hub.binding"].search([*own, ("res_model", "=", "product.product")])
        unit = line._hub_unit_size()
        # In the pack of the line's own unit, else in the greatest that it fills.
        for pack in packs.sorted(lambda p: (abs(p.factor - unit) > 1e-6, -p.factor)):
            amount = quantity * unit / pack.factor
            if amount >= 1 and abs(amount - round(amount)) < 1e-6:
                line.sudo().with_context(sync_origin=connector.id).write(
                    {"hub_pack": pack.factor, "hub_product_ref": pack._key()}
                )
                price = line._hub_pack_price()
                return {"line": line.id, "product": pack.remote_id, "amount": f"{amount:g}", "price": f"{price:.2f}"}
        raise MappingError(
            _(
                "'%(product)s' cannot be added to the order at %(shop)s: it is not linked there, or "
                "%(quantity)g %(unit)s are no whole packs. Link it in Sync Hub > Operations > Shop products, or change "
                "the quantity.",
                product=product.display_name or line.name,
                shop=connector.name,
                quantity=quantity,
                unit=line._hub_unit_name(),
            ),
            field="product",
            value=product.display_name,
            code="line_unknown",
        )

    def _lines_accepted(self, connector, order, value):
        """The remote has the lines: what had to wait for them goes on, and ids of new ones are asked for."""
        if any(line[0].startswith("+") for line in value):
            connector._read_lists(connector._adapter()._sources, "changed")
        waiting = [
            ("connector_id", "=", connector.id),
            ("flow", "=", "status"),
            ("state", "in", ("failed", "retrying")),
        ]
        waiting += [("res_model", "=", "sale.order"), ("res_id", "=", order.id)]
        rows = self.env["sync.hub.log"].search([*waiting, ("error_code", "in", ("lines_failed", "behind_lines"))])
        rows._requeue()

    def _refused(self, connector, rows, error):
        """New lines that the remote has certainly not got may be told again."""
        if rows[0].flow == "lines" and not isinstance(error, OutcomeUnknownError):
            order = self.env["sale.order"].browse(rows[0].res_id)
            lines = order.order_line.filtered(lambda line: line.hub_line_sent and not line.hub_line_id)
            binding = self.env["sync.hub.binding"]._of_records(connector, order).filtered(lambda b: b.entity == "order")
            told = {line_id for line_id, *_rest in (binding[-1:]._base("lines") or ())}
            lines.filtered(lambda line: f"+{line.id}" not in told).hub_line_sent = False
            if rows[0].action == "create":
                rows.action = "update"

    @staticmethod
    def _line_told(line):
        """A canonical line in the exporter's form."""
        return [line.id, f"{line.quantity.normalize():f}", f"{line.unit_incl:.2f}"]

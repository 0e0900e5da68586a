from decimal import Decimal

import pytz
from odoo import _, models

from ..adapters.errors import TransientError


class InvoiceImporter(models.AbstractModel):
    """A shop's invoices: their number on the order, and one Odoo invoice per order when the connector says so."""

    _name = "sync.hub.importer.invoice"
    _inherit = "sync.hub.importer"
    _description = "Invoice importer"

    def _apply(self, connector, messages):
        return [self._invoiced(connector, message) for message in messages]

    def _apply_to(self, connector, message, sale, said):
        """Take over the numbers inside a snapshot of `sale`; an invoice is only made by its own event or by them."""
        for invoice in message.invoices:
            if sale.state == "sale" or connector.invoice_policy == "none":
                with self._or_tell(said, _("Invoice %s is not made", invoice.number or invoice.id)):
                    move, notes = self._follow(connector, invoice, sale)
                    self._bindings()._bind(connector, "invoice", invoice.id, move)
                    said += notes

    def _invoiced(self, connector, message):
        sale = self._order_of(connector, message)
        if not sale:
            number = message.order_number or message.order_id
            raise self.env["sync.hub.importer.payment"]._not_yet(number)
        return self._follow(connector, message, sale)

    def _order_of(self, connector, message):
        if message.order_id:
            sale = self._record_of(connector, "order", message.order_id)
            # An order of which only the number is known has nothing to invoice.
            return sale if sale and sale.order_line else None
        return self.env["sync.hub.importer.payment"]._orders_of(connector, message)[:1]

    def _follow(self, connector, message, sale):
        """(record, what a person should know) of one invoice of an order that is here."""
        self._number_order(message, sale)
        if connector.invoice_policy == "none":
            return sale, [_("Shown on the order only: the connector makes no invoices.")]
        bound = self._record_of(connector, "invoice", message.id)
        if bound and bound._name == "account.move":
            self._number(message, bound.sudo())
            return bound, []
        moves = sale.sudo().invoice_ids.filtered(lambda m: m.move_type == "out_invoice" and m.state != "cancel")
        if moves:
            # Made by a person, or for another of the shop's invoices: a delivery slip makes one too.
            mine = self._bindings()._of_records(connector, moves).filtered(lambda b: b.entity == "invoice")
            free = moves.filtered(lambda move: move.id not in mine.mapped("res_id"))
            if not free:
                return moves[0], [_("The order is invoiced already: no second invoice was made.")]
            self._number(message, free[0])
            return free[0], [_("The order was invoiced in Odoo before.")]
        if sale.state == "cancel":
            problem = _("The shop invoiced an order that is cancelled in Odoo.")
            connector._report(problem, problem, sale)
            return sale, [problem]
        if sale.state != "sale":
            raise TransientError(
                _("The order '%s' is not confirmed yet.", sale.client_order_ref), code="order_unconfirmed"
            )
        return self._make(connector, message, sale)

    def _number_order(self, message, sale):
        known = (sale.hub_invoice_number or "").split(", ")
        if message.number and message.number not in known:
            sale.hub_invoice_number = ", ".join(filter(None, [*known, message.number]))

    def _number(self, message, move):
        if message.number and move.hub_invoice_number != message.number:
            move.hub_invoice_number = message.number

    # ------------------------------------------------------------ made in Odoo

    def _make(self, connector, message, sale):
        # Orders confirmed before invoices were switched on still count by their products' own policy.
        sale.order_line._compute_qty_to_invoice()
        # The shop decides that there is an invoice: its order may be the work of a user who must not make one.
        move = sale.sudo()._create_invoices(final=True)
        values = {"hub_invoice_number": message.number or False}
        if message.time:
            values["invoice_date"] = message.time.astimezone(pytz.timezone(connector.timezone or "UTC")).date()
        move.write(values)
        gap = self._gap(connector, message, move)
        if gap:
            connector._report(_("The invoice differs from the shop's"), gap, move)
            return move, [gap]
        if connector.invoice_policy == "posted":
            move.action_post()
        return move, []

    def _gap(self, connector, message, move):
        """What differs from the shop's totals, "" when nothing does.

        The total with tax must be the same to the cent; without tax the two may round differently.
        """
        pairs = (
            (message.total_incl, move.amount_total, 0),
            (message.total_excl, move.amount_untaxed, connector.tolerance),
        )
        for remote, odoo, tolerance in pairs:
            if remote is not None and abs(Decimal(f"{remote:.2f}") - Decimal(f"{odoo:.2f}")) > Decimal(str(tolerance)):
                return _(
                    "Totals disagree: the shop says %(remote)s, Odoo %(odoo)s. The invoice stays a draft.",
                    remote=format(remote, ".2f"),
                    odoo=format(odoo, ".2f"),
                )
        return ""

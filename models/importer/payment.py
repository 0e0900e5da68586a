from decimal import Decimal

import pytz
from odoo import _, fields, models

from .. import compat
from ..adapters.errors import MappingError, TransientError


class PaymentImporter(models.AbstractModel):
    """Payments of a shop: shown on their order, and booked once when the connector says so.

    One payment comes by events of its own and inside its orders, under one id.
    """

    _name = "sync.hub.importer.payment"
    _inherit = "sync.hub.importer"
    _description = "Payment importer"

    def _apply(self, connector, messages):
        return [self._received(connector, message) for message in messages]

    def _received(self, connector, message):
        orders = self._orders_of(connector, message)
        if not orders:
            raise self._not_yet(message.order_number or message.order_id)
        payment, said = self._note(connector, message, orders), []
        if connector.book_payments:
            self._book(connector, payment, said)
        else:
            said.append(_("Shown on the order only: the connector does not book payments."))
        return payment.payment_id or payment, said

    def _apply_to(self, connector, message, sale, said):
        """Take over the payments inside a snapshot of `sale`; what cannot be booked does not stop the order."""
        for paid in message.payments:
            try:
                payment = self._note(connector, paid, sale)
                if connector.book_payments and not payment.booked:
                    # Odoo may refuse in the middle: a locked period, a journal without accounts.
                    with self._or_tell(said, _("Payment %s is not booked", paid.id)):
                        self._book(connector, payment, said)
            except MappingError as error:
                self.env["sync.hub.map"].sudo()._note_missing(connector, error.field, error.value)
                said.append(_("Payment %(id)s is not booked: %(why)s", id=paid.id, why=error))

    # ------------------------------------------------------------ the order

    def _not_yet(self, number):
        """The error of a message whose order has not come; see `_let_go_on` of the importers."""
        return TransientError(_("The order '%s' is not here yet.", number), code="order_missing")

    def _orders_of(self, connector, message):
        """The orders that a payment is for; an order of which only the number is known does not count."""
        Order = self.env["sale.order"]
        if message.order_id:
            order = self._record_of(connector, "order", message.order_id)
            return order if order and order.order_line else Order
        mine = [("hub_connector_id", "=", connector.id), ("order_line", "!=", False)]
        orders = Order.search([*mine, ("client_order_ref", "=", message.order_number)], order="id")
        if not orders and len(message.order_number) == 9:
            # PrestaShop cuts the reference on payments that it makes by itself.
            orders = Order.search([*mine, ("client_order_ref", "=like", f"{message.order_number}%")], order="id")
        return orders.filtered(lambda order: order.state != "cancel") or orders

    # ------------------------------------------------------------ shown

    def _note(self, connector, message, orders):
        """The `sync.hub.payment` of a canonical payment, as it is told now, linked to its orders."""
        Payment = self.env["sync.hub.payment"].sudo()
        payment = Payment._of(connector, message.id)
        values = {
            "amount": float(message.amount),
            "method": message.method or False,
            "transaction": message.transaction or False,
            "time": message.time.replace(tzinfo=None) if message.time else False,
        }
        if message.currency:
            values["currency_id"] = self.env["sync.hub.map"].sudo()._require(connector, "currency", message.currency).id
        if not payment:
            values.setdefault("currency_id", orders[0].currency_id.id)
            payment = Payment.create({"connector_id": connector.id, "remote_id": message.id, **values})
        changes = self._changes(payment, values)
        if payment.booked and {"amount", "currency_id"} & set(changes):
            connector._report(
                _("The shop changed a payment that is booked"),
                _("Compare payment %s of the order with its booking.", message.id),
                payment.order_id or orders[0],
            )
        if changes:
            payment.write(changes)
        new = orders - payment.order_ids
        if new:
            payment.order_ids |= new
            self._choose_order(payment)
        return payment

    def _choose_order(self, payment):
        """Take the payment for the order whose open amount it fits, else for the first; not once it is settled."""
        if payment.payment_id.is_reconciled:
            return
        orders = payment.order_ids.sorted("id")
        fits = [order for order in orders if self._open_amount(order, payment) == Decimal(f"{payment.amount:.2f}")]
        order = fits[0] if fits else orders[0]
        if payment.order_id != order:
            payment.order_id = order
            if payment.payment_id:
                payment.payment_id.hub_order_id = order

    def _open_amount(self, order, payment):
        """What is left to pay of an order, in the payment's currency, without this payment."""
        if order.currency_id != payment.currency_id:
            return None
        others = order.sudo().hub_payment_ids.filtered(lambda p: p.order_id == order and p != payment)
        return Decimal(f"{order.amount_total - others._in_currency(order.currency_id):.2f}")

    # ------------------------------------------------------------ booked

    def _book(self, connector, payment, said):
        """Book a payment unless that was done before, and settle what invoices there are.

        :raises MappingError: no journal for its method.
        """
        if payment.booked:
            said.append(_("Booked before."))
        elif not payment.amount:
            said.append(_("Nothing to book: the amount is zero."))
        else:
            journal = self._journal(connector, payment.method)
            booking = self.env["account.payment"].sudo().create(self._booking_values(connector, payment, journal))
            booking.action_post()
            payment.write({"payment_id": booking.id, "booked": True})
            self._bindings()._bind(connector, "payment", payment.remote_id, booking)
        invoices = payment.order_ids.invoice_ids.sudo()
        invoices.filtered(lambda m: m.move_type in ("out_invoice", "out_refund") and m.amount_residual)._hub_settle()

    def _booking_values(self, connector, payment, journal):
        order = payment.order_id
        zone = pytz.timezone(connector.timezone or "UTC")
        time = payment.time or fields.Datetime.now()
        return {
            "payment_type": "inbound" if payment.amount > 0 else "outbound",
            "partner_type": "customer",
            "partner_id": order.partner_invoice_id.commercial_partner_id.id,
            "amount": abs(payment.amount),
            "currency_id": payment.currency_id.id,
            "journal_id": journal.id,
            "date": pytz.utc.localize(time).astimezone(zone).date(),
            compat.PAYMENT_MEMO: " ".join(filter(None, [order.client_order_ref, payment.transaction])),
            "hub_order_id": order.id,
        }

    def _journal(self, connector, method):
        """The journal of a payment method: by map, else the connector's default one."""
        Map = self.env["sync.hub.map"].sudo()
        journal = Map._lookup(connector, "payment_method", method)
        if journal:
            return journal
        if connector.payment_journal_id:
            Map._note_missing(connector, "payment_method", method)
            return connector.payment_journal_id.sudo()
        if method:
            return Map._require(connector, "payment_method", method)
        raise MappingError(
            _("The shop names no payment method. Choose a default journal in Sync Hub > Configuration > Connectors.")
        )

from decimal import Decimal

import pytz
from odoo import Command, _, models

#: Line id of an order's shipping.
SHIPPING = "shipping"


class RefundImporter(models.AbstractModel):
    """What a shop gave back: quantities on the order's lines, and one draft credit note per credit slip."""

    _name = "sync.hub.importer.refund"
    _inherit = "sync.hub.importer"
    _description = "Refund importer"

    def _apply_to(self, connector, message, sale, said):
        """Take over the refunds inside a snapshot of `sale`."""
        self._quantities(message, sale)
        if not message.refunds:
            return
        self._show(connector, message, sale)
        for slip in message.refunds:
            if not self._record_of(connector, "credit_slip", slip.id):
                with self._or_tell(said, _("Credit slip %s has no credit note", slip.id)):
                    self._credit(connector, slip, sale, said)

    def _quantities(self, message, sale):
        told = {line.id: line for line in message.lines if line.kind == "product"}
        for line in sale.order_line:
            if line.hub_line_id not in told:
                continue
            new = told[line.hub_line_id]
            refunded, returned = float(new.quantity_refunded), float(new.quantity_returned)
            changes = self._changes(line, {"hub_qty_refunded": refunded, "hub_qty_returned": returned})
            if changes:
                line.write(changes)

    def _show(self, connector, message, sale):
        """One line of text per credit slip, on the order."""
        texts = []
        for slip in message.refunds:
            day = self._day(connector, slip) or ""
            amount = f"{self._amount(slip):.2f} {sale.currency_id.name}"
            texts.append(_("Credit slip %(id)s %(day)s: %(amount)s", id=slip.id, day=day, amount=amount))
        changes = self._changes(sale, {"hub_refunds": "\n".join(texts)})
        if changes:
            sale.write(changes)

    @staticmethod
    def _amount(slip):
        return sum((line.total_incl for line in slip.lines), slip.shipping_incl)

    @staticmethod
    def _day(connector, slip):
        """The shop's own day of a credit slip."""
        return slip.time and slip.time.astimezone(pytz.timezone(connector.timezone or "UTC")).date()

    # ------------------------------------------------------------ credit note

    def _credit(self, connector, slip, sale, said):
        """A draft credit note of the order's posted invoice; without one the slip is only shown."""
        invoice = sale.sudo().invoice_ids.filtered(lambda m: m.move_type == "out_invoice" and m.state == "posted")[:1]
        if connector.invoice_policy == "none" or not invoice:
            said.append(_("Credit slip %s is shown on the order: there is no posted invoice to credit.", slip.id))
            return
        commands = self._lines(slip, sale, invoice)
        if not commands:
            said.append(_("Credit slip %s speaks of no line of the invoice.", slip.id))
            return
        note = self.env["account.move"].sudo().create(
            {
                "move_type": "out_refund",
                "company_id": invoice.company_id.id,
                "journal_id": invoice.journal_id.id,
                "partner_id": invoice.partner_id.id,
                "currency_id": invoice.currency_id.id,
                "invoice_date": self._day(connector, slip),
                "invoice_origin": sale.name,
                "invoice_user_id": invoice.invoice_user_id.id,
                "ref": invoice.ref,
                "reversed_entry_id": invoice.id,
                "hub_credit_slip": slip.id,
                "invoice_line_ids": commands,
            }
        )  # fmt: skip
        self._bindings()._bind(connector, "credit_slip", slip.id, note)
        if Decimal(f"{note.amount_total:.2f}") != Decimal(f"{self._amount(slip):.2f}"):
            connector._report(
                _("The credit note differs from the shop's credit slip"),
                _(
                    "The shop says %(remote)s, Odoo %(odoo)s: correct the draft before it is posted.",
                    remote=format(self._amount(slip), ".2f"),
                    odoo=format(note.amount_total, ".2f"),
                ),
                note,
            )

    def _lines(self, slip, sale, invoice):
        """Commands that make the lines of the credit note, each like the invoice's own line."""
        commands = []
        for refund in slip.lines:
            line = sale.order_line.filtered(lambda order_line, key=refund.line_id: order_line.hub_line_id == key)
            commands += self._line(line, invoice, refund.quantity or Decimal(1), refund.total_excl, refund.total_incl)
        if slip.shipping_incl:
            line = sale.order_line.filtered(lambda order_line: order_line.hub_line_id == SHIPPING)
            commands += self._line(line, invoice, Decimal(1), slip.shipping_excl, slip.shipping_incl)
        return commands

    def _line(self, order_line, invoice, quantity, excl, incl):
        sold = order_line.invoice_lines.filtered(lambda line: line.move_id == invoice)[:1]
        if not sold:
            return []
        total = incl if any(tax.price_include for tax in sold.tax_ids) else excl
        digits = self.env["decimal.precision"].precision_get("Product Price")
        name = sold.name
        price = round(total / quantity, digits)
        if round(price * quantity, 2) != round(total, 2):
            # The unit price has more decimals than Odoo keeps: the total decides.
            name = f"{quantity.normalize():f} x {name}"
            quantity, price = Decimal(1), total
        values = {
            "product_id": sold.product_id.id,
            "name": name,
            "quantity": float(quantity),
            "product_uom_id": sold.product_uom_id.id,
            "price_unit": float(price),
            "account_id": sold.account_id.id,
            "tax_ids": [Command.set(sold.tax_ids.ids)],
            "sale_line_ids": [Command.link(order_line.id)],
        }
        return [Command.create(values)]

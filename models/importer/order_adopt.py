from collections import Counter
from datetime import timedelta

from odoo import _, api, fields, models

from ..adapters import canonical
from ..adapters.errors import MappingError

#: How far apart an order's time and that of its copy may be.
SPAN = timedelta(hours=24)


def wares(lines):
    """{product id: quantity} of order lines, without what is only a charge (a service such as delivery)."""
    counted = Counter()
    for line in lines.filtered("product_id"):
        if line.product_id.type != "service":
            counted[line.product_id.id] += line.product_uom_qty
    return +counted


class OrderImporter(models.AbstractModel):
    """Orders that the shop's own client has written into Odoo before us are taken over, not made a second time."""

    _inherit = "sync.hub.importer.order"

    def _apply_orders(self, connector, messages):
        notes = {message.id: self._adopt(connector, message) for message in messages}
        done = super()._apply_orders(connector, messages)
        return [
            (sale, [notes[message.id], *said] if notes[message.id] else said)
            for message, (sale, said) in zip(messages, done, strict=True)
        ]

    def _adopt(self, connector, message):
        """Bind the order that is this one already; returns what a person should know of it, or ""."""
        mark = connector._adapter()._client_note
        if not mark or not isinstance(message, canonical.Order) or self._record_of(connector, "order", message.id):
            return ""
        try:
            sale = self._named(connector, message) or self._alike(connector, message, mark)
        except MappingError:
            # A product is not known: the import itself says which.
            return ""
        if not sale:
            return ""
        sale.write({"hub_connector_id": connector.id, "client_order_ref": message.number})
        self._adopt_lines(connector, message, sale)
        self._bindings()._bind(connector, "order", message.id, sale)
        note = _("Taken over: %(connector)s's own client had written it into Odoo.", connector=connector.name)
        self._log_note(sale, note)
        return note

    def _named(self, connector, message):
        """The order that the shop itself names, if it can be this one: a copied shop names orders of another Odoo."""
        number = message.odoo_order_id or ""
        # No longer than the ids of a table.
        is_id = number.isascii() and number.isdigit() and len(number) < 10
        sale = self.env["sale.order"].browse(int(number) if is_id else []).exists()
        free = sale and not sale.hub_connector_id and sale.company_id == connector.company_id
        if not free:
            return None
        return sale if self._same_buyer(message, sale) or self._same_wares(connector, message, sale) else None

    def _alike(self, connector, message, mark):
        """The one order that the client made of this one, by its buyer, its wares and its time."""
        time = message.time and message.time.replace(tzinfo=None)
        if not time or not (message.customer and message.customer.email):
            return None
        domain = [
            ("hub_connector_id", "=", False),
            ("company_id", "=", connector.company_id.id),
            ("note", "ilike", mark),
            ("create_date", ">=", time - SPAN),
            ("create_date", "<=", time + SPAN),
            ("state", "!=", "cancel"),
        ]
        found = self.env["sale.order"].search(domain, limit=200)
        found = found.filtered(
            lambda sale: self._same_buyer(message, sale) and self._same_wares(connector, message, sale)
        )
        return found if len(found) == 1 else None

    @staticmethod
    def _same_buyer(message, sale):
        email = (message.customer and message.customer.email or "").strip().lower()
        return bool(email) and email == (sale.partner_id.email or "").strip().lower()

    def _same_wares(self, connector, message, sale):
        mine = wares(sale.order_line)
        # Of charges alone nothing can be told.
        return bool(mine) and mine == self._wares_of(connector, message)

    def _wares_of(self, connector, message):
        counted = Counter()
        for line in message.lines:
            product = line.kind == "product" and self._product_of(connector, line)
            if product and product.type != "service":
                counted[product.id] += float(line.quantity)
        return +counted

    def _product_of(self, connector, line):
        return self.env["sync.hub.importer.product"]._resolve(connector, line.product)

    def _adopt_lines(self, connector, message, sale):
        """Let the lines know under which ids the shop keeps them; the normal update then brings their amounts in line.

        What the client wrote besides (delivery, discounts) comes with the shop's own lines.
        """
        if self._is_closed(sale):
            return
        free = sale.order_line.filtered(lambda line: not line.display_type and not line.hub_line_id)
        for line in (line for line in message.lines if line.kind == "product"):
            product = self._product_of(connector, line)
            same = free.filtered(lambda mine, product=product: mine.product_id == product)
            match = same.filtered(lambda mine, line=line: mine.product_uom_qty == float(line.quantity)) or same
            if match:
                match[0].hub_line_id = line.id
                free -= match[0]
        if sale.state in ("draft", "sent"):
            free.unlink()
        else:
            # A line of a confirmed order cannot be deleted; its quantity can.
            free.write({"product_uom_qty": 0})


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `sale` to notice when a shop's own client writes an order that we have imported already."""
        orders = super().create(vals_list)
        for order in orders.filtered(lambda order: order.note and not order.hub_connector_id):
            order.sudo()._hub_report_twin()
        return orders

    def _hub_report_twin(self):
        """Put an activity on an order that looks like one a connector has brought within the last day."""
        kinds = dict(self.env["sync.hub.connector"]._fields["kind"]._description_selection(self.env))
        marks = {kind: self.env[f"sync.hub.adapter.{kind}"]._client_note for kind in kinds}
        kinds = [kind for kind, mark in marks.items() if mark and mark in self.note]
        email, mine = (self.partner_id.email or "").strip(), wares(self.order_line)
        if not kinds or not email or not mine:
            return
        domain = [
            ("hub_connector_id.kind", "in", kinds),
            ("company_id", "=", self.company_id.id),
            ("create_date", ">=", fields.Datetime.now() - SPAN),
            ("state", "!=", "cancel"),
            ("id", "!=", self.id),
        ]
        for twin in self.search(domain, order="id desc", limit=200):
            if (twin.partner_id.email or "").strip().lower() == email.lower() and wares(twin.order_line) == mine:
                summary = _(
                    "Looks like the same order as %(order)s of %(connector)s: cancel one of them",
                    order=twin.name,
                    connector=twin.hub_connector_id.name,
                )
                twin.hub_connector_id._report(summary, _("Both have the same customer, products and quantities."), self)
                return

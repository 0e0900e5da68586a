from odoo import _, models

from ..adapters.errors import MappingError, TransientError
from .partner import RecordPusher
from .push import Push


class PurchasePusher(RecordPusher):
    """An order to a vendor; every message names it by our reference."""

    def message(self, changes):
        message = super().message(changes)
        return message.model_copy(update={"values": {**message.values, "ref": changes[self.flow]["ref"]}})


class PurchaseExporter(models.AbstractModel):
    """Orders to a vendor, as his shop takes them."""

    _name = "sync.hub.exporter.purchase"
    _inherit = "sync.hub.exporter"
    _description = "Exporter of orders to vendors"

    _chunk = 5

    def _pushes(self, connector, rows):
        for row in rows:
            order = self.env["sync.hub.vendor.order"].browse(row.res_id).exists()
            binding = self.env["sync.hub.binding"]._of_records(connector, order)[-1:]
            if not order or order.state == "draft":
                row._finish("skipped", reason="ignored", result=_("This order was not sent."))
            elif order.to_cancel and not binding:
                # It never got there.
                order.state = "cancelled"
                row._finish("skipped", reason="ignored", result=_("Cancelled before the vendor had it."))
            else:
                try:
                    values = self._values(connector, order)
                    yield PurchasePusher(row, "vendor_order", binding, values, binding.remote_id or "")
                except MappingError as error:
                    yield Push(row, error=error)

    def _values(self, connector, order):
        """The canonical fields of an order to a vendor.

        :raises MappingError: the customer's address lacks something.
        """
        sale = order.sale_id
        buyer, to = sale.partner_id, sale.partner_shipping_id or sale.partner_id
        needed = {"street": _("Street"), "city": _("City"), "country_id": _("Country")}
        lacking = [label for field, label in needed.items() if not to[field]]
        if lacking:
            raise MappingError(
                _("The address '%(address)s' lacks: %(fields)s. Open the contact and fill it in.",
                  address=to.display_name, fields=", ".join(lacking)),
                code="address",
            )  # fmt: skip
        Map = self.env["sync.hub.map"].sudo()
        mine = [("connector_id", "=", connector.id), ("kind", "=", "carrier")]
        tier = sale.carrier_id and Map.search([*mine, ("carrier_id", "=", sale.carrier_id.id)], limit=1).remote_value
        return {
            "ref": order.name,
            "items": [[line.sku, line.quantity] for line in order.line_ids],
            "customer": {**self._person(buyer), "email": buyer.email or "", "phone": self._phone(buyer)},
            "ship_to": {**self._person(to), **self._place(to)},
            "tier": tier or "",
            "cancelled": order.to_cancel,
        }

    @staticmethod
    def _person(partner):
        first, _space, last = (partner.name or partner.commercial_partner_id.name or "").partition(" ")
        return {"firstName": first, "lastName": last or first}

    @staticmethod
    def _phone(partner):
        return partner.phone or ("mobile" in partner._fields and partner.mobile) or ""

    @staticmethod
    def _place(partner):
        return {
            "address1": ", ".join(filter(None, [partner.street, partner.street2])),
            "city": partner.city,
            "state": partner.state_id.code or partner.state_id.name or "",
            "zip": partner.zip or "",
            "country": partner.country_id.code,
        }

    def _created(self, connector, flow, record):
        binding = self.env["sync.hub.binding"]._of_records(connector, record)[-1:]
        record.write({"state": "sent", "remote_id": binding.remote_id})
        connector._ask_again("vendor_order", binding.remote_id, "changed")
        if record.to_cancel:
            # Cancelled while it was on its way.
            record._append("order_cancelled")

    def _accepted(self, connector, rows, values):
        order = self.env["sync.hub.vendor.order"].browse(rows[0].res_id)
        if order.to_cancel:
            order.state = "cancelled"
        connector._ask_again("vendor_order", order.remote_id, "changed")

    def _refused(self, connector, rows, error):
        if isinstance(error, TransientError):
            return
        order = self.env["sync.hub.vendor.order"].browse(rows[0].res_id)
        connector._report(_("An order to a vendor was not accepted"), f"{order.name}: {error}", order.sale_id)

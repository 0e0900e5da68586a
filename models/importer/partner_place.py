from odoo import models

from ..texts import same_text

#: Where somebody lives.
PLACE = ("street", "street2", "zip", "city", "country_id", "state_id")


class PartnerImporter(models.AbstractModel):
    """Addresses that a remote tells with its orders only."""

    _inherit = "sync.hub.importer.partner"

    def _embedded_address(self, connector, customer, address, read_at):
        """The contact of an address that comes with an order, None without one.

        The first one is where the customer himself lives; an equal one is no second contact.

        :param datetime read_at: aware time at which we have read the order, None when it was sent to us.
        """
        if address is None:
            return None
        values = self._address_values(connector, address, customer)[0]
        place = {field: values[field] for field in PLACE}
        own = same_text(values["name"]) == same_text(customer.name)
        own = own and (not address.company or customer.company_name in (False, address.company))
        if own and not any(customer[field] for field in PLACE):
            phone = {} if customer.phone or not values["phone"] else {"phone": values["phone"]}
            company = {"company_name": address.company} if address.company and not customer.is_company else {}
            customer.write({**place, **phone, **company})
        if own and not self._changes(customer, place):
            return customer
        contact = self._address(connector, address)[0]
        self._learn_embedded(connector, "address", address, contact, read_at)
        return contact

from odoo import _, models

from ..adapters import canonical


class PartnerImporter(models.AbstractModel):
    """Customers and their addresses: one partner per remote id, never merged by e-mail."""

    _name = "sync.hub.importer.partner"
    _inherit = "sync.hub.importer"
    _description = "Partner importer"

    def _apply(self, connector, messages):
        return [
            self._customer(connector, message)
            if isinstance(message, canonical.Customer)
            else self._address(connector, message)
            for message in messages
        ]

    # ------------------------------------------------------------ customer

    def _customer(self, connector, customer):
        partner = self._record_of(connector, "customer", customer.id)
        name = " ".join(filter(None, [customer.first_name, customer.last_name]))
        values = {
            "name": name or customer.company or customer.email or self._placeholder_name(connector, customer.id),
            "email": customer.email or False,
            "active": customer.active and not customer.deleted,
        }
        if customer.company:
            values["company_name"] = customer.company
        if partner:
            changes = self._changes(partner, values)
            if changes:
                partner.write(changes)
        else:
            partner = self.env["res.partner"].create(self._new(connector, values))
        return partner, [_("Archived: deleted at the remote.")] if customer.deleted else []

    def _ensure(self, connector, customer_id, name=None):
        """The partner of a customer id; an empty one that is filled later when the id is not known yet."""
        partner = self._record_of(connector, "customer", customer_id)
        if partner:
            return partner
        name = name or self._placeholder_name(connector, customer_id)
        partner = self.env["res.partner"].create(self._new(connector, {"name": name}))
        self._bindings()._bind(connector, "customer", customer_id, partner)
        return partner

    def _placeholder_name(self, connector, customer_id):
        return _("%(connector)s customer #%(id)s", connector=connector.name, id=customer_id)

    def _new(self, connector, values):
        return {"user_id": connector.salesperson_id.id, **values}

    # ------------------------------------------------------------ address

    def _address(self, connector, address):
        customer = self._ensure(connector, address.customer_id, address.customer_name)
        values, said = self._address_values(connector, address, customer)
        partner = self._record_of(connector, "address", address.id)
        if partner:
            changes = self._changes(partner, values)
            if changes:
                partner.write(changes)
            return partner, said
        partner = self._same_address(connector, customer, values)
        if not partner:
            self._retire_replaced(connector, customer, values)
            partner = self.env["res.partner"].create(values)
        self._bindings()._bind(connector, "address", address.id, partner)
        self.env["sale.order"].sudo()._hub_address_arrived(connector, address.id, partner)
        return partner, said

    def _address_values(self, connector, address, customer):
        Map, said = self.env["sync.hub.map"].sudo(), []
        country = Map._require(connector, "country", address.country) if address.country else None
        state = Map._lookup(connector, "state", address.state)
        if address.state and state is None:
            said.append(_("State %s is not mapped and was left empty.", address.state))
            Map._note_missing(connector, "state", address.state)
        name = " ".join(filter(None, [address.first_name, address.last_name])) or customer.name
        values = {
            "type": "delivery",
            "parent_id": customer.id,
            "name": name,
            "company_name": address.company or False,
            "street": address.street or False,
            "street2": address.street2 or False,
            "zip": address.zip or False,
            "city": address.city or False,
            "country_id": country.id if country else False,
            "state_id": state.id if state else False,
            "phone": address.phone or address.mobile or False,
            "active": not address.deleted,
            "hub_alias": address.alias or False,
        }
        if "mobile" in self.env["res.partner"]._fields:
            values["mobile"] = address.mobile or False
            values["phone"] = address.phone or False
        return values, said

    def _siblings(self, connector, customer, values):
        """Addresses of the customer at this connector that bear the same name in the customer's address book."""
        rows = self._bindings().search(
            [
                ("connector_id", "=", connector.id),
                ("entity", "=", "address"),
                ("res_model", "=", "res.partner"),
                ("res_id", "in", customer.with_context(active_test=False).child_ids.ids),
            ]
        )
        partners = self.env["res.partner"].browse(rows.mapped("res_id"))
        return partners.filtered(lambda p: p.hub_alias == values["hub_alias"])

    def _same_address(self, connector, customer, values):
        """A replaced address that says the same: PrestaShop gives an edited address a new id once it was used."""
        for partner in self._siblings(connector, customer, values):
            if not self._changes(partner, {k: v for k, v in values.items() if k != "active"}):
                return partner
        return None

    def _retire_replaced(self, connector, customer, values):
        """Archive the used address that a new one of the same name takes the place of; orders keep it."""
        for partner in self._siblings(connector, customer, values).filtered("active"):
            used = self.env["sale.order"].sudo().search_count([("partner_shipping_id", "=", partner.id)], limit=1)
            if used:
                partner.active = False

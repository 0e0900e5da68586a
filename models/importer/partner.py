from odoo import _, models

from ..adapters import canonical

#: Odoo's field -> canonical fields it is made of.
CUSTOMER = {
    "name": ("first_name", "last_name", "company", "email"),
    "email": ("email",),
    "company_name": ("company",),
    "active": ("active",),
    "phone": ("phone",),
    "hub_phone2": ("phone2",),
    "street": ("street",),
    "street2": ("street2",),
}
#: What a customer's message may tell besides, Odoo's field by the message's.
SPOKEN = {"phone": "phone", "phone2": "hub_phone2", "street": "street", "street2": "street2"}
ADDRESS = {
    "name": ("first_name", "last_name"),
    "company_name": ("company",),
    "street": ("street",),
    "street2": ("street2",),
    "zip": ("zip",),
    "city": ("city",),
    "country_id": ("country",),
    "state_id": ("state",),
    "phone": ("phone", "mobile"),
    "mobile": ("mobile",),
    "vat": ("vat",),
    "hub_alias": ("alias",),
}
#: Fields of an address that the remote is known to hold once a message has told them.
ADDRESS_TOLD = (
    "customer_id alias company first_name last_name street street2 zip city country state phone mobile"
).split()


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
        placeholder = self._placeholder_name(connector, customer.id)
        known_as = name or customer.company
        values = {
            "name": known_as or customer.called or customer.email or placeholder,
            "email": customer.email or False,
            "active": customer.active and not customer.deleted,
        }
        if customer.company:
            values["company_name"] = customer.company
        for said, field in SPOKEN.items():
            if getattr(customer, said) is not None:
                values[field] = getattr(customer, said) or False
        partner = partner or self._by_alias(connector, customer) or self._by_email(connector, customer)
        partner = partner or self._by_phone(connector, customer)
        tag = self.env["sync.hub.map"].sudo()._lookup(connector, "group", customer.group)
        if tag and not (partner and tag in partner.category_id):
            values["category_id"] = [(4, tag.id)]
        if partner:
            binding = self._bindings()._find(connector, "customer", customer.id)
            if partner.is_company:
                # Its name is the company's; who buys for it is another matter.
                values.pop("name")
                company = values.pop("company_name", None)
                if company:
                    values["name"] = company
            elif not known_as and partner.name not in (False, "", customer.email, placeholder):
                # He has a name here, and the remote knows none.
                values.pop("name")
            values = self._news(
                binding, "customer", self._told(connector, customer, partner)["customer"], values, CUSTOMER
            )
            if customer.called and not known_as and partner.name in (customer.email, placeholder):
                values["name"] = customer.called
            tags = {f: values.pop(f) for f in ("category_id",) if f in values}
            changes = {**self._changes(partner, values), **tags}
            if changes:
                partner.write(changes)
        else:
            partner = self.env["res.partner"].create(self._new(connector, values))
        # At once: the next message of the same batch may be his address, or another customer of this e-mail address.
        self._bindings()._bind(connector, "customer", customer.id, partner)
        if customer.alias and not self._bindings()._find(connector, "customer", customer.alias):
            self._bindings()._bind(connector, "customer", customer.alias, partner)
        self._tag(partner, customer.tags)
        return partner, [_("Archived: deleted at the remote.")] if customer.deleted else []

    def _embedded(self, connector, customer, read_at):
        """The partner of a customer who comes with his order.

        :param datetime read_at: aware time at which we have read the order, None when it was sent to us.
        """
        partner = self._customer(connector, customer)[0]
        self._learn_embedded(connector, "customer", customer, partner, read_at)
        return partner

    def _learn_embedded(self, connector, entity, message, record, read_at):
        """Remember what the remote holds of a record that came with another; where that has crossed a call of ours,
        say again what Odoo has."""
        binding = self._bindings()._find(connector, entity, message.id)
        for flow in binding._learned(self._told(connector, message, record), read_at, bool(read_at)):
            self.env["sync.hub.log"].sudo()._append_records(flow, record, "changed", only=connector.id)

    def _by_alias(self, connector, customer):
        """Whom the remote has named otherwise before, unless he is another one by now."""
        partner = customer.alias and self._record_of(connector, "customer", customer.alias)
        if not partner:
            return None
        names = self._bindings()._of_records(connector, partner).filtered(lambda b: b.entity == "customer")
        return None if set(names.mapped("remote_id")) - {customer.alias, customer.id} else partner

    def _by_phone(self, connector, customer):
        """The one contact of this number that no customer of the remote is yet."""
        if not customer.match_phone:
            return None
        fields = [name for name in ("phone", "mobile", "hub_phone2") if name in self.env["res.partner"]._fields]
        self.env["res.partner"].flush_model([*fields, "parent_id", "company_id", "active"])
        digits = " OR ".join(f"regexp_replace({name}, '\\D', '', 'g') LIKE %(number)s" for name in fields)
        self.env.cr.execute(
            f"SELECT id FROM res_partner WHERE active AND parent_id IS NULL AND ({digits})"
            " AND (company_id IS NULL OR company_id = %(company)s) ORDER BY id LIMIT 3",
            {"number": f"%{customer.match_phone}", "company": connector.company_id.id},
        )
        partners = self.env["res.partner"].browse([row[0] for row in self.env.cr.fetchall()])
        bound = self._bindings()._of_records(connector, partners).filtered(lambda b: b.entity == "customer")
        free = partners.filtered(lambda p: p.id not in bound.mapped("res_id"))
        return free if len(partners) == 1 and free else None

    def _tag(self, partner, names):
        """Put tags on a contact, made where there is none of that name."""
        Category = self.env["res.partner.category"].sudo()
        for name in names:
            tag = Category.search([("name", "=", name)], limit=1) or Category.create({"name": name})
            if tag not in partner.category_id:
                partner.sudo().category_id = [(4, tag.id)]

    def _by_email(self, connector, customer):
        """The one contact of this e-mail address that no customer of the shop is yet; only where it is asked for."""
        if not connector.match_email or not customer.email:
            return None
        domain = [
            ("email", "=ilike", customer.email.replace("_", "\\_").replace("%", "\\%")),
            ("parent_id", "=", False),
            ("company_id", "in", (False, connector.company_id.id)),
        ]
        partners = self.env["res.partner"].search(domain, limit=2)
        bound = self._bindings()._of_records(connector, partners).filtered(lambda b: b.entity == "customer")
        return partners if len(partners) == 1 and not bound else None

    def _told(self, connector, message, record):
        if isinstance(message, canonical.Customer):
            told = {field: getattr(message, field) for field in ("first_name", "last_name", "email")}
            if message.company:
                # The module's events never carry it: an empty one says nothing.
                told["company"] = message.company
            told.update({field: getattr(message, field) for field in SPOKEN if getattr(message, field) is not None})
            return {"customer": {**told, "active": message.active and not message.deleted}}
        return {"address": {field: getattr(message, field) for field in ADDRESS_TOLD}}

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
        if address.company and not customer.company_name and not customer.is_company:
            # PrestaShop's own customers have no company: it stands in their addresses only.
            customer.company_name = address.company
        partner = self._record_of(connector, "address", address.id)
        if partner:
            binding = self._bindings()._find(connector, "address", address.id)
            values = self._news(binding, "address", self._told(connector, address, partner)["address"], values, ADDRESS)
            if address.deleted and self._newest(connector, partner) != binding:
                # The shop goes on with it under another id.
                del values["active"]
            changes = self._changes(partner, values)
            if changes:
                partner.write(changes)
            return partner, said
        partner = self._same_address(connector, customer, values)
        if not partner:
            self._retire_replaced(connector, customer, values)
            partner = self.env["res.partner"].create(values)
        elif not address.deleted and not partner.active:
            partner.active = True
        self._bindings()._bind(connector, "address", address.id, partner)
        self.env["sale.order"].sudo()._hub_address_arrived(connector, address.id, partner)
        return partner, said

    def _address_values(self, connector, address, customer):
        Map, said = self.env["sync.hub.map"].sudo(), []
        country = Map._require(connector, "country", address.country) if address.country else None
        state = Map._lookup(connector, "state", address.state, country)
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
        if address.vat and not customer.vat:
            # As the shop has it: a number that Odoo finds wrong is still the customer's.
            customer.with_context(no_vat_validation=True).vat = address.vat
        if "mobile" in self.env["res.partner"]._fields:
            values["mobile"] = address.mobile or False
            values["phone"] = address.phone or False
        return values, said

    def _newest(self, connector, partner):
        """The binding of the id that the shop uses for this address now."""
        return self._bindings()._of_records(connector, partner).filtered(lambda b: b.entity == "address")[-1:]

    def _siblings(self, connector, customer, values):
        """Addresses of the customer at this connector that bear the same name in the customer's address book."""
        # `child_ids` has no archived ones, whatever the context says.
        children = self.env["res.partner"].with_context(active_test=False).search([("parent_id", "=", customer.id)])
        rows = self._bindings().search(
            [
                ("connector_id", "=", connector.id),
                ("entity", "=", "address"),
                ("res_model", "=", "res.partner"),
                ("res_id", "in", children.ids),
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
        if not values["hub_alias"]:
            # Nameless ones are as many places.
            return
        for partner in self._siblings(connector, customer, values).filtered("active"):
            used = self.env["sale.order"].sudo().search_count([("partner_shipping_id", "=", partner.id)], limit=1)
            if used:
                partner.active = False

import re

from odoo import _, models
from odoo.tools.safe_eval import safe_eval

from ..adapters.canonical import RecordPush
from ..adapters.errors import MappingError, OutcomeUnknownError, TransientError
from ..texts import differing, same_text
from .push import Push

#: What a customer without a second name gets as one.
NO_NAME = "-"


class RecordPusher(Push):
    """One record that has a single flow; only the fields that differ from what the remote holds are sent."""

    def __init__(self, row, entity, binding, values, remote_id=""):
        super().__init__(row, remote_id, binding, {row.flow: values})
        self.entity = entity
        self.flow = row.flow

    @property
    def creates(self):
        return not self.binding

    def changes(self):
        if self.by_hand or not self.binding:
            return self.values
        known = self.binding._known(self.flow)
        if known is not None and not differing(self.values[self.flow], known):
            return {}
        return self.values

    def claim(self, flow, token):
        # What the remote held before stays known as the base of a merge, not as something to believe.
        return {"claim": token, "base": self.binding._base(flow)}

    def message(self, changes):
        values = changes[self.flow]
        known = self.binding._known(self.flow) if self.binding and not self.by_hand else None
        row = self.rows[0]
        return RecordPush(
            key=f"{row.res_model},{row.res_id},{self.flow}",
            entity=self.entity,
            remote_id=self.remote_id or None,
            values=values if known is None else differing(values, known),
            lookup=row.action == "lookup",
        )


class PartnerExporter(models.AbstractModel):
    """Customers and addresses as a remote has to know them."""

    _name = "sync.hub.exporter.partner"
    _inherit = "sync.hub.exporter"
    _description = "Partner exporter"

    _chunk = 10

    def _pushes(self, connector, rows):
        # A customer before his addresses: they need his id.
        for row in rows.sorted(lambda row: (row.flow != "customer", row.id)):
            partner = self.env["res.partner"].with_context(active_test=False).browse(row.res_id).exists()
            binding = self._binding(connector, row.flow, partner)
            if not binding and self._unsettled(connector, row):
                text = _("An earlier call that may have made this record has no known outcome: settle that one first.")
                yield Push(row, error=OutcomeUnknownError(text))
                continue
            reason = self._silent(connector, row, partner, binding)
            if reason:
                row._finish("skipped", reason="ignored", result=reason)
                continue
            try:
                if row.flow == "address":
                    values = self._address(connector, partner, binding)
                    values["customer_id"] = self._customer_id(connector, partner)
                else:
                    if not binding:
                        self._refuse_taken(connector, partner)
                    values = self._customer(partner, binding)
                yield RecordPusher(row, row.flow, binding, values, binding.remote_id or "")
            except (MappingError, TransientError) as error:
                yield Push(row, error=error)

    def _created(self, connector, flow, record):
        if flow == "customer":
            places = (record | record.child_ids).filtered("street")
            self.env["sync.hub.log"]._append_records("address", places, "changed", only=connector.id, unbound=True)

    def _binding(self, connector, entity, partner):
        """The newest binding of the contact as this entity: a replaced address has an older one too."""
        return (
            self.env["sync.hub.binding"]
            ._of_records(connector, partner)
            .filtered(lambda binding: binding.entity == entity)[-1:]
        )

    def _refuse_taken(self, connector, partner):
        """Refuse a second contact of one e-mail address: the shop would give it the first one's customer.

        :raises MappingError: naming the other contact.
        """
        same = self.env["res.partner"].search([("email", "=ilike", partner.email), ("id", "!=", partner.id)])
        bound = self.env["sync.hub.binding"]._of_records(connector, same).filtered(lambda b: b.entity == "customer")
        if bound:
            other = self.env["res.partner"].browse(bound[0].res_id)
            raise MappingError(
                _(
                    "The e-mail address %(email)s is that of '%(other)s', customer %(id)s of the shop. Merge the two "
                    "contacts, or give one of them another address.",
                    email=partner.email,
                    other=other.display_name,
                    id=bound[0].remote_id,
                ),
                code="taken",
            )

    def _unsettled(self, connector, row):
        """Whether an earlier create of the same record has no known outcome."""
        return self.env["sync.hub.log"].search_count(
            [
                ("connector_id", "=", connector.id),
                ("res_model", "=", row.res_model),
                ("res_id", "=", row.res_id),
                ("flow", "=", row.flow),
                ("state", "=", "failed"),
                ("error_code", "=", "outcome_unknown"),
                ("id", "<", row.id),
            ],
            limit=1,
        )

    def _silent(self, connector, row, partner, binding):
        """Why there is nothing to send, "" when there is."""
        if not partner:
            return _("The contact was deleted in Odoo.")
        if binding:
            return ""
        if partner.company_id and partner.company_id != connector.company_id:
            return _("The contact belongs to another company.")
        if row.flow == "customer":
            if not connector.push_new_customers:
                return _("New customers are not sent to this shop.")
            if not partner.email:
                return _("The contact has no e-mail address.")
            domain = safe_eval(connector.customer_domain or "[]")
            if not partner.filtered_domain([("parent_id", "=", False), ("active", "=", True), *domain]):
                return _("The contact is not one of the new customers that this shop gets.")
            return ""
        if not partner.street or not partner.city:
            return _("The contact has no address.")
        owner = self._owner(connector, partner)
        if not self._binding(connector, "customer", owner):
            return _("The shop does not know the customer of this address.")
        if partner == owner and any(self._binding(connector, "address", twin) for twin in self._twins(partner)):
            # Odoo gives the first address of a contact to the contact itself too.
            return _("The shop has this address already.")
        return ""

    @staticmethod
    def _twins(partner):
        """Contacts of a customer at his own place."""
        place = [same_text(partner[field]) for field in ("street", "zip", "city")]
        others = partner.child_ids
        return others.filtered(lambda other: [same_text(other[f]) for f in ("street", "zip", "city")] == place)

    def _owner(self, connector, partner):
        """The contact that is the customer: the address itself, or the one above it."""
        while partner.parent_id and not self._binding(connector, "customer", partner):
            partner = partner.parent_id
        return partner

    def _customer_id(self, connector, partner):
        return self._binding(connector, "customer", self._owner(connector, partner)).remote_id

    # ------------------------------------------------------------ values

    def _customer(self, partner, binding):
        known = (binding._base("customer") if binding else None) or {}
        first, last = split_name(partner.name or partner.email or "", known)
        if partner.is_company:
            first, last = known.get("first_name") or NO_NAME, known.get("last_name") or NO_NAME
        values = {"first_name": first, "last_name": last, "email": partner.email or None, "active": partner.active}
        company = partner.name if partner.is_company else partner.company_name
        if company or known.get("company"):
            values["company"] = company or None
        return values

    def _address(self, connector, partner, binding):
        known = (binding._base("address") if binding else None) or {}
        first, last = split_name(partner.name or partner.parent_id.name or "", known)
        company = partner.company_name
        if partner.is_company:
            first, last = known.get("first_name") or NO_NAME, known.get("last_name") or NO_NAME
            company = partner.name
        country = partner.country_id
        values = {
            "alias": (partner.hub_alias or partner.name or _("Address"))[:32],
            "company": company or None,
            "first_name": first,
            "last_name": last,
            "street": partner.street or None,
            "street2": partner.street2 or None,
            "zip": partner.zip or None,
            "city": partner.city or None,
            "country": self._remote(connector, "country", country, partner) if country else None,
            "state": self._remote(connector, "state", partner.state_id, partner, needed=False),
            "phone": partner.phone or None,
        }
        if "mobile" in partner._fields:
            values["mobile"] = partner.mobile or None
        if values["state"] is None and values["country"] == known.get("country"):
            # A province that nobody mapped is empty in Odoo, and is no reason to empty it in the shop.
            del values["state"]
        vat = partner.commercial_partner_id.vat
        if not vat and known.get("vat"):
            values["vat"] = None
        if vat:
            # Countries such as Spain refuse an address without an identification number.
            values.update(vat=vat, identification=re.sub(r"[^0-9A-Za-z.-]", "", vat)[:16])
        return values

    def _remote(self, connector, kind, record, partner, needed=True):
        """The remote's value for a country or state."""
        if not record:
            return None
        value = self.env["sync.hub.map"]._remote_of(connector, kind, record)
        if value is None and needed:
            raise MappingError(
                _(
                    "%(connector)s has no value for %(record)s of %(partner)s. Choose it in Sync Hub > Configuration > "
                    "Value maps, then retry.",
                    connector=connector.name,
                    record=record.display_name,
                    partner=partner.display_name,
                ),
                code="mapping_out",
            )
        return value


def split_name(name, known):
    """(first, last) of a full name, kept as the remote has it where the name still says the same."""
    first, last = known.get("first_name") or "", known.get("last_name") or ""
    if same_text(f"{first} {last}") == same_text(name) and (first or last):
        return first, last
    if last and name.endswith(f" {last}"):
        return name[: -len(last)].strip(), last
    if first and name.startswith(f"{first} "):
        return first, name[len(first) :].strip()
    first, _space, last = name.strip().partition(" ")
    return first or NO_NAME, last.strip() or NO_NAME

from odoo import api, fields, models

from .watch import watch

#: Fields that say who a contact is, and where.
PERSON = ("name", "email", "active", "company_name", "is_company")
PLACE = (
    *("name", "company_name", "street", "street2", "zip", "city", "country_id", "state_id", "phone", "mobile", "vat"),
    *("hub_alias", "parent_id", "type", "active"),
)
#: Types of contacts that are places to deliver to or to write to; the others work there.
ADDRESSES = ("delivery", "invoice", "other")


class ResPartner(models.Model):
    _inherit = "res.partner"

    hub_alias = fields.Char(string="Address name at the shop", copy=False)
    hub_phone2 = fields.Char(string="Second phone")

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._hub_touch(partners, partners)
        return partners

    def write(self, vals):
        with watch(self, vals, dict.fromkeys(self._hub_watched(PERSON), "customer")) as person:
            with watch(self, vals, dict.fromkeys(self._hub_watched(PLACE), "address")) as place:
                result = super().write(vals)
        self._hub_touch(person.of("customer"), place.of("address"))
        return result

    def _hub_watched(self, names):
        # 19.0 knows no mobile number.
        return [name for name in names if name in self._fields]

    def _hub_touch(self, persons, places):
        """Tell the shops that know these contacts, and the ones that want to know new ones."""
        targets = self.env["sync.hub.connector"]._outbound()
        if not any("customer" in target.flows for target in targets):
            return
        Log = self.env["sync.hub.log"]
        # What the shops know already.
        Log._append_records("customer", persons, "changed")
        Log._append_records("address", places, "changed")
        origin = self.env.context.get("sync_origin")
        for target in targets:
            if "customer" not in target.flows or target.id == origin:
                continue
            # New addresses of customers that the shop knows, and new customers where it wants them.
            mine = places.filtered("street")._hub_of_customers(target.id)
            if target.new_customers:
                mine |= places.filtered(lambda p: p.street and (p.type in ADDRESSES or not p.parent_id))
                fresh = persons.filtered(lambda partner: not partner.parent_id and partner.email)
                Log._append_records("customer", fresh, "changed", only=target.id, unbound=True)
            Log._append_records("address", mine, "changed", only=target.id, unbound=True)

    def _hub_of_customers(self, connector_id):
        """The contacts that are customers whom the connector's shop knows, and the addresses below these."""
        above = {partner: partner | partner.parent_id | partner.commercial_partner_id for partner in self.sudo()}
        ids = [record.id for records in above.values() for record in records]
        domain = [("connector_id", "=", connector_id), ("entity", "=", "customer"), ("res_model", "=", "res.partner")]
        bound = set(self.env["sync.hub.binding"].sudo().search([*domain, ("res_id", "in", ids)]).mapped("res_id"))
        return self.filtered(
            lambda partner: (
                partner.id in bound or (partner.type in ADDRESSES and bound & set(above[partner.sudo()].ids))
            )
        )

from odoo import _, models

from ..map import KINDS
from ..texts import same_text

#: Kinds whose `match` is no code of the value itself.
NOT_CODES = ("order_state", "location")


class ValueMapImporter(models.AbstractModel):
    """A remote's own lists become rows of the value map; what a person has chosen stays."""

    _name = "sync.hub.importer.value.map"
    _inherit = "sync.hub.importer"
    _description = "Value map importer"

    def _apply(self, connector, messages):
        return [self._list(connector, message) for message in messages]

    def _list(self, connector, message):
        Map = self.env["sync.hub.map"].sudo()
        field = KINDS[message.kind][1]
        rows = Map.search([("connector_id", "=", connector.id), ("kind", "=", message.kind)])
        known = {row.remote_value: row for row in rows}
        made = matched = 0
        for value in message.values:
            row = known.get(value.value)
            if not row:
                row = Map.create({"connector_id": connector.id, "kind": message.kind, "remote_value": value.value})
                made += 1
            told = {"remote_label": value.label or False, "remote_group": value.group or False}
            if message.kind not in NOT_CODES:
                told["remote_code"] = value.match or False
            changes = self._changes(row, told)
            if not row[field]:
                proposal = self._proposal(connector, message.kind, value, rows)
                if proposal:
                    changes[field] = proposal
                    matched += 1
            if changes:
                row.write(changes)
        return connector, [_("%(new)s new values, %(matched)s matched by themselves.", new=made, matched=matched)]

    def _proposal(self, connector, kind, value, rows):
        """The Odoo side of a value: an action or a record's id, False when nothing fits for certain."""
        if kind == "order_state":
            return value.match
        if kind == "carrier":
            # A carrier that was edited in the shop is a new one of the same reference.
            same = rows.filtered(lambda row: row.remote_group and row.remote_group == value.group and row.carrier_id)
            return same[:1].carrier_id.id
        finder = getattr(self, f"_find_{kind}", None)
        found = finder and finder(connector, value)
        return found.id if found and len(found) == 1 else False

    def _find_currency(self, connector, value):
        return self.env["res.currency"].with_context(active_test=False).search([("name", "=", value.match)])

    def _find_location(self, connector, value):
        """The warehouse of the same name; the only one for the only place."""
        warehouses = connector.warehouse_ids or self.env["stock.warehouse"].search(
            [("company_id", "=", connector.company_id.id)]
        )
        named = warehouses.filtered(lambda warehouse: same_text(warehouse.name) == same_text(value.label))
        return named or (warehouses if value.match == "only" else None)

    def _find_country(self, connector, value):
        return self.env["res.country"].search([("code", "=", value.match)])

    def _find_state(self, connector, value):
        country = self.env["sync.hub.map"].sudo()._lookup(connector, "country", value.group)
        if not country:
            return None
        State = self.env["res.country.state"]
        # The shop writes ES-M or M, Odoo M.
        code = (value.match or "").split("-")[-1]
        found = State.search([("country_id", "=", country.id), ("code", "=", code)])
        return found or State.search([("country_id", "=", country.id), ("name", "=ilike", value.label or "")])

    def _find_tax_id(self, connector, value):
        taxes = self.env["sync.hub.importer.tax"]._sale_taxes(connector)
        return taxes.filtered(lambda tax: f"{tax.amount:g}" == f"{float(value.match):g}")

    def _find_language(self, connector, value):
        code = (value.match or "").replace("-", "_")
        return self.env["res.lang"].search(["|", ("code", "=", code), ("iso_code", "=", code)], limit=1)

"""What an empty row of the value maps may mean: proposals, which count for nothing until a person accepts them."""

import re
from decimal import Decimal, InvalidOperation

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .map import KINDS
from .texts import same_text

#: Kind of a row -> the method that finds the records which may be meant, the best first.
FINDERS = {
    "tax": "_by_rate",
    "tax_id": "_by_rate",
    "currency": "_by_iso",
    "country": "_by_iso",
    "state": "_by_state",
    "payment_method": "_by_journal",
    "carrier": "_by_name",
    "group": "_by_name",
    "location": "_by_warehouse",
    "language": "_by_locale",
}
#: A rate in the name of a tax, such as "IVA 21 %" or "10,5%".
RATE = re.compile(r"(\d+(?:[.,]\d+)?)\s*%")


class SyncHubMap(models.Model):
    _inherit = "sync.hub.map"

    remote_code = fields.Char(readonly=True, help="The ISO code, the rate or the locale that the remote tells of it.")
    proposal = fields.Char(compute="_compute_proposal", help="What it may mean in Odoo, as long as nothing is chosen.")
    when_empty = fields.Char(compute="_compute_when_empty", help="What happens as long as nothing is chosen.")

    @api.depends("kind", "remote_value", "remote_label", "remote_code", *(field for _label, field in KINDS.values()))
    def _compute_proposal(self):
        for row in self:
            row.proposal = row._proposed().display_name or False

    def _compute_when_empty(self):
        told = self._told_when_empty()
        for row in self:
            row.when_empty = not (row.kind and row[KINDS[row.kind][1]]) and told.get(row.kind)

    @api.model
    def _told_when_empty(self):
        """Kind of a row -> what happens when it is left empty."""
        return {
            "order_state": _("Nothing is done for orders in this state."),
            "tax": _("A sales tax of this rate is taken; where there is none, the order fails and says so."),
            "tax_id": _("A sales tax of its rate is taken; where there is none, the order fails and says so."),
            "currency": _("Orders in this currency fail until it is chosen."),
            "country": _("Customers and orders with this country fail until it is chosen."),
            "state": _("Addresses are kept without the province."),
            "payment_method": _("The default journal is taken; without one, booking such a payment fails."),
            "carrier": _("Orders come without a delivery method."),
            "group": _("Customers get no tag."),
            "language": _("Texts come in the first language that is known."),
            "account": _("The connector's pricelist counts."),
            "location": _("No stock is told for this place."),
        }

    def action_accept_proposal(self):
        """Take what is proposed for these rows."""
        for row in self:
            found = row._proposed()
            if found:
                row[KINDS[row.kind][1]] = found

    def action_choose(self):
        """Open the row by itself, to choose another value."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.remote_label or self.remote_value,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    # ------------------------------------------------------------ finding

    def _proposed(self):
        """The record that an empty row may mean, or an empty recordset."""
        self.ensure_one()
        finder = FINDERS.get(self.kind)
        if not finder or not self.connector_id or self[KINDS[self.kind][1]]:
            return self.browse()
        return getattr(self, finder)(self.env[self._fields[KINDS[self.kind][1]].comodel_name])[:1]

    def _by_rate(self, Tax):
        """Sales taxes of the rate: of those that are part of the price, or not, as the connector's prices are; the
        company's own choice first."""
        rate = self._rate()
        if rate is None:
            return Tax
        taxes = self.env["sync.hub.importer.tax"]._sale_taxes(self.connector_id)
        same = taxes.filtered(lambda tax: abs(Decimal(str(tax.amount)) - rate) < Decimal("0.001"))
        included, usual = self.connector_id.price_tax == "included", self.connector_id.company_id.account_sale_tax_id
        return same.sorted(lambda tax: (tax.price_include != included, tax != usual, tax.sequence, tax.id))

    def _rate(self):
        """The rate in per cent, None when nothing tells it."""
        told = RATE.search(self.remote_label or "")
        texts = (self.remote_code, self.remote_value if self.kind == "tax" else None, told and told[1])
        for text in filter(None, texts):
            try:
                return Decimal(text.strip(" %").replace(",", "."))
            except InvalidOperation:
                continue
        return None

    def _by_iso(self, Model):
        field = "name" if self.kind == "currency" else "code"
        codes = [text.upper() for text in (self.remote_code, self.remote_value, self.remote_label) if text]
        # A shop's currency may not be in use here yet.
        return Model.with_context(active_test=False).search([(field, "in", codes)], limit=1)

    def _by_state(self, State):
        country = self._lookup(self.connector_id, "country", self.remote_group)
        if not country:
            return State
        names = filter(None, (self.remote_code, self.remote_label))
        return next(filter(None, (self._state_by_code(name, country) for name in names)), State)

    def _by_locale(self, Lang):
        code = (self.remote_code or self.remote_value or "").replace("-", "_")
        return Lang.search(["|", ("code", "=ilike", code), ("iso_code", "=ilike", code)], limit=1)

    def _by_journal(self, Journal):
        """The journal of the method's name; else the connector's default one."""
        kinds = [("type", "in", ("bank", "cash"))]
        return self._by_name(Journal, kinds) or self.connector_id.payment_journal_id

    def _by_warehouse(self, Warehouse):
        """The warehouse of the place's name or code; the only one for the only place."""
        mine = self.connector_id.warehouse_ids or Warehouse.search(
            [("company_id", "=", self.connector_id.company_id.id)]
        )
        names = self._names()
        named = mine.filtered(lambda warehouse: {_plain(warehouse.name), _plain(warehouse.code)} & names)
        places = [("connector_id", "=", self.connector_id.id), ("kind", "=", "location")]
        return named or (mine if len(mine) == 1 and self.search_count(places) == 1 else Warehouse)

    def _by_name(self, Model, domain=()):
        """Records of the same name; else the one with the most words whose name stands in the remote's."""
        companies = self.connector_id.company_id.parent_ids.ids or self.connector_id.company_id.ids
        of_us = [("company_id", "in", [False, *companies])] if "company_id" in Model._fields else []
        records, names = Model.search([*domain, *of_us]), self._names()
        same = records.filtered(lambda record: _plain(record.name) in names)
        alike = records.filtered(lambda record: any(_stands_in(_plain(record.name), name) for name in names))
        longest = max((len(record.name.split()) for record in alike), default=0)
        best = alike.filtered(lambda record: len(record.name.split()) == longest)
        return same or (best if len(best) == 1 else Model)

    def _names(self):
        return {_plain(text) for text in (self.remote_label, self.remote_value) if text}


class SyncHubConnector(models.Model):
    _inherit = "sync.hub.connector"

    def action_accept_proposals(self):
        """Take all proposals for this connector's values."""
        for connector in self:
            if not connector.map_ids.filtered("proposal"):
                raise UserError(_("Value maps: there is nothing to accept, choose the values by hand."))
            connector.map_ids.action_accept_proposal()


def _plain(text):
    return (same_text(text) or "").casefold()


def _stands_in(name, text):
    """Whether a text has all words of a name: `bank` of `by bank wire`, not `van` of `vanilla`."""
    return bool(name) and set(name.split()) <= set(text.split())

from decimal import Decimal

from odoo import _, models

from ..adapters.errors import MappingError

#: Amounts that differ by no more than this are the same after rounding.
CENT = Decimal("0.011")


class TaxResolver(models.AbstractModel):
    """Finds the tax, and the price in its terms, with which a line comes to the remote's amounts."""

    _name = "sync.hub.importer.tax"
    _inherit = "sync.hub.importer"
    _description = "Tax resolver"

    def _price(self, connector, line, product, currency):
        """(price_unit, account.tax) of a line: the choice whose total is nearest to the remote's.

        :raises MappingError: no sales tax fits the rate.
        """
        if line.own_taxes:
            return self._by_own_taxes(connector, line, product, currency)
        choices = []
        for taxes in self._candidates(connector, line):
            included = bool(taxes) and taxes[0].price_include
            unit = line.unit_incl if included else line.unit_excl
            price = self._rounded(float(unit))
            got = taxes.compute_all(price, currency, float(line.quantity), product)
            off = abs(Decimal(str(got["total_included"])) - line.total_incl)
            off_excl = abs(Decimal(str(got["total_excluded"])) - line.total_excl)
            choices.append((round(off, 2), round(off_excl, 2), len(choices), price, taxes))
        _off, _off_excl, _position, price, taxes = min(choices)
        return price, taxes

    def _by_own_taxes(self, connector, line, product, currency):
        """(price_unit, account.tax) where the remote knows no taxes: the product's own, with or without which it names
        its price. Of taxes of one rate the one that comes to the cent is taken."""
        own = product.taxes_id._filter_taxes_by_company(connector.company_id).with_env(self.env)
        included = connector.price_tax == "included"
        total = line.total_incl if included else line.total_excl
        choices = []
        for taxes in (own, self._twins(connector, own)):
            gross = bool(taxes) and all(tax.price_include for tax in taxes)
            unit = float(line.unit_incl if included else line.unit_excl)
            if included and not gross and taxes:
                price = self._net_of(taxes, unit, currency, product)
            else:
                price = unit
            price = self._rounded(price)
            got = taxes.compute_all(price, currency, float(line.quantity), product)
            off = abs(Decimal(str(got["total_included" if included else "total_excluded"])) - total)
            choices.append((round(off, 2), len(choices), price, taxes))
        _off, _position, price, taxes = min(choices)
        return price, taxes

    @staticmethod
    def _net_of(taxes, gross, currency, product):
        """The price without taxes that comes to a gross one, with more places than the currency has."""

        def total(price):
            return taxes.compute_all(price, currency, 1.0, product)["total_included"]

        # A straight line: percentages rise with the price, fixed amounts do not. Far out, roundings do not count.
        far, start = gross * 10**6, total(0.0)
        slope = (total(far) - start) / far if far else 0
        return (gross - start) / slope if slope else gross

    def _twins(self, connector, own):
        """The taxes of the same rates that are part of the price, or not, the other way round."""
        known = self._sale_taxes(connector)
        found = self.env["account.tax"]
        for tax in own:
            twin = known.filtered(lambda t, tax=tax: t.amount == tax.amount and t.price_include != tax.price_include)
            if tax.amount_type != "percent" or not twin:
                return own
            found |= twin[0]
        return found

    def _rounded(self, price):
        digits = self.env["decimal.precision"].precision_get("Product Price")
        return round(price, digits)

    def _candidates(self, connector, line):
        """Tax choices for a line: by map, then by rate, then by what leads from net to gross."""
        none = self.env["account.tax"]
        told = [self.env["sync.hub.map"].sudo()._lookup(connector, "tax_id", tax_id) for tax_id in line.tax_ids]
        if told and all(told):
            # The remote named its taxes: a rate may belong to several.
            return [none.concat(*told).with_env(self.env)]
        if not line.tax_rate and line.total_excl == line.total_incl:
            mapped = self.env["sync.hub.map"].sudo()._lookup(connector, "tax", "0")
            return [mapped.with_env(self.env)] if mapped else [none]
        rate = f"{line.tax_rate.normalize():f}"
        mapped = self.env["sync.hub.map"].sudo()._lookup(connector, "tax", rate)
        if mapped:
            return [mapped.with_env(self.env)]
        taxes = self._sale_taxes(connector)
        found = [tax for tax in taxes if abs(Decimal(str(tax.amount)) - line.tax_rate) < Decimal("0.001")]
        if not found:
            # A rate worked out from small rounded amounts is never exact: 1.05 on 5.00 may be 20.99 %.
            found = [
                tax
                for tax in taxes
                if abs(line.total_excl * (1 + Decimal(str(tax.amount)) / 100) - line.total_incl) < CENT
            ]
        if not found:
            raise MappingError(
                _(
                    "No sales tax of %(rate)s %% in %(company)s. Create it in Accounting > Configuration > Taxes, or "
                    "choose one in Sync Hub > Configuration > Value maps, then retry.",
                    rate=rate,
                    company=connector.company_id.name,
                ),
                field="tax",
                value=rate,
            )
        return found

    def _sale_taxes(self, connector):
        """The taxes in percent on what the company sells; of `hub_sale_taxes` where they have been looked up."""
        known = self.env.context.get("hub_sale_taxes")
        if known is not None:
            return self.env["account.tax"].browse(known)
        return self.env["account.tax"].search(
            [
                ("company_id", "in", connector.company_id.parent_ids.ids),
                ("type_tax_use", "=", "sale"),
                ("amount_type", "=", "percent"),
            ]
        )

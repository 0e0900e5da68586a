from decimal import Decimal

from odoo import _, models

from ..adapters.canonical import Price
from ..adapters.errors import MappingError


class PriceExporter(models.AbstractModel):
    """The selling price of variants as a connector sells them."""

    _name = "sync.hub.exporter.price"
    _description = "Price exporter"

    def _prices(self, connector, bindings):
        """{binding id: [Price of one remote product, or MappingError]}, in bulk: in the currency of its pricelist, then
        in the connector's further ones.

        A pack costs what so many cost by the pricelist, so that a rule for quantities is a rule for packs.
        """
        prices = {}
        for (pricelist, factor), group in bindings.grouped(lambda b: (self._pricelist(connector, b), b.factor)).items():
            currency = pricelist.currency_id or connector.company_id.currency_id
            products = group._variant().with_company(connector.company_id)
            units = pricelist._get_products_price(products, factor, currency=currency)
            by_id = {product.id: product for product in products}
            for binding in group:
                product = by_id[binding.res_id]
                prices[binding.id] = [self._price(connector, product, units[product.id], currency, factor)]
        for pricelist in connector.currency_pricelist_ids:
            units = self._unit_prices(connector, bindings._variant(), pricelist)
            for binding in bindings:
                prices[binding.id].append(units[binding.res_id])
        return prices

    def _all_unit_prices(self, connector, products):
        """{product id: [Price of one of its unit, or MappingError]}, in all of the connector's currencies."""
        lists = [connector.pricelist_id, *connector.currency_pricelist_ids]
        by_list = [self._unit_prices(connector, products, pricelist) for pricelist in lists]
        return {product.id: [units[product.id] for units in by_list] for product in products}

    def _unit_prices(self, connector, products, pricelist=None):
        """{product id: Price of one of its unit, or MappingError}, by the connector's pricelist unless told."""
        if pricelist is None:
            pricelist = connector.pricelist_id
        currency = pricelist.currency_id or connector.company_id.currency_id
        products = products.with_company(connector.company_id)
        units = pricelist._get_products_price(products, 1.0, currency=currency)
        return {p.id: self._price(connector, p, units[p.id], currency, 1.0) for p in products}

    def _pricelist(self, connector, binding):
        """The pricelist of the account whose product it is, else the connector's."""
        account = binding.account or connector.supplier_code or None
        own = self.env["sync.hub.map"].sudo()._lookup(connector, "account", account)
        return own or connector.pricelist_id

    def _price(self, connector, product, price, currency, factor):
        taxes = product.taxes_id._filter_taxes_by_company(connector.company_id)
        # The whole pack is rounded, once.
        adapter = connector._adapter()
        digits = adapter._price_digits
        kind = adapter._price_tax or connector.price_tax
        if digits is None:
            amount = currency.round(taxes.compute_all(price, currency, factor, product)[f"total_{kind}"])
        else:
            amount = self._unrounded(taxes, price, currency, product, kind, digits) * factor
        if amount <= 0:
            return MappingError(
                _(
                    "The sales price of '%(product)s' is %(amount)s: a product is not given away. Set the field Sales "
                    "Price, or a rule in the pricelist of %(connector)s.",
                    product=product.display_name,
                    amount=amount,
                    connector=connector.name,
                ),
                code="price_not_positive",
            )
        return Price(amount=Decimal(str(amount)), currency=currency.name)

    @staticmethod
    def _unrounded(taxes, price, currency, product, kind, digits):
        """The price with more places than the currency has: 9.99 with 21 % in it is 8.256198 without."""
        # Odoo rounds the totals of a line to the currency: those of a million pieces round what does not count.
        many = 10 ** max(digits - currency.decimal_places, 0)
        return round(taxes.compute_all(price, currency, many, product)[f"total_{kind}"] / many, digits)

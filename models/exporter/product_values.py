from decimal import Decimal

from odoo import _, models

from .. import compat
from ..adapters.errors import MappingError, SyncError
from .product import UNLIMITED


class ProductExporter(models.AbstractModel):
    """What a remote product would be told: its price, its stock, whether it is on sale, how much an order may hold."""

    _inherit = "sync.hub.exporter.product"

    def _value(self, product, binding, row, prices, stocks):
        """A flow's value as JSON, None when there is nothing to say, or the error that prevents it."""
        if row.flow == "publication":
            return product.active and binding.published
        if not product.active:
            return None
        if row.flow == "limits":
            limits = [binding.min_order or None, binding.max_order or None]
            return limits if any(limits) else None
        if row.flow == "price":
            return self._price_values(binding, row, *prices[binding.id])
        return self._stock_value(product, binding, stocks)

    def _which_account(self, binding):
        """The error that without an account all of them would be changed; None when there is one, or one is named."""
        connector = binding.connector_id
        if binding.account or connector.supplier_code:
            return None
        accounts = connector.map_ids.filtered(lambda row: row.kind == "account").mapped("remote_value")
        if len(accounts) < 2:
            return None
        return MappingError(
            _(
                "Orders of several accounts have come (%(accounts)s): without one this would change the product in all "
                "of them. Enter the Account of %(connector)s, or that of the product's binding.",
                accounts=", ".join(sorted(accounts)),
                connector=connector.name,
            ),
            field="account",
            code="account_needed",
        )

    def _price_values(self, binding, row, price, *more):
        """[amount, currency, [amount, currency] of each further currency], or the error that prevents it."""
        wrong = next((one for one in (price, *more) if isinstance(one, Exception)), None)
        value = wrong or self._price_value(binding, row, price)
        return value if isinstance(value, Exception) else [*value, *([f"{p.amount:f}", p.currency] for p in more)]

    def _price_value(self, binding, row, price):
        value = [f"{price.amount:f}" if self._precise(binding) else f"{price.amount:.2f}", price.currency]
        limit, old = binding.connector_id.price_guard, self._old_price(binding)
        if not limit or not old or row.approved == value[0] or self.env.context.get("hub_only_look"):
            return value
        change = 100 * (float(value[0]) - old) / old
        if abs(change) <= limit:
            return value
        connector = binding.connector_id
        self.env["sync.hub.incident"]._open(
            connector,
            "price_guard",
            _("Price changes wait for approval"),
            _("Some prices change by more than %(limit)g %%: "
              "Sync Hub > Operations > Sync log, filter Waiting for approval.",
              limit=limit),
        )  # fmt: skip
        return MappingError(
            _(
                "The price goes from %(old).2f to %(new)s (%(change)+.1f %%), more than the %(limit)g %% that "
                "%(connector)s may send by itself. A manager presses Approve to send it.",
                old=old,
                new=value[0],
                change=change,
                limit=limit,
                connector=connector.name,
            ),
            field="price",
            value=value[0],
            code="price_guard",
        )

    def _old_price(self, binding):
        """The price that the remote has, 0 when nobody knows."""
        known = binding._base("price")
        if known:
            return float(known[0])
        rows = self.env["sync.hub.remote.product"]
        mine = [("connector_id", "=", binding.connector_id.id), ("remote_id", "=", binding.remote_id)]
        return rows.search(mine, limit=1).price

    def _stock_value(self, product, binding, stocks):
        if binding.availability == "unlimited":
            return UNLIMITED
        if isinstance(stocks, Exception):
            return stocks
        never, packs = binding.availability == "none", self.env["sync.hub.exporter.stock"]._packs
        if not never and (not compat.is_storable(product) or (binding.bundle and not compat.is_kit(product))):
            return None
        # One quantity, or one for each of the remote's places.
        here, factor = stocks[product.id], 0 if never else Decimal(str(binding.factor))
        value = lambda quantity: packs(quantity, factor) if factor else 0  # noqa: E731
        return {place: value(quantity) for place, quantity in here.items()} if isinstance(here, dict) else value(here)

    @staticmethod
    def _precise(binding):
        return binding.connector_id._adapter()._price_digits is not None

    def _read_now(self, connector, by_binding, by_id):
        """Prices of the packs, quantities of the products and lines that are held back for them, in bulk."""
        priced = self.env["sync.hub.binding"]
        counted = self.env["product.product"]
        for binding, rows in by_binding.items():
            product = by_id[binding.res_id]
            flows = set(rows.mapped("flow")) if product.active else set()
            if "price" in flows:
                priced |= binding
            if "stock" in flows:
                counted |= product
        prices = self.env["sync.hub.exporter.price"]._prices(connector, priced) if priced else {}
        return prices, *self._count(connector, counted.with_company(connector.company_id))

    def _count(self, connector, products):
        """(quantities or the error that prevents them, lines that are held back) of products, by id."""
        Stock = self.env["sync.hub.exporter.stock"]
        if not products:
            return {}, {}
        if not connector._adapter()._stock_places:
            return Stock._available(connector, products), {}
        try:
            return Stock._by_place(connector, products), Stock._held(connector, products)
        except SyncError as error:
            return error, {}

from decimal import Decimal

from odoo import _, models

from .. import compat
from ..adapters.canonical import Limits, Price, ProductPush, Publication, Stock
from ..adapters.errors import MappingError, SyncError
from ..binding_pack import AT
from .push import Push

#: What the stock flow says of a product that is sold without counting.
UNLIMITED = "unlimited"


class ProductPusher(Push):
    """All that one remote product would be told."""

    pieces = None
    #: Ids of order lines for which the remote holds pieces back that are given away in Odoo too.
    held = ()

    def message(self, changes):
        price, limits = changes.get("price"), changes.get("limits")
        published = changes.get("publication")
        remote_id, _at, account = self.remote_id.partition(AT) if not self.binding else (self.remote_id, "", "")
        return ProductPush(
            remote_id=remote_id,
            account=(self.binding.account if self.binding else account) or None,
            base_id=self.binding and self.binding.base_ref or None,
            price=Price(amount=Decimal(price[0]), currency=price[1]) if price else None,
            more_prices=[Price(amount=Decimal(amount), currency=name) for amount, name in (price or ())[2:]],
            stock=self._stock(changes.get("stock")),
            publication=Publication(published=published) if published is not None else None,
            limits=Limits(least=limits[0], most=limits[1]) if limits else None,
        )

    def _stock(self, value):
        if value is None:
            return None
        if value == UNLIMITED:
            return Stock(quantity=0, unlimited=True)
        if isinstance(value, dict):
            return Stock(quantity=sum(value.values()), levels=value, held=self.held)
        return Stock(quantity=value, pieces=self.pieces)

    def claim(self, flow, token):
        # What a remote was last known to ask stays known: it tells how far a new price is from it.
        base = self.binding._base(flow) if flow == "price" else None
        return {"claim": token, "base": base} if base else {"claim": token}


class ProductExporter(models.AbstractModel):
    """Odoo's variants as they are now, as what their remote products have to be told."""

    _name = "sync.hub.exporter.product"
    _description = "Product exporter"
    _inherit = "sync.hub.exporter"

    def _spread(self, connector, rows):
        """A variant of several packs gets a row for each of them: they are told, fail and are retried apart."""
        wide = rows.filtered(lambda row: row.action not in ("unpublish", "pack"))
        products = self._products(connector, wide)
        bindings = self._bindings(connector, products)
        spread, made = self.env["sync.hub.log"], self.env["sync.hub.log"]
        for row in wide:
            mine = bindings.get(row.res_id, ())
            if len(mine) < 2:
                continue
            values = {field: row[field] for field in ("direction", "lane", "priority", "trigger", "entity", "flow",
                                                      "res_model", "res_id")}  # fmt: skip
            values.update(connector_id=connector.id, company_id=row.company_id.id, run_id=row.run_id.id, action="pack")
            made += made.create([{**values, "remote_id": binding._key()} for binding in mine])
            row._finish("done", result=_("Stood for %s packs.", len(mine)))
            spread |= row
        return rows - spread + made

    def _products(self, connector, rows):
        ids = dict.fromkeys(rows.mapped("res_id"))
        products = self.env["product.product"].with_context(active_test=False).browse(ids).exists()
        return products.with_company(connector.company_id)

    def _pushes(self, connector, rows):
        """`Push`es for the newest rows of some variants; rows that have nothing to say are closed here."""
        gone = rows.filtered(lambda row: row.action == "unpublish")
        pushes = list(self._unpublish(connector, gone))
        rows -= gone
        products = self._products(connector, rows)
        by_id = {product.id: product for product in products}
        bindings = self._bindings(connector, products)
        by_binding = {}
        for row in rows:
            binding = self._meant(row, bindings.get(row.res_id, ()))
            if not binding or row.res_id not in by_id:
                row._finish("skipped", reason="ignored", result=_("The product is not linked to this connector."))
                continue
            by_binding.setdefault(binding, self.env["sync.hub.log"])
            by_binding[binding] |= row
        known = self._read_now(connector, by_binding, by_id)
        for binding, mine in by_binding.items():
            pushes += self._of_product(by_id[binding.res_id], binding, mine, *known)
        return pushes

    @staticmethod
    def _meant(row, bindings):
        """The binding that a row is about, None when it is not there any more."""
        if row.action == "pack":
            return next((binding for binding in bindings if binding._key() == row.remote_id), None)
        return bindings[0] if bindings else None

    def _of_product(self, product, binding, rows, prices, stocks, held):
        """The pushes of one pack: one with all its values, and one for a value that cannot be sent."""
        values, told = {}, self.env["sync.hub.log"]
        doubt = self._which_account(binding)
        if doubt:
            yield ProductPusher(rows, binding.remote_id, binding, error=doubt)
            return
        for row in rows:
            value = self._value(product, binding, row, prices, stocks)
            if isinstance(value, Exception):
                yield ProductPusher(row, binding.remote_id, binding, error=value)
            elif value is None:
                row._finish("skipped", reason="ignored", result=self._silent(product, binding, row.flow))
            else:
                values[row.flow] = value
                told |= row
        if told:
            push = ProductPusher(told, binding.remote_id, binding, values)
            if binding.connector_id._adapter()._stock_places:
                push.held = held.get(product.id, ())
            elif product.id in stocks:
                per_piece = Decimal(str(binding.factor)) / (binding.unit_count or 1)
                push.pieces = self.env["sync.hub.exporter.stock"]._packs(stocks[product.id], per_piece)
            yield push

    @staticmethod
    def _silent(product, binding, flow):
        if not product.active:
            return _("The product is archived.")
        if flow == "limits":
            return _("No least or most per order is set.")
        if binding.bundle:
            return _("A bundle: its stock is sent only where the product in Odoo is a kit (app Manufacturing).")
        return _("Odoo does not count the stock of this product.")

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
        if not limit or not old or row.approved == value[0]:
            return value
        change = 100 * (float(value[0]) - old) / old
        if abs(change) <= limit:
            return value
        connector = binding.connector_id
        connector._report(
            _("Price changes wait for approval"),
            _("Some prices change by more than %(limit)g %%: Sync Hub > Sync log, filter Waiting for approval.",
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

    def _bindings(self, connector, products):
        """{product id: bindings}; a kind that maps by a product field gets the simple ones made from it."""
        Binding, field = self.env["sync.hub.binding"], connector._adapter()._product_field
        found = Binding._of_records(connector, products).filtered(lambda b: b.entity == "product")
        if field:
            found = self._follow_field(connector, products, found, field)
        return found.sorted("id").grouped("res_id")

    def _follow_field(self, connector, products, found, field):
        """The bindings, the simple ones in line with the products' field."""
        Binding = self.env["sync.hub.binding"]
        named = {product.id: product[field] or "" for product in products}
        # First part with what no longer holds, then bind: ids may have been swapped between two products.
        stale = found.filtered(lambda b: b.from_field and b.remote_id != named[b.res_id])
        kept = {b.res_id: {f: b[f] for f in ("factor", "min_order", "max_order", "published", "availability")}
                for b in stale}  # fmt: skip
        uoms = {binding.res_id: binding.uom_id.id for binding in stale}
        found -= stale
        stale.unlink()
        for product in products.filtered(field):
            mine = found.filtered(lambda b, p=product: b.res_id == p.id and b.remote_id == p[field])
            if not mine:
                # An id that was corrected still names the same pack.
                values = {"agreed": {}, "uom_id": uoms.get(product.id, False), **kept.get(product.id, {"factor": 1.0})}
                found |= Binding._bind(connector, "product", product[field], product, from_field=True, **values)
            elif not mine[0].from_field:
                mine[0].with_context(hub_engine=True).from_field = True
        return found

    def _unpublish(self, connector, rows):
        """Take remote products off sale, unless another product has taken over their id by now."""
        field = connector._adapter()._product_field
        for row in rows:
            heir = field and self.env["product.product"].search([(field, "=", row.remote_id)], limit=1)
            bound = self.env["sync.hub.binding"]._record_of(connector, "product", row.remote_id)
            if not heir and field and bound and bound.id != row.res_id:
                heir = bound
            if heir:
                row._finish(
                    "skipped",
                    reason="superseded",
                    result=_("%(product)s bears this id now.", product=heir.display_name),
                )
            else:
                yield ProductPusher(row, row.remote_id, self.env["sync.hub.binding"], {"publication": False})

from decimal import Decimal

from odoo import _, models

from .. import compat
from ..adapters.canonical import Price, ProductPush, Publication, Stock
from .push import Push


class ProductPusher(Push):
    """All that one remote product would be told."""

    def message(self, changes):
        price, stock = changes.get("price"), changes.get("stock")
        published = changes.get("publication")
        return ProductPush(
            remote_id=self.remote_id,
            price=Price(amount=Decimal(price[0]), currency=price[1]) if price else None,
            stock=Stock(quantity=stock) if stock is not None else None,
            publication=Publication(published=published) if published is not None else None,
        )


class ProductExporter(models.AbstractModel):
    """Odoo's variants as they are now, as what their remote products have to be told."""

    _name = "sync.hub.exporter.product"
    _description = "Product exporter"
    _inherit = "sync.hub.exporter"

    def _pushes(self, connector, rows):
        """`Push`es for the newest rows of some variants; rows that have nothing to say are closed here."""
        gone = rows.filtered(lambda row: row.action == "unpublish")
        pushes = list(self._unpublish(connector, gone))
        rows -= gone
        ids = dict.fromkeys(rows.mapped("res_id"))
        products = self.env["product.product"].with_context(active_test=False).browse(ids).exists()
        products = products.with_company(connector.company_id)
        by_id = {product.id: product for product in products}
        bindings = self._bindings(connector, products)
        prices, stocks = self._read_now(connector, rows, products, bindings)
        by_product = {}
        for row in rows:
            by_product.setdefault(row.res_id, self.env["sync.hub.log"])
            by_product[row.res_id] |= row
        for product_id, mine in by_product.items():
            product, binding = by_id.get(product_id), bindings.get(product_id)
            if not product or not binding:
                mine._finish("skipped", reason="ignored", result=_("The product is not linked to this connector."))
                continue
            pushes += self._of_product(product, binding, mine, prices, stocks)
        return pushes

    def _of_product(self, product, binding, rows, prices, stocks):
        """The pushes of one variant: one with all its values, and one for a value that cannot be sent."""
        values, told = {}, self.env["sync.hub.log"]
        for row in rows:
            value = self._value(product, binding, row.flow, prices, stocks)
            if isinstance(value, Exception):
                yield ProductPusher(row, binding.remote_id, binding, error=value)
            elif value is None:
                row._finish("skipped", reason="ignored", result=self._silent(product))
            else:
                values[row.flow] = value
                told |= row
        if told:
            yield ProductPusher(told, binding.remote_id, binding, values)

    @staticmethod
    def _silent(product):
        if not product.active:
            return _("The product is archived.")
        return _("Odoo does not count the stock of this product.")

    def _value(self, product, binding, flow, prices, stocks):
        """A flow's value as JSON, None when there is nothing to say, or the error that prevents it."""
        if flow == "publication":
            return product.active
        if not product.active:
            return None
        if flow == "price":
            price = prices[product.id]
            if isinstance(price, Exception):
                return price
            return [f"{price.amount:f}" if self._precise(binding) else f"{price.amount:.2f}", price.currency]
        if not compat.is_storable(product):
            return None
        return self.env["sync.hub.exporter.stock"]._packs(stocks[product.id], binding.factor)

    @staticmethod
    def _precise(binding):
        return binding.connector_id._adapter()._price_digits is not None

    def _read_now(self, connector, rows, products, bindings):
        """Prices and quantities of the products that have a row for them, in bulk."""
        wanted = {flow: {row.res_id for row in rows if row.flow == flow} for flow in ("price", "stock")}
        of_flow = {flow: products.filtered(lambda p, ids=ids: p.active and p.id in ids) for flow, ids in wanted.items()}
        factors = {product_id: binding.factor for product_id, binding in bindings.items()}
        prices = {}
        if of_flow["price"]:
            prices = self.env["sync.hub.exporter.price"]._prices(connector, of_flow["price"], factors)
        stocks = self.env["sync.hub.exporter.stock"]._available(connector, of_flow["stock"]) if of_flow["stock"] else {}
        return prices, stocks

    def _bindings(self, connector, products):
        """{product id: binding}; a kind that maps by a product field gets its bindings made from it."""
        Binding, field = self.env["sync.hub.binding"], connector._adapter()._product_field
        found = {}
        for binding in Binding._of_records(connector, products).filtered(lambda b: b.entity == "product"):
            found.setdefault(binding.res_id, binding)
        if not field:
            return found
        # First part with what no longer holds, then bind: ids may have been swapped between two products.
        stale = [b for product_id, b in found.items() if b.remote_id != (products.browse(product_id)[field] or "")]
        factors = {binding.res_id: binding.factor for binding in stale}
        for binding in stale:
            found.pop(binding.res_id)
            binding.unlink()
        for product in products.filtered(field):
            if product.id not in found:
                # An id that was corrected still names the same pack.
                values = {"agreed": {}, "factor": factors.get(product.id, 1.0)}
                found[product.id] = Binding._bind(connector, "product", product[field], product, **values)
        return found

    def _unpublish(self, connector, rows):
        """Take remote products off sale, unless another product has taken over their id by now."""
        field = connector._adapter()._product_field
        for row in rows:
            heir = field and self.env["product.product"].search([(field, "=", row.remote_id)], limit=1)
            if heir:
                row._finish(
                    "skipped",
                    reason="superseded",
                    result=_("%(product)s bears this id now.", product=heir.display_name),
                )
            else:
                yield ProductPusher(row, row.remote_id, self.env["sync.hub.binding"], {"publication": False})

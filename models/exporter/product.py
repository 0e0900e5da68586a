from decimal import Decimal

from odoo import _, models

from ..adapters.canonical import Limits, Price, ProductPush, Publication, Stock
from ..binding_pack import AT
from ..flows import CATALOGUE
from ..log import OPEN
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

    def _refused(self, connector, rows, error):
        """What the remote does not have any more is made anew where its products are made of ours."""
        if getattr(error, "code", "") != "gone":
            return None
        Log, products = self.env["sync.hub.log"], self._products(connector, rows)
        made = self.env["sync.hub.binding"]._of_records(connector, products.product_tmpl_id)
        made._clear_agreed([CATALOGUE])
        run = rows.run_id[:1]
        run.total += Log._append_products(CATALOGUE, products, "changed", only=connector.id, run=run)
        waiting = [("connector_id", "=", connector.id), ("flow", "=", CATALOGUE), ("state", "in", OPEN)]
        waiting += [("res_model", "=", "product.template"), ("res_id", "in", products.product_tmpl_id.ids)]
        if not Log.search_count(waiting, limit=1):
            return None
        said = _("The shop does not have it any more: the product is told anew.")
        return {"state": "skipped", "reason": "superseded", "result": said}

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

from odoo import _, fields, models

from ..adapters.canonical import CatalogueIndex
from ..remote_product import PRICE_DIGITS


class CatalogueImporter(models.AbstractModel):
    """A remote's products become rows that can be tied to Odoo's; nothing is tied here."""

    _name = "sync.hub.importer.catalogue"
    _inherit = "sync.hub.importer"
    _description = "Catalogue importer"

    def _apply(self, connector, messages):
        self = self.with_context(hub_engine=True)
        apply = {True: self._index, False: self._page}
        return [(connector, apply[isinstance(m, CatalogueIndex)](connector, m)) for m in messages]

    def _rows(self, connector, field, values):
        rows = self.env["sync.hub.remote.product"].sudo()
        return rows.search([("connector_id", "=", connector.id), (field, "in", list(values))])

    def _page(self, connector, message):
        """Make and update the rows of a page; what it no longer shows of its products is gone."""
        products = self._apart(connector, message)
        known = {row.remote_id: row for row in self._rows(connector, "remote_id", products)}
        seen = {"seen_at": fields.Datetime.now(), "gone": False}
        Row = self.env["sync.hub.remote.product"].sudo()
        made, changed, dearer = [], Row.browse(), set()
        for product in products.values():
            values, row = self._values(product), known.get(product.id)
            if row is None:
                made.append({"connector_id": connector.id, "remote_id": product.id, **values, **seen})
                continue
            if changes := self._changes(row, {**values, "gone": False}):
                if product.kind == "parent" and row.seen_at and "price" in changes:
                    dearer.add(product.id)
                row.write({**changes, **seen})
                changed |= row
        parents = [product.id for product in message.products]
        lost = self._rows(connector, "parent_remote_id", parents).filtered(
            lambda row: not row.gone and row.remote_id not in products
        )
        lost.write({"gone": True})
        new = Row.create(made)
        (new | changed | lost)._match()
        self._reprice(connector, [p.id for p in message.products if p.parent_id in dearer])
        if message.mark:
            lost |= self._end_of_page(connector, message, list(products))
        said = _("%(new)s new, %(changed)s changed, %(gone)s gone.",
                 new=len(new), changed=len(changed), gone=len(lost))  # fmt: skip
        return [said]

    def _apart(self, connector, message):
        """{id: product} of a page; one whose id belongs to another row of the remote goes by its other id."""
        ids = {product.id for product in message.products}
        codes = {row.remote_id: row.code for row in self._rows(connector, "remote_id", ids)}
        products = {}
        for product in message.products:
            if product.code and product.other_id and codes.get(product.id) not in (None, False, product.code):
                product = product.model_copy(update={"id": product.other_id})
            products[product.id] = product
        return products

    def _end_of_page(self, connector, message, ids):
        """Mark what this reading has shown; after its last page the rest is gone. Returns what went."""
        rows = self._rows(connector, "remote_id", ids)
        rows.write({"reading_ref": message.mark})
        if not message.last:
            return rows.browse()
        every = rows.search([("connector_id", "=", connector.id), ("gone", "=", False), ("seen_at", "!=", False)])
        gone = every.filtered(lambda row: row.reading_ref != message.mark)
        gone.write({"gone": True})
        gone._match()
        return gone

    @staticmethod
    def _values(product):
        return {
            "parent_remote_id": product.parent_id or False,
            "kind": product.kind,
            "sku": product.sku or False,
            "barcode": product.barcode or False,
            "name": product.name,
            "price": round(float(product.price or 0), PRICE_DIGITS),
            "on_sale": product.active,
            **(
                {
                    "code": product.code,
                    "unit": product.unit or False,
                    "unit_count": product.unit_count,
                    "base_ref": product.base_id or False,
                    "bundle": product.bundle,
                }
                if product.code
                else {}
            ),
        }

    def _index(self, connector, message):
        """Mark what the remote does not have any more, and what it has again."""
        ids = set(message.ids)
        rows = self.env["sync.hub.remote.product"].sudo().search([("connector_id", "=", connector.id)])
        lost = rows.filtered(lambda r: not r.gone and r.seen_at and (r.parent_remote_id or r.remote_id) not in ids)
        # A combination that is back comes with its page.
        back = rows.filtered(lambda r: r.gone and not r.parent_remote_id and r.remote_id in ids)
        lost.write({"gone": True})
        back.write({"gone": False})
        rows._match()
        return [_("%(gone)s gone, %(back)s back.", gone=len(lost), back=len(back))]

    def _reprice(self, connector, remote_ids):
        """The price of a product has changed at the remote, and with it that of its combinations: say ours again."""
        bindings = self._bindings().search(
            [
                ("connector_id", "=", connector.id),
                ("entity", "=", "product"),
                ("res_model", "=", "product.product"),
                ("remote_id", "in", remote_ids),
            ]
        )
        if bindings:
            bindings._clear_agreed(["price"])
            products = self.env["product.product"].sudo().browse(bindings.mapped("res_id"))
            products.with_context(sync_origin=None)._hub_touch("price", "changed")

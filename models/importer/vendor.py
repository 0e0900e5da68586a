from typing import NamedTuple

from odoo import _, models

from ..adapters.canonical import VendorCatalogue, VendorNews, VendorStock
from ..adapters.errors import MappingError
from ..vendor.wire import Variant, VendorError


class Terms(NamedTuple):
    """On which terms a vendor's products are made, as a token says it too."""

    partner_id: models.BaseModel
    company_id: models.BaseModel
    sale_ok: bool
    categ_id: models.BaseModel


class VendorImporter(models.AbstractModel):
    """What a vendor's shop tells becomes vendor stock, as if he had told it by the API that we serve."""

    _name = "sync.hub.importer.vendor"
    _inherit = "sync.hub.importer"
    _description = "Vendor importer"

    def _apply(self, connector, messages):
        apply = {VendorCatalogue: self._catalogue, VendorStock: self._stock, VendorNews: self._news_of_stock}
        return [apply.get(type(message), self._order_state)(connector, message) for message in messages]

    def _rows(self, connector, domain=()):
        if not connector.vendor_partner_id:
            raise MappingError(_("Vendor: choose whose shop %s is, in Configuration > Connectors.", connector.name))
        mine = [("partner_id", "=", connector.vendor_partner_id.id), ("company_id", "=", connector.company_id.id)]
        return self.env["sync.hub.vendor.product"].sudo().search([*mine, *domain])

    # ------------------------------------------------------------ products and stock

    def _news_of_stock(self, connector, message):
        connector.sudo()._read_lists(connector._adapter()._sources, "webhook")
        return connector, [_("The vendor's stock is read again.")]

    def _stock(self, connector, message):
        rows = self._rows(connector)
        changed = rows.browse()
        for row in rows:
            if row.sku in message.quantities:
                changed |= row._tell(message.quantities[row.sku])
        unknown = set(message.quantities) - set(rows.mapped("sku"))
        said = [_("%s changed.", len(changed))]
        if unknown:
            said.append(_("%s variants of the vendor are not known yet: press 'Read the shop'.", len(unknown)))
        return connector, said

    def _catalogue(self, connector, message):
        rows = {row.sku: row for row in self._rows(connector)}
        made = told = 0
        problems = []
        for product in message.products:
            new = [variant for variant in product.variants if variant.sku not in rows]
            if new:
                try:
                    with self.env.cr.savepoint():
                        rows.update(self._take_up(connector, product, new))
                    made += len(new)
                except VendorError as error:
                    problems.append(f"{product.name}: {error}")
            for variant in product.variants:
                if variant.sku in rows:
                    told += bool(rows[variant.sku]._tell(variant.quantity, variant.price))
        gone = 0
        if message.all_skus is not None:
            lost = [row for sku, row in rows.items() if sku not in message.all_skus and row.quantity]
            gone = sum(bool(row._tell(0)) for row in lost)
        said = [_("%(new)s new, %(changed)s changed, %(gone)s gone.", new=made, changed=told, gone=gone)]
        return connector, [*said, *problems]

    def _take_up(self, connector, product, new):
        """{SKU: vendor stock} of variants that the vendor sells and we do not know yet."""
        variants = self._matched(connector, new) if connector.match_sku else {}
        rest = [variant for variant in new if variant.sku not in variants]
        variants.update(self._made(connector, product, rest) if rest else {})
        Row = self.env["sync.hub.vendor.product"].sudo()
        return {
            sku: Row.create({
                "partner_id": connector.vendor_partner_id.id,
                "company_id": connector.company_id.id,
                "product_id": variant.id,
                "sku": sku,
            })
            for sku, variant in variants.items()
        }  # fmt: skip

    def _matched(self, connector, new):
        """{SKU: product} where just one product bears the SKU as Internal Reference."""
        companies = [False, *(connector.company_id.parent_ids.ids or connector.company_id.ids)]
        domain = [("default_code", "in", [variant.sku for variant in new]), ("company_id", "in", companies)]
        found = self.env["product.product"].sudo().search(domain).grouped("default_code")
        return {sku: products for sku, products in found.items() if len(products) == 1}

    def _made(self, connector, product, new):
        """{SKU: product}: one with variants where they make up all combinations, else each by itself."""
        terms = Terms(
            connector.vendor_partner_id, connector.company_id, connector.vendor_sale_ok, connector.vendor_categ_id
        )
        making = self.env["sync.hub.vendor.making"].sudo()
        wire = [Variant(default_code=v.sku, attributes=v.attributes) for v in new]
        try:
            with self.env.cr.savepoint():
                return making._make(terms, product.name, wire)
        except VendorError:
            by_sku = {}
            for variant in new:
                parts = [product.name, *(variant.attributes.values() or filter(None, [variant.name]))]
                by_sku.update(making._make(terms, " - ".join(parts), [Variant(default_code=variant.sku)]))
            return by_sku

    # ------------------------------------------------------------ orders

    def _order_state(self, connector, message):
        """How an order of ours stands."""
        order = self._record_of(connector, "vendor_order", message.id)
        if not order:
            raise MappingError(_("The vendor's order '%s' is none of ours.", message.id), code="not_ours")
        order = order.sudo()
        tracking = "\n".join(
            " ".join(filter(None, [parcel.carrier, parcel.number, parcel.url])) for parcel in message.shipments
        )
        values = {
            "state": message.state,
            "remote_number": message.number or False,
            "remote_status": message.status,
            "total": float(message.total or 0),
            "shipping": float(message.shipping or 0),
            "tracking": tracking or False,
        }
        changes = self._changes(order, values)
        if changes:
            order.write(changes)
        if tracking and "tracking" in changes:
            note = _("%(order)s of %(vendor)s is on its way: %(parcels)s", order=order.name,
                     vendor=order.partner_id.display_name, parcels=tracking)  # fmt: skip
            self._log_note(order.sale_id.with_env(self.env), note)
        if message.state == "cancelled" and "state" in changes and not order.to_cancel:
            connector._report(
                _("The vendor cancelled an order"),
                _("%s: order it elsewhere, or tell the customer.", order.name),
                order.sale_id,
            )
        return order, [message.status]

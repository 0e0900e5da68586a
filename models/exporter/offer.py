from decimal import Decimal

from odoo import _, models

from .. import compat
from ..adapters.canonical import Offer, OfferVariant
from ..adapters.errors import MappingError
from .push import Push


class OfferPusher(Push):
    """A product with its variants, as the retailer shall hold them.

    :param dict values: {"offer": {SKU: [quantity, price]}}, what is compared with what was agreed.
    :param dict card: what only a new product needs: name, currency, and the attributes by SKU.
    """

    def __init__(self, rows, remote_id="", binding=None, values=None, card=None, error=None):
        super().__init__(rows, remote_id, binding, {"offer": values} if values else None, error)
        self.card = card

    def claim(self, flow, token):
        # Which variants the retailer has stays known: one that is gone must be set to nothing.
        base = self.binding._base(flow)
        return {"claim": token, "base": base} if base else {"claim": token}

    def message(self, changes):
        attributes = self.card["attributes"]
        return Offer(
            remote_id=self.remote_id,
            name=self.card["name"],
            currency=self.card["currency"],
            known=bool(self.binding),
            variants=[
                OfferVariant(
                    sku=sku,
                    quantity=quantity,
                    price=Decimal(price),
                    attributes=attributes.get(sku, {}),
                    gone=sku not in attributes,
                )
                for sku, (quantity, price) in changes["offer"].items()
            ],
        )


class OfferExporter(models.AbstractModel):
    """Odoo's products as they are now, as what a retailer is offered."""

    _name = "sync.hub.exporter.offer"
    _inherit = "sync.hub.exporter"
    _description = "Offer exporter"

    def _pushes(self, connector, rows):
        by_id = rows.grouped("res_id")
        everything = self.env["product.template"].with_context(
            active_test=False, allowed_company_ids=connector.company_id.ids, lang=connector.run_as_id.lang
        )
        products = everything.browse(by_id).exists()
        chosen = set(products.with_context(active_test=True).search(
            [("id", "in", products.ids), *connector._offer_domain()]).ids)  # fmt: skip
        bindings = self.env["sync.hub.binding"]._of_records(connector, everything.browse(by_id))
        bindings = bindings.filtered(lambda b: b.entity == "offer").grouped("res_id")
        for deleted in set(by_id) - set(products.ids):
            yield from self._of_deleted(connector, bindings.get(deleted), by_id[deleted])
        offered = {product: self._variants(product) if product.id in chosen else [] for product in products}
        variants = self.env["product.product"].browse([v.id for mine in offered.values() for v in mine])
        prices = self.env["sync.hub.exporter.price"]._unit_prices(connector, variants)
        stocks = self.env["sync.hub.exporter.stock"]._available(connector, variants) if variants else {}
        for product, mine in offered.items():
            binding = bindings.get(product.id, self.env["sync.hub.binding"])[:1]
            yield from self._of_product(connector, product, mine, binding, by_id[product.id], prices, stocks)

    @staticmethod
    def _of_deleted(connector, binding, rows):
        """The retailer must not go on selling what is not there any more."""
        held = (binding and binding[0]._base("offer")) or {}
        if not held:
            rows._finish("skipped", reason="ignored", result=_("The product is not there any more."))
            return
        values = {sku: [0, price] for sku, (_quantity, price) in held.items()}
        card = {"name": binding[0].remote_id, "currency": connector.company_id.currency_id.name, "attributes": {}}
        yield OfferPusher(rows, binding[0].remote_id, binding[0], values, card)

    @staticmethod
    def _variants(product):
        """The variants that can be offered."""
        return product.product_variant_ids.filtered(lambda v: v.active and compat.is_storable(v)).sorted("id")

    def _of_product(self, connector, product, variants, binding, rows, prices, stocks):
        if not variants and not binding:
            rows._finish("skipped", reason="ignored", result=self._silent(product))
            return
        error = self._problem(product, variants) or next(
            (prices[v.id] for v in variants if isinstance(prices[v.id], Exception)), None
        )
        if error:
            yield OfferPusher(rows, binding.remote_id or product.default_code or "", binding, error=error)
            return
        currency = connector.pricelist_id.currency_id or connector.company_id.currency_id
        packs, values, attributes = self.env["sync.hub.exporter.stock"]._packs, {}, {}
        for variant in variants:
            sku = variant.default_code.strip()
            values[sku] = [packs(stocks[variant.id], 1), f"{prices[variant.id].amount:.{currency.decimal_places}f}"]
            attributes[sku] = self._attributes(variant)
        for sku, (_quantity, price) in ((binding and binding._base("offer")) or {}).items():
            # Sold out for ever: the retailer must not go on selling it.
            values.setdefault(sku, [0, price])
        card = {"name": product.name, "currency": currency.name, "attributes": attributes}
        yield OfferPusher(rows, binding.remote_id or next(iter(values), ""), binding, values, card)

    @staticmethod
    def _attributes(variant):
        values = variant.product_template_attribute_value_ids
        return {value.attribute_id.name: value.name for value in values}

    @staticmethod
    def _silent(product):
        if not product.active:
            return _("The product is archived.")
        if not product.hub_offer:
            return _("Not offered: the switch 'Offer to retailers' of the product is off.")
        if not any(compat.is_storable(variant) for variant in product.product_variant_ids):
            return _("Odoo does not count the stock of this product.")
        return _("Not offered: the filter 'Which products' of the connector leaves it out.")

    def _problem(self, product, variants):
        """The error that keeps a product from being told, None when there is none."""
        nameless = variants and next((v for v in variants if not (v.default_code or "").strip()), None)
        if nameless:
            return MappingError(
                _("'%s' has no Internal Reference: a retailer knows each variant by it.", nameless.display_name),
                field="default_code",
                code="no_sku",
            )
        skus = [variant.default_code.strip() for variant in variants]
        same = [("default_code", "in", skus), ("product_tmpl_id", "!=", product.id)]
        others = self.env["product.product"].search(same) if skus else self.env["product.product"]
        others = others.filtered("product_tmpl_id.hub_offer")
        twice = next((sku for sku in skus if skus.count(sku) > 1), others[:1].default_code)
        if not twice:
            return None
        return MappingError(
            _(
                "The Internal Reference %(sku)s of '%(product)s' is also that of '%(other)s': the retailer could not "
                "tell them apart. Correct one of them, or switch off 'Offer to retailers'.",
                sku=twice,
                product=product.display_name,
                other=others[:1].display_name or product.display_name,
            ),
            field="default_code",
            value=twice,
            code="sku_twice",
        )

    def _accepted(self, connector, rows, values):
        row = rows[:1]
        product = self.env["product.template"].browse(row.res_id)
        Binding = self.env["sync.hub.binding"]
        skus = list(values["offer"])
        if not Binding._of_records(connector, product).filtered(lambda b: b.entity == "offer"):
            agreed = {"offer": {"value": values["offer"]}}
            Binding._bind(connector, "offer", skus[0], product, agreed=agreed)
            product._hub_known_at(connector, skus[0])
        # What failed before is told by now.
        row._settle_failed(connector, product, "offer", _("Told at a later try."))
        return None

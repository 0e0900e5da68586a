from decimal import Decimal

from odoo import _, models

from ..adapters import canonical


class ProductStateImporter(models.AbstractModel):
    """What a remote shows of products that Odoo keeps there: who has changed something there is told again.

    Odoo is where products, prices and stock are kept. What the remote shows and was told is no news: this is what ends
    the circle of our own pushes, which the remote reports like anybody's.
    """

    _name = "sync.hub.importer.product.state"
    _inherit = "sync.hub.importer"
    _description = "Product state importer"

    def _apply(self, connector, messages):
        return [
            self._stock(connector, message)
            if isinstance(message, canonical.StockState)
            else self._product(connector, message)
            for message in messages
        ]

    def _bound(self, connector, remote_ids):
        mine = [("connector_id", "=", connector.id), ("entity", "=", "product"), ("remote_id", "in", list(remote_ids))]
        return self._bindings().search(mine)

    def _again(self, connector, bindings, flow):
        """Tell the remote what is in Odoo now, whatever it was told before."""
        bindings._clear_agreed([flow])
        products = self.env["product.product"].sudo().browse(bindings.mapped("res_id")).exists()
        self.env["sync.hub.log"].sudo()._append_products(flow, products, "changed", only=connector.id)

    # ------------------------------------------------------------ products

    def _product(self, connector, message):
        binding = self._bindings()._find(connector, "catalogue", message.id)
        if message.deleted:
            return self._deleted(connector, message, binding)
        self._show(connector, message)
        said = self._lost_variants(connector, message, binding)
        bound = self._bound(connector, [variant.id for variant in message.variants])
        prices = {variant.id: variant.prices for variant in message.variants}
        differing = bound.filtered(lambda b: self._other_price(b, prices[b.remote_id]))
        if differing:
            self._again(connector, differing, "price")
            said.append(_("%s prices were changed there and are told again.", len(differing)))
        return None, said or [_("It is as it was told.")]

    @staticmethod
    def _other_price(binding, shown):
        """Whether other amounts are shown than were agreed; what is being told at this moment is not compared."""
        agreed = binding._known("price")
        if not agreed:
            return False
        told = {agreed[1]: agreed[0], **{currency: amount for amount, currency in agreed[2:]}}
        return any(shown.get(currency.lower()) != Decimal(amount) for currency, amount in told.items())

    def _show(self, connector, message):
        """Let people see it where the remote's products are tied to Odoo's."""
        products = connector._adapter()._remote_products(message)
        catalogue = canonical.Catalogue(id=message.id, products=products)
        self.env["sync.hub.importer.catalogue"].with_context(hub_engine=True)._page(connector, catalogue)

    def _lost_variants(self, connector, message, binding):
        """Unbind variants that were taken away there; the next change of the product makes them anew."""
        variants = self.env["product.template"].with_context(active_test=False).browse(binding.res_id or [])
        mine = self._bindings()._of_records(connector, variants.exists().sudo().product_variant_ids)
        shown = {variant.id for variant in message.variants}
        lost = mine.filtered(lambda b: b.entity == "product" and b.remote_id not in shown)
        if not lost:
            return []
        said = _("%s variants are not there any more.", len(lost))
        lost.unlink()
        binding._clear_agreed(["catalogue"])
        return [said]

    def _deleted(self, connector, message, binding):
        """It is not sold there any more: a person decides whether it shall be."""
        rows = self.env["sync.hub.remote.product"].sudo()
        mine = ["|", ("remote_id", "=", message.id), ("parent_remote_id", "=", message.id)]
        gone = rows.search([("connector_id", "=", connector.id), *mine])
        gone.with_context(hub_engine=True).write({"gone": True})
        if not binding:
            return None, [_("It was taken away there.")]
        product = self.env["product.template"].with_context(active_test=False).sudo().browse(binding.res_id).exists()
        self._bindings()._of_records(connector, product.product_variant_ids).unlink()
        binding.unlink()
        if product.active:
            connector._report(
                _("A product was deleted in the shop"),
                _(
                    "%s: its next change makes it anew there. To keep it away, leave it out by the filter 'Which "
                    "products' of the connector.",
                    product.display_name,
                ),
                product,
            )
        return None, [_("It was taken away there.")]

    # ------------------------------------------------------------ stock

    def _stock(self, connector, message):
        bound = self._bound(connector, message.variant_ids)
        differing = bound.filtered(lambda b: self._other_levels(b, message.levels))
        if not differing:
            return None, [_("It is as it was told.")]
        self._again(connector, differing, "stock")
        return None, [_("What can be sold there is not what it was told, and is told again.")]

    @staticmethod
    def _other_levels(binding, shown):
        agreed = binding._known("stock")
        return isinstance(agreed, dict) and any(shown.get(place) != quantity for place, quantity in agreed.items())

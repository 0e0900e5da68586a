from odoo import _, models

from ..adapters.errors import MappingError


class ProductResolver(models.AbstractModel):
    """Finds the variant that a remote's order line speaks of."""

    _name = "sync.hub.importer.product"
    _inherit = "sync.hub.importer"
    _description = "Product resolver"

    def _resolve(self, connector, ref):
        """The variant: by binding, then reference, then barcode, then the connector's policy.

        A product found by reference or barcode is bound, so that later orders do not depend on it.

        :raises MappingError: not found, or found twice.
        """
        return self._resolve_pack(connector, ref)[0]

    def _resolve_pack(self, connector, ref):
        """(variant, the binding that says which pack of it is meant, or None)."""
        for remote_id in (ref.id, *ref.ids):
            binding = self._bindings()._find(connector, "product", remote_id, ref.account)
            product = binding and self.env[binding.res_model].browse(binding.res_id).exists()
            if product:
                return product, binding
        return self._search_all(connector, ref), None

    def _search_all(self, connector, ref):
        own = connector._adapter()._product_field
        if own and ref.id:
            # Linked a moment ago: its binding is made with the first push.
            product = self.env["product.product"].with_context(active_test=False).search([(own, "=", ref.id)], limit=1)
            if product:
                return product
        for field, value in (("default_code", ref.sku), ("barcode", ref.barcode)):
            product = value and self._search(connector, field, value)
            if product:
                if ref.id and not own:
                    self._bindings()._bind(connector, "product", ref.id, product)
                return product
        if connector.missing_product == "placeholder" and connector.placeholder_product_id:
            return connector.placeholder_product_id.with_env(self.env)
        raise MappingError(
            _(
                "No product for '%(name)s' (remote id %(id)s, reference %(sku)s, barcode %(barcode)s). Give a product "
                "this reference or barcode, or link one in Sync Hub > Configuration > Bindings, then retry.",
                name=ref.name,
                id=ref.id or "-",
                sku=ref.sku or "-",
                barcode=ref.barcode or "-",
            ),
            field="product",
            value=ref.sku or ref.id or ref.name,
            code="product_unknown",
        )

    def _search(self, connector, field, value):
        companies = ("company_id", "in", (False, *connector.company_id.parent_ids.ids))
        products = self.env["product.product"].search([(field, "=", value), companies], limit=2)
        if len(products) > 1:
            label = self.env["product.product"]._fields[field]._description_string(self.env)
            raise MappingError(
                _(
                    "%(field)s '%(value)s' belongs to more than one product. Make it unique, or link one product in "
                    "Sync Hub > Configuration > Bindings, then retry.",
                    field=label,
                    value=value,
                ),
                field="product",
                value=value,
                code="product_ambiguous",
            )
        return products

from itertools import product as combinations_of
from math import prod

from odoo import models

from .. import compat
from .wire import MOST_VARIANTS, VendorError


class VendorMaking(models.AbstractModel):
    """Makes the products that vendors create."""

    _name = "sync.hub.vendor.making"
    _description = "Products made by vendors"

    def _make(self, token, name, variants):
        """{SKU: variant} of a new product, with one attribute value for each that the vendor names.

        :param list variants: `wire.Variant`s, all with the same attributes or one without any.
        :raises VendorError: they do not make a whole product.
        """
        names = self._attribute_names(variants)
        values = {name: list(dict.fromkeys(v.attributes[name] for v in variants)) for name in names}
        self._check_combinations(variants, values)
        lines = []
        for attribute_name, value_names in values.items():
            attribute = self._attribute(attribute_name)
            ids = [self._value(attribute, value_name).id for value_name in value_names]
            lines.append((0, 0, {"attribute_id": attribute.id, "value_ids": [(6, 0, ids)]}))
        template = self.env["product.template"].create(self._template_values(token, name, lines))
        found = {}
        for variant in template.product_variant_ids:
            own = variant.product_template_attribute_value_ids
            found[frozenset((v.attribute_id.id, v.product_attribute_value_id.id) for v in own)] = variant
        by_sku = {}
        for row in variants:
            key = set()
            for attribute_name, value_name in row.attributes.items():
                attribute = self._attribute(attribute_name)
                key.add((attribute.id, self._value(attribute, value_name).id))
            by_sku[row.default_code] = found[frozenset(key)]
        self._set_references(by_sku)
        return by_sku

    def _template_values(self, token, name, lines):
        values = {
            "name": name,
            "attribute_line_ids": lines,
            # Nobody has decided what it costs our customers yet.
            "sale_ok": token.sale_ok,
            "list_price": 0.0,
            "purchase_ok": True,
            "hub_offer": False,
        }
        if token.categ_id:
            values["categ_id"] = token.categ_id.id
        if self.env["res.company"].sudo().search_count([], limit=2) > 1:
            values["company_id"] = token.company_id.id
        return compat.storable(values)

    def _set_references(self, by_sku):
        """The vendor's SKU as Internal Reference, where no product of ours bears it."""
        taken = self.env["product.product"].with_context(active_test=False)
        taken = set(taken.search([("default_code", "in", list(by_sku))]).mapped("default_code"))
        for sku, variant in by_sku.items():
            if sku not in taken:
                variant.default_code = sku

    # ------------------------------------------------------------ attributes

    @staticmethod
    def _attribute_names(variants):
        names = list(variants[0].attributes)
        for variant in variants:
            if set(variant.attributes) != set(names):
                raise VendorError(
                    "invalid_request",
                    f"{variant.default_code}: all variants of a product need values of the same attributes.",
                )
        if len(variants) > 1 and not names:
            raise VendorError("invalid_request", "Several variants need attributes that tell them apart.")
        folded = [name.casefold() for name in names]
        if len(set(folded)) < len(folded):
            raise VendorError("invalid_request", "Two attributes have the same name.")
        return names

    @staticmethod
    def _check_combinations(variants, values):
        """
        :raises VendorError: a combination is there twice, or missing: Odoo makes them all.
        """
        given = [tuple(variant.attributes[name].casefold() for name in values) for variant in variants]
        twice = next((v for v, key in zip(variants, given, strict=True) if given.count(key) > 1), None)
        if twice:
            shown = ", ".join(f"{name} {value}" for name, value in twice.attributes.items())
            raise VendorError("invalid_request", f"Two variants have the same attributes: {shown}.")
        distinct = {name: {value.casefold(): value for value in known}.values() for name, known in values.items()}
        count = prod(map(len, distinct.values()))
        if count > MOST_VARIANTS:
            raise VendorError("invalid_request", f"The attributes make {count} combinations, at most {MOST_VARIANTS}.")
        if count > len(variants):
            expected = [dict(zip(distinct, row, strict=True)) for row in combinations_of(*distinct.values())]
            raise VendorError(
                "variants_incomplete",
                f"The attributes make {count} combinations, {len(variants)} were given.",
                expected_combinations=expected,
            )

    def _attribute(self, name):
        """The attribute of this name whose values make variants."""
        known = self.env["product.attribute"].search([("create_variant", "=", "always")])
        same = known.filtered(lambda attribute: attribute.name.strip().casefold() == name.casefold())
        return same[:1] or known.create({"name": name, "create_variant": "always"})

    def _value(self, attribute, name):
        same = attribute.value_ids.filtered(lambda value: value.name.strip().casefold() == name.casefold())
        return same[:1] or attribute.value_ids.create({"name": name, "attribute_id": attribute.id})

from odoo import models

from .wire import Create, Read, Update, Variant, VendorError, required, understood


def _plain(price):
    """The price as people write it: Odoo's rounding leaves 29.990000000000002."""
    return round(price, 6)


class VendorService(models.AbstractModel):
    """The three operations of the vendor API that we serve.

    Each takes a token and a parsed body, and returns (result, product, whether anything changed).
    """

    _name = "sync.hub.vendor.service"
    _description = "Vendor API"

    def _do_read(self, token, body):
        """What we know of a SKU of this vendor.

        :raises VendorError: it is none of his.
        """
        sku = understood(Read, body).default_code
        found = self._of(token, [sku]) or self._rows(token, [("product_sku", "=", sku)])
        if not found:
            raise self._unknown(token, sku)
        template = found[0].product_tmpl_id
        rows = self._rows(token, [("product_tmpl_id", "=", template.id)])
        product = {
            "id": template.id,
            "name": template.name,
            "default_code": rows[:1].product_sku or rows[:1].sku,
            "vendor_on_hand_qty": sum(rows.mapped("quantity")),
            "supplier": {"price": _plain(rows[:1].price), "partner_id": token.partner_id.id},
            "variants": [self._shown(row) for row in rows],
        }
        return {"product": product}, template, False

    @staticmethod
    def _shown(row):
        values = row.product_id.product_template_attribute_value_ids
        return {
            "id": row.product_id.id,
            "default_code": row.sku,
            "vendor_on_hand_qty": row.quantity,
            "price": _plain(row.price),
            "attributes": {value.attribute_id.name: value.name for value in values},
        }

    def _do_create(self, token, body):
        """Make a product with all its variants.

        :raises VendorError: a SKU exists, or the variants make no whole product.
        """
        order = understood(Create, body)
        name = required(order.product.name, "product.name")
        product_sku = required(order.product.default_code, "product.default_code")
        variants = order.variants or [
            Variant(
                default_code=product_sku,
                vendor_on_hand_qty=order.product.vendor_on_hand_qty,
                price=order.supplier.price,
            )
        ]
        skus = [variant.default_code for variant in variants]
        self._check_once(skus)
        known = self._of(token, [*skus, product_sku])
        if known:
            names = ", ".join(known.mapped("sku"))
            raise VendorError("variant_default_code_exists", f"You have these already: {names}.")
        made = self.env["sync.hub.vendor.making"]._make(token, name, variants)
        VendorProduct = self.env["sync.hub.vendor.product"]
        for variant in variants:
            row = VendorProduct.create(
                {
                    "partner_id": token.partner_id.id,
                    "company_id": token.company_id.id,
                    "product_id": made[variant.default_code].id,
                    "sku": variant.default_code,
                    "product_sku": product_sku if product_sku not in skus else False,
                }
            )
            price = order.supplier.price if variant.price is None else variant.price
            row._tell(variant.vendor_on_hand_qty or 0, 0 if price is None else price)
        template = made[skus[0]].product_tmpl_id
        ids = {sku: variant.id for sku, variant in made.items()}
        return {"success": True, "product_id": template.id, "variant_ids": ids}, template, True

    def _do_update(self, token, body):
        """Take over quantities and prices by SKU; what is known is changed even where something is not.

        :raises VendorError: nothing to do, or no such SKU.
        """
        order = understood(Update, body)
        rows = list(order.variants)
        simple = order.default_code or (order.product.default_code if not rows else None)
        if simple:
            price = order.supplier.price
            rows.append(
                Variant(default_code=simple, vendor_on_hand_qty=order.product.vendor_on_hand_qty, price=price or None)
            )
        if not rows:
            raise VendorError("invalid_request", "Nothing to update: neither default_code nor variants.")
        self._check_once([row.default_code for row in rows])
        known = {row.sku: row for row in self._of(token, [row.default_code for row in rows], lock=True)}
        missing = [row.default_code for row in rows if row.default_code not in known]
        if missing and not known:
            raise self._unknown(token, missing[0], "product_not_found" if simple else "variant_not_found", missing)
        changed = self.env["sync.hub.vendor.product"]
        for row in rows:
            if row.default_code in known:
                changed |= known[row.default_code]._tell(row.vendor_on_hand_qty, row.price)
        template = next(iter(known.values())).product_tmpl_id
        if missing:
            message = f"Unknown: {', '.join(missing)}. The others were updated."
            result = VendorError("variant_not_found", message, missing=missing, updated=sorted(known)).result
            return result, template, True
        return {"success": True, "updated": sorted(known)}, template, bool(changed)

    # ------------------------------------------------------------ whose is it

    def _rows(self, token, domain):
        mine = [("partner_id", "=", token.partner_id.id), ("company_id", "=", token.company_id.id)]
        return self.env["sync.hub.vendor.product"].search([*mine, *domain], order="id")

    def _of(self, token, skus, lock=False):
        """The vendor's rows of these SKUs; locked, so that two calls about one follow one another."""
        rows = self._rows(token, [("sku", "in", skus)])
        if lock and rows:
            self.env.cr.execute(
                "SELECT id FROM sync_hub_vendor_product WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [rows.ids]
            )
            rows.invalidate_recordset(["quantity"])
        return rows

    def _unknown(self, token, sku, word="product_not_found", missing=()):
        others = [("sku", "=", sku), ("company_id", "=", token.company_id.id)]
        if self.env["sync.hub.vendor.product"].search_count(others, limit=1):
            return VendorError("not_your_product", f"'{sku}' belongs to another vendor.")
        extra = {"missing": list(missing)} if missing and word == "variant_not_found" else {}
        return VendorError(word, f"There is no product '{sku}' of yours.", **extra)

    @staticmethod
    def _check_once(skus):
        twice = next((sku for sku in skus if skus.count(sku) > 1), None)
        if twice:
            raise VendorError("invalid_request", f"'{twice}' is there twice.")

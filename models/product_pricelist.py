from odoo import api, models

from .watch import watch


class ProductPricelistItem(models.Model):
    _inherit = "product.pricelist.item"

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._hub_touch("price_changed")
        return items

    def write(self, vals):
        # Before and after: a rule that is moved to another product changes both.
        self._hub_touch("price_changed")
        result = super().write(vals)
        self._hub_touch("price_changed")
        return result

    def unlink(self):
        self._hub_touch("price_changed")
        return super().unlink()

    def _hub_touch(self, trigger):
        """Tell the connectors that sell by these rules' pricelists which products may have another price."""
        targets = [target for target in self.env["sync.hub.connector"]._outbound() if target.pricelist_ids]
        if not targets:
            return
        for item in self.sudo():
            affected = set(item.pricelist_id._hub_dependents().ids)
            connector_ids = [target.id for target in targets if affected & set(target.pricelist_ids)]
            if connector_ids:
                item._hub_append(connector_ids, trigger)

    def _hub_append(self, connector_ids, trigger):
        Log = self.env["sync.hub.log"]
        if self.applied_on == "0_product_variant":
            Log._append_products("price", self.product_id, trigger)
        elif self.applied_on == "1_product":
            Log._append_products("price", self.product_tmpl_id, trigger, templates=True)
        else:
            category = self.applied_on == "2_product_category" and self.categ_id
            domain = [("categ_id", "child_of", category.id)] if category else []
            Log._append_scope(connector_ids, "price", {"domain": domain}, trigger)


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def write(self, vals):
        with watch(self, vals, {"currency_id": "price", "active": "price"}) as changed:
            result = super().write(vals)
        affected = set(changed.of("price").sudo()._hub_dependents().ids)
        targets = self.env["sync.hub.connector"]._outbound()
        ids = [target.id for target in targets if affected & set(target.pricelist_ids)]
        self.env["sync.hub.log"]._append_scope(ids, "price", {"domain": []}, "price_changed")
        return result

    def _hub_dependents(self):
        """This pricelist and all that are computed from it, however indirectly."""
        found = newest = self
        while newest:
            items = self.env["product.pricelist.item"].search([("base_pricelist_id", "in", newest.ids)])
            newest = items.pricelist_id - found
            found |= newest
        return found

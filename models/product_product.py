from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .flows import TEMPLATE_FLOWS
from .gather import gathered
from .watch import watch

#: Field of a variant -> flows that its change concerns.
WATCHED = {
    "standard_price": ("price",),
    "active": ("publication", "catalogue"),
    "cartona_id": ("mapping",),
    "default_code": ("offer", "catalogue"),
    **dict.fromkeys(("barcode", "weight"), ("catalogue",)),
}
#: Fields that are too large to be compared.
PICTURES = ("image_1920", "image_variant_1920")


class ProductProduct(models.Model):
    _inherit = "product.product"

    cartona_id = fields.Char(
        string="Cartona ID",
        copy=False,
        help="Cartona's internal product id of this variant. Only products that have one are sent to Cartona.",
    )
    hub_binding_ids = fields.One2many(
        "sync.hub.binding", "res_id", domain=[("res_model", "=", "product.product")], groups="sync_hub.group_user"
    )

    def init(self):
        result = super().init()
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS product_product_cartona_id_uniq ON product_product (cartona_id)"
        )
        return result

    def _hub_refuse_taken(self, vals_list):
        """Say which product has an id already; the unique index would only say that one has."""
        ids = [vals["cartona_id"] for vals in vals_list if vals.get("cartona_id")]
        taken = [("cartona_id", "in", ids), ("id", "not in", self.ids)]
        other = ids and self.with_context(active_test=False).sudo().search(taken, limit=1)
        if other:
            raise ValidationError(
                _(
                    "Cartona ID %(id)s already belongs to '%(other)s'%(archived)s: one id, one product.",
                    id=other.cartona_id,
                    other=other.display_name,
                    archived="" if other.active else _(" (archived)"),
                )
            )

    @staticmethod
    def _hub_clean(vals):
        """An empty id is no id: it must not collide with the next empty one."""
        if "cartona_id" in vals:
            vals = {**vals, "cartona_id": (vals["cartona_id"] or "").strip() or False}
        return vals

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._hub_clean(vals) for vals in vals_list]
        self.browse()._hub_refuse_taken(vals_list)
        products = super().create(vals_list)
        mapped = products.filtered("cartona_id")
        mapped._hub_mapped()
        products.filtered("default_code")._hub_touch("offer", "changed")
        products._hub_touch("catalogue", "changed")
        return products

    def write(self, vals):
        vals = self._hub_clean(vals)
        self._hub_refuse_taken([vals])
        # Another id of the product's own leaves its packs as they are.
        old_ids = self._hub_own_ids() if "cartona_id" in vals else {}
        with watch(self, vals, WATCHED) as changed, gathered(self) as products:
            result = super(ProductProduct, products).write(vals)
        changed.of("price")._hub_touch("price", "price_changed")
        changed.of("publication")._hub_touch("publication", "changed")
        changed.of("offer")._hub_touch("offer", "changed")
        told = self if any(field in vals for field in PICTURES) else changed.of("catalogue")
        told._hub_touch("catalogue", "changed")
        (changed.of("publication").filtered("active") | changed.of("mapping"))._hub_mapped()
        self._hub_unpublish(old_ids, changed.of("mapping"))
        return result

    def unlink(self):
        remote_ids = self._hub_remote_ids()
        self._hub_unpublish(remote_ids, self)
        for flow in TEMPLATE_FLOWS:
            self._hub_touch(flow, "changed")
        return super().unlink()

    def _hub_touch(self, flow, trigger):
        """Tell the connectors that a flow of these variants may have changed."""
        records = self | self._hub_kits() if flow == "stock" else self
        self.env["sync.hub.log"]._append_products(flow, records, trigger)

    def _hub_mapped(self):
        """Tell the remotes everything about variants that they learn of now, or that are on sale again."""
        for flow in ("price", "stock", "publication"):
            self._hub_touch(flow, "changed")
        if self:
            # Somebody may be changing the price of such a product in a long transaction that cannot see the id yet.
            # Touching the same row makes one of the two run again, in a snapshot that sees the other.
            self.env.cr.execute(
                "UPDATE product_template SET write_date = write_date WHERE id = ANY(%s)", [self.product_tmpl_id.ids]
            )

    def _hub_kits(self):
        """The kits that these variants are components of: their stock is their components'."""
        if "mrp.bom.line" not in self.env or not self:
            return self.browse()
        boms = (
            self.env["mrp.bom.line"]
            .sudo()
            .search([("product_id", "in", self.ids), ("bom_id.type", "=", "phantom")])
            .bom_id
        )
        return boms.product_id | boms.filtered(lambda bom: not bom.product_id).product_tmpl_id.product_variant_ids

    def _hub_remote_ids(self):
        """{product id: {connector id: {remote ids}}} of variants at the kinds that map by a field, their packs too."""
        targets = [target for target in self.env["sync.hub.connector"]._outbound() if target.product_field]
        ids = {product.id: {} for product in (self if targets else ())}
        domain = [("connector_id", "in", [target.id for target in targets]), ("entity", "=", "product")]
        domain += [("res_model", "=", "product.product"), ("res_id", "in", list(ids)), ("from_field", "=", False)]
        for binding in self.env["sync.hub.binding"].sudo().search(domain) if ids else ():
            ids[binding.res_id].setdefault(binding.connector_id.id, set()).add(binding._key())
        for product_id, own in self._hub_own_ids().items():
            for connector_id, remote_ids in own.items():
                ids[product_id].setdefault(connector_id, set()).update(remote_ids)
        return ids

    def _hub_own_ids(self):
        """The ids in the products' own fields alone, in the same form."""
        targets = [target for target in self.env["sync.hub.connector"]._outbound() if target.product_field]
        return {
            product.id: {t.id: {product[t.product_field]} for t in targets if product[t.product_field]}
            for product in self
        }

    def _hub_unpublish(self, remote_ids, products):
        """Take off sale what these products stood for at the remotes."""
        by_connector = {}
        for product in products:
            for connector_id, ids in remote_ids.get(product.id, {}).items():
                by_connector.setdefault(connector_id, {}).update(dict.fromkeys(sorted(ids), product.id))
        self.env["sync.hub.log"]._append_unpublish(by_connector)

    def action_hub_push(self):
        """Push this product now, by hand."""
        for flow in ("price", "stock", "publication"):
            self._hub_touch(flow, "manual_single")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": _("The product is checked and pushed."), "type": "success"},
        }

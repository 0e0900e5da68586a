import base64
from decimal import Decimal

from odoo import _, models

from .. import compat
from ..adapters.canonical import CardVariant, Category, Picture, ProductCard
from .push import Push

#: Sizes of one picture, the best first; the largest that is small enough is sent.
SIZES = ("1920", "1024", "512", "256")
#: What the catalogue flow says of a product that is not sold any more.
WITHDRAWN = {"withdrawn": True}


class CardPusher(Push):
    """A product as a remote shall have it.

    :param dict extras: what is sent and is no part of the comparison: prices, pictures, ids.
    """

    def __init__(self, *args, extras=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.extras = extras or {}

    def claim(self, flow, token):
        # What the remote was told before stays known: which pictures and which category are ours.
        base = self.binding._base(flow)
        return {"claim": token, "base": base} if base else {"claim": token}

    def message(self, changes):
        card = changes["catalogue"]
        same = {"id": str(self.rows[0].res_id), "remote_id": self.remote_id or None}
        if card == WITHDRAWN:
            return ProductCard(withdrawn=True, **same)
        plain = ("title", "description", "published", "hs_code", "origin", "options")
        variants = [
            CardVariant(id=variant_id, **facts, **self.extras["variants"].get(variant_id, {}))
            for variant_id, facts in card["variants"].items()
        ]
        more = {name: self.extras[name] for name in ("handle", "gone", "category", "former_category", "pictures")}
        return ProductCard(**same, **{name: card[name] for name in plain}, variants=variants, **more)


class CatalogueExporter(models.AbstractModel):
    """Odoo's products as they are now, for a remote that makes its own of them."""

    _name = "sync.hub.exporter.catalogue"
    _inherit = "sync.hub.exporter"
    _description = "Catalogue exporter"

    _chunk = 10

    def _pushes(self, connector, rows):
        by_id = rows.grouped("res_id")
        everything = self.env["product.template"].with_context(
            active_test=False, allowed_company_ids=connector.company_id.ids, lang=connector.run_as_id.lang
        )
        products = everything.browse(by_id).exists().with_company(connector.company_id)
        sold = products.with_context(active_test=True).search(
            [("id", "in", products.ids), *connector._offer_domain()]
        )  # fmt: skip
        bindings = self.env["sync.hub.binding"]._of_records(connector, everything.browse(by_id))
        bindings = bindings.filtered(lambda b: b.entity == "catalogue").grouped("res_id")
        prices = self._prices_of_new(connector, sold)
        for product_id, mine in by_id.items():
            binding = bindings.get(product_id, self.env["sync.hub.binding"])[-1:]
            product = products.filtered(lambda p, wanted=product_id: p.id == wanted)
            if product in sold:
                yield self._of_product(connector, product, binding, mine, prices)
            elif binding:
                yield CardPusher(mine, binding.remote_id, binding, {"catalogue": WITHDRAWN})
            else:
                said = _("Not sold there: the filter 'Which products' of the connector leaves it out.")
                mine._finish("skipped", reason="ignored", result=said)

    # ------------------------------------------------------------ one product

    def _of_product(self, connector, product, binding, rows, prices):
        variants = product.product_variant_ids.filtered("active").sorted("id")
        known = self._known_variants(connector, product)
        new = variants.filtered(lambda variant: variant.id not in known)
        error = next((p for v in new for p in prices[v.id] if isinstance(p, Exception)), None)
        if error:
            return CardPusher(rows, binding.remote_id or "", binding, error=error)
        base = (binding and binding._base("catalogue")) or {}
        pictures = self._pictures(connector, product, variants)
        path = self._category(connector, product)
        card = {
            "title": product.name,
            "description": product.description_sale or None,
            "published": bool(product.sale_ok),
            "hs_code": product.hs_code or None,
            "origin": (product.country_of_origin.code or "").lower() or None,
            "options": self._options(product, variants),
            "variants": {str(variant.id): self._variant(variant, known.get(variant.id)) for variant in variants},
            "pictures": pictures and [picture["mark"] for picture in pictures],
            "category": path and [[step["id"], step["name"]] for step in path],
        }
        gone = [bound.remote_id for variant_id, bound in known.items() if variant_id not in variants.ids]
        if gone:
            card["gone"] = sorted(gone)
        extras = {
            "handle": product.hub_handle or None,
            "gone": gone,
            "pictures": self._with_data(pictures, base.get("pictures"), rows),
            "category": None if path is None else [Category(**step) for step in path],
            "former_category": self._former_category(connector, base, path),
            "variants": {
                str(v.id): {"remote_id": known[v.id].remote_id} if v.id in known else {"prices": prices[v.id]}
                for v in variants
            },
        }
        return CardPusher(rows, binding.remote_id or "", binding, {"catalogue": card}, extras=extras)

    def _known_variants(self, connector, product):
        """{variant id: binding} of the product's variants that the remote has, archived ones included."""
        variants = product.with_context(active_test=False).product_variant_ids
        bindings = self.env["sync.hub.binding"]._of_records(connector, variants)
        return {b.res_id: b for b in bindings if b.entity == "product"}

    def _prices_of_new(self, connector, products):
        """{variant id: [Price or error]} of the variants that the remote does not have."""
        variants = products.product_variant_ids.filtered("active")
        bound = self.env["sync.hub.binding"]._of_records(connector, variants).filtered(lambda b: b.entity == "product")
        new = variants - variants.browse(bound.mapped("res_id"))
        return self.env["sync.hub.exporter.price"]._all_unit_prices(connector, new) if new else {}

    @staticmethod
    def _options(product, variants):
        """{attribute: values} among which a customer chooses, as far as variants have them."""
        values = variants.product_template_attribute_value_ids
        lines = product.attribute_line_ids.filtered(
            lambda line: line.value_count > 1 and line.attribute_id.create_variant != "no_variant"
        )
        by_line = {line: values.filtered(lambda v, own=line: v.attribute_line_id == own) for line in lines}
        return {line.attribute_id.name: by_line[line].sorted().mapped("name") for line in lines if by_line[line]}

    def _variant(self, variant, binding):
        chosen = variant.product_template_attribute_value_ids.filtered(
            lambda value: value.attribute_id.create_variant != "no_variant"
        )
        return {
            "title": " / ".join(chosen.mapped("name")) or variant.name,
            "sku": (variant.default_code or "").strip() or None,
            "barcode": (variant.barcode or "").strip() or None,
            "weight": self._grams(variant),
            "options": {value.attribute_id.name: value.name for value in chosen},
            "counted": compat.is_storable(variant) and (not binding or binding.availability != "unlimited"),
        }

    def _grams(self, variant):
        """The weight as text, None where none is known."""
        if not variant.weight:
            return None
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        grams = unit._compute_quantity(variant.weight, self.env.ref("uom.product_uom_gram"), round=False)
        return f"{Decimal(str(round(grams, 3))).normalize():f}"

    # ------------------------------------------------------------ category

    def _category(self, connector, product):
        """The way to the product's category without its root, None where categories are left alone."""
        if not connector.push_categories:
            return None
        steps, category = [], product.categ_id
        while category:
            steps.insert(0, category)
            category = category.parent_id
        root = self.env.ref("product.product_category_all", raise_if_not_found=False)
        if steps and steps[0] == root:
            steps = steps[1:]
        found = self.env["sync.hub.binding"]._of_records(connector, product.categ_id.browse([s.id for s in steps]))
        known = {binding.res_id: binding.remote_id for binding in found}
        return [{"id": str(step.id), "name": step.name, "remote_id": known.get(step.id)} for step in steps]

    def _former_category(self, connector, base, path):
        """The remote id of the category that the product was in by us, None when it is the same one."""
        former = base.get("category") or ()
        if not former or not path or former[-1][0] == path[-1]["id"]:
            return None
        category = self.env["product.category"].browse(int(former[-1][0]))
        return self.env["sync.hub.binding"]._of_records(connector, category)[:1].remote_id or None

    # ------------------------------------------------------------ pictures

    def _pictures(self, connector, product, variants):
        """[{mark, mimetype, attachment}] of the product's own picture and its variants', None where they are left
        alone."""
        if not connector.push_pictures:
            return None
        wanted = [(product, "image_%s")]
        if len(variants) > 1:
            wanted += [(variant, "image_variant_%s") for variant in variants]
        pictures = {}
        for record, field in wanted:
            attachment = self._small_enough(connector, record, field)
            if attachment:
                mark = attachment.checksum[:16]
                pictures.setdefault(mark, {"mark": mark, "mimetype": attachment.mimetype, "attachment": attachment})
        return list(pictures.values())

    def _small_enough(self, connector, record, field):
        """The attachment of the best size within the connector's limit."""
        names = [field % size for size in SIZES]
        mine = [("res_model", "=", record._name), ("res_id", "=", record.id), ("res_field", "in", names)]
        found = {a.res_field: a for a in self.env["ir.attachment"].sudo().search(mine)}
        limit = (connector.image_limit or 10**6) * 1024
        return next((found[name] for name in names if name in found and found[name].file_size <= limit), None)

    @staticmethod
    def _with_data(pictures, told, rows):
        """`Picture`s; the content of those only that the remote was not told of, unless a person asks."""
        if pictures is None:
            return None
        again = rows[-1:].trigger in ("manual_single", "manual_full", "replay", "retry")
        return [
            Picture(
                mark=picture["mark"],
                mimetype=picture["mimetype"],
                data=base64.b64decode(picture["attachment"].datas)
                if again or picture["mark"] not in (told or ())
                else None,
            )
            for picture in pictures
        ]

    # ------------------------------------------------------------ what became of it

    def _taken(self, connector, rows, values, taken):
        Binding, product = self.env["sync.hub.binding"], self.env["product.template"].browse(rows[0].res_id)
        binding = Binding._of_records(connector, product).filtered(lambda b: b.entity == "catalogue")[-1:]
        if not binding:
            agreed = {"catalogue": {"value": values["catalogue"]}}
            Binding._bind(connector, "catalogue", taken.remote_id, product, agreed=agreed)
            product._hub_known_at(connector, taken.remote_id)
        elif binding.remote_id != taken.remote_id:
            # It was taken away there, and is a new one.
            binding.with_context(hub_engine=True).remote_id = taken.remote_id
        for category_id, remote_id in taken.ids.get("categories", {}).items():
            Binding._bind(connector, "category", remote_id, self.env["product.category"].browse(int(category_id)))
        # What was emptied there is not what was agreed.
        mine = [("connector_id", "=", connector.id), ("entity", "=", "product")]
        gone = values["catalogue"].get("gone", [])
        Binding.search([*mine, ("remote_id", "in", gone)])._clear_agreed(["stock"])
        self._bind_variants(connector, rows, taken.ids.get("variants", {}))
        rows._settle_failed(connector, product, "catalogue", _("Told at a later try."))

    def _bind_variants(self, connector, rows, remote_ids):
        """Bind variants that have an id there by now; their stock and prices follow at once."""
        Binding, Log = self.env["sync.hub.binding"], self.env["sync.hub.log"]
        new = self.env["product.product"]
        for variant_id, remote_id in remote_ids.items():
            variant = self.env["product.product"].browse(int(variant_id)).exists()
            mine = Binding._of_records(connector, variant).filtered(lambda b: b.entity == "product")
            if not variant or remote_id in mine.mapped("remote_id"):
                continue
            # Of a variant that was made anew there the former id means nothing any more.
            mine.unlink()
            Binding._bind(connector, "product", remote_id, variant)
            new |= variant
        for flow in ("stock", "price"):
            count = Log._append_products(flow, new, rows[0].trigger, only=connector.id, run=rows.run_id[:1])
            rows.run_id[:1].total += count

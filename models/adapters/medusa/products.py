"""Odoo's products on their way to Medusa: found, made, or brought in line variant by variant."""

from decimal import Decimal

from .. import wirejson
from ..adapter import Taken
from ..errors import MappingError, SyncError
from . import parts
from .api import BODY_LIMIT, NotFound
from .shop import Shop

#: What is read of a product before it is told anything.
FIELDS = (
    "id,title,handle,description,status,external_id,hs_code,origin_country,thumbnail,*images,*categories,*options,"
    "*options.values,*variants,*variants.options,*variants.options.option,*variants.inventory_items,"
    "variants.inventory_items.inventory.sku"
)
#: Ids of one look-up.
MANY = 50


def push(api, cards):
    """{key: `Taken` or error} of `ProductCard`s; each product is a matter of its own."""
    results, found = {}, find(api, cards)
    shop = Shop(api)
    for card in cards:
        try:
            product = found[card.id]
            if isinstance(product, SyncError):
                raise product
            results[card.key] = tell(api, shop, card, product)
        except SyncError as error:
            results[card.key] = error
            if not isinstance(error, (MappingError, NotFound)) and not getattr(error, "divisible", False):
                # Medusa does not answer, or refuses us: the rest would only wait for the same.
                rest = [other for other in cards if other.key not in results]
                return {**results, **{other.key: error for other in rest}}
    return results


# ------------------------------------------------------------ finding


def find(api, cards):
    """{card id: Medusa's product, None where it has none, or the error that makes it doubtful}."""
    found = {}
    _look(api, cards, found, "id[]", lambda card: [card.remote_id], lambda product: [product["id"]])
    rest = [card for card in cards if card.id not in found and not card.withdrawn]
    _look(api, rest, found, "external_id[]", lambda card: [card.id], lambda product: [product["external_id"]])
    for field in ("sku", "barcode"):
        rest = [card for card in rest if card.id not in found]
        mine = lambda card, name=field: [getattr(variant, name) for variant in card.variants]  # noqa: E731
        theirs = lambda product, name=field: [v[name] for v in product["variants"]]  # noqa: E731
        _look(api, rest, found, f"variants[{field}][]", mine, theirs)
    return {card.id: found.get(card.id) for card in cards}


def _look(api, cards, found, filter_name, mine, theirs):
    """Ask for the products that bear one of the cards' values, and note whose they are."""
    values = sorted({value for card in cards for value in mine(card) if value})
    products = []
    for start in range(0, len(values), MANY):
        part = values[start : start + MANY]
        products += api.list("/admin/products", "products", **{filter_name: part, "fields": FIELDS})
    by_value = {}
    for product in products:
        for value in theirs(product):
            by_value.setdefault(value, {})[product["id"]] = product
    for card in cards:
        hits = {}
        for value in mine(card):
            hits.update(by_value.get(value, {}) if value else {})
        if len(hits) > 1:
            found[card.id] = MappingError(
                f"More than one product of Medusa fits '{card.title}': "
                f"{', '.join(product['title'] for product in hits.values())}. Their SKU, barcode or external id is the "
                "same as here: correct it in Medusa, then retry.",
                code="product_ambiguous",
            )
        elif hits:
            found[card.id] = next(iter(hits.values()))


# ------------------------------------------------------------ telling


def tell(api, shop, card, product):
    """Bring one product in line; `product` is what Medusa has of it, None when it must be made."""
    if card.withdrawn:
        if product and product["status"] != "draft":
            api.post(f"/admin/products/{product['id']}", {"status": "draft"}, fields="id")
        return Taken(product["id"] if product else card.remote_id, {})
    categories = shop.categories(card)
    if product is None:
        product = create(api, shop, card, categories)
    changes = changes_of(shop, card, product, categories)
    if changes:
        api.post(f"/admin/products/{product['id']}", changes, fields="id")
    known = parts.match_variants(card, product)
    if parts.tell_options(api, card, product) | tell_variants(api, card, product, known):
        product = api.get(f"/admin/products/{product['id']}", fields=FIELDS)["product"]
        known = parts.match_variants(card, product)
    parts.count_pieces(api, card, known)
    parts.empty(api, card, product)
    variants = {variant_id: variant["id"] for variant_id, variant in known.items()}
    return Taken(product["id"], {"variants": variants, "categories": shop.made})


def create(api, shop, card, categories):
    """Make a product with as many of its variants as one body holds; the others follow."""
    body = {
        "title": card.title,
        "handle": card.handle,
        "status": status_to_remote(card),
        "options": [{"title": title, "values": list(values)} for title, values in options_of(card).items()],
        "variants": [],
        **shop.terms(),
    }
    if categories is not None:
        body["categories"] = [{"id": category_id} for category_id in categories]
    for key, value in (*plain_of(card).items(), ("external_id", card.id)):
        if value is not None:
            body[key] = value
    for wire in [variant_to_remote(card, variant, {}, new=True) for variant in card.variants]:
        body["variants"].append(wire)
        if len(body["variants"]) > 1 and len(wirejson.dumps(body).encode()) > BODY_LIMIT:
            body["variants"].pop()
            break
    return api.post("/admin/products", body, fields=FIELDS)["product"]


def changes_of(shop, card, product, categories):
    """The fields of the product itself that differ. Variants and options are left out: lists would delete."""
    wanted = {**plain_of(card), "title": card.title, "external_id": card.id, "status": status_to_remote(card)}
    changes = {key: value for key, value in wanted.items() if (product.get(key) or None) != value}
    if categories is not None:
        present = [category["id"] for category in product["categories"] or ()]
        kept = [category_id for category_id in present if category_id != card.former_category]
        target = [*kept, *(category_id for category_id in categories if category_id not in kept)]
        if target != present:
            changes["categories"] = [{"id": category_id} for category_id in target]
    changes.update(shop.pictures(card, product))
    return changes


def plain_of(card):
    """Texts of a product that Medusa takes as they are."""
    return {"description": card.description, "hs_code": card.hs_code, "origin_country": card.origin}


def status_to_remote(card):
    return "published" if card.published else "draft"


def options_of(card):
    """{title: values}; a product without a choice has one option all the same."""
    return card.options or {parts.NO_OPTION: (parts.NO_VALUE,)}


# ------------------------------------------------------------ variants


def tell_variants(api, card, product, known):
    """Make and change variants in calls that fit; whether anything was made."""
    fixed = parts.fixed_options(card, product)
    create = [variant_to_remote(card, v, fixed, new=True) for v in card.variants if v.id not in known]
    update = []
    for variant in card.variants:
        if variant.id in known:
            wire, present = variant_to_remote(card, variant, fixed), parts.variant_now(known[variant.id])
            if not card.options:
                # What its only option is called is Medusa's own affair.
                wire.pop("options")
            changes = {key: value for key, value in wire.items() if present.get(key) != value}
            if changes:
                update.append({"id": known[variant.id]["id"], **changes})
    for body in bodies(create, update):
        api.post(f"/admin/products/{product['id']}/variants/batch", body, fields="id")
    return bool(create)


def bodies(create, update):
    """Bodies of batch calls, each below Medusa's limit."""
    body, size = {"create": [], "update": []}, 0
    for kind, wires in (("create", create), ("update", update)):
        for wire in wires:
            weight = len(wirejson.dumps(wire).encode())
            if size and size + weight > BODY_LIMIT:
                yield {name: part for name, part in body.items() if part}
                body, size = {"create": [], "update": []}, 0
            body[kind].append(wire)
            size += weight
    if size:
        yield {name: part for name, part in body.items() if part}


def variant_to_remote(card, variant, fixed, new=False):
    """A variant on the wire, with `fixed` options besides its own.

    Prices only for a `new` one: a list of prices takes the place of all.
    """
    wire = {
        "title": variant.title,
        "sku": variant.sku,
        "barcode": variant.barcode,
        "weight": number(variant.weight),
        "hs_code": card.hs_code,
        "origin_country": card.origin,
        "manage_inventory": variant.counted,
        "options": {**fixed, **variant.options} or {parts.NO_OPTION: parts.NO_VALUE},
        "metadata": {"external_id": variant.id},
    }
    if new:
        wire = {key: value for key, value in wire.items() if value is not None}
        wire["prices"] = [price_to_remote(price) for price in variant.prices]
    return wire


def price_to_remote(price):
    return {"currency_code": price.currency.lower(), "amount": number(price.amount)}


def number(value):
    """A decimal, None where there is none."""
    return None if value is None else Decimal(value)

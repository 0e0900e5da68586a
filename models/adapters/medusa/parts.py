"""Parts of a product at Medusa: options, variants, and how its pieces are counted."""

from decimal import Decimal

from ..errors import MappingError
from .stock import empty_levels

#: Option and value of a product without a choice, as Medusa's own admin names them.
NO_OPTION, NO_VALUE = "Default option", "Default option value"


def plain(text):
    """A text by which two sides' words are compared."""
    return " ".join(str(text or "").split()).casefold()


# ------------------------------------------------------------ variants


def match_variants(card, product):
    """{Odoo's variant id: Medusa's variant}: by id, by what we have left there, by SKU, barcode, or by what it is."""
    left, known = {variant["id"]: variant for variant in product["variants"] or ()}, {}

    def take(fits):
        for mine in card.variants:
            hits = [theirs for theirs in left.values() if mine.id not in known and fits(mine, theirs)]
            if len(hits) == 1:
                known[mine.id] = left.pop(hits[0]["id"])

    take(lambda mine, theirs: mine.remote_id == theirs["id"])
    take(lambda mine, theirs: str((theirs.get("metadata") or {}).get("external_id")) == mine.id)
    take(lambda mine, theirs: mine.sku and mine.sku == theirs["sku"])
    take(lambda mine, theirs: mine.barcode and mine.barcode == theirs["barcode"])
    if card.options:
        ours = words(dict.fromkeys(card.options))
        take(
            lambda mine, theirs: words(mine.options) == {k: v for k, v in words(values_of(theirs)).items() if k in ours}
        )
    elif len(card.variants) == 1 and len(left) == 1 and not known:
        known[card.variants[0].id] = next(iter(left.values()))
    return known


def words(options):
    return {plain(title): plain(value) for title, value in options.items()}


def values_of(variant):
    """{option: value} of a variant of Medusa's."""
    options = variant.get("options") or ()
    return {(value.get("option") or {}).get("title") or "": value["value"] for value in options}


def variant_now(variant):
    """A variant of Medusa's in the form in which it would be told."""
    metadata = variant.get("metadata") or {}
    weight = variant.get("weight")
    now = {key: variant.get(key) or None for key in ("title", "sku", "barcode", "hs_code", "origin_country")}
    now["manage_inventory"] = bool(variant.get("manage_inventory"))
    # Older versions give it as text.
    now["weight"] = None if weight in (None, "") else Decimal(str(weight))
    now["options"] = values_of(variant)
    now["metadata"] = {key: value for key, value in metadata.items() if key == "external_id"}
    return now


# ------------------------------------------------------------ options


def foreign_options(card, product):
    """Medusa's options of a product that Odoo has no attribute for."""
    ours = words(dict.fromkeys(card.options))
    return [option for option in product["options"] or () if plain(option["title"]) not in ours]


def fixed_options(card, product):
    """{title: value} of options that leave no choice: every variant has their only value.

    The one that a product had before it got its first attribute is such an option.
    """
    return {
        option["title"]: option["values"][0]["value"]
        for option in foreign_options(card, product)
        if len(option["values"] or ()) == 1
    }


def tell_options(api, card, product):
    """Add the options and values that Medusa lacks; takes nothing away. Whether something was added.

    :raises MappingError: the product has an option there that it does not have here.
    """
    present = {plain(option["title"]): option for option in product["options"] or ()}
    foreign = [option["title"] for option in foreign_options(card, product) if len(option["values"] or ()) != 1]
    if not card.options:
        return False
    if foreign:
        raise MappingError(
            f"Medusa's product '{product['title']}' has the option {', '.join(foreign)}, and Odoo has no such "
            "attribute with a choice. Take the option away in Medusa, or add the attribute to the product in Odoo; "
            "then retry.",
            field="options",
            value=foreign[0],
            code="options",
        )
    path, added = f"/admin/products/{product['id']}/options", False
    # Since 2.16 options are changed in a batch only.
    batch = any("is_exclusive" in option for option in present.values())
    for title, values in card.options.items():
        option = present.get(plain(title))
        has = {plain(value["value"]) for value in (option or {}).get("values") or ()}
        lacking = [value for value in values if plain(value) not in has]
        if not lacking:
            continue
        added = True
        if option is None and batch:
            # Not exclusive, it would be the whole shop's, and its name taken for every other product.
            new = {"title": title, "values": list(values), "is_exclusive": True}
            api.post(f"{path}/batch", {"add": [new]}, fields="id")
        elif option is None:
            api.post(path, {"title": title, "values": list(values)}, fields="id")
        elif batch:
            change = {"product_option_id": option["id"], "add": [{"value": value} for value in lacking]}
            api.post(f"{path}/batch", {"update": [change]}, fields="id")
        else:
            every = [value["value"] for value in option["values"]] + lacking
            api.post(f"{path}/{option['id']}", {"values": every}, fields="id")
    return added


# ------------------------------------------------------------ pieces


def count_pieces(api, card, known):
    """See that a counted variant has something by which Medusa counts it, under its own SKU.

    Older versions forget it, and none gives it another SKU when the variant gets one.
    """
    for variant in card.variants:
        theirs = known.get(variant.id)
        if not theirs or not variant.counted:
            continue
        items = theirs.get("inventory_items") or ()
        sku = len(items) == 1 and (items[0].get("inventory") or {}).get("sku")
        if variant.sku and sku is not False and sku != variant.sku:
            api.post(f"/admin/inventory-items/{items[0]['inventory_item_id']}", {"sku": variant.sku}, fields="id")
        if items:
            continue
        item = _item(api, variant)
        body = {"inventory_item_id": item["id"], "required_quantity": 1}
        api.post(f"/admin/products/{theirs['product_id']}/variants/{theirs['id']}/inventory-items", body, fields="id")


def _item(api, variant):
    """The inventory item of a variant's SKU, made where there is none."""
    found = variant.sku and api.get("/admin/inventory-items", sku=variant.sku, fields="id")["inventory_items"]
    if found:
        return found[0]
    body = {"title": variant.title, **({"sku": variant.sku} if variant.sku else {})}
    return api.post("/admin/inventory-items", body, fields="id")["inventory_item"]


def empty(api, card, product):
    """Let nothing more be bought of variants that Odoo does not sell any more; their orders keep what is theirs."""
    here = [variant for variant in product["variants"] or () if variant["id"] in card.gone]
    if not here:
        return
    wires = [
        {"id": v["id"], "manage_inventory": True, "allow_backorder": False}
        for v in here
        if not v["manage_inventory"] or v["allow_backorder"]
    ]
    if wires:
        api.post(f"/admin/products/{product['id']}/variants/batch", {"update": wires}, fields="id")
    empty_levels(api, [variant["id"] for variant in here])

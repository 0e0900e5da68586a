"""A vendor's products on their way to a retailer: read, then create or update."""

from ..errors import MappingError
from .api import Told
from .tables import EXISTS, MISSING

#: How many combinations of attributes an error spells out.
SHOWN = 12


def tell(api, offer):
    """Tell one product in the form that the retailer takes.

    :raises SyncError: what prevents it.
    """
    if api.config["product_form"] == "v1":
        for variant in offer.variants:
            tell_simple(api, offer, variant)
    else:
        tell_whole(api, offer)


def tell_whole(api, offer):
    """One call with all variants; one that was confirmed before needs no look."""
    known = offer.known or exists(api, offer.remote_id)
    if not known and not offer.offered:
        return
    if not known:
        try:
            api.call("create", offer_to_remote(offer))
            return
        except Told as told:
            if told.word not in EXISTS:
                raise refusal(told, offer) from None
    try:
        api.call("update", update_to_remote(offer))
    except Told as told:
        if offer.known and offer.offered and told.word in MISSING and not exists(api, offer.remote_id):
            # It was taken away there since: it is a new product again.
            return tell_whole(api, offer.model_copy(update={"known": False}))
        raise refusal(told, offer) from None


def tell_simple(api, offer, variant):
    """The older form: every variant is a product of its own there."""
    body = simple_update_to_remote(variant)
    try:
        if offer.known or exists(api, variant.sku):
            api.call("update", body)
            return
    except Told as told:
        if told.word not in MISSING:
            raise refusal(told, offer) from None
    if variant.gone:
        return
    try:
        api.call("create", simple_to_remote(offer, variant))
    except Told as told:
        if told.word not in EXISTS:
            raise refusal(told, offer) from None
        api.call("update", body)


def exists(api, sku):
    """Whether the retailer has this SKU of ours."""
    try:
        api.call("read", {"default_code": sku})
        return True
    except Told as told:
        if told.word not in MISSING:
            raise
        return False


def offer_to_remote(offer):
    """The body of create; without variants where the product has no attributes."""
    first = offer.offered[0]
    body = {
        "product": {
            "name": offer.name,
            "default_code": first.sku,
            "vendor_on_hand_qty": sum(variant.quantity for variant in offer.offered),
        },
        "supplier": {"price": float(first.price)},
    }
    if len(offer.offered) > 1 or first.attributes:
        body["variants"] = [
            {**row_to_remote(variant), "attributes": dict(variant.attributes)} for variant in offer.offered
        ]
    return body


def update_to_remote(offer):
    """The body of update: rows by SKU, nothing else."""
    return {"variants": [row_to_remote(variant) for variant in offer.variants]}


def row_to_remote(variant):
    return {
        "default_code": variant.sku,
        "vendor_on_hand_qty": variant.quantity,
        "price": float(variant.price),
    }


def simple_to_remote(offer, variant):
    name = " - ".join([offer.name, *variant.attributes.values()])
    return {
        "product": {"name": name, "default_code": variant.sku, "vendor_on_hand_qty": variant.quantity},
        "supplier": {"price": float(variant.price)},
    }


def simple_update_to_remote(variant):
    return {
        "default_code": variant.sku,
        "product": {"vendor_on_hand_qty": variant.quantity},
        "supplier": {"price": float(variant.price)},
    }


def refusal(told, offer):
    """What a person has to know of a refusal of the retailer."""
    if told.word == "variants_incomplete":
        lacking = missing_combinations(told.result.get("expected_combinations"), offer)
        said = f"The retailer wants every combination of the attributes. Missing: {lacking}."
        return MappingError(f"{said} Add these variants with an Internal Reference.", code=told.word)
    if told.word in MISSING:
        skus = told.result.get("missing")
        names = ", ".join(map(str, skus)) if isinstance(skus, list) and skus else offer.remote_id
        said = f"The retailer has the product, but not its variants {names}: he has to add them."
        return MappingError(said, code="variant_not_found")
    return MappingError(f"{told.word}: {told}", code=told.word)


def missing_combinations(expected, offer):
    """The combinations that were not offered, as people read them: `Size S, Colour Red; Size M, Colour Red`."""
    given = [dict(variant.attributes) for variant in offer.offered]
    rows = expected if isinstance(expected, list) else []
    lacking = [row for row in rows if row not in given] or rows
    shown = "; ".join(combination_text(row) for row in lacking[:SHOWN])
    return shown + (f" and {len(lacking) - SHOWN} more" if len(lacking) > SHOWN else "") or "not told which"


def combination_text(row):
    if isinstance(row, dict):
        values = row.get("attributes") if isinstance(row.get("attributes"), dict) else row
        return ", ".join(f"{name} {value}" for name, value in values.items())
    return ", ".join(map(str, row)) if isinstance(row, list) else str(row)

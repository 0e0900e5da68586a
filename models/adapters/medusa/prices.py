"""Prices of variants. A list of prices takes the place of all that a variant has: what is not ours goes along."""

from ..errors import MappingError, RejectedError
from .products import price_to_remote

FIELDS = "id,variants.id,*variants.prices,*variants.prices.price_rules"
#: Ids of one look-up.
MANY = 50


def push(api, items):
    """{key: None or error} of `ProductPush`es with prices: one reading for all, one call for each product."""
    results, wires = {}, {}
    variants = _variants(api, [item.remote_id for item in items])
    for item in items:
        found = variants.get(item.remote_id)
        if found is None:
            results[item.key] = MappingError(
                f"Medusa has no variant {item.remote_id} any more: push the product again to make it anew.", code="gone"
            )
            continue
        results[item.key] = None
        product_id, present = found
        prices = merged(present, [price_to_remote(price) for price in (item.price, *item.more_prices)])
        if prices is not None:
            wires.setdefault(product_id, {})[item.key] = {"id": item.remote_id, "prices": prices}
    for product_id, mine in wires.items():
        results.update(_told(api, product_id, mine))
    return results


def _told(api, product_id, wires):
    """{key: None or error}: together, and one by one when Medusa refuses them."""
    try:
        api.post(f"/admin/products/{product_id}/variants/batch", {"update": list(wires.values())}, fields="id")
        return {}
    except RejectedError as error:
        if len(wires) == 1:
            return dict.fromkeys(wires, error)
    results = {}
    for key, wire in wires.items():
        results.update(_told(api, product_id, {key: wire}))
    return results


def _variants(api, variant_ids):
    """{variant id: (product id, its prices)}."""
    found, wanted = {}, sorted(set(variant_ids))
    for start in range(0, len(wanted), MANY):
        part = {"variants[id][]": wanted[start : start + MANY], "fields": FIELDS}
        for product in api.list("/admin/products", "products", **part):
            found.update({v["id"]: (product["id"], v["prices"] or ()) for v in product["variants"] or ()})
    return found


def is_plain(price):
    """Whether a price holds for everybody and any quantity."""
    return not (price.get("rules") or price.get("min_quantity") or price.get("max_quantity"))


def merged(present, wanted):
    """The list that makes ours the plain prices and keeps all others; None when it is so already."""
    plain = {price["currency_code"]: price for price in present if is_plain(price)}
    if all(w["currency_code"] in plain and plain[w["currency_code"]]["amount"] == w["amount"] for w in wanted):
        return None
    ours = {price["currency_code"] for price in wanted}
    kept = [kept_to_remote(p) for p in present if not (is_plain(p) and p["currency_code"] in ours)]
    own_ids = {currency: {"id": price["id"]} for currency, price in plain.items()}
    return [*({**own_ids.get(price["currency_code"], {}), **price} for price in wanted), *kept]


def kept_to_remote(price):
    """A price as it is, in the form in which it is told."""
    wire = {name: price[name] for name in ("id", "currency_code", "amount")}
    wire.update({name: price[name] for name in ("min_quantity", "max_quantity", "rules") if price.get(name)})
    return wire

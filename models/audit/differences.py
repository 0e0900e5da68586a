"""How what a remote shows compares with what it would be told now; pure functions, one for each flow."""

from decimal import Decimal
from typing import NamedTuple

from ..exporter.catalogue import WITHDRAWN
from ..exporter.product import UNLIMITED


class Difference(NamedTuple):
    """One field on both sides, as people read it; `of` is the part of the product that is meant.

    `kind` is differs or missing_remote.
    """

    field: str
    ours: str
    theirs: str
    of: str = ""
    kind: str = "differs"


class Words(NamedTuple):
    """What the texts of a report need: words of the language it is written in, and names of places by id."""

    yes: str
    no: str
    unlimited: str
    uncounted: str
    nothing: str
    places: dict


def price(value, shown, words, _push):
    """[amount, currency, [amount, currency] ...] against the prices that are shown."""
    if shown.prices is None:
        return None
    told = [value[:2], *value[2:]]
    found = []
    for amount, currency in told:
        theirs = shown.prices.get(currency, shown.prices.get(""))
        if theirs is None or theirs != Decimal(amount):
            there = words.nothing if theirs is None else f"{money(theirs)} {currency}"
            found.append(Difference("price", f"{money(amount)} {currency}", there))
    return found


def stock(value, shown, words, push):
    """A quantity, a quantity for each place, or UNLIMITED."""
    if not shown.counted:
        ours = "; ".join(f"{words.places.get(p, p)}: {q}" for p, q in value.items()) if by_place(value) else str(value)
        return [] if value == UNLIMITED else [Difference("stock", ours, words.uncounted)]
    if by_place(value):
        return None if shown.levels is None else list(levels(value, shown, words, push))
    if value == UNLIMITED:
        if shown.unlimited is None:
            return None
        theirs = words.nothing if shown.stocks is None else str(shown.stocks[0])
        return [] if shown.unlimited else [Difference("stock", words.unlimited, theirs)]
    if shown.unlimited:
        return [Difference("stock", str(value), words.unlimited)]
    if shown.stocks is None:
        return None
    other = [quantity for quantity in shown.stocks if quantity != value]
    return [Difference("stock", str(value), str(quantity)) for quantity in other[:1]]


def by_place(value):
    return isinstance(value, dict)


def levels(value, shown, words, push):
    for place, quantity in value.items():
        level, name = shown.levels.get(place), words.places.get(place, place)
        left = level and level.left(push.held)
        if level is None or left != quantity:
            there = words.nothing if level is None else plain(left)
            yield Difference("stock", f"{name}: {quantity}", f"{name}: {there}")


def publication(value, shown, words, _push):
    if shown.published is None:
        return None
    said = {True: words.yes, False: words.no}
    return [Difference("published", said[value], said[shown.published])] if value != shown.published else []


def limits(value, shown, _words, _push):
    """[least, most]; None on our side leaves what is there."""
    if shown.limits is None or shown.limits == (None, None):
        return None
    pairs = [(ours, theirs) for ours, theirs in zip(value, shown.limits, strict=True) if ours is not None]
    if all(ours == theirs for ours, theirs in pairs):
        return []
    return [Difference("limits", " – ".join(str(o) for o, _t in pairs), " – ".join(str(t) for _o, t in pairs))]


def catalogue(card, shown, words, push):
    """What a product is: its name, whether it is on sale, and its variants."""
    if card == WITHDRAWN:
        return [Difference("published", words.no, words.yes)] if shown.published else []
    found = []
    if shown.facts.get("name") != card["title"]:
        found.append(Difference("name", card["title"], shown.facts.get("name") or words.nothing))
    found += publication(card["published"], shown, words, push) or []
    for variant_id, facts in card["variants"].items():
        remote_id = push.extras["variants"].get(variant_id, {}).get("remote_id")
        part = shown.parts.get(remote_id)
        if part is None:
            found.append(Difference("product", facts["title"], words.nothing, facts["title"], "missing_remote"))
            continue
        for field in ("sku", "barcode"):
            ours, theirs = facts[field] or "", part.facts.get(field) or ""
            if ours != theirs:
                found.append(Difference(field, ours or words.nothing, theirs or words.nothing, facts["title"]))
    return found


def offer(value, shown, words, _push):
    """{SKU: [quantity, price]}; one that is gone may be gone there too."""
    if not shown.parts:
        return None
    found, told = [], False
    for sku, (quantity, amount) in value.items():
        part = shown.parts.get(sku)
        if part is None:
            if quantity:
                found.append(Difference("product", sku, words.nothing, sku, "missing_remote"))
            continue
        pairs = [
            ("stock", quantity, part.stocks and part.stocks[0], plain),
            ("price", amount, part.prices and part.prices[""], money),
        ]
        for field, ours, theirs, text in pairs:
            if theirs is None:
                continue
            told = True
            if Decimal(ours) != theirs:
                found.append(Difference(field, text(ours), text(theirs), sku))
    return found if told or found else None


def plain(amount):
    """A number without the zeros that nobody needs."""
    return f"{Decimal(amount).normalize():f}"


def money(amount):
    """An amount with its cents, and with more places where it has them."""
    _whole, _point, places = plain(amount).partition(".")
    return plain(amount) if len(places) > 2 else f"{Decimal(amount):.2f}"


#: Flow -> how its value compares: [Difference], None where the remote does not show it.
COMPARE = {
    "price": price,
    "stock": stock,
    "publication": publication,
    "limits": limits,
    "catalogue": catalogue,
    "offer": offer,
}

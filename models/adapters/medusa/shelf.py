"""What Medusa shows of its products, for an audit: what they are, what they cost, and what is where."""

import time
from decimal import Decimal

from .. import canonical
from ..adapter import Shelf
from . import stock
from .prices import is_plain
from .products_in import FIELDS, PAGE, PRODUCTS

#: Of a variant also by what its pieces are counted.
EVERYTHING = f"{FIELDS},{stock.FIELDS.partition('variants.sku,')[2]}"


def look(api, message):
    """One page of all products as a `Shelf`."""
    asked = time.time()
    answer = api.get("/admin/products", limit=PAGE, offset=message.offset, order="id", fields=EVERYTHING)
    rows = answer[PRODUCTS]
    more = message.offset + len(rows) < int(answer.get("count") or 0) and bool(rows)
    entries = {v["id"]: stock.entry_of(v) for row in rows for v in row.get("variants") or ()}
    held = stock.held_of(api, [entry for entry in entries.values() if not isinstance(entry, Exception)])
    shown = [one for row in rows for one in shown_of(row, entries, held)]
    return Shelf(shown, asked, message.offset + PAGE if more else None)


def shown_of(row, entries, held):
    """`Shown`s of a product as a whole and of each of its variants."""
    variants = row.get("variants") or ()
    parts = {
        variant["id"]: canonical.Shown(
            ids=(variant["id"],),
            name=variant["title"] or row["title"],
            facts={"sku": variant.get("sku") or None, "barcode": variant.get("barcode") or None},
        )
        for variant in variants
    }
    yield canonical.Shown(
        entity="catalogue",
        ids=(row["id"],),
        name=row["title"],
        published=row["status"] == "published",
        facts={"name": row["title"]},
        parts=parts,
    )
    for variant in variants:
        entry = entries[variant["id"]]
        counted = not isinstance(entry, Exception)
        yield canonical.Shown(
            ids=(variant["id"],),
            name=f"{row['title']} ({variant['title']})" if len(variants) > 1 else row["title"],
            prices={
                p["currency_code"].upper(): Decimal(str(p["amount"]))
                for p in variant.get("prices") or ()
                if is_plain(p)
            },
            counted=counted,
            levels=levels_of(entry, held) if counted else {},
        )


def levels_of(entry, held):
    """{place: Level} of a variant that is counted."""
    levels = {}
    for place, level in entry["levels"].items():
        reserved = {}
        for line, pieces in held.get((entry["item"], place), ()):
            if line:
                reserved[line] = reserved.get(line, 0) + pieces
        levels[place] = canonical.Level(
            quantity=level["stocked_quantity"], per_unit=entry["per_unit"], reserved=reserved
        )
    return levels

"""What Cartona's list of products shows, for an audit."""

import time

from pydantic import ValidationError

from .. import canonical
from ..adapter import Shelf
from . import wire
from .products import remote_ids
from .reading import PAGE, rows_of


def look(api, message):
    """One page of the supplier's own products as a `Shelf`."""
    asked, page = time.time(), message.offset // PAGE + 1
    rows = rows_of(api.call("GET", "products", params={"page": page, "per_page": PAGE}))
    shown, unreadable = [], 0
    for row in rows:
        try:
            shown += filter(None, [shown_of(wire.Product.model_validate(row))])
        except ValidationError:
            unreadable += 1
    return Shelf(shown, asked, message.offset + PAGE if len(rows) >= PAGE else None, unreadable)


def shown_of(row):
    """The canonical `Shown` of a row, None where nothing names it."""
    ids = remote_ids(row)
    if not ids:
        return None
    quantity = row.available_stock_quantity
    return canonical.Shown(
        ids=ids,
        account=row.supplier_code,
        name=row.name or ids[0],
        prices=None if row.selling_price is None else {"": row.selling_price},
        stocks=None if quantity is None else (quantity,),
        unlimited=row.is_unlimited_stock,
        published=row.is_published if "is_published" in row.model_fields_set else None,
        limits=(row.min_order, row.max_order),
    )

"""What PrestaShop shows of its products, for an audit."""

import time

from .. import canonical
from ..adapter import Shelf
from .catalogue import STOCK
from .products import BLOCK, COMBINATION, PRODUCT, combination_of, product_of


def look(webservice, message):
    """The products of one block of numbers as a `Shelf`; a deleted one moves no other page."""
    asked = time.time()
    first = message.offset - message.offset % BLOCK
    last = first + BLOCK - 1
    rows = webservice.rows("products", display=PRODUCT, id=f"[{first},{last}]")
    ids = [str(row["id"]) for row in rows]
    combinations = webservice.rows("combinations", display=COMBINATION, id_product=ids)
    stocks = {}
    for row in webservice.rows("stock_availables", display=STOCK, id_product=ids):
        # With several shops there is a row for each.
        key = f"{row['id_product']}-{row['id_product_attribute']}"
        stocks.setdefault(key, []).append(int(row["quantity"]))
    by_product = {}
    for row in combinations:
        by_product.setdefault(str(row["id_product"]), []).append(row)
    shown = []
    for row in rows:
        mine = by_product.get(str(row["id"]), [])
        product = product_of(row, kind="parent" if mine else "simple")
        for one in [product, *(combination_of(part, product, {}) for part in mine)]:
            shown.append(shown_of(one, stocks.get(one.id)))
    following = webservice.rows("products", display="[id]", limit=1, id=f">[{last}]")
    return Shelf(shown, asked, int(following[0]["id"]) if following else None)


def shown_of(product, quantities):
    """The canonical `Shown` of a product, or of a combination; the frame around combinations sells nothing."""
    if product.kind == "parent":
        return canonical.Shown(ids=(product.id,), name=product.name, frame=True)
    return canonical.Shown(
        ids=(product.id,),
        name=product.name,
        prices={"": product.price},
        stocks=tuple(quantities) if quantities else None,
    )

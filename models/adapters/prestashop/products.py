"""The shop's own catalogue, read page by page, so that its products can be tied to Odoo's."""

from decimal import Decimal

from .. import canonical, wiretypes
from ..adapter import Fetched
from ..errors import RejectedError
from .reading import event_of

#: Name of the list in the hub: it is made of two of the shop's.
CATALOGUE = "catalogue"
#: A page holds the products with these many numbers, so that a deleted one moves no page but its own.
BLOCK = 100
PRODUCT = "[id,reference,ean13,isbn,upc,price,active,state,name]"
COMBINATION = "[id,id_product,reference,ean13,isbn,upc,price,product_option_values[id]]"
#: Mark of the event that tells which products there are at all.
INDEX = "index"


def poll(webservice, message):
    """One page as a `Fetched`; the first one comes with the list of all products there are."""
    first = message.offset - message.offset % BLOCK
    last = first + BLOCK - 1
    events = []
    if not message.offset:
        ids = [str(row["id"]) for row in webservice.rows("products", display="minimum")]
        events.append(event_of(CATALOGUE, CATALOGUE, {"id": INDEX, "products": ids}, webservice.clock))
    products = webservice.rows("products", display=PRODUCT, id=f"[{first},{last}]")
    if products:
        page = {"id": f"{first}-{last}", **_whole(webservice, products)}
        events.append(event_of(CATALOGUE, CATALOGUE, page, webservice.clock))
    following = webservice.rows("products", display="[id]", limit=1, id=f">[{last}]")
    return Fetched(events, int(following[0]["id"]) if following else None)


def _whole(webservice, products):
    """The products with what belongs to them, under PrestaShop's own names."""
    ids = [str(row["id"]) for row in products]
    combinations = webservice.rows("combinations", display=COMBINATION, id_product=ids)
    options = {value for row in combinations for value in _options(row)}
    try:
        names = webservice.rows("product_option_values", display="[id,name]", id=options, optional=True)
    except RejectedError:
        # Names of sizes and colours help a person, nothing depends on them.
        names = []
    return {"products": products, "combinations": combinations, "product_option_values": names}


def _options(combination):
    rows = (combination.get("associations") or {}).get("product_option_values", [])
    return [str(row["id"]) for row in rows]


def to_hub(data, _zone):
    """The canonical page, or the index of all products."""
    if data["id"] == INDEX:
        return canonical.CatalogueIndex(id=INDEX, ids=tuple(f"{number}-0" for number in data["products"]))
    names = {str(row["id"]): text_of(row.get("name")) for row in data["product_option_values"]}
    by_product = {}
    for row in data["combinations"]:
        by_product.setdefault(str(row["id_product"]), []).append(row)
    found = []
    for row in data["products"]:
        if str(row.get("state", "1")) == "0":
            # Somebody has begun to make it and has never saved it.
            continue
        mine = by_product.get(str(row["id"]), [])
        product = product_of(row, kind="parent" if mine else "simple")
        found += [product, *(combination_of(part, product, names) for part in mine)]
    return canonical.Catalogue(id=data["id"], products=tuple(found))


def product_of(row, kind):
    return canonical.RemoteProduct(
        id=f"{row['id']}-0",
        kind=kind,
        sku=wiretypes.text_of(row.get("reference")),
        barcode=barcode_of(row),
        name=text_of(row.get("name")) or f"{row['id']}",
        price=Decimal(str(row.get("price") or 0)),
        active=wiretypes.flag_of(row.get("active")),
    )


def combination_of(row, product, names):
    """A combination; its price is what it costs more, or less, than the product."""
    number = product.id.partition("-")[0]
    options = ", ".join(filter(None, (names.get(value) for value in _options(row))))
    return canonical.RemoteProduct(
        id=f"{number}-{row['id']}",
        parent_id=product.id,
        kind="combination",
        sku=wiretypes.text_of(row.get("reference")),
        barcode=barcode_of(row),
        name=f"{product.name} ({options})" if options else product.name,
        price=product.price + Decimal(str(row.get("price") or 0)),
        active=product.active,
    )


def barcode_of(row):
    return next(filter(None, (wiretypes.text_of(row.get(field)) for field in ("ean13", "upc", "isbn"))), None)


def text_of(name):
    """A translated text in the shop's first language."""
    if isinstance(name, list):
        name = name[0]["value"] if name else None
    return wiretypes.text_of(name)

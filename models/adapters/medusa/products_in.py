"""What Medusa shows of its products and of its stock, for comparison with what it was told."""

from datetime import datetime, timezone

from .. import canonical
from ..adapter import Event, Fetched
from ..canonical import Version
from .prices import is_plain

FIELDS = (
    "id,title,status,variants.id,variants.title,variants.sku,variants.barcode,*variants.prices,"
    "*variants.prices.price_rules"
)
STOCK_FIELDS = "id,sku,*location_levels,variants.id"
#: Name of the list of products.
PRODUCTS = "products"
#: Products of one page.
PAGE = 50
#: Beginning of an id -> the filter that finds its product.
FILTERS = {"prod": "id[]", "variant": "variants[id][]"}
ITEM_FILTERS = {"iitem": "id[]", "ilev": "location_levels[id][]"}


def fetch(api, item):
    """A product by its id or by one of its variants' as a `Fetched`; one that is gone says so."""
    asked, kind = datetime.now(timezone.utc), item.remote_id.partition("_")[0]
    if kind not in FILTERS:
        return Fetched([])
    found = api.get("/admin/products", **{FILTERS[kind]: [item.remote_id], "fields": FIELDS})[PRODUCTS]
    if not found and kind == "prod":
        return Fetched([_event("catalogue", item.remote_id, {"id": item.remote_id, "deleted": True}, asked)])
    return Fetched([_event("catalogue", row["id"], product_payload(row), asked) for row in found])


def fetch_inventory(api, item):
    """What there is of an inventory item as a `Fetched`, by its id or by that of one of its levels."""
    asked, kind = datetime.now(timezone.utc), item.remote_id.partition("_")[0]
    if kind not in ITEM_FILTERS:
        return Fetched([])
    query = {ITEM_FILTERS[kind]: [item.remote_id], "fields": STOCK_FIELDS}
    rows = api.get("/admin/inventory-items", **query)["inventory_items"]
    return Fetched([_event("stock", row["id"], stock_payload(row), asked) for row in rows])


def poll(api, message):
    """One page of all products as a `Fetched`."""
    answer = api.get("/admin/products", limit=PAGE, offset=message.offset, order="id", fields=FIELDS)
    rows, page = answer[PRODUCTS], message.offset // PAGE + 1
    more = message.offset + len(rows) < int(answer.get("count") or 0) and bool(rows)
    payload = {"mark": message.mark, "last": not more, "products": [product_payload(row) for row in rows]}
    event = Event(
        key=f"read:{PRODUCTS}:{page}:{message.mark}",
        entity=PRODUCTS,
        action="read",
        remote_id=f"page-{page}",
        payload=payload,
        version=Version(time=datetime.now(timezone.utc), polled=True),
    )
    return Fetched([event], message.offset + PAGE if more else None)


def _event(entity, remote_id, payload, asked):
    return Event(
        # Always news: what was told since may make the same content another matter.
        key=f"read:{entity}:{remote_id}:{asked.timestamp()}",
        entity=entity,
        action="read",
        remote_id=remote_id,
        payload=payload,
        version=Version(time=asked, polled=True),
    )


def product_payload(row):
    """What is kept of a product that was read."""
    names = ("id", "title", "sku", "barcode")
    variants = [
        {
            **{name: variant.get(name) for name in names},
            "prices": {p["currency_code"]: str(p["amount"]) for p in variant.get("prices") or () if is_plain(p)},
        }
        for variant in row.get("variants") or ()
    ]
    variants.sort(key=lambda variant: variant["id"])
    return {"id": row["id"], "title": row["title"], "status": row["status"], "variants": variants}


def stock_payload(row):
    """What is kept of an inventory item that was read: pieces that can still be sold, by place."""
    levels = {
        level["location_id"]: level["stocked_quantity"] - level["reserved_quantity"]
        for level in row.get("location_levels") or ()
        if level
    }
    return {"id": row["id"], "variants": [v["id"] for v in row.get("variants") or () if v], "levels": levels}


# ------------------------------------------------------------ meaning


def state_to_hub(payload):
    """The canonical `ProductState` of what was kept."""
    return canonical.ProductState(
        id=payload["id"],
        name=payload.get("title") or "",
        published=payload.get("status") == "published",
        deleted=bool(payload.get("deleted")),
        variants=[
            canonical.VariantState(
                id=variant["id"],
                sku=variant["sku"],
                barcode=variant["barcode"],
                name=variant["title"] or payload["title"],
                prices=variant["prices"],
            )
            for variant in payload.get("variants") or ()
        ],
    )


def stock_to_hub(payload):
    """The canonical `StockState` of what was kept."""
    return canonical.StockState(id=payload["id"], variant_ids=payload["variants"], levels=payload["levels"])


def catalogue_to_hub(payload, remote_id):
    """A page of products as a canonical `Catalogue`."""
    products = [one for row in payload["products"] for one in remote_products(state_to_hub(row))]
    return canonical.Catalogue(id=remote_id, mark=payload["mark"], last=payload["last"], products=products)


def remote_products(state):
    """A product and its variants as what can be tied to Odoo's."""
    yield canonical.RemoteProduct(id=state.id, kind="parent", name=state.name or state.id, active=state.published)
    for variant in state.variants:
        only = len(state.variants) == 1
        yield canonical.RemoteProduct(
            id=variant.id,
            kind="simple" if only else "combination",
            parent_id=state.id,
            sku=variant.sku,
            barcode=variant.barcode,
            name=state.name if only else f"{state.name} ({variant.name})",
            price=next(iter(variant.prices.values()), None),
            active=state.published,
        )

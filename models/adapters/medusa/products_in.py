"""What Medusa shows of its products and of its stock, for comparison with what it was told."""

from datetime import datetime, timezone
from typing import NamedTuple

from .. import canonical
from ..adapter import Event, Fetched
from ..canonical import Version
from ..errors import SyncError
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
#: Entity and beginning of an id -> the filter that finds the record.
FILTERS = {
    ("product", "prod"): "id[]",
    ("product", "variant"): "variants[id][]",
    ("inventory", "iitem"): "id[]",
    ("inventory", "ilev"): "location_levels[id][]",
}


def fetch(api, items):
    """{key: `Fetched` or the error} of products and inventory items, by their ids or by those of their parts.

    All of one kind are read with one call; a product that is gone says so.
    """
    outcome, groups = {}, {}
    for item in items:
        filter_name = FILTERS.get((item.entity, item.remote_id.partition("_")[0]))
        outcome[item.key] = Fetched([])
        if filter_name:
            groups.setdefault((item.entity, filter_name), []).append(item)
    for (entity, filter_name), mine in groups.items():
        asked = datetime.now(timezone.utc)
        try:
            rows = READERS[entity].rows(api, filter_name, [item.remote_id for item in mine])
        except SyncError as error:
            outcome.update({item.key: error for item in mine})
            continue
        outcome.update({item.key: Fetched(list(_events(READERS[entity], item, rows, asked))) for item in mine})
    return outcome


def _events(reader, item, rows, asked):
    """What was read of one record; of two parts of one product only the first brings it."""
    found = [row for row in rows if item.remote_id in reader.ids(row)]
    for row in found:
        if not row.setdefault("told", False):
            row["told"] = True
            yield _event(reader.entity, row["id"], reader.payload(row), asked)
    if not found and item.remote_id.startswith("prod_"):
        yield _event(reader.entity, item.remote_id, {"id": item.remote_id, "deleted": True}, asked)


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


class Reader(NamedTuple):
    """How records of one kind are read: the list, the fields, the entity of what comes of it."""

    path: str
    name: str
    fields: str
    entity: str
    payload: object
    ids: object

    def rows(self, api, filter_name, remote_ids):
        return api.list(self.path, self.name, **{filter_name: sorted(set(remote_ids)), "fields": self.fields})


def product_ids(row):
    return {row["id"], *(variant["id"] for variant in row.get("variants") or ())}


def item_ids(row):
    return {row["id"], *(level["id"] for level in row.get("location_levels") or () if level)}


READERS = {
    "product": Reader("/admin/products", PRODUCTS, FIELDS, "catalogue", product_payload, product_ids),
    "inventory": Reader("/admin/inventory-items", "inventory_items", STOCK_FIELDS, "stock", stock_payload, item_ids),
}


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

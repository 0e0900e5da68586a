"""Products on their way to Cartona: which row is meant, what is set, and what the answer says of it."""

import json

from .. import canonical
from ..errors import RejectedError
from . import wire
from .tables import ERROR_KEYS, IDENTIFIERS

#: How a remote id names a product that has no internal id: by Cartona's own number, or by what it is a pack of.
BY_SUPPLIER = "supplier_product_id="
BY_BASE = "base_product_id="


def identifiers(remote_id):
    """The fields of a call that name a product.

    A remote id is Cartona's internal product id as it stands, else `supplier_product_id=551201`, else
    `base_product_id=7044;unit=box;unit_count=10`.
    """
    if remote_id.startswith(BY_SUPPLIER):
        return {"supplier_product_id": remote_id[len(BY_SUPPLIER) :]}
    if remote_id.startswith(BY_BASE):
        parts = dict(part.split("=", 1) for part in remote_id.split(";") if "=" in part)
        if set(parts) == {"base_product_id", "unit", "unit_count"} and parts["unit_count"].isdigit():
            return {**parts, "unit_count": int(parts["unit_count"])}
    return {"internal_product_id": remote_id}


def remote_ids(row):
    """The remote ids that a product row or an order line may be known by, the most telling first."""
    ids = []
    if row.internal_product_id:
        ids.append(row.internal_product_id)
    if row.supplier_product_id:
        ids.append(f"{BY_SUPPLIER}{row.supplier_product_id}")
    if row.base_product_id and row.unit and row.unit_count:
        ids.append(f"{BY_BASE}{row.base_product_id};unit={row.unit};unit_count={row.unit_count}")
    return tuple(ids)


def catalogue_to_hub(page):
    """The canonical page of a product list; rows that nothing can name are left out."""
    found, taken = [], set()
    for row in page["products"]:
        product = wire.Product.model_validate(row)
        ids = remote_ids(product)
        if not ids:
            continue
        # One internal id may stand on several rows; the next name tells them apart.
        other = next((name for name in ids if name.startswith(BY_SUPPLIER)), None)
        remote_id = other if ids[0] in taken and other else ids[0]
        taken.add(remote_id)
        found.append(
            canonical.RemoteProduct(
                id=remote_id,
                other_id=other,
                code=product.supplier_product_id,
                sku=product.internal_product_id,
                name=product.name or remote_id,
                price=product.selling_price,
                active=product.is_published,
                unit=product.unit,
                unit_count=count_of(product.unit_count),
                base_id=product.base_product_id,
                bundle=product.is_bundle,
            )
        )
    return canonical.Catalogue(
        id=f"page-{page['page']}", products=tuple(found), mark=page["mark"], last=bool(page["last"])
    )


def count_of(text):
    """How many pieces a pack has; one where it does not say."""
    return max(int(float(text)), 1) if text and text.replace(".", "", 1).isdigit() else 1


def account_fields(item, config):
    """The field that says which account is meant, where one is known."""
    code = item.account or config["supplier_code"]
    return {config["supplier_code_key"]: code} if code else {}


def product_to_remote(item, config):
    """One element of bulk-update for a `ProductPush`; fields that are left out stay as they are."""
    wire = {**identifiers(item.remote_id), **account_fields(item, config)}
    if item.price is not None:
        wire["selling_price"] = float(item.price.amount)
    if item.stock is not None and not by_base(item, config):
        wire.update(stock_to_remote(item.stock))
    if item.publication is not None:
        wire["is_published"] = item.publication.published
    if item.limits is not None:
        limits = {"min_order": item.limits.least, "max_order": item.limits.most}
        wire.update({field: value for field, value in limits.items() if value is not None})
    return wire


def stock_to_remote(stock):
    """The fields of a quantity; what is unlimited goes without one."""
    if stock.unlimited:
        return {"is_unlimited_stock": True, "in_stock": True}
    return {"available_stock_quantity": stock.quantity, "in_stock": stock.quantity > 0}


def by_base(item, config):
    """Whether the item's stock goes by its base product, in pieces."""
    return bool(
        config["stock_call"] == "base"
        and item.base_id
        and item.stock is not None
        and item.stock.pieces is not None
        and not item.stock.unlimited
    )


def says_something(wire, config):
    """Whether an element sets anything besides naming its product."""
    return bool(set(wire) - {*IDENTIFIERS, config["supplier_code_key"]})


def results_of(data, items, wires):
    """{item.key: None or RejectedError} of an answer to a bulk call, in whichever form it comes.

    :raises RejectedError: an error of the whole call, or one that nobody can be blamed for.
    """
    errors, whole = errors_to_hub(data, wires)
    if whole:
        raise RejectedError(whole)
    return {item.key: RejectedError(errors[n]) if n in errors else None for n, item in enumerate(items)}


def errors_to_hub(data, wires):
    """({position of an element: error text}, error of the whole call or None) of an answer to a bulk call.

    Cartona does not document the answer: an empty list or object, one element per item, errors only, or one
    object for the whole call have all to be expected. An item that is not named has succeeded.
    """
    if isinstance(data, dict):
        for key in ("data", "results", "items"):
            if isinstance(data.get(key), list):
                return errors_to_hub(data[key], wires)
        return {}, _error_of(data)
    errors = {}
    elements = data if isinstance(data, list) else []
    for position, element in enumerate(elements):
        error = _error_of(element) if isinstance(element, dict) else None
        if not error:
            continue
        blamed = _blamed(element, position, elements, wires)
        if not blamed:
            # An error nobody can be blamed for must not pass as a success.
            return errors, error
        errors.update(dict.fromkeys(blamed, error))
    return errors, None


def _blamed(element, position, elements, wires):
    """The positions that an error element names; in a full answer its own position settles a doubt."""
    told = {field: str(element[field]) for field in IDENTIFIERS if element.get(field) not in (None, "")}
    same_length = len(elements) == len(wires)
    if not told:
        return [position] if same_length else []

    def meant(wire):
        # Numbers of Cartona come as text or as number.
        own = [field for field in IDENTIFIERS[:2] if field in wire] or list(IDENTIFIERS)
        shared = [field for field in own if field in told and field in wire]
        return bool(shared) and all(str(wire[field]) == told[field] for field in shared)

    found = [number for number, wire in enumerate(wires) if meant(wire)]
    return [position] if same_length and position in found else found


def _error_of(element):
    """The error text of one answered element, None when it succeeded."""
    status = str(element.get("status") or "").lower()
    failed = element.get("success") is False or status in ("error", "failed", "failure")
    for key in ERROR_KEYS:
        said = element.get(key)
        if said and (failed or key != "message"):
            return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, default=str)
    return "refused without a reason" if failed else None

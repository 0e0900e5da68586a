"""Stock by Medusa's own places. What lies there includes what is held back for orders."""

from ..errors import MappingError

#: What is read before stock is told: what a variant's pieces are counted by, and what is where.
FIELDS = (
    "id,variants.id,variants.sku,variants.manage_inventory,variants.inventory_items.required_quantity,"
    "variants.inventory_items.inventory.id,*variants.inventory_items.inventory.location_levels"
)
LEVELS = "/admin/inventory-items/location-levels/batch"
#: Ids of one look-up.
MANY = 50


def push(api, items):
    """{key: None or error} of `ProductPush`es with stock: two readings and one call for all of them."""
    results, wires = {}, {"create": [], "update": []}
    counted = _counted(api, [item.remote_id for item in items])
    held = held_of(api, [entry for entry in counted.values() if not isinstance(entry, Exception)])
    for item in items:
        entry = counted.get(item.remote_id) or MappingError(
            f"Medusa has no variant {item.remote_id} any more: push the product again to make it anew.", code="gone"
        )
        if isinstance(entry, Exception):
            results[item.key] = entry
            continue
        results[item.key] = None
        if item.stock.unlimited:
            continue
        for location, quantity in item.stock.levels.items():
            kept = sum(pieces for line, pieces in held.get((entry["item"], location), ()) if line in item.stock.held)
            _add(wires, entry, location, quantity * entry["per_unit"] + kept)
    # Equal quantities are not written: Medusa would tell us of a change that is none.
    if wires["create"] or wires["update"]:
        api.post(LEVELS, {name: rows for name, rows in wires.items() if rows})
    return results


def _add(wires, entry, location, stocked):
    row = {"inventory_item_id": entry["item"], "location_id": location, "stocked_quantity": stocked}
    level = entry["levels"].get(location)
    if level is None:
        wires["create"].append(row)
    elif level["stocked_quantity"] != row["stocked_quantity"]:
        wires["update"].append(row)


def _counted(api, variant_ids):
    """{variant id: {item, per_unit, levels by location}, or the error that its stock cannot be told}."""
    found = {}
    wanted = sorted(set(variant_ids))
    for start in range(0, len(wanted), MANY):
        part = {"variants[id][]": wanted[start : start + MANY], "fields": FIELDS}
        for product in api.list("/admin/products", "products", **part):
            mine = [variant for variant in product["variants"] or () if variant["id"] in wanted]
            found.update({variant["id"]: entry_of(variant) for variant in mine})
    return found


def entry_of(variant):
    items = variant.get("inventory_items") or ()
    if not variant["manage_inventory"] or len(items) != 1 or not items[0].get("inventory"):
        name = variant["sku"] or variant["id"]
        why = "is sold without being counted" if not items else "is counted by several inventory items"
        return MappingError(
            f"Medusa's variant {name} {why}: set 'Manage inventory' with one inventory item there, or push the product "
            "again.",
            code="not_counted",
        )
    inventory = items[0]["inventory"]
    levels = {level["location_id"]: level for level in inventory.get("location_levels") or ()}
    return {"item": inventory["id"], "per_unit": items[0].get("required_quantity") or 1, "levels": levels}


def held_of(api, entries):
    """{(item, location): [(order line, pieces)]} of what Medusa holds back for orders."""
    items = sorted({e["item"] for e in entries if any(level["reserved_quantity"] for level in e["levels"].values())})
    held = {}
    for start in range(0, len(items), MANY):
        part = {"inventory_item_id[]": items[start : start + MANY]}
        fields = "id,quantity,line_item_id,location_id,inventory_item_id"
        for row in api.list("/admin/reservations", "reservations", **part, fields=fields):
            key = (row["inventory_item_id"], row["location_id"])
            held.setdefault(key, []).append((row["line_item_id"], row["quantity"]))
    return held


def empty_levels(api, variant_ids):
    """Leave of these variants only what is held back for orders."""
    update = [
        {"inventory_item_id": entry["item"], "location_id": place, "stocked_quantity": level["reserved_quantity"]}
        for entry in _counted(api, variant_ids).values()
        if not isinstance(entry, MappingError)
        for place, level in entry["levels"].items()
        if level["stocked_quantity"] != level["reserved_quantity"]
    ]
    if update:
        api.post(LEVELS, {"update": update})

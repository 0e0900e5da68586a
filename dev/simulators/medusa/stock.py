"""Inventory items, what lies where, and what is held back for orders."""

from .wire import Problem, listed, missing, needed, strict

LEVEL = ("inventory_item_id", "location_id", "stocked_quantity", "incoming_quantity")


class Stock:
    """Mixed into the remote: self.items, self.levels {(item, location): level}, self.reservations."""

    def _count(self, variant):
        """A counted variant has an item of its SKU; one that is not counted has none."""
        if not variant["manage_inventory"]:
            for item in variant["item_ids"]:
                self.items.pop(item, None)
            variant["item_ids"] = []
        elif not variant["item_ids"]:
            self._sku_is_free(variant["sku"])
            item = {
                "id": self.clock.id("iitem"),
                "sku": variant["sku"],
                "title": variant["title"],
                **self.clock.stamps(),
            }
            self.items[item["id"]] = {**item, "variant_id": variant["id"]}
            variant["item_ids"] = [item["id"]]

    def _sku_is_free(self, sku, own=None):
        if sku and any(item["sku"] == sku for item in self.items.values() if item is not own):
            raise Problem(f"Inventory item with sku: {sku}, already exists.")

    def shown_level(self, level):
        """As it is now: what is held back is the sum of the reservations."""
        mine = [
            row["quantity"]
            for row in self.reservations.values()
            if (row["inventory_item_id"], row["location_id"]) == (level["inventory_item_id"], level["location_id"])
        ]
        reserved = sum(mine)
        stocked = level["stocked_quantity"]
        return {**level, "reserved_quantity": reserved, "available_quantity": stocked - reserved}

    def shown_item(self, number):
        item = self.items[number]
        levels = [self.shown_level(level) for (key, _place), level in self.levels.items() if key == number]
        variants = [{"id": item["variant_id"]}] if item["variant_id"] else []
        shown = {key: value for key, value in item.items() if key != "variant_id"}
        return {**shown, "location_levels": levels, "variants": variants}

    def list_items(self, body, query):
        rows = [self.shown_item(number) for number in self.items]
        filters = {
            "id": lambda row: [row["id"]],
            "sku": lambda row: [row["sku"]],
            "location_levels[id]": lambda row: [level["id"] for level in row["location_levels"]],
        }
        return listed("inventory_items", rows, query, filters, 20)

    def create_item(self, body, query):
        strict(body, "sku", "title", "metadata")
        self._sku_is_free(body.get("sku"))
        item = {"id": self.clock.id("iitem"), "sku": body.get("sku"), "title": body.get("title"), "variant_id": None}
        self.items[item["id"]] = {**item, **self.clock.stamps()}
        return {"inventory_item": self.shown_item(item["id"])}

    def update_item(self, body, query, number):
        if number not in self.items:
            raise missing("InventoryItem", number)
        strict(body, "sku", "title", "metadata")
        self._sku_is_free(body.get("sku"), self.items[number])
        self.items[number].update(body)
        return {"inventory_item": self.shown_item(number)}

    def link_item(self, body, query, number, variant_id):
        needed(strict(body, "inventory_item_id", "required_quantity"), "inventory_item_id")
        variant = next((one for one in self.product(number)["variants"] if one["id"] == variant_id), None)
        if variant is None or body["inventory_item_id"] not in self.items:
            raise missing("ProductVariant", variant_id)
        variant["item_ids"] = [body["inventory_item_id"]]
        self.items[body["inventory_item_id"]]["variant_id"] = variant_id
        return {"variant": self.shown_variant(variant)}

    def list_reservations(self, body, query):
        names = ("id", "inventory_item_id", "line_item_id", "location_id")
        filters = {name: (lambda row, name=name: [row[name]]) for name in names}
        return listed("reservations", list(self.reservations.values()), query, filters, 20)

    # ------------------------------------------------------------ levels

    def batch_levels(self, body, query):
        """All or nothing, as Medusa's own."""
        strict(body, "create", "update", "delete", "force")
        for wire in body.get("create") or ():
            self._right(wire)
            if (wire["inventory_item_id"], wire["location_id"]) in self.levels:
                raise Problem(f"Item {wire['inventory_item_id']} is already stocked at location {wire['location_id']}")
        for wire in body.get("update") or ():
            self._right(wire)
            if (wire["inventory_item_id"], wire["location_id"]) not in self.levels:
                text = f"Item {wire['inventory_item_id']} is not stocked at location {wire['location_id']}"
                raise Problem(text, 404, "not_found")
        made = [self._set_level(wire) for wire in body.get("create") or ()]
        changed = [self._set_level(wire) for wire in body.get("update") or ()]
        return {"created": made, "updated": changed, "deleted": []}

    def _right(self, wire):
        needed(strict(wire, *LEVEL), "inventory_item_id", "location_id")
        if wire["inventory_item_id"] not in self.items:
            raise missing("InventoryItem", wire["inventory_item_id"])
        if wire["location_id"] not in {place["id"] for place in self.locations}:
            raise missing("StockLocation", wire["location_id"])
        quantity = wire.get("stocked_quantity", 0)
        if not isinstance(quantity, (int, float)) or isinstance(quantity, bool) or quantity < 0:
            raise Problem("Invalid request: Value for field 'stocked_quantity' too small, expected at least: '0'")

    def _set_level(self, wire):
        key = (wire["inventory_item_id"], wire["location_id"])
        new = key not in self.levels
        if new:
            fresh = {"id": self.clock.id("ilev"), "inventory_item_id": key[0], "location_id": key[1]}
            self.levels[key] = {**fresh, "stocked_quantity": 0, "incoming_quantity": 0, **self.clock.stamps()}
        level = self.levels[key]
        level.update({name: wire[name] for name in ("stocked_quantity", "incoming_quantity") if name in wire})
        level["updated_at"] = self.clock.now()
        self.event(f"inventory-level.{'created' if new else 'updated'}", level["id"])
        return dict(level)

    # ------------------------------------------------------------ what orders do to it

    def hold_back(self, line, place):
        """Reserve the pieces of an order's line; what is not there is not sold."""
        variant = next(
            one for product in self.products.values() for one in product["variants"] if one["id"] == line["variant_id"]
        )
        for item in variant["item_ids"]:
            level = self.levels.get((item, place))
            free = self.shown_level(level)["available_quantity"] if level else 0
            if free < line["quantity"]:
                raise Problem(f"Not enough stock available for item {item} at location {place}", 400, "not_allowed")
            row = {"id": self.clock.id("resitem"), "inventory_item_id": item, "location_id": place}
            row.update(line_item_id=line["id"], quantity=line["quantity"])
            self.reservations[row["id"]] = row
            self.event("reservation-item.created", row["id"])

    def release(self, line_id, quantity=None, gone=False):
        """Free the pieces of a line, or let them go."""
        for row in [row for row in self.reservations.values() if row["line_item_id"] == line_id]:
            pieces = row["quantity"] if quantity is None else min(quantity, row["quantity"])
            if gone:
                level = self.levels[(row["inventory_item_id"], row["location_id"])]
                level["stocked_quantity"] -= pieces
                self.event("inventory-level.updated", level["id"])
            row["quantity"] -= pieces
            if not row["quantity"]:
                del self.reservations[row["id"]]
                self.event("reservation-item.deleted", row["id"])

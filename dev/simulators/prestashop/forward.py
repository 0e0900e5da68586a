"""Events and batches as the module writes them."""

import hashlib
import json
import uuid

#: What the module tells of an address besides its id.
ADDRESS_FIELDS = (
    "alias",
    "company",
    "firstname",
    "lastname",
    "address1",
    "address2",
    "postcode",
    "city",
    "id_country",
    "id_state",
    "phone",
    "phone_mobile",
)


def compact(data):
    """JSON as the module's client encodes it: unescaped, no spaces."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def batch_id(shop, events):
    ids = ",".join(str(number) for number in sorted(event["event_id"] for event in events))
    stamp = shop.local().replace("-", "").replace(":", "").replace(" ", "")
    return f"batch_{stamp}_{hashlib.md5(ids.encode()).hexdigest()[:8]}"


def batch(shop, events):
    return {"batch_id": batch_id(shop, events), "timestamp": shop.local(), "events": events}


def queue_row(event):
    return {
        "id_event": event.get("event_id"),
        "entity_type": event.get("entity_type"),
        "entity_id": event.get("entity_id"),
        "action_type": event.get("action_type"),
        "hook_name": event.get("hook_name"),
        "transaction_hash": event.get("transaction_hash"),
        "sync_status": "pending",
        "sync_attempts": 0,
        "sync_error": "",
        "batch_id": None,
        "date_add": event.get("hook_timestamp"),
        "_event": None,
    }


class Request:
    """One PHP request of the shop: the events that it queues, sent together at its end."""

    def __init__(self, shop):
        self.shop = shop
        self.epoch = shop.now()
        self.correlation = str(uuid.uuid4())
        self.events = []
        self.suppressed = 0

    def add(self, entity, number, name, action, hook, after, summary=None, context=None, hash_action=None):
        text = f"{entity}_{number}_{hash_action or action}_{self.epoch // 5 * 5}"
        digest = hashlib.sha256(text.encode()).hexdigest()
        if digest in self.shop.hashes:  # the table's unique key: a second change within 5 seconds is lost
            self.shop.next("event")
            self.suppressed += 1
            return
        event = {
            "event_id": self.shop.next("event"),
            "entity_type": entity,
            "entity_id": number,
            "entity_name": name,
            "action_type": action,
            "transaction_hash": digest,
            "correlation_id": self.correlation,
            "hook_name": hook,
            "hook_timestamp": self.shop.local(self.epoch),
            "before_data": None,
            "after_data": json.loads(json.dumps(after)),
            "change_summary": summary or f"{action.capitalize()} {entity}: {name}",
            "context_data": context,
        }
        self.shop.hashes[digest] = event["event_id"]
        self.shop.events[event["event_id"]] = queue_row(event)
        key = (entity, number, action)
        if any((e["entity_type"], e["entity_id"], e["action_type"]) == key for e in self.events):
            self.suppressed += 1  # consolidated away: the row stays pending for ever
            return
        self.events.append(event)

    def batch(self):
        return batch(self.shop, self.events)

    # -- people --------------------------------------------------------------
    def customer(self, row, action):
        fresh = action == "created"
        number, name = row["id_customer"], f"{row['firstname']} {row['lastname']}"
        flags = {
            key: (bool(row[key]) if fresh and key == "active" else row[key] if fresh else str(row[key]))
            for key in ("active", "newsletter", "optin")
        }
        after = {
            "id": str(number) if fresh else number,
            "email": row["email"],
            "firstname": row["firstname"],
            "lastname": row["lastname"],
            "id_default_group": row["id_default_group"] if fresh else str(row["id_default_group"]),
            **flags,
            "date_add": row["date_add"],
            "date_upd": row["date_upd"],
        }
        hook = {"created": "Add", "updated": "Update", "deleted": "Delete"}[action]
        self.add("customer", number, name, action, f"actionObjectCustomer{hook}After", after)

    def address(self, row, customer, action):
        fresh = action == "created"
        number = row["id_address"]
        shown = str(number) if fresh else number
        after = {
            "id": shown,
            **{key: row[key] for key in ADDRESS_FIELDS},
        }
        hook = {"created": "Add", "updated": "Update", "deleted": "Delete"}[action]
        self.add(
            "customer",
            customer["id_customer"],
            f"{customer['firstname']} {customer['lastname']}",
            "updated",
            f"actionObjectAddress{hook}After",
            after,
            f"Customer address {action}: {row['alias']}",
            {"change_type": "address", "address_id": shown, "address_action": action, "address_alias": row["alias"]},
            hash_action=f"updated_address_{number}",
        )

    def coupon(self, row, action):
        number = row["id_cart_rule"]
        restrictions = {
            key: row.get(key, False)
            for key in (
                "country_restriction",
                "carrier_restriction",
                "group_restriction",
                "cart_rule_restriction",
                "product_restriction",
                "shop_restriction",
            )
        }
        first = (
            "code",
            "name",
            "description",
            "id_customer",
            "date_from",
            "date_to",
            "date_add",
            "date_upd",
            "quantity",
            "quantity_per_user",
            "priority",
            "partial_use",
            "minimum_amount",
            "minimum_amount_tax",
            "minimum_amount_currency",
            "minimum_amount_shipping",
        )
        second = ("free_shipping", "reduction_percent", "reduction_amount", "reduction_tax", "reduction_currency")
        after = {
            "id_cart_rule": number,
            "id": number,
            **{key: row[key] for key in first},
            **restrictions,
            **{key: row[key] for key in second},
            "reduction_product": row.get("reduction_product", 0),
            "reduction_exclude_special": False,
            "gift_product": 0,
            "gift_product_attribute": 0,
            "highlight": row["highlight"],
            "active": row["active"],
        }
        hook = {"created": "Add", "updated": "Update", "deleted": "Delete"}[action]
        self.add("coupon", number, row["code"], action, f"actionObjectCartRule{hook}After", after)


def remember(shop, event):
    """The queue row of an event about to be sent; one that was not composed here tells what the shop holds."""
    number = event.get("event_id")
    row = shop.events.get(number) if isinstance(number, int) else None
    if row is None or row["transaction_hash"] != event.get("transaction_hash"):
        row = queue_row(event)
        if isinstance(number, int):
            shop.events[number] = row
            shop.seen("event", number)
        shop.hashes.setdefault(event.get("transaction_hash"), number)
        shop.absorb(event)
    row["_event"] = event
    return row

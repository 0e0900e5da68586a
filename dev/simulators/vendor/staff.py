"""What the vendor's staff does in the shop, and the webhook by which the shop tells of it."""

import time
import uuid

import requests

from ..remote import BadRequest
from .bodies import text, whole
from .orders import STATUSES, Problem, now

WEBHOOK = "/vendor_shop/webhook"
TIMEOUT = 10
KEEP_TEXT = 300
SHIPMENT = ("carrier", "trackingNumber", "trackingUrl", "status", "shippedAt", "deliveredAt")
EVENT = ("eventType", "description", "location", "city", "state", "country", "postalCode", "occurredAt")


def keyed(given, what, known):
    if not isinstance(given, dict) or set(given) - set(known):
        raise BadRequest(f"{what} is an object of {', '.join(known)}")
    return given


def rows(given, what, known, needed):
    """Objects of texts, complete: what is not given is null."""
    if not isinstance(given, list):
        raise BadRequest(f"{what} is an array")
    for row in given:
        keyed(row, f"one of {what}", known)
        if not text(row.get(needed)) or not all(value is None or isinstance(value, str) for value in row.values()):
            raise BadRequest(f"{what}: {needed} is needed, and every value is a text or null")
    return [{key: row.get(key) for key in known} for row in given]


class Staff:
    """Mixed into the remote: self.shop is the shop, self.webhook_url where it tells, or None."""

    def _order(self, body, args):
        """Move an order, and say how it travels. Without `push` nobody is told."""
        keyed(body, "an order step", ("order", "status", "shipments", "trackingEvents", "push"))
        if not text(body.get("order")):
            raise BadRequest("order is the orderId or the partnerOrderId")
        status = body.get("status")
        if status is not None and status not in STATUSES:
            raise BadRequest(f"status is one of {', '.join(STATUSES)}")
        shipments = rows(body.get("shipments", []), "shipments", SHIPMENT, "carrier")
        events = rows(body.get("trackingEvents", []), "trackingEvents", EVENT, "eventType")
        with self.lock:
            try:
                order = self.shop.order(body["order"])
            except Problem as problem:
                raise BadRequest(f"{problem}: {body['order']}") from None
            self.shop.move(order, status or order["status"])
            if "shipments" in body:
                order["shipments"] = [self._shipment(order, row) for row in shipments]
                order["trackingNumber"] = shipments[0]["trackingNumber"] if shipments else None
            elif status == "DELIVERED":
                for row in order["shipments"]:
                    row.update(status=status, deliveredAt=row["deliveredAt"] or now())
            if "trackingEvents" in body:
                order["trackingEvents"] = [{**row, "occurredAt": row["occurredAt"] or now()} for row in events]
            order["updatedAt"] = now()
            shown = dict(self.shop.shown(order))
            ids = [item["variantId"] for item in order["items"]]
        return {"order": shown, "push": self._tell(ids) if body.get("push") else None}

    def _shipment(self, order, given):
        """One row complete; an order that is on its way has shipments that are."""
        made = {"id": str(uuid.uuid4()), **given}
        if order["status"] in ("SHIPPED", "DELIVERED"):
            made["status"] = made["status"] or order["status"]
            made["shippedAt"] = made["shippedAt"] or now()
        if order["status"] == "DELIVERED":
            made["deliveredAt"] = made["deliveredAt"] or now()
        made["status"] = made["status"] or "PENDING"
        return made

    def _stock(self, body, args):
        """Set the inventory of a variant. Below 0 is possible in the shop too."""
        keyed(body, "a stock step", ("sku", "quantity", "push"))
        if not whole(body.get("quantity")):
            raise BadRequest("quantity is a whole number")
        with self.lock:
            variant = next((one for _p, one in self.shop.variants if one["sku"] == body.get("sku")), None)
            if variant is None:
                raise BadRequest(f"no such sku: {body.get('sku')}")
            variant["inventory"] = body["quantity"]
        push = self._tell([variant["id"]]) if body.get("push") else None
        return {"sku": variant["sku"], "quantity": body["quantity"], "push": push}

    def _tell(self, ids):
        """The unsigned webhook, once; the answer or the lack of one is kept."""
        with self.lock:
            payload = {"type": "inventory_update", "timestamp": now(), "inventory": self.shop.inventory(ids)}
            url, shop = self.webhook_url or self.odoo_url + WEBHOOK, self.shop
        started = time.time()
        try:
            reply = requests.post(url, json=payload, timeout=TIMEOUT, allow_redirects=False)
            status, said = reply.status_code, reply.text
        except requests.RequestException as error:
            status, said = 0, str(error)
        sent = {
            "time": started,
            "url": url,
            "status": status,
            "body": said[:KEEP_TEXT],
            "seconds": round(time.time() - started, 4),
            "inventory": payload["inventory"],
        }
        with self.lock:
            shop.pushes.append(sent)
        return sent

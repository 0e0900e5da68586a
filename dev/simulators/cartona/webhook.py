"""What Cartona tells Odoo by itself."""

import json
import time

import requests

from ..remote import BadRequest
from .orders import wire

WEBHOOKS = {"order": "/cartona_integration/webhook/orders", "status": "/cartona_integration/webhook/order_status"}
STATUS_KEYS = ("hashed_id", "status", "cancellation_reason", "return_reason", "delivery_day")
KEEP_TEXT = 300


class Webhook:
    """Mixed into the remote: self.pushes is the list of what was sent."""

    def _push(self, body, args):
        """Post a webhook to Odoo: the order (kind order) or only its status (kind status)."""
        kind = body.get("kind", "order")
        if kind not in WEBHOOKS:
            raise BadRequest("kind is order or status")
        ids = body.get("hashed_id")
        with self.lock:
            try:
                orders = [wire(self.orders[key]) for key in (ids if isinstance(ids, list) else [ids])]
            except KeyError as error:
                raise BadRequest(f"no such order: {error}") from None
            secret = body.get("secret", self.webhook_secret)
        if kind == "status":
            orders = [{key: order[key] for key in STATUS_KEYS if order.get(key)} for order in orders]
        payload = orders if isinstance(ids, list) else orders[0]
        started = time.time()
        try:
            reply = requests.post(
                body.get("url") or self.odoo_url + WEBHOOKS[kind],
                timeout=body.get("timeout", 30),
                data=json.dumps(payload, ensure_ascii=False).encode(),
                allow_redirects=False,
                headers={
                    "Content-Type": "application/json",
                    "AuthorizationToken": secret,
                    **body.get("headers", {}),
                },
            )
            result = {"status": reply.status_code, "body": reply.text}
        except requests.RequestException as error:
            result = {"status": 0, "body": str(error)}
        result["seconds"] = round(time.time() - started, 4)
        sent = {"time": started, "kind": kind, "hashed_id": ids, "status": result["status"]}
        with self.lock:
            self.pushes.append({**sent, "body": result["body"][:KEEP_TEXT]})
        return result

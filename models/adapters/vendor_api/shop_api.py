"""Calls of a vendor's own shop API."""

import hashlib
from datetime import datetime, timezone
from urllib.parse import quote

from .. import wirejson
from ..adapter import Created, Event, Fetched
from ..canonical import Version
from ..errors import RejectedError, TransientError
from . import shop


class ShopApi:
    """One vendor's shop; `transport` records and classifies the calls."""

    def __init__(self, config, transport):
        self.config = config
        self.transport = transport

    def call(self, method, path, json=None, passed=()):
        """The `Reply` of one call; statuses in `passed` are the caller's.

        :raises SyncError: what the answer means.
        """
        url = f"{self.config['shop_url'].rstrip('/')}/{path}"
        reply = self.transport.request(method, url, {"X-API-Key": self.config["shop_key"] or ""}, json, classify=False)
        if reply.status in passed:
            return reply
        self.transport.check(reply)
        if not isinstance(reply.data, dict):
            raise TransientError("The answer is not a JSON object", code="malformed")
        if reply.data.get("success") is False:
            raise RejectedError(str(reply.data.get("error") or "refused without a reason"))
        return reply

    def list(self, resource):
        """The rows of a list, in whichever of the known forms it comes."""
        data = self.call("GET", shop.PATHS[resource]).data.get("data")
        for rows in (data, *(data.values() if isinstance(data, dict) else ())):
            if isinstance(rows, list):
                return rows
        raise TransientError("The answer holds no list", code="malformed")

    # ------------------------------------------------------------ reading

    def poll(self, message):
        """A list as a `Fetched`."""
        rows = self.list(message.resource)
        if message.resource == shop.PRODUCTS:
            payloads = [
                (f"part-{number}", {"products": part, **({"skus": skus} if skus is not None else {})})
                for number, part, skus in shop.parts(rows)
            ]
        elif message.resource == shop.INVENTORY:
            payloads = [(shop.INVENTORY, {"quantities": shop.quantities_of(rows)})]
        else:
            payloads = [(shop.TIERS, {"tiers": [row for row in rows if isinstance(row, dict)]})]
        return Fetched([event_of(message.resource, remote_id, payload) for remote_id, payload in payloads])

    def fetch(self, message):
        """An order of ours as a `Fetched`."""
        reply = self.call("GET", f"orders/{quote(message.remote_id, safe='')}")
        data = reply.data.get("data")
        if not isinstance(data, dict):
            raise TransientError("The answer holds no order", code="malformed")
        order = data["order"] if isinstance(data.get("order"), dict) else data
        known = shop.OrderState.model_validate(order).model_dump(mode="json", exclude_none=True)
        return Fetched([event_of("vendor_order", message.remote_id, known)])

    # ------------------------------------------------------------ orders

    def send(self, push):
        """Make or cancel an order; a repeated one is answered with the first.

        :raises SyncError: it was refused.
        """
        values = push.values
        if push.remote_id:
            if values.get("cancelled"):
                self.call("DELETE", f"orders/{quote(values['ref'], safe='')}")
            return None
        reply = self.call("POST", "orders", shop.order_to_remote(values), passed=(400, 409))
        body = reply.data if isinstance(reply.data, dict) else {}
        data = body.get("data") if isinstance(body.get("data"), dict) else body
        remote_id = data.get("orderId") or body.get("orderId")
        if remote_id:
            return Created(str(remote_id))
        said = str(body.get("error") or reply.text[:500] or "refused without a reason")
        raise RejectedError(f"HTTP {reply.status}: {said}")


def event_of(entity, remote_id, payload):
    """What was read, as an event for the inbox."""
    digest = hashlib.sha256(wirejson.dumps(payload).encode()).hexdigest()[:24]
    return Event(
        key=f"read:{entity}:{remote_id}:{digest}",
        entity=entity,
        action="read",
        remote_id=remote_id,
        payload=payload,
        version=Version(time=datetime.now(timezone.utc), polled=True),
        digest=digest,
    )

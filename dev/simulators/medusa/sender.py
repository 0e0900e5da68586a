"""The shop's subscriber: it tells Odoo of events, in the forms in which shops do."""

import base64
import hashlib
import hmac
import json
import queue
import threading
import time

import requests

from ..remote import BadRequest

WEBHOOK = "/medusa/webhook"
SECRET = "demo-medusa-secret"
FORMS = ("timed", "plain", "base64", "bare")
TRIES, PAUSE, TIMEOUT = 3, 0.5, 15
#: Events of which a subscriber tells; the others stay in the shop.
TOLD = ("order.", "payment.", "shipment.", "delivery.", "customer.", "product.", "product-variant.", "inventory-level.")
KEPT = 500


class Sender:
    """Mixed into the remote: one thread that sends one event after the other."""

    def start_sender(self):
        self.waiting = queue.Queue()
        threading.Thread(target=self._send_all, daemon=True).start()

    def forget_waiting(self):
        """What was not sent yet is not sent any more."""
        with self.waiting.mutex:
            self.waiting.queue.clear()

    def event(self, name, number, order_id=None):
        """Something has happened; it is told once the call is answered."""
        order_id = order_id or self._order_of(name, number)
        record = {"time": time.time(), "event": name, "id": number, "order_id": order_id, "status": None}
        self.events.append(record)
        del self.events[:-KEPT]
        if self.form and name.startswith(TOLD):
            self.waiting.put((record, self.form, self.secret, self.target))

    def _order_of(self, name, number):
        """What our own subscriber looks up where the event names no order."""
        for order in self.orders.values():
            parcels = [parcel["id"] for parcel in order["fulfillments"]]
            paid = [p["id"] for collection in order["payment_collections"] for p in collection["payments"]]
            if number in (*parcels, *paid):
                return order["id"]
        return None

    def _sender(self, body, args):
        """Choose how events are told: {"form": "timed" | "plain" | "base64" | "bare" | null, "secret", "url"}."""
        if set(body) - {"form", "secret", "url"} or body.get("form", "timed") not in (*FORMS, None):
            raise BadRequest(f"form is one of {', '.join(FORMS)} or null; secret and url are texts")
        self.forget_waiting()
        with self.lock:
            self.form = body.get("form", self.form)
            self.secret = body.get("secret", self.secret)
            self.target = body.get("url", self.target)
        return {"form": self.form, "url": self.target or self.odoo_url + WEBHOOK}

    # ------------------------------------------------------------ sending

    def _send_all(self):
        while True:
            record, form, secret, target = self.waiting.get()
            for attempt in range(TRIES):
                record["status"] = self._send(record, form, secret, target or self.odoo_url + WEBHOOK)
                if 200 <= record["status"] < 500:
                    break
                time.sleep(PAUSE * (attempt + 1))

    @staticmethod
    def _send(record, form, secret, url):
        """One try; the status, 0 when no answer came."""
        body, headers, query = message(record, form, secret)
        try:
            return requests.post(url, data=body, headers=headers, params=query, timeout=TIMEOUT).status_code
        except requests.RequestException:
            return 0


def message(record, form, secret):
    """(body, headers, query) of an event in one of the forms."""
    name = record["event"]
    data = {"id": record["id"], **({"order_id": record["order_id"]} if record["order_id"] else {})}
    plain = {"content-type": "application/json"}
    if form == "bare":
        # No event, no signature: all that is known stands in the address.
        return json.dumps(data).encode(), plain, {"event": name, "token": secret}
    body = json.dumps({"event": name, "data": data}).encode()
    headers = {**plain, "x-medusa-event": name}
    if form == "timed":
        stamp = str(int(record["time"] * 1000))
        headers["x-medusa-timestamp"] = stamp
        headers["x-medusa-event-id"] = f"{stamp}:{name}:{record['id']}"
        headers["x-medusa-signature"] = "sha256=" + signed(secret, f"{stamp}.".encode() + body).hex()
    elif form == "base64":
        headers["x-medusa-signature"] = base64.b64encode(signed(secret, body)).decode()
    else:
        headers["x-medusa-signature"] = signed(secret, body).hex()
    return body, headers, None


def signed(secret, raw):
    return hmac.new(secret.encode(), raw, hashlib.sha256).digest()

import base64
import hashlib
import hmac
import json
import logging
import threading
import time

from odoo.tests import BaseCase, HttpCase, tagged

from ..models.adapters.adapter import Request
from ..models.adapters.medusa import events
from .medusa import ORDER, SECRET, MedusaCase


def signed(raw, secret=SECRET):
    return hmac.new(secret.encode(), raw, hashlib.sha256).digest()


class TestMedusaEvents(BaseCase):
    """What a body, its headers and its query mean."""

    def event(self, body, headers=None, query=None):
        (event,) = events.inbox_of(body, Request(headers or {}, query or {})).results
        return event

    def test_event_is_named_in_the_body_in_the_header_or_in_the_query(self):
        data = {"id": ORDER}
        for body, headers, query in (
            ({"event": "order.placed", "data": data}, {}, {}),
            ({"type": "order.placed", "data": data}, {}, {}),
            ({"name": "order.placed", "data": data}, {}, {}),
            ({"data": data}, {"x-medusa-event": "order.placed"}, {}),
            (data, {}, {"event": "order.placed"}),
            ({"id": "evt_1", "type": "order.placed", "data": {"object": data}}, {}, {}),
        ):
            event = self.event(body, headers, query)
            self.assertEqual((event.entity, event.action, event.remote_id), ("order", "hint", ORDER), body)
            self.assertEqual((event.payload, event.ignored), ({"event": "order.placed", "id": ORDER}, ""))

    def test_bare_record_is_understood_by_its_id(self):
        for remote_id, entity in (("order_1", "order"), ("cus_1", "customer"), ("prod_1", "product"),
                                  ("variant_1", "product"), ("pay_1", "payment"), ("ful_1", "fulfillment"),
                                  ("iitem_1", "inventory"), ("ilev_1", "inventory")):  # fmt: skip
            event = self.event({"id": remote_id, "name": "Jane", "type": "x", "title": "Tee"})
            self.assertEqual((event.entity, event.remote_id, event.ignored), (entity, remote_id, ""))

    def test_events_of_parcels_payments_and_edits_name_the_order_where_they_can(self):
        for name, data, expected in (
            ("shipment.created", {"id": "ful_1"}, ("fulfillment", "ful_1")),
            ("shipment.created", {"id": "ful_1", "order_id": ORDER}, ("order", ORDER)),
            ("delivery.created", {"id": "ful_1"}, ("fulfillment", "ful_1")),
            ("payment.captured", {"id": "pay_1"}, ("payment", "pay_1")),
            ("payment.refunded", {"id": "pay_1", "order_id": ORDER}, ("order", ORDER)),
            ("order.fulfillment_created", {"order_id": ORDER, "fulfillment_id": "ful_1"}, ("order", ORDER)),
            ("order.return_requested", {"order_id": ORDER, "return_id": "return_1"}, ("order", ORDER)),
            ("order-edit.confirmed", {"order_id": ORDER, "actions": []}, ("order", ORDER)),
            ("product-variant.updated", {"id": "variant_1"}, ("product", "variant_1")),
            ("inventory-level.updated", {"id": "ilev_1", "order_id": ORDER}, ("inventory", "ilev_1")),
        ):
            event = self.event({"event": name, "data": data})
            self.assertEqual((event.entity, event.remote_id), expected, name)
            self.assertFalse(event.ignored)

    def test_what_needs_no_work_is_ignored_with_a_reason(self):
        for name in ("order.order.updated", "LinkOrderCart.attached", "reservation-item.created", "customer.deleted",
                     "region.updated", "my.own", "product-option.updated"):  # fmt: skip
            self.assertTrue(self.event({"event": name, "data": {"id": ORDER}}).ignored, name)
        self.assertTrue(self.event({"event": "order.placed", "data": {"id": "../../users"}}).ignored)
        self.assertTrue(self.event({"hello": "world"}).ignored)

    def test_repeated_delivery_is_known_by_its_id_or_by_the_records_age(self):
        body = {"event": "order.updated", "data": {"id": ORDER}}
        self.assertIsNone(self.event(body).key)
        self.assertEqual(self.event(body, {"x-medusa-event-id": "e1"}).key, "order.updated:e1")
        self.assertEqual(self.event(body, {"x-medusa-delivery-id": "d1"}).key, "order.updated:d1")
        self.assertEqual(self.event({**body, "id": "evt_9"}).key, "order.updated:evt_9")
        self.assertLess(len(self.event(body, {"x-medusa-event-id": "x" * 9999}).key), 200)
        aged = [self.event({"event": "order.updated", "data": {"id": ORDER, "updated_at": t}}).key for t in "112"]
        self.assertEqual((aged[0] == aged[1], aged[1] == aged[2], len(aged[0])), (True, False, 64))

    def test_nothing_of_the_customer_is_kept(self):
        body = {"event": "order.placed", "data": {"id": ORDER, "email": "jane@example.com"}}
        inbox = events.inbox_of(body, Request())
        self.assertNotIn("jane", json.dumps([inbox.kept, inbox.results[0].payload]))


@tagged("post_install", "-at_install")
class TestMedusaWebhook(MedusaCase, HttpCase):
    def post(self, body=None, url="/medusa/webhook", **headers):
        body = {"event": "order.placed", "data": {"id": ORDER, "email": "jane@example.com"}} if body is None else body
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.env.flush_all()
        headers = {"Content-Type": "application/json", **{k.replace("_", "-"): v for k, v in headers.items()}}
        response = self.opener.post(f"{self.base_url()}{url}", data=raw, headers=headers, timeout=20)
        self.env.invalidate_all()
        return response

    raw = json.dumps({"event": "order.placed", "data": {"id": ORDER}}).encode()

    def rows(self):
        return self._rows(self.medusa, direction="in")

    def stored(self):
        return self.env["sync.hub.log"].search_count([]) + self.env["sync.hub.exchange"].search_count([])

    def test_every_known_form_of_signature_is_taken(self):
        digest = signed(self.raw)
        for header in ("x-medusa-signature", "x-webhook-signature", "x-signature"):
            for text in (
                digest.hex(),
                digest.hex().upper(),
                f"sha256={digest.hex()}",
                base64.b64encode(digest).decode(),
            ):
                response = self.post(self.raw, **{header: text})
                self.assertEqual(response.status_code, 200, (header, text))
        self.assertTrue(self.rows())

    def test_signed_time_in_seconds_and_milliseconds(self):
        for stamp in (f"{time.time():.0f}", f"{time.time() * 1000:.0f}"):
            digest = signed(f"{stamp}.".encode() + self.raw).hex()
            headers = {"x-medusa-timestamp": stamp, "x-medusa-signature": f"sha256={digest}"}
            self.assertEqual(self.post(self.raw, **headers).status_code, 200)
            plain = {"x-medusa-timestamp": stamp, "x-medusa-signature": signed(self.raw).hex()}
            self.assertEqual(self.post(self.raw, **plain).status_code, 200)

    def test_old_future_and_senseless_times_are_refused(self):
        before = self.stored()
        for stamp in (f"{time.time() - 301:.0f}", f"{time.time() + 310:.0f}", "0", "now", "²", "9" * 400):
            for raw in (f"{stamp}.".encode() + self.raw, self.raw):
                header = stamp.encode().decode("latin-1")
                headers = {"x-medusa-timestamp": header, "x-medusa-signature": signed(raw).hex()}
                self.assertEqual(self.post(self.raw, **headers).status_code, 403, stamp)
        self.assertEqual(self.stored(), before)

    def test_time_of_another_delivery_does_not_pass(self):
        digest = signed(f"{time.time() - 60:.0f}.".encode() + self.raw).hex()
        headers = {"x-medusa-timestamp": f"{time.time():.0f}", "x-medusa-signature": digest}
        self.assertEqual(self.post(self.raw, **headers).status_code, 403)

    def test_plain_secret_as_header_bearer_or_in_the_query(self):
        for url, headers in (
            ("/medusa/webhook", {"x-webhook-secret": SECRET}),
            ("/medusa/webhook", {"Authorization": f"Bearer {SECRET}"}),
            (f"/medusa/webhook?event=order.placed&token={SECRET}", {}),
            (f"/sync_hub/{self.medusa.key}/webhook?token={SECRET}", {}),
        ):
            self.assertEqual(self.post(url=url, **headers).status_code, 200, url)

    def test_secret_in_the_query_reaches_no_log_line_and_no_row(self):
        lines, written, handler = [], threading.Event(), logging.Handler()
        handler.emit = lambda record: (lines.append(record.getMessage()), written.set())
        logging.getLogger("werkzeug").addHandler(handler)
        self.addCleanup(logging.getLogger("werkzeug").removeHandler, handler)
        self.assertEqual(self.post(url=f"/medusa/webhook?event=order.placed&token={SECRET}").status_code, 200)
        # The line may be written while the answer is on its way.
        written.wait(5)
        self.assertIn("token=***", "".join(lines))
        rows = self.rows()
        kept = "".join(map(str, rows.read() + rows.exchange_id.read()))
        for text in (SECRET, "jane@example.com"):
            self.assertNotIn(text, "".join(lines) + kept)

    def test_wrong_missing_and_foreign_proofs_are_refused_and_nothing_is_stored(self):
        other = self._connector("medusa", name="other", url="https://other.test", webhook_secret="secret-of-other")
        before = self.stored()
        self.assertEqual(self.post().status_code, 401)
        self.assertEqual(self.post(url="/medusa/webhook?event=order.placed").status_code, 401)
        self.assertEqual(self.post(Authorization="Basic c2s6").status_code, 401)
        for headers in (
            {"x-medusa-signature": signed(self.raw, "wrong").hex()},
            {"x-medusa-signature": "sha256="},
            {"x-webhook-secret": "wrong"},
            {"Authorization": "Bearer "},
        ):
            self.assertIn(self.post(self.raw, **headers).status_code, (401, 403), headers)
        foreign = {"x-webhook-secret": SECRET}
        self.assertEqual(self.post(url=f"/sync_hub/{other.key}/webhook", **foreign).status_code, 403)
        self.assertEqual(self.stored(), before)

    def test_connector_without_a_secret_is_closed(self):
        closed = self._connector("medusa", name="closed", url="https://closed.test")
        empty = hmac.new(b"", self.raw, hashlib.sha256).hexdigest()
        headers = {"x-medusa-signature": empty}
        self.assertEqual(self.post(self.raw, url=f"/sync_hub/{closed.key}/webhook", **headers).status_code, 403)

    def test_test_message_is_answered_and_not_stored(self):
        before = self.stored()
        self.assertEqual(self.post({"test": True}, x_webhook_secret=SECRET).status_code, 200)
        self.assertEqual(self.stored(), before)

    def test_hint_is_stored_without_its_body_and_a_repeated_one_once(self):
        headers = {"x-webhook-secret": SECRET, "x-medusa-event-id": "group:order.placed:1"}
        first, second = (self.post(**headers).json()["results"][0] for _time in range(2))
        self.assertEqual((first["duplicate"], second["duplicate"]), (False, True))
        row = self.rows()
        self.assertEqual(json.loads(row.payload), {"event": "order.placed", "id": ORDER})
        self.wake_and_drain()
        self.assertTrue(self.sale())

    def test_several_events_in_one_body(self):
        body = [{"event": "order.placed", "data": {"id": ORDER}}, {"event": "order.order.updated", "data": {"id": "x"}}]
        self.assertEqual(len(self.post(body, x_webhook_secret=SECRET).json()["results"]), 2)
        self.assertStates(self.rows(), [("pending", ""), ("skipped", "ignored")])

    def test_what_is_no_event_is_refused(self):
        for raw in (b"", b"{", b"[]", b'"text"', b"7", b"[1]"):
            self.assertEqual(self.post(raw, x_webhook_secret=SECRET).status_code, 400, raw)

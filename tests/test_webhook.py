import json
from datetime import timedelta

from odoo import fields
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SAMPLES, HubCase


@tagged("post_install", "-at_install")
class TestWebhook(HubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._prestashop()
        sample = json.loads((SAMPLES / "contract-4.2.json").read_text())
        cls.raw = sample["posts"][0]["body_raw"].encode()

    def post(self, raw=None, secret="secret-of-prestashop", url="/prestashop/webhook", **headers):
        if secret is not None:
            headers["X-Webhook-Secret"] = secret
        self.env.flush_all()
        headers.setdefault("Content-Type", "application/json")
        raw = self.raw if raw is None else raw
        response = self.opener.post(f"{self.base_url()}{url}", data=raw, headers=headers, timeout=20)
        self.env.invalidate_all()
        return response

    def stored(self):
        return self.env["sync.hub.log"].search_count([]) + self.env["sync.hub.exchange"].search_count([])

    def assertRefused(self, response, status):
        self.assertEqual(response.status_code, status, response.text)
        self.assertIsInstance(response.json()["error"], str)

    def test_batch_is_answered_with_one_result_per_event_and_wakes_the_lane(self):
        response = self.post()
        self.assertEqual(response.status_code, 200)
        results = response.json()["results"]
        self.assertEqual([result["success"] for result in results], [True, True])
        rows = self._rows(self.shop)
        self.assertEqual(rows.mapped("state"), ["pending", "pending"])
        self.assertEqual(rows.exchange_id.batch, json.loads(self.raw)["batch_id"])
        jobs = self.env["queue.job"].search([("model_name", "=", "sync.hub.drain"), ("state", "=", "pending")])
        self.assertIn(f"sync_hub.wake:{self.shop.id}:in:1", jobs.mapped("identity_key"))

    def test_same_batch_again_is_a_success_and_a_duplicate(self):
        self.post()
        response = self.post()
        self.assertEqual([(r["success"], r["duplicate"]) for r in response.json()["results"]], [(True, True)] * 2)
        self.assertEqual(len(self._rows(self.shop)), 2)

    def test_canonical_address_works_with_and_without_topic(self):
        for url in (f"/sync_hub/{self.shop.key}/webhook", f"/sync_hub/{self.shop.key}/webhook/sales"):
            self.assertEqual(self.post(url=url).status_code, 200)

    @mute_logger("odoo.addons.sync_hub.controllers.webhook")
    def test_address_with_a_nul_byte_is_refused_and_leaves_nothing(self):
        before = self.stored()
        for url in (f"/sync_hub/{self.shop.key}/webhook/a%00b", "/sync_hub/a%00b/webhook"):
            for secret in ("secret-of-prestashop", "wrong", None):
                self.assertRefused(self.post(url=url, secret=secret), 400)
        self.assertEqual(self.stored(), before)

    def test_test_message_is_answered_and_not_stored(self):
        before = self.stored()
        response = self.post(json.dumps({"test": True, "message": "Test", "timestamp": "2025-11-15 11:43:00"}))
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.stored(), before)

    def test_wrong_missing_and_foreign_secrets_are_refused_and_nothing_is_stored(self):
        before = self.stored()
        self.assertRefused(self.post(secret="wrong"), 403)
        self.assertRefused(self.post(secret=None), 401)
        self.assertRefused(self.post(url="/sync_hub/no-such-key/webhook"), 403)
        other = self._connector("prestashop", name="other", webhook_secret="secret-of-other")
        self.assertRefused(self.post(url=f"/sync_hub/{other.key}/webhook"), 403)
        self.assertEqual(self.stored(), before)

    def test_connector_without_a_secret_is_closed(self):
        closed = self._connector("prestashop", name="closed")
        self.assertRefused(self.post(secret="", url=f"/sync_hub/{closed.key}/webhook"), 401)
        self.assertRefused(self.post(secret="x", url=f"/sync_hub/{closed.key}/webhook"), 403)

    def test_what_is_not_a_batch_is_refused(self):
        before = self.stored()
        for raw in (b"", b"{", b"[]", b'"text"', b"{}", b'{"events": []}', b'{"events": {}}', b"\xff\xfe",
                    b'{"a": NaN}',
                    b'{"events": [{"x": "\\ud800"}]}', b"[" * 100000):  # fmt: skip
            with self.subTest(raw[:30]):
                self.assertRefused(self.post(raw), 400)
        self.assertEqual(self.stored(), before)

    def test_too_large_a_body_is_refused(self):
        self.env["ir.config_parameter"].set_param("sync_hub.body_limit_mb", "1")
        self.assertRefused(self.post(b'{"events": "' + b"x" * 1100000 + b'"}'), 413)

    def test_broken_event_fails_alone_in_its_place(self):
        body = json.loads(self.raw)
        body["events"].insert(1, "not an object")
        body["events"].append({**body["events"][0], "transaction_hash": "0" * 64, "hook_timestamp": "yesterday"})
        results = self.post(json.dumps(body)).json()["results"]
        self.assertEqual([result["success"] for result in results], [True, False, True, False])
        self.assertTrue(all(isinstance(r["error"], str) for r in results if not r["success"]))

    def test_odd_numbers_dates_and_texts_do_not_fail_the_batch(self):
        body = json.loads(self.raw)
        event = body["events"][0]
        body["batch_id"] = "batch\x00"
        body["events"] = [
            {**event, "transaction_hash": "1" * 64, "event_id": "abc"},
            {**event, "transaction_hash": "2" * 64, "hook_timestamp": "9999-12-31 23:59:59"},
            {**event, "transaction_hash": "3" * 64, "hook_timestamp": "0001-01-01 00:00:00"},
            {**event, "transaction_hash": "4" * 64, "entity_name": "A\x00B"},
        ]
        results = self.post(json.dumps(body)).json()["results"]
        self.assertEqual([result["success"] for result in results], [True] * 4)
        # A time from the future must not make the shop's later events look old.
        self.assertFalse(self._rows(self.shop)[1].source_time)

    def test_unknown_types_and_lost_content_are_answered_as_success(self):
        body = json.loads(self.raw)
        event = body["events"][0]
        body["events"] = [
            {**event, "transaction_hash": "1" * 64, "entity_type": "wishlist"},
            {**event, "transaction_hash": "2" * 64, "after_data": None},
            {**event, "transaction_hash": "3" * 64, "hook_name": "reverse_webhook"},
            {**event, "transaction_hash": "4" * 64, "entity_type": "discount"},
        ]
        results = self.post(json.dumps(body)).json()["results"]
        self.assertEqual([result["success"] for result in results], [True] * 4)
        rows = self._rows(self.shop)
        self.assertStates(
            rows, [("skipped", "ignored"), ("pending", ""), ("skipped", "ignored"), ("skipped", "ignored")]
        )

    def test_secrets_and_card_data_are_not_stored(self):
        body = json.loads(self.raw)
        payment = body["events"][0]["after_data"]["order_payments"][0]
        payment.update(card_number="4111111111111111", card_holder="M D ANGELO", card_expiration="12/29")
        self.post(json.dumps(body))
        rows = self._rows(self.shop)
        kept = "".join(rows.mapped("payload")) + rows[0].exchange_id.request_body + rows[0].exchange_id.request_headers
        for secret in ("4111111111111111", "M D ANGELO", "12/29", "secret-of-prestashop"):
            self.assertNotIn(secret, kept)

    def test_batch_of_a_paused_connector_is_stored_and_waits(self):
        self.shop.action_pause()
        self.assertEqual(self.post().status_code, 200)
        self.wake_and_drain()
        self.assertEqual(self._rows(self.shop).mapped("state"), ["pending", "pending"])

    def test_database_error_while_storing_is_no_success(self):
        def fail(*_args):
            raise ValueError("broken")

        with self.patched(type(self.env["sync.hub.log"]), "_append_events", fail), mute_logger("odoo.http"):
            self.assertEqual(self.post().status_code, 500)
        self.assertFalse(self._rows(self.shop))

    def test_health_is_readable_without_login(self):
        response = self.url_open("/sync_hub/health")
        self.assertIn(response.status_code, (200, 503))
        self.assertIn("problems", response.json())
        self.assertEqual(response.json()["connectors"], {"active": 1})
        # No runner serves a database of tests.
        self.assertEqual(response.json()["runner"], {"lock_held": False, "oldest_job_seconds": 0})
        self.env.cr.execute("SELECT pg_advisory_xact_lock(%s)", [PG_ADVISORY_LOCK_ID])
        self.shop.with_delay()._job_read_values()
        self.env.flush_all()
        self.env.cr.execute("UPDATE queue_job SET date_created = date_created - interval '90 seconds'")
        runner = self.url_open("/sync_hub/health").json()["runner"]
        self.assertTrue(runner["lock_held"])
        self.assertGreaterEqual(runner["oldest_job_seconds"], 90)

    def test_health_says_when_the_sweeper_stands_still(self):
        cron = self.env.ref("sync_hub.cron_sweep")
        cron.write({"active": True, "lastcall": fields.Datetime.now() - timedelta(minutes=20)})
        self.env.flush_all()
        response = self.url_open("/sync_hub/health")
        self.assertEqual(response.status_code, 503)
        self.assertIn(cron.name, " ".join(response.json()["problems"]))
        cron.lastcall = fields.Datetime.now()
        self.env.flush_all()
        self.assertNotIn(cron.name, " ".join(self.url_open("/sync_hub/health").json()["problems"]))

import json
import time

from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..models.adapters.signature import hmac_sha256
from ..models.adapters.standard_webhooks import PREFIX, sign
from .common import SAMPLES, HubCase

#: A secret as Standard Webhooks has them: base64 of 24 bytes.
SECRET = f"{PREFIX}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@tagged("post_install", "-at_install")
class TestGate(HubCase, HttpCase):
    """Who may post to a connector, with which proof, and how often."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._prestashop()
        cls.raw = json.loads((SAMPLES / "contract-4.2.json").read_text())["posts"][0]["body_raw"].encode()

    def post(self, raw=None, url="/prestashop/webhook", **headers):
        self.env.flush_all()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers.setdefault("X-Webhook-Secret", "secret-of-prestashop")
        headers = {name: value for name, value in headers.items() if value}
        headers["Content-Type"] = "application/json"
        with mute_logger("odoo.addons.sync_hub.controllers.webhook"):
            response = self.opener.post(f"{self.base_url()}{url}", data=raw or self.raw, headers=headers, timeout=20)
        self.env.invalidate_all()
        return response

    def signed(self, raw, secret=SECRET, stamp=None, message_id="msg_1", **more):
        stamp = str(int(time.time()) if stamp is None else stamp)
        headers = {
            "webhook_id": message_id,
            "webhook_timestamp": stamp,
            "webhook_signature": sign(secret, message_id, stamp, raw),
        }
        return self.post(
            raw, **{"X_Webhook_Secret": "", "url": "/cartona_integration/webhook/orders", **headers, **more}
        )

    # ------------------------------------------------------------ signatures

    def test_standard_webhooks_are_taken_and_prove_id_time_and_body(self):
        cartona = self._cartona(webhook_secret=SECRET)
        raw = b'{"test": true}'
        self.assertEqual(self.signed(raw).status_code, 200)
        self.assertEqual(self.signed(raw, url=f"/sync_hub/{cartona.key}/webhook").status_code, 200)
        good = sign(SECRET, "msg_1", str(int(time.time())), raw)
        now = int(time.time())
        for wrong in (
            {"secret": f"{PREFIX}{'A' * 32}"},
            {"webhook_id": "msg_2"},
            {"webhook_timestamp": str(now - 30)},
            {"stamp": now - 400},
            {"stamp": now + 400},
            {"webhook_signature": good.replace("v1,", "v1a,")},
            {"webhook_signature": good.replace("v1,", "v2,")},
            {"webhook_signature": "v1,"},
            {"webhook_timestamp": "soon"},
            {"webhook_id": ""},
        ):
            with self.subTest(wrong):
                self.assertEqual(self.signed(raw, **wrong).status_code, 403)
        self.assertEqual(self.signed(raw, stamp=now - 250).status_code, 200)
        self.assertEqual(self.signed(raw, stamp=now + 250).status_code, 200)
        several = f"v1a,x v1,{'B' * 43}= {sign(SECRET, 'msg_1', str(now), raw)}"
        self.assertEqual(self.signed(raw, stamp=now, webhook_signature=several).status_code, 200)

    def test_a_signature_that_is_wrong_is_not_saved_by_the_plain_secret(self):
        self._cartona(webhook_secret=SECRET)
        wrong = {"webhook_signature": "v1,wrong", "AuthorizationToken": SECRET}
        self.assertEqual(self.signed(b'{"test": true}', **wrong).status_code, 403)

    def test_while_a_secret_is_replaced_both_sign(self):
        cartona = self._cartona(webhook_secret=SECRET)
        action = cartona.action_new_secret()
        dialog = self.env["sync.hub.secret.wizard"].with_context(**action["context"]).create({"hours": 1})
        new = dialog.action_make()["context"]["default_secret"]
        self.assertTrue(new.startswith(PREFIX))
        for secret in (SECRET, new):
            self.assertEqual(self.signed(b'{"test": true}', secret=secret).status_code, 200)

    # ------------------------------------------------------------ answers to strangers

    def test_an_unknown_address_and_a_wrong_proof_answer_alike(self):
        cartona = self._cartona(webhook_secret=SECRET)
        known = (f"/sync_hub/{self.shop.key}/webhook", f"/sync_hub/{cartona.key}/webhook")
        for headers in (
            {},
            {"X_Webhook_Secret": "wrong"},
            {"AuthorizationToken": "wrong"},
            {"Authorization": "Bearer wrong"},
            {"X_Signature": hmac_sha256("wrong", self.raw)},
            {"webhook_signature": "v1,wrong", "webhook_id": "1", "webhook_timestamp": str(int(time.time()))},
            {"webhook_signature": "v1,wrong"},
        ):
            headers.setdefault("X_Webhook_Secret", "")
            answers = {
                (answer.status_code, answer.text)
                for answer in (self.post(url=url, **headers) for url in (*known, "/sync_hub/nobody/webhook"))
            }
            self.assertEqual(len(answers), 1, (headers, answers))
            self.assertIn(answers.pop()[0], (401, 403))

    # ------------------------------------------------------------ addresses

    def test_only_allowed_addresses_may_post(self):
        for allowed, status in (
            ("192.0.2.0/24, 198.51.100.7", 403),
            ("127.0.0.0/8", 200),
            ("127.0.0.1 2001:db8::/32", 200),
            (False, 200),
        ):
            self.shop.allowed_ips = allowed
            answer = self.post(b'{"test": true}')
            self.assertEqual(answer.status_code, status, allowed)
            if status == 403:
                self.assertIn("allowed addresses", answer.json()["error"])
        self.shop.allowed_ips = "192.0.2.0/24"
        # Whoever has no secret does not learn of the list.
        self.assertEqual(self.post(X_Webhook_Secret="wrong").json()["error"], "The secret is wrong")
        self.assertFalse(self._rows(self.shop))
        for wrong in ("shop.example.com", "300.1.1.1", "10.0.0.0/99", "1;2"):
            with self.assertRaises(ValidationError, msg=wrong) as caught:
                self.shop.allowed_ips = wrong
            self.assertIn(wrong, str(caught.exception))

    def test_a_header_of_a_proxy_counts_only_where_there_is_one(self):
        self.shop.allowed_ips = "192.0.2.0/24"
        forged = {"X_Forwarded_For": "192.0.2.7", "X_Forwarded_Host": "odoo.example.com"}
        self.assertEqual(self.post(b'{"test": true}', **forged).status_code, 403)

    # ------------------------------------------------------------ amounts

    def test_more_than_the_limit_is_asked_to_come_later(self):
        self.shop.request_limit = 2
        body = json.loads(self.raw)
        for number, status in ((1, 200), (2, 200), (3, 429), (4, 429)):
            body["events"] = [{**body["events"][0], "transaction_hash": str(number) * 64}]
            answer = self.post(json.dumps(body).encode())
            self.assertEqual(answer.status_code, status)
        self.assertTrue(1 <= int(answer.headers["Retry-After"]) <= 60)
        self.assertEqual(len(self._rows(self.shop)), 2)
        self.env.cr.execute("UPDATE sync_hub_exchange SET create_date = create_date - interval '61 seconds'")
        self.assertEqual(self.post(json.dumps(body).encode()).status_code, 200)
        with self.assertRaises(ValidationError):
            self.shop.request_limit = -1

    def test_a_compressed_body_is_refused_before_it_is_unpacked(self):
        for coding in ("gzip", "br", "deflate", "gzip, gzip"):
            answer = self.post(Content_Encoding=coding)
            self.assertEqual(answer.status_code, 415, coding)
            self.assertIn("Content-Encoding", answer.json()["error"])
        self.assertEqual(self.post(Content_Encoding="identity").status_code, 200)

from datetime import timedelta

from freezegun import freeze_time
from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from ..models import compat
from ..models.adapters.errors import CredentialError
from ..models.adapters.prestashop.reverse import Reverse
from ..models.adapters.transport import Transport
from .common import SAMPLES, HubCase, wirejson

OLD = "secret-of-prestashop"


class SecretCase(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._prestashop(url="https://shop.test")

    def rotate(self, hours=24, shop=None):
        """Replace the secret as a person does; returns the new one."""
        action = (shop or self.shop).action_new_secret()
        dialog = self.env["sync.hub.secret.wizard"].with_context(**action["context"]).create({})
        dialog.hours = hours
        return dialog.action_make()["context"]["default_secret"]

    def later(self, **span):
        return freeze_time(fields.Datetime.now() + timedelta(**span))


class TestRotation(SecretCase):
    def valid(self, shop=None):
        known = self.env["sync.hub.secret"]._of_kind("prestashop", "webhook_secret")
        return {secret for sender, secret in known.items() if sender.key == (shop or self.shop).key}

    def test_both_are_valid_until_the_time_that_was_chosen(self):
        new = self.rotate(hours=3)
        self.assertEqual(self.shop._push_config()["webhook_secret"], new)
        self.assertEqual(self.valid(), {OLD, new})
        self.shop.invalidate_recordset()
        self.assertAlmostEqual(
            self.shop.old_secret_until, fields.Datetime.now() + timedelta(hours=3), delta=timedelta(minutes=1)
        )
        with self.later(hours=2, minutes=58):
            self.assertEqual(self.valid(), {OLD, new})
        with self.later(hours=3, minutes=1):
            self.assertEqual(self.valid(), {new})
            self.shop.invalidate_recordset()
            self.assertFalse(self.shop.old_secret_until)
            self.env["sync.hub.secret"]._gc_old()
        rows = self.env["sync.hub.secret"].sudo().search([("connector_id", "=", self.shop.id)])
        self.assertEqual(rows.mapped("value"), [new])

    def test_without_an_overlap_nothing_older_is_valid(self):
        self.rotate()
        new = self.rotate(hours=0)
        self.assertEqual(self.valid(), {new})

    def test_a_new_secret_that_nobody_pasted_does_not_end_the_shops_one(self):
        self.rotate(hours=24)
        new = self.rotate(hours=1)
        self.assertIn(OLD, self.valid())
        with self.later(hours=2):
            self.assertEqual(self.valid(), {OLD, new})

    def test_old_secret_can_be_refused_at_once_and_a_typed_one_replaces_all(self):
        new = self.rotate()
        self.shop.action_forget_old_secret()
        self.assertEqual(self.valid(), {new})
        self.rotate()
        self.shop.webhook_secret = "typed-by-hand"
        self.assertEqual(self.valid(), {"typed-by-hand"})

    def test_no_other_connector_may_use_a_secret_that_is_still_valid(self):
        self.rotate()
        with self.assertRaisesRegex(ValidationError, "another prestashop connector"), self.env.cr.savepoint():
            self._prestashop(name="second")
        self.shop.action_forget_old_secret()
        self._prestashop(name="second")

    def test_hours_are_checked_and_the_group_too(self):
        for hours in (-1, 24 * 31):
            with self.assertRaisesRegex(UserError, "Old secret stays valid"):
                self.rotate(hours=hours)
        groups = [(6, 0, self.env.ref("sync_hub.group_user").ids)]
        user = self.env["res.users"].create({"name": "u", "login": "u-secret", compat.USER_GROUPS: groups})
        for call in ("action_new_secret", "action_forget_old_secret"):
            with self.assertRaises(AccessError):
                getattr(self.shop.with_user(user), call)()

    def test_no_secret_is_kept_in_the_dialogs_table(self):
        new = self.rotate()
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM sync_hub_secret_wizard")
        kept = str(self.env.cr.fetchall())
        self.assertNotIn(new, kept)
        self.assertNotIn(OLD, kept)

    def test_the_shop_is_told_with_the_secret_that_it_knows(self):
        new = self.rotate()
        known = {OLD}

        def answer(request, body):
            if request.headers["X-Webhook-Secret"] in known:
                return 200, {"success": True}, {}
            return 403, {"success": False, "error": "Invalid webhook secret"}, {}

        self.remote.answer = answer
        config = self.shop._push_config()
        for secrets, calls in (({OLD}, 2), ({new}, 1)):
            known.clear()
            known.update(secrets)
            self.remote.calls.clear()
            Reverse(config, Transport()).send("customer", "updated", {"id": 1})
            self.assertEqual(len(self.remote.calls), calls)
        known.clear()
        with self.assertRaises(CredentialError):
            Reverse(config, Transport()).send("customer", "updated", {"id": 1})


@tagged("post_install", "-at_install")
class TestRotationByHttp(SecretCase, HttpCase):
    def post(self, secret, url="/prestashop/webhook", raw=None):
        self.env.flush_all()
        raw = raw or wirejson.loads((SAMPLES / "contract-4.2.json").read_text())["posts"][0]["body_raw"].encode()
        headers = {"X-Webhook-Secret": secret, "Content-Type": "application/json"}
        answer = self.opener.post(f"{self.base_url()}{url}", data=raw, headers=headers, timeout=20)
        self.env.invalidate_all()
        return answer.status_code

    def test_old_is_accepted_in_the_overlap_and_noted_then_refused(self):
        new = self.rotate(hours=1)
        for url in ("/prestashop/webhook", f"/sync_hub/{self.shop.key}/webhook"):
            self.assertEqual(self.post(new, url), 200)
        self.assertFalse(self.shop.old_secret_seen_at)
        for url in ("/prestashop/webhook", f"/sync_hub/{self.shop.key}/webhook"):
            self.assertEqual(self.post(OLD, url), 200)
        self.assertTrue(self.shop.old_secret_seen_at)
        newest = self.env["sync.hub.exchange"].search([("connector_id", "=", self.shop.id)], limit=4)
        self.assertEqual(newest.mapped("old_secret"), [True, True, False, False])
        self.env.flush_all()
        self.env.cr.execute("UPDATE sync_hub_secret SET until = now() - interval '1 minute' WHERE until IS NOT NULL")
        for url in ("/prestashop/webhook", f"/sync_hub/{self.shop.key}/webhook"):
            self.assertEqual(self.post(OLD, url), 403)
            self.assertEqual(self.post(new, url), 200)

    def test_a_test_message_is_noted_once_while_the_shop_is_set_up(self):
        raw = b'{"test": true}'
        self.post(OLD, raw=raw)
        self.assertFalse(self.shop.heard_at)
        self.shop.state = "draft"
        self.post(OLD, raw=raw)
        first = self.shop.heard_at
        self.assertTrue(first)
        self.post(OLD, raw=raw)
        self.assertEqual(self.shop.heard_at, first)

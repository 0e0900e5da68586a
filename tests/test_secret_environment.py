import os
from unittest.mock import patch

from odoo.exceptions import ValidationError

from .common import HubCase


class TestSecretsOfTheEnvironment(HubCase):
    """`env:NAME`: a secret that lies in the environment of the server and not in the database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._cartona()

    def test_the_secret_is_read_when_it_is_needed(self):
        self.shop.write({"token": "env:SYNC_HUB_TOKEN", "webhook_secret": "env:SYNC_HUB_SECRET"})
        self.assertFalse(self.shop.token_set)
        with patch.dict(os.environ, {"SYNC_HUB_TOKEN": "one", "SYNC_HUB_SECRET": "two"}):
            self.shop.invalidate_recordset()
            self.assertTrue(self.shop.token_set)
            config = self.shop._push_config()
            self.assertEqual((config["token"], config["webhook_secret"]), ("one", "two"))
            known = self.env["sync.hub.secret"]._of_kind("cartona", "webhook_secret")
            self.assertEqual([value for sender, value in known.items() if sender.key == self.shop.key], ["two"])
        with patch.dict(os.environ, {"SYNC_HUB_TOKEN": "three"}):
            self.assertEqual(self.shop._push_config()["token"], "three")
        self.assertEqual(self.shop._push_config()["token"], "")

    def test_no_other_variable_can_be_read(self):
        for name in ("env:PGPASSWORD", "env:HOME", "env:", "env:SYNC_HUB_", "env: SYNC_HUB_X", "env:sync_hub_x",
                     "env:SYNC_HUB_X/../PATH"):  # fmt: skip
            with self.assertRaises(ValidationError, msg=name) as caught, self.env.cr.savepoint():
                self.shop.token = name
            self.assertIn("SYNC_HUB_", str(caught.exception))
        # Nor when it has come into the table on another way.
        self.env.cr.execute("UPDATE sync_hub_secret SET value = 'env:HOME' WHERE connector_id = %s", [self.shop.id])
        self.env.invalidate_all()
        self.assertEqual(self.shop._push_config()["token"], "")

    def test_two_connectors_share_no_secret_of_the_environment(self):
        with patch.dict(os.environ, {"SYNC_HUB_SECRET": "two"}):
            self.shop.webhook_secret = "env:SYNC_HUB_SECRET"
            with self.assertRaises(ValidationError):
                self._cartona(name="other", webhook_secret="two")

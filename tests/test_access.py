from odoo.exceptions import AccessError

from ..models import compat
from .common import HubCase


class TestGroups(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona()
        cls.tea = cls._product("Tea", 300, cartona_id="TEA")

    def _user(self, *groups):
        return self.env["res.users"].create(
            {
                "name": "u",
                "login": "-".join(groups),
                compat.USER_GROUPS: [(6, 0, [self.env.ref(group).id for group in groups])],
            }
        )

    def test_sync_user_sees_and_retries_and_cannot_configure(self):
        user = self._user("sync_hub.group_user")
        self.remote.answer = lambda request, body: (422, {"error": "no"}, {})
        self.wake_and_drain()
        row = self._rows(self.cartona, state="failed")[:1].with_user(user)
        self.assertTrue(row.error)
        row.action_retry()
        self.assertEqual(row.state, "pending")
        for change in (
            lambda: self.cartona.with_user(user).write({"name": "x"}),
            lambda: row.write({"state": "done"}),
            lambda: row.unlink(),
            lambda: (
                self.env["sync.hub.map"]
                .with_user(user)
                .create({"connector_id": self.cartona.id, "kind": "tax", "remote_value": "1"})
            ),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_sync_user_cannot_replace_the_secret_and_a_stranger_cancels_no_run(self):
        user = self._user("sync_hub.group_user")
        with self.assertRaises(AccessError):
            self.cartona.with_user(user).action_new_secret()
        run = self.env["sync.hub.run"].create({"name": "r", "kind": "replay"})
        with self.assertRaises(AccessError):
            run.with_user(self._user("base.group_user")).action_cancel()

    def test_sync_manager_configures(self):
        user = self._user("sync_hub.group_manager")
        connector = self.cartona.with_user(user)
        connector.write({"name": "Renamed", "token": "new-token", "stock_buffer": 1})
        connector.action_pause()
        connector.action_activate()
        self.assertEqual(self.cartona._push_config()["token"], "new-token")

    def test_internal_user_without_a_group_sees_nothing_of_the_hub(self):
        user = self._user("base.group_user")
        for model in (
            "sync.hub.connector",
            "sync.hub.log",
            "sync.hub.exchange",
            "sync.hub.binding",
            "sync.hub.map",
            "sync.hub.run",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).search([])

    def test_run_as_user_without_rights_fails_the_row_with_a_clear_word(self):
        from .common import bodies

        user = self._user("base.group_user")
        shop = self._prestashop(run_as_id=user.id)
        row = self.receive(shop, bodies("contract-4.3")[0])
        self.wake_and_drain()
        self.assertStates(row, [("failed", "odoo")])
        self.assertIn("Contact", row.error)

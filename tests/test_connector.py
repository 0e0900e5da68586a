from odoo.exceptions import AccessError, ValidationError
from odoo.modules.module import get_module_path

from ..models import compat
from .common import HubCase


class TestSecrets(HubCase):
    def test_are_write_only_for_everyone_and_absent_from_exports(self):
        connector = self._cartona()
        admin = connector.with_user(self.env.ref("base.user_admin"))
        self.assertFalse(admin.read(["token", "webhook_secret"])[0]["token"])
        self.assertTrue(admin.token_set)
        self.assertNotIn("token-of-cartona", str(admin.export_data(["name", "token", "webhook_secret"])))
        with self.assertRaises(AccessError):
            self.env["sync.hub.secret"].with_user(self.env.ref("base.user_admin")).search([]).read(["value"])

    def test_empty_value_keeps_the_secret(self):
        connector = self._cartona()
        connector.write({"token": "", "name": "Renamed"})
        self.assertEqual(connector._push_config()["token"], "token-of-cartona")

    def test_two_connectors_of_a_kind_may_not_share_one(self):
        self._prestashop()
        with self.assertRaisesRegex(ValidationError, "another prestashop connector"):
            self._prestashop(name="second")

    def test_new_secret_is_shown_once(self):
        connector = self._connector("prestashop")
        action = connector.action_new_secret()
        secret = action["context"]["default_secret"]
        self.assertEqual(connector._push_config()["webhook_secret"], secret)
        wizard = self.env["sync.hub.secret.wizard"].create({})
        self.env.cr.execute("SELECT * FROM sync_hub_secret_wizard WHERE id = %s", [wizard.id])
        self.assertNotIn(secret, str(self.env.cr.fetchall()))


class TestConnector(HubCase):
    def test_new_connector_brings_its_schedule_and_maps(self):
        shop = self._prestashop()
        self.assertEqual(shop.retry_schedule, "10, 60, 300, 900, 3600, 86400*")
        maps = {(row.kind, row.remote_value): row for row in shop.map_ids}
        self.assertEqual(maps["country", "6"].country_id.code, "ES")
        self.assertEqual(maps["order_state", "2"].order_action, "paid")
        self.assertEqual(maps["currency", "1"].currency_id, self.company.currency_id)

    def test_wrong_schedule_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Retry schedule"):
            self._cartona(retry_schedule="soon")

    def test_activation_pushes_price_and_stock_of_linked_products(self):
        cartona = self._cartona(state="draft")
        self._product("Tea", 300, cartona_id="TEA")
        cartona.action_activate()
        self.wake_and_drain()
        self.assertEqual(
            self.remote.items,
            [{"internal_product_id": "TEA", "selling_price": 300, "available_stock_quantity": 0, "in_stock": False}],
        )

    def test_draft_connector_stores_and_waits(self):
        self.assertFalse(self._cartona(state="draft").id in [t.id for t in self.env["sync.hub.connector"]._outbound()])

    def test_companies_do_not_see_each_other(self):
        company = self.env["res.company"].create({"name": "Other"})
        other = self._cartona(name="other", company_id=company.id)
        user = self.env["res.users"].create(
            {
                "name": "u",
                "login": "hub-user",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                compat.USER_GROUPS: [(6, 0, self.env.ref("sync_hub.group_manager").ids)],
            }
        )
        visible = self.env["sync.hub.connector"].with_user(user).search([])
        self.assertNotIn(other, visible)

    def test_product_of_another_company_is_not_sent(self):
        company = self.env["res.company"].create({"name": "Other"})
        cartona = self._cartona()
        product = self._product("Theirs", 5, cartona_id="THEIRS", company_id=company.id)
        self._clear_rows()
        product.list_price = 6
        self.assertFalse(self._rows(cartona))


class TestReplay(HubCase):
    def test_wizard_counts_and_replays_as_a_run_with_progress(self):
        cartona = self._cartona()
        self.remote.answer = lambda request, body: (422, {"error": "no"}, {})
        products = self.env["product.product"]
        for number in range(3):
            products |= self._product(f"P{number}", 5, cartona_id=f"P{number}")
        self.wake_and_drain()
        failed = self._rows(cartona, state="failed")
        wizard = self.env["sync.hub.replay.wizard"].create({"connector_id": cartona.id, "state": "failed"})
        self.assertEqual(wizard.count, len(failed))
        self.assertGreaterEqual(wizard.count, 3)
        run = self.env["sync.hub.run"].browse(wizard.action_replay()["res_id"])
        self.assertEqual(run.progress, 0)
        self.remote.answer = lambda request, body: (200, [], {})
        run._job_replay()
        self.wake_and_drain()
        run.invalidate_recordset()
        self.assertEqual((run.state, run.progress, run.failed_count), ("done", 100, 0))
        self.assertEqual(set(failed.mapped("trigger")), {"replay"})

    def test_date_filter_and_cancel(self):
        cartona = self._cartona()
        self._product("P", 5, cartona_id="P")
        self.wake_and_drain()
        wizard = self.env["sync.hub.replay.wizard"].create(
            {"connector_id": cartona.id, "state": False, "date_to": "2020-01-01"}
        )
        self.assertEqual(wizard.count, 0)
        wizard.date_to = False
        run = self.env["sync.hub.run"].browse(wizard.action_replay()["res_id"])
        run.action_cancel()
        run._job_replay()
        self.assertEqual(run.state, "cancelled")
        self.assertFalse(self._rows(cartona, state="pending"))


class TestNeutralize(HubCase):
    def test_copied_database_cannot_talk_to_a_live_shop(self):
        cartona = self._cartona()
        self._product("Tea", 300, cartona_id="TEA")
        self.env.flush_all()
        with open(f"{get_module_path('sync_hub')}/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual((cartona.state, cartona.url, cartona.token_set), ("draft", False, False))
        self.assertEqual(set(self._rows(cartona).mapped("state")), {"skipped"})
        self.assertFalse(self.env["sync.hub.connector"]._outbound())

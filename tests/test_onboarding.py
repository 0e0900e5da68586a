"""Every kind is set up from its first step to its first export, errors name the field, and nothing is kept twice."""

from unittest.mock import patch

from lxml import etree
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user

from ..wizards.onboarding_steps import FIRST, KINDS, STEPS, steps_of
from .common import HubCase, bodies

SECRETS = ("sk_secret-of-set-up", "KEY-OF-THE-SHOP")


class OnboardingCase(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env, "set_up", "sync_hub.group_manager,sales_team.group_sale_manager,stock.group_stock_manager"
        )
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        #: What a person enters: kind -> step -> values.
        cls.entered = {
            "prestashop": {"credentials": {"url": "https://shop.test", "token": SECRETS[0]}},
            "cartona": {"credentials": {"url": "https://cartona.test/api/v1", "token": SECRETS[0]}},
            "medusa": {"credentials": {"url": "https://medusa.test", "token": SECRETS[0]}},
            "vendor_api": {
                "credentials": {"url": "https://retailer.test", "token": SECRETS[0], "remote_partner": "7"},
                "odoo": {"price_tax": "included"},
            },
        }

    def begin(self, kind, **values):
        """The wizard at its second step, as a manager sees it."""
        wizard = self.env["sync.hub.onboarding"].with_user(self.manager).create({"kind": kind, "name": f"My {kind}"})
        wizard.action_next()
        wizard.write(values)
        return wizard

    def passes(self, connector, error=False):
        self.env.flush_all()
        connector.sudo().write({"tested_at": fields.Datetime.now(), "test_error": error})

    def walk(self, wizard, until="go"):
        """Go on to a step, entering on the way what a person would; returns the steps that were seen."""
        seen = [wizard.step]
        while wizard.step != until:
            wizard.write(self.entered.get(wizard.kind, {}).get(wizard.step, {}))
            if wizard.step == "webhook" and "webhook_secret" in wizard.asked and not wizard.webhook_secret_set:
                wizard.action_show_secret()
                self.env.invalidate_all()
            if wizard.step == "test":
                self.passes(wizard.connector_id)
            wizard.action_next()
            self.env.invalidate_all()
            seen.append(wizard.step)
        return seen


class TestOnboarding(OnboardingCase):
    def test_each_kind_goes_through_all_its_steps_to_its_start(self):
        for kind in KINDS:
            with self.subTest(kind):
                wizard = self.begin(kind)
                connector = wizard.connector_id
                self.assertEqual((connector.state, connector.setup_step), ("draft", "credentials"))
                seen = self.walk(wizard)
                self.assertEqual(["start", *seen], steps_of(connector))
                self.assertTrue(wizard.preview)
                wizard.action_start()
                self.assertEqual((connector.state, connector.setup_step), ("active", False))

    def test_a_new_connector_has_what_its_kind_presets(self):
        connector = self.begin("cartona").connector_id
        self.assertEqual((connector.timezone, connector.tolerance), ("Africa/Cairo", 1.0))
        self.assertTrue(connector.map_ids)
        self.assertEqual(connector.name, "My cartona")

    def test_no_secret_and_no_setting_is_in_the_wizards_table(self):
        wizard = self.begin("medusa")
        wizard.write({"url": "https://medusa.test", "token": SECRETS[0]})
        self.env.flush_all()
        self.assertEqual(wizard.connector_id._push_config()["token"], SECRETS[0])
        self.env.invalidate_all()
        self.assertFalse(wizard.read(["token"])[0]["token"])
        self.assertTrue(wizard.token_set)
        self.env.cr.execute("SELECT * FROM sync_hub_onboarding WHERE id = %s", [wizard.id])
        kept = str(self.env.cr.fetchall())
        self.assertNotIn(SECRETS[0], kept)
        self.assertNotIn("medusa.test", kept)

    def test_what_is_missing_is_named_as_the_form_calls_it(self):
        for kind, entered, named in (
            ("prestashop", {}, "Address of the shop"),
            ("cartona", {"url": "https://cartona.test"}, "API token"),
            ("medusa", {"url": "https://medusa.test"}, "Secret API key"),
            ("vendor_api", {}, "Address of the retailer's Odoo"),
            ("vendor_api", {"shop_url": "https://vendor.test"}, "Key of the vendor's shop"),
            ("medusa", {"url": "medusa.test", "token": SECRETS[0]}, "Address of Medusa's backend"),
        ):
            with self.subTest(named):
                wizard = self.begin(kind, **entered)
                with self.assertRaisesRegex(UserError, f"^{named}: "):
                    wizard.action_next()
                self.assertEqual(wizard.step, "credentials")

    def test_a_shop_without_its_secret_does_not_go_on(self):
        wizard = self.begin("prestashop", url="https://shop.test")
        wizard.action_next()
        self.assertEqual(wizard.step, "webhook")
        with self.assertRaisesRegex(UserError, "^Webhook Secret: "):
            wizard.action_next()

    def test_the_test_decides_or_is_left_out_on_purpose(self):
        wizard = self.begin("cartona", **self.entered["cartona"]["credentials"])
        wizard.action_next()
        with self.assertRaisesRegex(UserError, "Test now"):
            wizard.action_next()
        self.remote.answer = lambda request, body: (401, {"error": "no"}, {})
        wizard.action_test_now()
        with self.assertRaisesRegex(UserError, "The test has failed"):
            wizard.action_next()
        wizard.with_context(hub_skip=True).action_next()
        self.assertEqual(wizard.step, "flows")
        wizard.action_back()
        self.remote.answer = lambda request, body: (200, [], {})
        wizard.action_test_now()
        wizard.action_next()
        self.assertEqual(wizard.step, "flows")
        wizard.action_back()
        # Another token is another account: what was tested does not count for it.
        wizard.token = "another"
        with self.assertRaisesRegex(UserError, "Test now"):
            wizard.action_next()

    def test_it_goes_on_where_it_was_left(self):
        wizard = self.begin("cartona")
        self.walk(wizard, "odoo")
        wizard.stock_buffer = 3
        connector = wizard.connector_id
        wizard.unlink()
        self.assertTrue(connector.exists())
        again = self.env["sync.hub.onboarding"].browse(connector.action_set_up()["res_id"])
        self.assertEqual((again.step, again.stock_buffer), ("odoo", 3))
        self.assertIn("Step 5 of 8", again.progress)
        # One that was made by hand begins with its credentials.
        by_hand = self._cartona(state="draft", name="by hand")
        self.assertEqual(self.env["sync.hub.onboarding"].create({"connector_id": by_hand.id}).step, "credentials")

    def test_steps_that_a_connector_has_no_use_for_are_left_out(self):
        wizard = self.begin("vendor_api", **self.entered["vendor_api"]["credentials"])
        self.assertNotIn("webhook", steps_of(wizard))
        wizard.write({"shop_url": "https://vendor.test", "shop_key": SECRETS[1], "vendor_partner_id": self.vendor.id})
        self.assertIn("webhook", steps_of(wizard))
        wizard.action_next()

    def test_only_managers_set_up(self):
        user = new_test_user(self.env, "no_set_up", "sync_hub.group_user")
        connector = self._cartona(state="draft")
        with self.assertRaises(AccessError):
            connector.with_user(user).action_set_up()
        with self.assertRaises(AccessError):
            self.env["sync.hub.onboarding"].with_user(user).create({"kind": "cartona", "name": "x"})

    def test_the_form_makes_the_connector_and_the_tables_are_whole(self):
        page = Form(self.env["sync.hub.onboarding"].with_user(self.manager))
        page.kind = "prestashop"
        page.name = "By the form"
        wizard = page.save()
        self.assertEqual(wizard.connector_id.name, "By the form")
        # What the kind presets is not what the empty form had.
        self.assertEqual(wizard.connector_id.price_tax, "excluded")
        arch = etree.fromstring(wizard.get_view(view_type="form")["arch"])
        shown = {field.get("name") for field in arch.iter("field")}
        titles, texts = wizard._titles(), wizard._texts()
        self.assertEqual(set(KINDS), {key for key, _label in self.env["sync.hub.connector"]._fields["kind"].selection})
        for kind, table in KINDS.items():
            self.assertEqual(set(table.steps), set(STEPS), kind)
            for step in table.steps:
                self.assertTrue(titles[step])
                self.assertTrue(texts.get((kind, step)) or texts.get((None, step)), (kind, step))
            for names in table.asks.values():
                # A secret that is only made and shown needs no field.
                self.assertFalse(set(names.split()) - shown - {"webhook_secret"})
        self.assertFalse(set(FIRST) - shown)


class TestOnboardingValues(OnboardingCase):
    def locations(self, *names):
        rows = [{"id": f"sloc_{number}", "name": name} for number, name in enumerate(names)]

        def answer(request, body):
            if "stock-locations" in request.url:
                return 200, {"stock_locations": rows, "count": len(rows), "offset": 0, "limit": 100}, {}
            return 200, {"stores": [{"id": "store_1", "name": "Shop"}], "count": 1, "offset": 0, "limit": 100}, {}

        self.remote.answer = answer

    def at_maps(self):
        wizard = self.begin("medusa")
        self.walk(wizard, "maps")
        return wizard

    def test_the_shops_lists_are_read_by_a_job_before_anything_is_active(self):
        self.locations("Elsewhere", "Nowhere")
        wizard = self.at_maps()
        connector = wizard.connector_id
        self.assertTrue(wizard.values_reading)
        self.assertFalse(self.remote.calls)
        job = self.env["queue.job"].search([("identity_key", "=", f"sync_hub.values:{connector.id}")])
        self.assertEqual(len(job), 1)
        job.write({"state": "done"})
        connector._job_read_values()
        self.env.invalidate_all()
        self.assertFalse(wizard.values_reading)
        places = wizard.open_map_ids.filtered(lambda row: row.kind == "location")
        self.assertEqual(places.mapped("remote_label"), ["Elsewhere", "Nowhere"])
        self.assertTrue(all(places.mapped("when_empty")))
        self.assertEqual(connector.state, "draft")
        self.assertFalse(self._rows(connector))

    def test_what_goes_wrong_is_said_on_the_page(self):
        wizard = self.at_maps()
        self.remote.answer = lambda request, body: (401, {"message": "Unauthorized"}, {})
        wizard.connector_id._job_read_values()
        self.assertIn("401", wizard.values_error)
        self.assertEqual(wizard.step, "maps")
        wizard.action_next()

    def test_proposals_are_accepted_together(self):
        wizard = self.at_maps()
        connector = wizard.connector_id
        row = {"connector_id": connector.id, "kind": "tax", "remote_value": "21"}
        rate = self.env["sync.hub.map"].create(row)
        self.env.invalidate_all()
        self.assertEqual(wizard.open_map_ids[0], rate)
        self.assertEqual(wizard.proposed_count, 1)
        wizard.action_accept_all()
        self.assertEqual(rate.tax_id.amount, 21)
        self.env.invalidate_all()
        self.assertNotIn(rate, wizard.open_map_ids)


class TestOnboardingStart(OnboardingCase):
    def at_go(self, kind="cartona"):
        wizard = self.begin(kind)
        self.walk(wizard)
        return wizard

    def test_first_message_is_seen_and_a_test_message_too(self):
        wizard = self.begin("prestashop", url="https://shop.test")
        wizard.action_next()
        connector = wizard.connector_id.sudo()
        self.assertFalse(wizard.heard)
        moved = []
        tell = lambda drain, connector_id: moved.append(connector_id)  # noqa: E731
        with patch.object(type(self.env["sync.hub.drain"]), "_show_moved", tell):
            connector._heard()
        self.env.invalidate_all()
        self.assertTrue(wizard.heard)
        self.assertEqual(moved, [connector.id])
        connector.heard_at = False
        self.receive(connector, bodies("001-customer-created")[0])
        self.env.invalidate_all()
        self.assertTrue(wizard.heard)

    def test_preview_counts_what_is_linked_and_what_is_not(self):
        self._product("Linked", 5, cartona_id="LINKED")
        self._product("Loose", 5)
        wizard = self.at_go()
        sellable = self.env["product.product"].search_count(
            [("sale_ok", "=", True), ("company_id", "in", [False, self.company.id])]
        )
        self.assertIn("compared and sent: 1.", wizard.preview)
        self.assertEqual(wizard.unlinked_count, sellable - 1)
        action = wizard.action_link()
        self.assertIn(("cartona_id", "=", False), action["domain"])

    def test_start_opens_the_run(self):
        self._product("Linked", 5, cartona_id="LINKED")
        wizard = self.at_go()
        action = wizard.action_start()
        run = self.env["sync.hub.run"].browse(action["res_id"])
        self.assertEqual((run.connector_id, run.state), (wizard.connector_id, "running"))

    def test_nothing_is_sent_when_that_is_chosen(self):
        self._product("Linked", 5, cartona_id="LINKED")
        wizard = self.at_go()
        wizard.first_push = False
        wizard.action_start()
        connector = wizard.connector_id
        self.assertEqual(connector.state, "active")
        self.assertFalse(self._rows(connector, direction="out").filtered(lambda row: row.flow != "poll"))
        self.assertFalse(self.env["sync.hub.run"].search([("connector_id", "=", connector.id)]))

    def test_older_orders_are_read_from_the_chosen_day(self):
        wizard = self.at_go()
        wizard.write({"read_back": True, "read_from": "2026-01-02", "timezone": "UTC"})
        wizard.action_start()
        places = self.env["sync.hub.cursor"].search([("connector_id", "=", wizard.connector_id.id)])
        self.assertIn("2026-01-02 00:00:00", places.mapped("since"))

import copy
from decimal import Decimal

from odoo.exceptions import UserError

from ..models import compat
from .common import HubCase, bodies, event_of


class TestPrestashopOrders(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shirt = cls._product("T-shirt blue M", default_code="TS-BLUE-M")
        cls.mug = cls._product("Mug Koala", default_code="MUG-KOALA")
        cls.shop = cls._prestashop()
        cls.customer = "contract-4.3"
        cls.address = "contract-4.4"

    def _changed(self, body, sequence, time=None, **after):
        """The same event as a later one of the shop, with other content."""
        body = copy.deepcopy(body)
        event = body["events"][0]
        event["event_id"] = sequence
        event["transaction_hash"] = f"{sequence:064d}"
        if time:
            event["hook_timestamp"] = time
        event["after_data"].update(after)
        return body

    def test_sample_gives_an_order_of_exactly_104_06(self):
        rows = self.play(self.shop, self.customer, self.address, "contract-4.1")
        self.assertStates(rows, [("done", "")] * 3)
        order = self.order("XKBKNABJK")
        self.assertEqual(order.amount_total, 104.06)
        self.assertEqual(order.amount_untaxed, 86.0)
        self.assertEqual(order.partner_id.name, "María José D'Angelo")
        self.assertEqual(order.partner_id.email, "maria@example.com")
        self.assertEqual(order.partner_shipping_id.street, "C/ Mayor 1, 3º B")
        self.assertEqual(order.partner_shipping_id.country_id.code, "ES")
        self.assertEqual(order.order_line.mapped("product_id.default_code")[:2], ["TS-BLUE-M", "MUG-KOALA"])
        self.assertEqual(order.order_line.mapped("price_subtotal"), [50, 40, 5, -9])
        self.assertFalse(order.hub_hold_reason)

    def test_order_time_is_read_in_the_shops_zone(self):
        self.play(self.shop, "contract-4.1")
        # 11:42:53 in Madrid in November.
        self.assertEqual(str(self.order("XKBKNABJK").date_order)[:19], "2025-11-15 10:42:53")

    def test_state_with_action_confirm_confirms_and_reserves(self):
        self._set_stock(self.shirt, 10)
        self._set_stock(self.mug, 10)
        self.play(self.shop, "contract-4.1")
        order = self.order("XKBKNABJK")
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.hub_remote_status, "9")
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_message_and_private_note_go_to_the_chatter_once(self):
        body = event_of("contract-4.1")
        body["events"][0]["after_data"]["note"] = "Pack with care"
        self.receive(self.shop, body)
        self.wake_and_drain()
        order = self.order("XKBKNABJK")
        notes = [m.body for m in order.message_ids if "regalo" in m.body or "Pack with care" in m.body]
        self.assertEqual(len(notes), 2)
        self.assertEqual(
            set(order.message_ids.filtered(lambda m: "regalo" in m.body).mapped("subtype_id.internal")), {True}
        )
        self.receive(self.shop, self._changed(body, 171, total_discounts=10.89))
        self.receive(self.shop, self._changed(body, 172, payment="Other"))
        self.wake_and_drain()
        order.invalidate_recordset()
        again = [m.body for m in order.message_ids if "regalo" in m.body or "Pack with care" in m.body]
        self.assertEqual(len(again), 2)

    def test_early_created_and_status_changed_end_in_the_new_status(self):
        rows = self.play(self.shop, "contract-4.2")
        self.assertStates(rows, [("done", "")] * 2)
        order = self.order("XKBKNABJK")
        self.assertEqual(len(order), 1)
        self.assertEqual((order.state, order.hub_remote_status), ("sale", "2"))
        self.assertEqual(order.amount_total, 104.06)

    def test_state_zero_never_overwrites_a_known_state(self):
        self.play(self.shop, "contract-4.2")
        body = event_of("contract-4.2")
        self.receive(self.shop, self._changed(body, 190, "2025-11-15 11:50:00", payment="Later"))
        self.wake_and_drain()
        self.assertEqual(self.order("XKBKNABJK").hub_remote_status, "2")

    def test_stale_snapshot_is_dropped(self):
        body = event_of("contract-4.1")
        self.receive(self.shop, self._changed(body, 200, "2025-11-15 12:00:00", current_state=2))
        self.wake_and_drain()
        row = self.receive(self.shop, self._changed(body, 150, "2025-11-15 11:00:00", current_state=6))
        self.wake_and_drain()
        self.assertStates(row, [("skipped", "stale")])
        self.assertEqual(self.order("XKBKNABJK").state, "sale")

    def test_lower_number_with_later_time_is_a_new_life_of_the_shop(self):
        body = event_of("contract-4.1")
        self.receive(self.shop, self._changed(body, 9000, "2025-11-15 12:00:00", current_state=10))
        self.wake_and_drain()
        for number in (3, 4):
            self.receive(
                self.shop,
                self._changed(body, number, f"2025-12-01 09:00:0{number}", current_state=2, payment=str(number)),
            )
            self.wake_and_drain()
        self.assertEqual(self.order("XKBKNABJK").hub_remote_status, "2")
        self.assertEqual(len(self.shop.activity_ids), 1)

    def test_order_before_its_customer_gets_a_placeholder_that_is_filled_later(self):
        self.play(self.shop, "contract-4.1")
        order = self.order("XKBKNABJK")
        self.assertIn("#67", order.partner_id.name)
        self.play(self.shop, self.customer)
        self.assertEqual(order.partner_id.name, "María José D'Angelo")
        self.play(self.shop, self.address)
        order.invalidate_recordset()
        self.assertEqual(order.partner_shipping_id.city, "L'Hospitalet de Llobregat")

    def test_duplicate_batch_makes_no_second_order(self):
        body = bodies("contract-4.1")[0]
        self.assertEqual(len(self.receive(self.shop, body)), 1)
        self.assertEqual(len(self.receive(self.shop, body)), 0)
        self.wake_and_drain()
        self.assertEqual(len(self.order("XKBKNABJK")), 1)

    def test_same_content_again_is_unchanged(self):
        body = event_of("contract-4.1")
        self.receive(self.shop, body)
        self.wake_and_drain()
        row = self.receive(self.shop, self._changed(body, 300, "2025-11-15 12:10:00"))
        self.wake_and_drain()
        self.assertStates(row, [("skipped", "unchanged")])

    def test_values_that_flip_and_flip_back_are_all_news(self):
        body = event_of("contract-4.1")
        body["events"][0]["after_data"]["current_state"] = 10
        states = []
        for number, quantity in ((301, 5), (302, 4), (303, 5)):
            later = self._changed(body, number, f"2025-11-15 12:1{number - 300}:00")
            later["events"][0]["after_data"]["order_details"][0]["product_quantity"] = quantity
            row = self.receive(self.shop, later)
            self.wake_and_drain()
            states.append((row.state, self.order("XKBKNABJK").order_line[0].product_uom_qty))
        self.assertEqual(states, [("done", 5), ("done", 4), ("done", 5)])

    def test_unknown_product_fails_with_its_reference_and_the_menu(self):
        self.mug.default_code = "OTHER"
        row = self.play(self.shop, "contract-4.1")
        self.assertStates(row, [("failed", "product_unknown")])
        self.assertIn("MUG-KOALA", row.error)
        self.assertIn("Sync Hub > Configuration > Bindings", row.error)
        self.assertFalse(self.order("XKBKNABJK"))
        self.mug.default_code = "MUG-KOALA"
        row.action_retry()
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])

    def test_placeholder_policy_takes_the_placeholder(self):
        self.mug.default_code = "OTHER"
        self.shop.write({"missing_product": "placeholder", "placeholder_product_id": self._product("Unknown").id})
        self.play(self.shop, "contract-4.1")
        line = self.order("XKBKNABJK").order_line[1]
        self.assertEqual(line.product_id.name, "Unknown")
        self.assertEqual(line.name, "Taza cerámica «Koala»")
        self.assertEqual(self.order("XKBKNABJK").amount_total, 104.06)

    def test_binding_wins_over_reference_and_barcode_is_third(self):
        other = self._product("Other")
        self.env["sync.hub.binding"]._bind(self.shop, "product", "8-0", other)
        self.shirt.write({"default_code": False, "barcode": "8412345678905"})
        self.play(self.shop, "contract-4.1")
        self.assertEqual(self.order("XKBKNABJK").order_line[:2].product_id, self.shirt | other)

    def test_reference_of_two_products_is_ambiguous(self):
        self._product("Second", default_code="MUG-KOALA")
        self.assertStates(self.play(self.shop, "contract-4.1"), [("failed", "product_ambiguous")])

    def test_unknown_tax_rate_names_rate_and_menu_and_leaves_a_row_to_fill_in(self):
        body = event_of("contract-4.1")
        for line in body["events"][0]["after_data"]["order_details"]:
            line.update(tax_rate=17.5, unit_price_tax_incl=29.375, total_price_tax_incl=58.75)
        row = self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertStates(row, [("failed", "mapping")])
        self.assertIn("17.5 %", row.error)
        missing = self.env["sync.hub.map"].search([("connector_id", "=", self.shop.id), ("is_missing", "=", True)])
        self.assertEqual(missing.mapped("remote_value"), ["17.5"])

    def test_tax_map_wins_over_rate(self):
        mapped = self._tax("21 special", 21, included=True)
        self.env["sync.hub.map"].create(
            {"connector_id": self.shop.id, "kind": "tax", "remote_value": "21", "tax_id": mapped.id}
        )
        self.play(self.shop, "contract-4.1")
        order = self.order("XKBKNABJK")
        self.assertEqual(order.order_line[0].price_unit, 30.25)
        self.assertEqual(order.amount_total, 104.06)

    def test_other_currency_goes_through_the_map(self):
        body = event_of("contract-4.1")
        body["events"][0]["after_data"]["id_currency"] = 2
        row = self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertStates(row, [("failed", "mapping")])
        other = self.env["res.currency"].with_context(active_test=False).search(
            [("id", "!=", self.company.currency_id.id), ("name", "in", ("EUR", "USD"))], limit=1
        )  # fmt: skip
        other.active = True
        self.env["product.pricelist"].create({"name": "Other", "currency_id": other.id})
        self.env["sync.hub.map"].search([("remote_value", "=", "2"), ("kind", "=", "currency")]).currency_id = other
        row.action_retry()
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])
        self.assertEqual(self.order("XKBKNABJK").currency_id, other)

    def test_small_difference_becomes_a_visible_rounding_line(self):
        body = self._changed(event_of("contract-4.1"), 170, total_paid_tax_incl=104.08)
        self.receive(self.shop, body)
        self.wake_and_drain()
        order = self.order("XKBKNABJK")
        self.assertEqual(order.amount_total, 104.08)
        self.assertEqual(order.order_line.filtered(lambda line: line.hub_line_id == "rounding").price_total, 0.02)

    def test_large_difference_holds_the_order_in_draft_with_one_activity(self):
        body = self._changed(event_of("contract-4.1"), 170, total_paid_tax_incl=99)
        self.receive(self.shop, body)
        self.wake_and_drain()
        order = self.order("XKBKNABJK")
        self.assertEqual(order.state, "draft")
        self.assertIn("99.00", order.hub_hold_reason)
        self.assertIn("104.06", order.hub_hold_reason)
        self.assertEqual(len(order.activity_ids), 1)
        with self.assertRaisesRegex(UserError, "is held"):
            order.action_confirm()
        # The next snapshot has the right total: the order goes on by itself.
        self.receive(self.shop, self._changed(body, 180, "2025-11-15 11:59:00", total_paid_tax_incl=104.06))
        self.wake_and_drain()
        self.assertFalse(order.hub_hold_reason)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.activity_ids)

    def test_discount_over_two_tax_rates_agrees_to_the_cent(self):
        self._tax("10 % sale", 10)
        body = event_of("contract-4.1")
        after = body["events"][0]["after_data"]
        after["order_details"][1].update(tax_rate=10, unit_price_tax_incl=44, total_price_tax_incl=44)
        # 60.50 + 44.00 = 104.50, 10 % off = 10.45; shipping 6.05.
        after.update(total_discounts_tax_incl=10.45, total_discounts_tax_excl=9, total_paid_tax_incl=100.10)
        self.receive(self.shop, body)
        self.wake_and_drain()
        order = self.order("XKBKNABJK")
        self.assertEqual(order.amount_total, 100.10)
        discounts = order.order_line.filtered(lambda line: line.price_unit < 0)
        self.assertEqual(sorted(discounts[compat.LINE_TAXES].mapped("amount")), [10, 21])
        self.assertFalse(order.order_line.filtered(lambda line: line.hub_line_id == "rounding"))

    def test_lost_content_makes_a_stub_with_one_activity(self):
        rows = self.play(self.shop, "contract-4.7")
        self.assertStates(rows, [("done", "")])
        order = self.order("QWERTYUIO")
        self.assertEqual(order.state, "draft")
        self.assertIn("without its content", order.hub_hold_reason)
        self.assertEqual(len(order.activity_ids), 1)

    def test_update_changes_the_draft_in_place(self):
        body = self._changed(event_of("contract-4.1"), 170, current_state=10)
        self.receive(self.shop, body)
        self.wake_and_drain()
        order = self.order("XKBKNABJK")
        first = order.order_line[0]
        body = self._changed(body, 180, "2025-11-15 12:00:00", total_paid_tax_incl=86.06 - 48.4 + 60.5 + 6.05 - 0.15)
        body["events"][0]["after_data"]["order_details"].pop(1)
        body["events"][0]["after_data"].update(total_paid_tax_incl=55.66, total_discounts_tax_incl=10.89)
        self.receive(self.shop, body)
        self.wake_and_drain()
        order.invalidate_recordset()
        self.assertEqual(order.order_line[0], first)
        self.assertEqual(len(order.order_line.filtered(lambda line: line.product_id == self.mug)), 0)
        self.assertEqual(order.amount_total, 55.66)

    def test_line_keeps_the_shops_price_when_a_user_changes_the_quantity(self):
        self.play(self.shop, "contract-4.1")
        line = self.order("XKBKNABJK").order_line[1]
        self.assertEqual(line.price_unit, 40)
        self.mug.list_price = 99
        line.write({"product_uom_qty": 3})
        self.assertEqual((line.price_unit, line.discount), (40, 0))

    def test_importing_confirming_and_delivering_sends_nothing_and_opens_no_wizard(self):
        self._set_stock(self.shirt, 10)
        self._set_stock(self.mug, 10)
        self.company.stock_move_email_validation = True
        mails, sms = self.env["mail.mail"].search_count([]), self.env["sms.sms"].search_count([])
        notified = self.env["mail.notification"].search_count([("notification_type", "!=", "inbox")])
        self.play(self.shop, self.customer, "contract-4.1")
        body = self._changed(event_of("contract-4.1"), 400, "2025-11-16 12:00:00", current_state=5)
        row = self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])
        self.assertFalse(row.result)
        self.assertEqual(self.order("XKBKNABJK").delivery_status, "full")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["sms.sms"].search_count([]), sms)
        self.assertEqual(self.env["mail.notification"].search_count([("notification_type", "!=", "inbox")]), notified)

    def test_unchanged_snapshot_is_the_newest_all_the_same(self):
        body = event_of("contract-4.1")
        body["events"][0]["after_data"]["current_state"] = 10
        self.receive(self.shop, body)
        self.wake_and_drain()
        same = self.receive(self.shop, self._changed(body, 182, "2025-11-15 12:02:00"))
        self.wake_and_drain()
        self.assertStates(same, [("skipped", "unchanged")])
        older = self._changed(body, 181, "2025-11-15 12:01:00", payment="Older")
        row = self.receive(self.shop, older)
        self.wake_and_drain()
        self.assertStates(row, [("skipped", "stale")])

    def test_released_order_stays_as_a_person_made_it(self):
        body = self._changed(event_of("contract-4.1"), 170, total_paid_tax_incl=99, current_state=10)
        self.receive(self.shop, body)
        self.wake_and_drain()
        order = self.order("XKBKNABJK")
        order.order_line[0].product_uom_qty = 1
        order.action_hub_release()
        order.action_confirm()
        row = self.receive(self.shop, self._changed(body, 190, "2025-11-16 12:00:00", current_state=2))
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])
        self.assertFalse(order.hub_hold_reason)
        self.assertEqual(order.order_line[0].product_uom_qty, 1)
        self.assertEqual(order.hub_remote_status, "2")

    def test_loyalty_program_sends_no_mail_for_an_imported_order(self):
        template = self.env["mail.template"].create(
            {
                "name": "Coupon",
                "model_id": self.env["ir.model"]._get("loyalty.card").id,
                "subject": "Coupon",
                "body_html": "x",
            }
        )
        self.env["loyalty.program"].create(
            {
                "name": "Next order",
                "program_type": "next_order_coupons",
                "trigger": "auto",
                "applies_on": "future",
                "rule_ids": [(0, 0, {"minimum_amount": 0})],
                "reward_ids": [(0, 0, {"discount": 10})],
                "communication_plan_ids": [(0, 0, {"trigger": "create", "mail_template_id": template.id})],
            }
        )
        # A mail that was sent at once is deleted at once: what counts is that one was made.
        mail, made = type(self.env["mail.mail"]), []
        create = mail.create

        def watched(records, vals_list):
            made.append(vals_list)
            return create(records, vals_list)

        with self.patched(mail, "create", watched):
            self.play(self.shop, "contract-4.3", "contract-4.1")
        self.assertEqual(self.order("XKBKNABJK").state, "sale")
        self.assertFalse(made)

    def test_cancelled_in_the_shop_is_cancelled_here(self):
        self.play(self.shop, "contract-4.1")
        self.receive(self.shop, self._changed(event_of("contract-4.1"), 400, "2025-11-16 12:00:00", current_state=6))
        self.wake_and_drain()
        self.assertEqual(self.order("XKBKNABJK").state, "cancel")

    def test_unmapped_state_imports_and_leaves_a_row_to_fill_in(self):
        self.receive(self.shop, self._changed(event_of("contract-4.1"), 170, current_state=77))
        self.wake_and_drain()
        self.assertEqual(self.order("XKBKNABJK").state, "draft")
        row = self.env["sync.hub.map"].search([("connector_id", "=", self.shop.id), ("remote_value", "=", "77")])
        self.assertTrue(row.is_missing)

    def test_order_belongs_to_the_connectors_company_team_and_salesperson(self):
        team = self.env["crm.team"].create({"name": "Shop team"})
        seller = self.env["res.users"].create({"name": "Seller", "login": "hub-seller"})
        self.shop.write({"team_id": team.id, "salesperson_id": seller.id})
        self.play(self.shop, "contract-4.1")
        order = self.order("XKBKNABJK")
        self.assertEqual((order.team_id, order.user_id, order.company_id), (team, seller, self.company))

    def test_amounts_are_exact_decimals(self):
        message = self.shop._adapter().parse(self.shop, self.receive(self.shop, event_of("contract-4.1"))).message
        self.assertIsInstance(message.total_incl, Decimal)
        self.assertEqual(message.total_incl, Decimal("104.06"))

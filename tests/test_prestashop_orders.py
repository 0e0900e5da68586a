from .common import bodies, event_of
from .prestashop_orders import PrestashopOrdersCase


class TestPrestashopOrders(PrestashopOrdersCase):
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

from decimal import Decimal

from ..models.adapters import canonical
from ..models.adapters.prestashop import mapping_money, wire
from .common import event_of
from .money import MoneyCase

CREATED = "031-coupon-created"
TODAY_RULE = {"date_from": "2020-01-01 00:00:00", "date_to": "2099-12-31 23:59:59"}


class TestPrestashopCoupons(MoneyCase):
    def coupon(self, sequence=0, label=CREATED, action="updated", **after):
        """Take a coupon event with other content; returns its row."""
        body = event_of(label)
        if not sequence:
            return self.take(body, after_data=after)
        when = f"2026-11-21 06:{sequence:02d}:00"
        return self.take(body, 900 + sequence, hook_timestamp=when, action_type=action, after_data=after)

    def program(self, remote_id="1"):
        return self.env["sync.hub.binding"]._record_of(self.shop, "coupon", remote_id)

    def test_percent_with_a_code(self):
        row = self.coupon()
        self.assertStates(row, [("done", "")])
        program = self.program()
        self.assertEqual((program.program_type, program.trigger, program.active), ("promo_code", "with_code", True))
        self.assertEqual((program.rule_ids.code, program.rule_ids.mode), ("INVIERNO10", "with_code"))
        reward = program.reward_ids
        self.assertEqual((reward.discount_mode, reward.discount), ("percent", 10))
        self.assertEqual(reward.discount_applicability, "order")
        self.assertEqual((str(program.date_from), str(program.date_to)), ("2026-01-01", "2027-12-31"))
        self.assertEqual((program.limit_usage, program.max_usage), (True, 100))
        self.assertEqual((program.company_id, program.hub_connector_id), (self.company, self.shop))
        self.assertIn("10 times", program.hub_terms)

    def test_amount_with_a_minimum(self):
        self.coupon(label="037-coupon-amount-created", minimum_amount=60, minimum_amount_currency=1)
        program = self.program("2")
        self.assertEqual((program.reward_ids.discount_mode, program.reward_ids.discount), ("per_order", 50))
        rule = program.rule_ids
        self.assertEqual((rule.minimum_amount, rule.minimum_amount_tax_mode), (60, "excl"))

    def test_free_shipping(self):
        self.coupon(label="039-coupon-free-shipping")
        self.assertEqual(self.program("4").reward_ids.reward_type, "shipping")

    def test_update_changes_in_place_and_writes_only_what_differs(self):
        self.coupon()
        program = self.program()
        reward, rule = program.reward_ids, program.rule_ids
        self.coupon(1, quantity=49, reduction_percent=15, code="INVIERNO15")
        self.assertEqual((program.reward_ids, program.rule_ids), (reward, rule))
        self.assertEqual((reward.discount, rule.code, program.max_usage), (15, "INVIERNO15", 49))

    def test_deleted_is_archived_and_frees_its_code(self):
        self.coupon()
        program = self.program()
        self.coupon(1, action="deleted")
        self.assertFalse(program.active)
        self.assertFalse(program.with_context(active_test=False).rule_ids.active)
        row = self.take(event_of(CREATED), 950, entity_id=9, after_data={"id": 9, "id_cart_rule": 9})
        self.assertStates(row, [("done", "")])
        self.assertEqual(self.program("9").rule_ids.code, "INVIERNO10")

    def test_used_up_or_switched_off_is_not_active(self):
        self.coupon(quantity=0)
        self.assertFalse(self.program().active)
        self.coupon(1, quantity=5)
        self.assertTrue(self.program().active)
        self.coupon(2, quantity=5, active=False)
        self.assertFalse(self.program().active)

    def test_rule_without_a_code_is_automatic(self):
        self.coupon(code="", **TODAY_RULE)
        program = self.program()
        self.assertEqual((program.trigger, program.rule_ids.mode, program.rule_ids.code), ("auto", "auto", False))
        self.coupon(1, code="LATER", **TODAY_RULE)
        self.assertEqual((program.trigger, program.rule_ids.code), ("with_code", "LATER"))
        self.assertEqual(program.reward_ids.discount, 10)

    def test_nothing_wider_than_the_shops_rule_is_active(self):
        wider = (
            {"reduction_product": -2},
            {"reduction_product": 8},
            {"id_customer": 67},
            {"product_restriction": True},
            {"group_restriction": "1"},
            {"reduction_exclude_special": True},
            {"reduction_percent": 0},
            {"reduction_percent": 0, "gift_product": 77},
        )
        for sequence, change in enumerate(wider, start=1):
            with self.subTest(change):
                row = self.coupon(sequence, **change)
                self.assertStates(row, [("done", "")])
                self.assertIn("Not active in Odoo", row.result)
                program = self.program()
                self.assertFalse(program.active)
                self.assertTrue(program.hub_terms)
                self.assertFalse(program.with_context(active_test=False).rule_ids.active)
        self.coupon(30)
        self.assertTrue(self.program().active)

    def test_rule_for_a_linked_product_is_for_its_variants_only(self):
        other = self._product("Other variant")
        Binding = self.env["sync.hub.binding"]
        Binding._bind(self.shop, "product", "8-0", self.product)
        Binding._bind(self.shop, "product", "8-3", other)
        Binding._bind(self.shop, "product", "88-0", self._product("Another"))
        self.coupon(reduction_product=8)
        program = self.program()
        self.assertTrue(program.active)
        self.assertEqual(program.reward_ids.discount_applicability, "specific")
        self.assertEqual(program.reward_ids.discount_product_ids, self.product | other)

    def test_code_of_another_program_is_linked_unless_that_is_linked_already(self):
        own = self.env["loyalty.program"].create(
            {
                "name": "Made in Odoo",
                "program_type": "promo_code",
                "rule_ids": [(5, 0, 0), (0, 0, {"code": "INVIERNO10", "mode": "with_code"})],
                "reward_ids": [(5, 0, 0), (0, 0, {"discount": 10})],
            }
        )
        self.coupon()
        self.assertEqual(self.program(), own)
        self.assertEqual((own.name, own.max_usage), ("Made in Odoo", 100))
        row = self.take(event_of(CREATED), 950, entity_id=9, after_data={"id": 9, "id_cart_rule": 9})
        self.assertStates(row, [("failed", "mapping")])
        self.assertIn("Made in Odoo", row.error)

    def test_names_follow_the_language_map(self):
        self.env["res.lang"]._activate_lang("es_ES")
        spanish = self.env["res.lang"].search([("code", "=", "es_ES")])
        self.coupon()
        missing = self.env["sync.hub.map"].search([("connector_id", "=", self.shop.id), ("kind", "=", "language")])
        self.assertEqual(missing.mapped("remote_value"), ["2"])
        self.assertEqual(self.program().name, "Winter 10%")
        missing.lang_id = spanish
        self.coupon(1, quantity=3)
        self.assertEqual(self.program().with_context(lang="es_ES").name, "Invierno 10%")
        self.assertEqual(self.program().with_context(lang="en_US").name, "Winter 10%")

    def test_every_spelling_of_a_cart_rule_is_the_same_coupon(self):
        expected = mapping_money.coupon_of(wire.CartRule.model_validate({
            "id": 7, "name": {"1": "A"}, "reduction_percent": 10, "quantity": 5, "active": True, "reduction_product": -1
        }), "UTC")  # fmt: skip
        spellings = (
            {"id": "7", "name": [{"id": "1", "value": "A"}], "reduction_percent": "10.00", "quantity": "5",
             "active": "1", "reduction_product": "-1", "date_from": "0000-00-00 00:00:00", "free_shipping": "0"},
            {"id": 7.0, "name": {"1": "A", "2": ""}, "reduction_percent": 10.0, "quantity": 5, "active": 1,
             "reduction_product": "-1", "code": "", "id_customer": "0", "gift_product": None, "description": None},
        )  # fmt: skip
        for data in spellings:
            self.assertEqual(mapping_money.coupon_of(wire.CartRule.model_validate(data), "UTC"), expected)
        self.assertEqual((expected.product_scope, expected.names), ("cheapest", {"1": "A"}))

    def test_unknown_currency_fails_and_names_the_map(self):
        row = self.coupon(label="037-coupon-amount-created", reduction_currency=7)
        self.assertStates(row, [("failed", "mapping")])
        self.assertIn("Currency '7'", row.error)

    def test_specific_prices_are_acknowledged_with_a_sentence(self):
        rows = self.play(self.shop, "045-specific-price-created")
        self.assertStates(rows, [("skipped", "ignored")])
        self.assertIn("specific prices", rows.result)

    def test_all_recorded_coupons(self):
        labels = (CREATED, "037-coupon-amount-created", "039-coupon-free-shipping", "036-order-with-coupon",
                  "040-order-free-shipping", "042-order-with-auto-rule", "043-coupon-auto-deleted")  # fmt: skip
        rows = self.play(self.shop, *labels).filtered(lambda row: row.entity == "coupon")
        self.assertEqual(set(rows.mapped("state")), {"done"}, rows.mapped("error"))
        self.assertEqual(self.program().max_usage, 49)
        self.assertEqual(self.program("5").active, False)

    # ------------------------------------------------------------ imported orders

    def test_no_program_of_the_shop_touches_an_imported_order(self):
        self.coupon(code="", **TODAY_RULE)
        self.coupon(1, label="039-coupon-free-shipping", code="", **TODAY_RULE)
        self.assertTrue(self.program().active)
        self.play(self.shop, "016-order-paid-at-checkout")
        sale = self.order("YLMOFDOVF")
        self.assertEqual((sale.state, sale.amount_total), ("sale", 72.02))
        self.assertFalse(sale.coupon_point_ids)
        self.assertFalse(self.env["loyalty.card"].search([("order_id", "=", sale.id)]))
        sale._update_programs_and_rewards()
        self.assertFalse(sale._get_claimable_rewards())
        # In Odoo's own sales it works.
        own = self.env["sale.order"].create(
            {
                "partner_id": sale.partner_id.id,
                "order_line": [(0, 0, {"product_id": self.product.id, "price_unit": 100})],
            }
        )
        own._update_programs_and_rewards()
        self.assertTrue(own.coupon_point_ids)

    # ------------------------------------------------------------ use in carts and orders

    def usage(self, sequence, action, **after):
        when = f"2026-11-21 07:{sequence:02d}:00"
        values = {"cart_id": 10, "id_cart_rule": 1, "code": "INVIERNO10", **after}
        body = event_of("contract-4.5", 0)
        return self.take(body, 900 + sequence, hook_timestamp=when, action_type=action, entity_id=1, after_data=values)

    def test_coupon_applied_before_the_order_is_kept_for_it(self):
        self.coupon()
        row = self.usage(1, "applied")
        self.assertStates(row, [("done", "")])
        self.assertIn("cart 10", row.result)
        self.play(self.shop, "016-order-paid-at-checkout")
        use = self.order("YLMOFDOVF").hub_coupon_ids
        self.assertEqual((use.code, use.program_id), ("INVIERNO10", self.program()))

    def test_last_of_applied_and_removed_wins(self):
        self.play(self.shop, "016-order-paid-at-checkout")
        sale = self.order("YLMOFDOVF")
        seen = []
        for sequence, action in enumerate(("applied", "removed", "applied", "removed"), start=1):
            self.assertStates(self.usage(sequence, action), [("done", "")])
            sale.invalidate_recordset()
            seen.append(len(sale.hub_coupon_ids))
        self.assertEqual(seen, [1, 0, 1, 0])
        self.assertStates(self.usage(0, "applied"), [("skipped", "stale")])
        self.usage(9, "consumed")
        sale.invalidate_recordset()
        self.assertEqual(sale.hub_coupon_ids.mapped("code"), ["INVIERNO10"])

    def test_two_coupons_of_one_cart(self):
        self.usage(1, "applied")
        self.usage(2, "applied", id_cart_rule=2, code="VALE50")
        self.play(self.shop, "016-order-paid-at-checkout")
        self.assertEqual(self.order("YLMOFDOVF").hub_coupon_ids.mapped("code"), ["INVIERNO10", "VALE50"])

    def test_usage_without_cart_and_order_is_refused_by_name(self):
        row = self.take(event_of("contract-4.5", 0), context_data={"cart_id": None}, after_data={"cart_id": 0})
        self.assertStates(row, [("failed", "payload")])

    def test_coupons_of_a_snapshot_are_shown_with_their_amount(self):
        self.play(self.shop, "016-order-paid-at-checkout")
        used = canonical.CouponUse(coupon_id="1", name="Winter", total_incl=Decimal("4.76"), total_excl=Decimal("3.93"))
        for _again in range(2):
            self.snapshot("YLMOFDOVF", coupons=(used,))
        use = self.order("YLMOFDOVF").hub_coupon_ids
        self.assertEqual((use.code, use.total_incl), ("Winter", 4.76))
        self.assertEqual(self.order("YLMOFDOVF").amount_total, 72.02)

import copy

from odoo.tests import Form

from ..models.loyalty_program import ALWAYS, FOREVER, UNLIMITED
from .common import event_of
from .test_prestashop_out import PrestashopOutCase

PERCENT, AMOUNT, SHIPPING = "031-coupon-created", "037-coupon-amount-created", "039-coupon-free-shipping"


class TestPrestashopCouponTerms(PrestashopOutCase):
    """What a shop's coupon is told, beside what it is known to hold already."""

    def coupon(self, label=PERCENT, sequence=0, **after):
        """The program of a shop's coupon that was just imported."""
        body = copy.deepcopy(event_of(label))
        event = body["events"][0]
        if sequence:
            when = f"2026-11-21 06:{sequence:02d}:00"
            event.update(event_id=900 + sequence, transaction_hash=f"{sequence:064d}", hook_timestamp=when)
            event["action_type"] = "updated"
        event["after_data"].update(after)
        row = self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])
        self.assertFalse(self.sent())
        return self.record("coupon", row.remote_id)

    def own(self, rule=None, reward=None, **values):
        """A program that was made in Odoo for the shop."""
        terms = {"reward_type": "discount", "discount_mode": "percent", "discount": 15, **(reward or {})}
        return self.env["loyalty.program"].create(
            {
                "name": "Winter",
                "program_type": "promo_code",
                "hub_connector_id": self.shop.id,
                "rule_ids": [(5, 0, 0), (0, 0, {"mode": "with_code", "code": "WINTER15", **(rule or {})})],
                "reward_ids": [(5, 0, 0), (0, 0, terms)],
                **values,
            }
        )

    def told(self):
        """What the one call of now has told the shop."""
        self.wake_and_drain()
        calls = self.sent()
        self.assertEqual([call[:2] for call in calls], [("coupon", "updated")])
        return {field: value for field, value in calls[0][2].items() if field != "id"}

    def refused(self, *words):
        """Nothing is sent, and the row says why."""
        self.wake_and_drain()
        self.assertFalse(self.sent())
        row = self._rows(self.shop, flow="coupon", direction="out")[-1]
        self.assertStates(row, [("failed", "not_acceptable")])
        for word in words:
            self.assertIn(word, row.error)

    # ------------------------------------------------------------ what it grants

    def test_percent_that_becomes_free_shipping_and_back(self):
        reward = self.coupon().reward_ids
        reward.write({"reward_type": "shipping"})
        self.assertEqual(self.told(), {"free_shipping": True, "reduction_amount": 0})
        reward.write({"reward_type": "discount", "discount_mode": "percent", "discount": 20})
        self.assertEqual(self.told(), {"free_shipping": False, "reduction_percent": 20})

    def test_amount_that_becomes_free_shipping_and_back(self):
        reward = self.coupon(AMOUNT).reward_ids
        reward.write({"reward_type": "shipping"})
        self.assertEqual(self.told(), {"free_shipping": True, "reduction_amount": 0})
        reward.write({"reward_type": "discount", "discount_mode": "per_order", "discount": 7})
        self.assertEqual(self.told(), {"free_shipping": False, "reduction_amount": 7, "reduction_tax": True})

    def test_percent_and_amount_are_never_sent_together(self):
        reward = self.coupon().reward_ids
        reward.write({"discount_mode": "per_order", "discount": 7})
        self.assertEqual(self.told(), {"reduction_amount": 7, "reduction_tax": True})
        reward.write({"discount_mode": "percent", "discount": 12})
        self.assertEqual(self.told(), {"reduction_percent": 12})

    def test_by_hand_all_is_said_and_still_only_one_reduction(self):
        for label in (PERCENT, AMOUNT, SHIPPING):
            program = self.coupon(label)
            self.env["sync.hub.log"]._append_records("coupon", program, "manual_single")
            told = self.told()
            self.assertFalse({"reduction_percent", "reduction_amount"} <= set(told), told)
            kind = "free_shipping" if label == SHIPPING else "reduction_percent"
            self.assertTrue(told["reduction_amount" if label == AMOUNT else kind], told)

    def test_second_grant_of_the_shop_stays_while_the_first_is_of_the_same_kind(self):
        reward = self.coupon(free_shipping=True).reward_ids
        reward.discount = 20
        self.assertEqual(self.told(), {"reduction_percent": 20})
        reward.write({"discount_mode": "per_order", "discount": 7})
        self.assertEqual(self.told(), {"reduction_amount": 7, "reduction_tax": True, "free_shipping": False})

    def test_grant_is_turned_off_although_the_first_call_got_lost(self):
        reward = self.coupon().reward_ids
        self.remote.answer = lambda request, body: (500, {"success": False, "error": "no"}, {})
        reward.write({"reward_type": "shipping"})
        self.wake_and_drain()
        self.sent()
        self.remote.answer = self.accept
        reward.program_id.name = "Later"
        told = self.told()
        self.assertEqual((told["free_shipping"], told["reduction_amount"]), (True, 0))

    def test_amount_without_tax_stays_without_tax(self):
        program = self.coupon(AMOUNT, reduction_tax=False)
        program.name = "Another name"
        self.assertEqual(self.told(), {"name": "Another name"})
        program.reward_ids.discount = 60
        self.assertEqual(self.told(), {"reduction_amount": 60})
        program.max_usage += 1
        self.assertEqual(list(self.told()), ["quantity"])
        program.reward_ids.write({"discount_mode": "percent", "discount": 12})
        self.told()
        program.reward_ids.write({"discount_mode": "per_order", "discount": 7})
        self.assertEqual(self.told(), {"reduction_amount": 7, "reduction_tax": True})

    # ------------------------------------------------------------ what a shop takes only for a new coupon

    def test_code_of_a_coupon_cannot_be_changed(self):
        program = self.coupon()
        program.rule_ids.code = "VERANO10"
        self.refused("code", "'INVIERNO10'", "make a new coupon")
        program.rule_ids.code = "INVIERNO10"
        self.wake_and_drain()
        self.assertFalse(self.sent(), "the shop has it already")

    def test_minimum_of_a_coupon_cannot_be_changed(self):
        program = self.own(rule={"minimum_amount": 30})
        self.wake_and_drain()
        self.assertEqual(self.sent()[0][2]["minimum_amount"], 30)
        program.rule_ids.minimum_amount = 50
        self.refused("minimum amount", "30", "make a new coupon")

    def test_changed_code_does_not_keep_a_coupon_from_being_withdrawn(self):
        program = self.coupon()
        program.rule_ids.code = "VERANO10"
        program.active = False
        self.assertEqual(self.told(), {"active": False})

    def test_amount_in_another_currency_is_refused(self):
        other = self.env["res.currency"].with_context(active_test=False)
        other = other.search([("id", "!=", self.company.currency_id.id)], limit=1)
        other.active = True
        self.own(reward={"discount_mode": "per_order"}, currency_id=other.id)
        self.refused(other.name, self.company.currency_id.name)
        program = self.coupon(AMOUNT)
        program.currency_id = other
        self.refused(other.name, self.company.currency_id.name)

    def test_imported_amount_keeps_the_currency_that_the_shop_has_it_in(self):
        other = self.env["res.currency"].with_context(active_test=False)
        other = other.search([("id", "!=", self.company.currency_id.id)], limit=1)
        other.active = True
        values = {"connector_id": self.shop.id, "kind": "currency", "remote_value": "7", "currency_id": other.id}
        self.env["sync.hub.map"].create(values)
        program = self.coupon(AMOUNT, reduction_currency=7)
        self.assertEqual(program.currency_id, other)
        program.name = "Another name"
        self.assertEqual(self.told(), {"name": "Another name"})

    def test_minimum_in_another_currency_is_no_change(self):
        other = self.env["res.currency"].with_context(active_test=False)
        other = other.search([("id", "!=", self.company.currency_id.id)], limit=1)
        other.active = True
        other.rate_ids = [(5, 0, 0), (0, 0, {"name": "2020-01-01", "rate": 3, "company_id": self.company.id})]
        values = {"connector_id": self.shop.id, "kind": "currency", "remote_value": "7", "currency_id": other.id}
        self.env["sync.hub.map"].create(values)
        program = self.coupon(AMOUNT, minimum_amount=60, minimum_amount_currency=7)
        self.assertNotEqual(program.rule_ids.minimum_amount, 60)
        program.name = "Another name"
        self.assertEqual(self.told(), {"name": "Another name"})

    # ------------------------------------------------------------ what Odoo leaves open

    def test_cleared_end_and_limit_are_told(self):
        program = self.coupon()
        program.date_to = False
        self.assertEqual(self.told(), {"date_to": f"{FOREVER} 23:59:59"})
        program.limit_usage = False
        self.assertEqual(self.told(), {"quantity": UNLIMITED})
        program.date_from = False
        self.assertEqual(self.told(), {"date_from": f"{ALWAYS} 00:00:00"})

    def test_what_stands_for_open_comes_back_as_open(self):
        program = self.coupon()
        dates = {"date_from": f"{ALWAYS} 00:00:00", "date_to": f"{FOREVER} 23:59:59"}
        self.coupon(PERCENT, 1, quantity=UNLIMITED - 3, **dates)
        self.assertEqual((program.date_from, program.date_to, program.limit_usage), (False, False, False))
        program.name = "Another name"
        self.assertEqual(self.told(), {"name": "Another name"})

    def test_new_coupon_without_end_or_limit_gets_none_of_the_shops_defaults(self):
        self.own()
        self.wake_and_drain()
        data = self.sent()[0][2]
        self.assertEqual((data["date_to"], data["quantity"]), (f"{FOREVER} 23:59:59", UNLIMITED))

    def test_used_up_coupon_is_not_filled_again(self):
        program = self.coupon(quantity=0)
        self.assertFalse(program.limit_usage)
        program.name = "Another name"
        self.assertEqual(self.told(), {"name": "Another name"})

    # ------------------------------------------------------------ what makes a push

    def rows(self):
        return self._rows(self.shop, flow="coupon", direction="out", state="pending")

    def test_replaced_reward_is_told(self):
        program = self.coupon()
        reward = {"reward_type": "discount", "discount_applicability": "order"}
        program.reward_ids = [(5, 0, 0), (0, 0, {**reward, "discount": 33})]
        self.assertEqual(self.told(), {"reduction_percent": 33})
        # Odoo archives a reward that was used instead of deleting it.
        program.reward_ids.active = False
        program.reward_ids = [(0, 0, {**reward, "discount": 34})]
        self.assertEqual(self.told(), {"reduction_percent": 34})

    def test_added_and_removed_rules_and_rewards_are_told(self):
        program = self.coupon()
        more = self.env["loyalty.reward"].create({"program_id": program.id, "discount": 5})
        self.refused("exactly one condition and one reward")
        more.unlink()
        self.assertTrue(self.rows())
        self.wake_and_drain()
        rule = self.env["loyalty.rule"].create({"program_id": program.id, "mode": "with_code", "code": "MORE"})
        self.refused("exactly one condition and one reward")
        rule.unlink()
        self.assertTrue(self.rows())

    def test_conditions_that_a_shop_cannot_keep_are_told_of(self):
        program = self.coupon()
        program.rule_ids.minimum_qty = 5
        self.refused("certain products or quantities")
        program.rule_ids.minimum_qty = 0
        self.wake_and_drain()
        program.reward_ids.discount_applicability = "cheapest"
        self.refused("not for the whole order")

    def test_deleted_program_leaves_no_trouble(self):
        program = self.own()
        self.wake_and_drain()
        self.sent()
        program.active = False
        program.unlink()
        self.wake_and_drain()
        self.assertFalse(self.sent())

    def test_import_is_not_sent_back(self):
        self.coupon()
        self.coupon(PERCENT, 1, code="", quantity=3)
        self.coupon(PERCENT, 2, code="LATER", reduction_percent=0, reduction_amount=4)
        self.assertFalse(self._rows(self.shop, flow="coupon", direction="out"))

    def test_program_saved_in_its_form_is_told(self):
        program = self.coupon()
        with Form(program) as form:
            with form.reward_ids.edit(0) as reward:
                reward.discount = 44
        self.assertEqual(self.told(), {"reduction_percent": 44})

    # ------------------------------------------------------------ what an order shows

    def test_coupon_of_a_read_order_shows_the_code_beside_the_name(self):
        Use = self.env["sync.hub.coupon.use"]
        use = Use._put(self.shop, "10", "1", code="Winter 10%")
        self.assertEqual(use.label, "Winter 10%")
        program = self.coupon()
        use.invalidate_recordset()
        self.assertEqual((use.program_id, use.label), (program, "Winter 10% (INVIERNO10)"))
        use.code = "INVIERNO10"
        self.assertEqual(use.label, "INVIERNO10")

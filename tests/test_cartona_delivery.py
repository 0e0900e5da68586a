from unittest.mock import patch

import requests
from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .cartona import CartonaCase, sample

OTP = "739104"


class TestCartonaDelivery(CartonaCase):
    def setUp(self):
        super().setUp()
        self.webhook(sample("order", status="approved"))
        self.sent = self.sale()
        self.picking = self.sent.picking_ids
        self.picking.move_ids.picked = True
        self.remote.calls.clear()

    def answer(self, request, body):
        if isinstance(body, dict) and body.get("status") == "delivered" and body.get("retailer_otp") != OTP:
            return 422, {"error": f"invalid retailer_otp {body.get('retailer_otp')}"}, {}
        return super().answer(request, body)

    def wizard(self, code=None, **context):
        action = self.picking.with_context(**context).button_validate()
        self.assertEqual(action["res_model"], "sync.hub.code.wizard")
        values = {"code": code} if code else {}
        return self.env["sync.hub.code.wizard"].with_context(**action["context"]).create(values)

    def test_delivered_with_the_code_and_only_then_validated(self):
        wizard = self.wizard(OTP)
        self.assertEqual(self.statuses(), ["assigned_to_salesman", "delivered"])
        self.assertEqual(self.told()[-1]["retailer_otp"], OTP)
        self.assertEqual(self.picking.state, "assigned")
        wizard.action_validate()
        self.assertEqual((self.picking.state, self.sent.hub_remote_status), ("done", "delivered"))
        self.wake_and_drain()
        self.assertEqual(self.statuses(), ["assigned_to_salesman", "delivered"])

    def test_wrong_code_is_a_clear_message_and_nothing_is_validated(self):
        with self.assertRaisesRegex(UserError, "did not accept the delivery code") as caught:
            self.wizard("111111")
        self.assertNotIn("111111", str(caught.exception))
        self.assertEqual(self.picking.state, "assigned")
        self.wizard(OTP).action_validate()
        self.assertEqual((self.statuses()[-1], self.picking.state), ("delivered", "done"))
        self.assertFalse(self._rows(self.cartona, state="failed"))

    def test_the_code_is_stored_nowhere(self):
        with self.assertRaises(UserError):
            self.wizard("445566")
        self.wizard(OTP).action_validate()
        self.wake_and_drain()
        self.env.flush_all()
        for table in ("sync_hub_log", "sync_hub_exchange", "sync_hub_code_wizard", "sync_hub_binding", "sale_order",
                      "mail_message", "sync_hub_lane"):  # fmt: skip
            for code in (OTP, "445566"):
                self.env.cr.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{code}%"])
                self.assertEqual(self.env.cr.fetchone()[0], 0, (table, code))
        self.assertFalse(self.env["sync.hub.code.wizard"].search([]).mapped("code")[0])

    def test_odoos_own_checks_come_before_the_call(self):
        self.picking.move_ids.quantity = 0
        with self.assertRaises(UserError):
            self.picking.button_validate()
        self.assertEqual(self.statuses(), [])
        self.picking.move_ids.filtered(lambda m: m.product_id == self.sugar).write({"quantity": 4, "picked": True})
        asked = self.picking.button_validate()
        self.assertEqual(asked["res_model"], "stock.backorder.confirmation")
        self.assertEqual(self.statuses(), [])

    def test_lots_are_checked_before_the_call(self):
        self.sugar.tracking = "lot"
        with self.assertRaisesRegex(UserError, "Lot|lot"):
            self.picking.button_validate()
        self.assertEqual(self.statuses(), [])

    def test_a_part_with_a_backorder_needs_no_code_yet(self):
        self.picking.move_ids.write({"quantity": 1, "picked": True})
        self.picking.with_context(skip_backorder=True).button_validate()
        self.wake_and_drain()
        self.assertEqual((self.picking.state, self.statuses()), ("done", ["assigned_to_salesman"]))

    def test_less_than_ordered_is_told_before_the_delivery(self):
        for move in self.picking.move_ids.filtered(lambda m: m.product_id == self.sugar):
            move.write({"quantity": 7, "picked": True})
        wizard = self.wizard(OTP, skip_backorder=True, picking_ids_not_to_backorder=self.picking.ids)
        self.assertEqual(
            [body[0]["order_details"] for body in self.told("update-order-details")], [[{"id": 910003, "amount": 7}]]
        )
        wizard.action_validate()
        self.wake_and_drain()
        self.assertEqual(self.picking.state, "done")
        self.assertEqual(len(self.told("update-order-details")), 1)

    def test_accepted_survives_a_later_failure_and_is_not_sent_twice(self):
        wizard = self.wizard(OTP)
        model = type(self.env["stock.picking"])
        with patch.object(model, "_action_done", side_effect=UserError("no stock")), self.assertRaises(UserError):
            wizard.action_validate()
        self.assertEqual((self.picking.state, self.sent.hub_remote_status), ("assigned", "delivered"))
        self.picking.button_validate()
        self.assertEqual((self.picking.state, self.statuses().count("delivered")), ("done", 1))

    def test_a_lost_answer_is_recognised_at_the_next_try(self):
        def lost(request, body):
            if isinstance(body, dict) and body.get("status") == "delivered":
                raise requests.exceptions.ReadTimeout()
            return self.answer(request, body)

        self.remote.answer = lost
        with self.assertRaisesRegex(UserError, "could not be told"):
            self.wizard(OTP)
        self.remote.answer = self.answer
        self.refuse["update-order-status"] = (422, {"error": "order cannot go from delivered to delivered"}, {})
        self.feed = [sample("order", status="delivered")]
        self.wizard(OTP).action_validate()
        self.assertEqual(self.picking.state, "done")

    def test_nothing_else_goes_out_meanwhile(self):
        drain = type(self.env["sync.hub.drain"])
        with patch.object(drain, "_try_lock", return_value=False), patch("time.sleep"):
            with self.assertRaisesRegex(UserError, "busy"):
                self.wizard(OTP)
        self.assertEqual(self.statuses(), [])

    def test_credit_alone_needs_no_code(self):
        self.sent.hub_top_up = 0
        self.assertNotIsInstance(self.picking.button_validate(), dict)
        self.assertEqual(self.picking.state, "done")

    def test_goods_that_went_without_a_code_can_be_reported_from_the_order(self):
        self.picking.with_context(hub_dry_run=True).button_validate()
        self.wake_and_drain()
        row = self._rows(self.cartona, flow="status")[-1]
        self.assertStates(row, [("failed", "code_needed")])
        action = self.sent.action_hub_code()
        wizard = self.env["sync.hub.code.wizard"].with_context(**action["context"]).create({"code": OTP})
        wizard.action_validate()
        self.wake_and_drain()
        self.assertEqual(row.state, "skipped")
        self.assertEqual(self.sent.hub_remote_status, "delivered")

    def test_a_warehouse_user_delivers_and_sees_the_pickup_code(self):
        user = new_test_user(self.env, "cartona_driver", groups="stock.group_stock_user")
        self.picking = self.picking.with_user(user)
        self.env = self.env(user=user)
        self.wizard(OTP).action_validate()
        self.assertEqual(self.picking.state, "done")
        self.env = self.env(user=self.sent.env.user)
        self.webhook(sample("order-carried"))
        carried = self.sale("w7HnLc4X").picking_ids
        self.assertEqual(carried.with_user(user).hub_pickup_code, "480215")
        seller = new_test_user(self.env, "cartona_seller", groups="sales_team.group_sale_salesman_all_leads")
        self.assertNotIn("hub_pickup_code", self.sale("w7HnLc4X").with_user(seller).fields_get())

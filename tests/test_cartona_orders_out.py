from ..models import compat
from .cartona import CartonaOutCase, sample


class TestCartonaStatesOut(CartonaOutCase):
    def test_confirmed_is_approved_once(self):
        self.confirm()
        self.assertEqual(self.statuses(), ["approved"])
        self.assertEqual(self.told()[0]["hashed_id"], "Kp3TzQa9")
        self.assertTrue(self.remote.calls[0][0].url.endswith("order/update-order-status/Kp3TzQa9"))
        self.env["sync.hub.log"]._append_records("status", self.sent, "changed")
        self.wake_and_drain()
        self.assertEqual(self.statuses(), ["approved"])

    def test_all_deliveries_done_sends_every_step_in_its_order(self):
        self.sent.action_confirm()
        self.deliver()
        self.assertEqual(self.statuses(), ["approved", "assigned_to_salesman", "delivered"])
        self.assertTrue(self.told()[-1]["delivery_day"])
        self.assertEqual(self.sent.hub_remote_status, "delivered")
        self.assertEqual(" ".join(self.sent.message_ids.mapped("body")).count(" was told: "), 3)

    def test_a_part_with_a_backorder_is_on_its_way_only(self):
        self.confirm()
        picking = self.sent.picking_ids
        for move in picking.move_ids:
            move.write({"quantity": 1, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        self.wake_and_drain()
        self.assertEqual(self.statuses(), ["approved", "assigned_to_salesman"])
        self.assertFalse(self.lines_told())

    def test_what_was_not_delivered_is_told_before_delivered(self):
        self.confirm()
        picking = self.sent.picking_ids
        for move in picking.move_ids:
            quantity = 0 if move.sale_line_id.hub_line_id == "910002" else move.product_uom_qty
            move.write({"quantity": 7 if move.product_id == self.sugar else quantity, "picked": True})
        picking.with_context(skip_backorder=True, picking_ids_not_to_backorder=picking.ids).button_validate()
        self.wake_and_drain()
        self.assertEqual(self.lines_told(), [[{"id": 910002, "cancelled": True}, {"id": 910003, "amount": 7}]])
        order = [request.url.rpartition("/order/")[2].split("/")[0] for request, _body in self.remote.calls
                 if "/order/" in request.url]  # fmt: skip
        self.assertEqual(
            order, ["update-order-status", "update-order-details", "update-order-status", "update-order-status"]
        )
        self.assertEqual(self.statuses(), ["approved", "assigned_to_salesman", "delivered"])

    def test_cancelled_with_the_reason_of_the_dialog(self):
        action = self.sent.action_cancel()
        self.assertEqual(action["res_model"], "sync.hub.cancel.wizard")
        self.assertEqual(self.sent.state, "draft")
        wizard = (
            self.env["sync.hub.cancel.wizard"].with_context(**action["context"]).create({"reason": "delayed_order"})
        )
        wizard.action_cancel()
        self.wake_and_drain()
        self.assertEqual(self.sent.state, "cancel")
        self.assertEqual(
            self.told(),
            [{"hashed_id": "Kp3TzQa9", "status": "cancelled_by_supplier", "cancellation_reason": "delayed_order"}],
        )

    def test_cancelled_without_a_dialog_by_the_connectors_reason(self):
        self.cartona.cancel_reason = "expired_products"
        self.sent.with_context(disable_cancel_warning=True).action_cancel()
        self.wake_and_drain()
        self.assertEqual(self.told()[0]["cancellation_reason"], "expired_products")

    def test_what_cartona_has_cancelled_is_not_told_back(self):
        self.webhook({"hashed_id": "Kp3TzQa9", "status": "cancelled_by_retailer"})
        self.assertEqual((self.sent.state, self.statuses()), ("cancel", []))

    def test_a_step_whose_answer_was_lost_needs_nobody_once_cartona_shows_it(self):
        self.refuse["update-order-status"] = 422, {"error": "order cannot go from approved to approved"}, {}
        self.confirm()
        self.assertEqual(len(self._rows(self.cartona, state="failed")), 1)
        self.refuse.clear()
        self.webhook({"hashed_id": "Kp3TzQa9", "status": "approved"})
        self.assertFalse(self._rows(self.cartona, state="failed"))
        self.assertEqual(self.sent.hub_remote_status, "approved")

    def test_illegal_steps_are_never_sent(self):
        adapter = self.cartona._adapter()
        for present, target, step in (
            ("pending", "delivered", "approved"),
            ("approved", "delivered", "assigned_to_salesman"),
            ("assigned_to_salesman", "approved", None),
            ("delivered", "cancelled_by_supplier", None),
            ("editing", "approved", None),
            ("approved", "returned", None),
            ("assigned_to_salesman", "returned", "returned"),
        ):
            self.assertEqual(adapter._next_status(present, target), step, (present, target))
        self.confirm()
        self.sent.hub_remote_status = "cancelled_by_retailer"
        self.remote.calls.clear()
        self.deliver()
        self.assertEqual(self.statuses(), [])

    def test_a_step_that_is_refused_fails_and_is_told_again_by_hand(self):
        self.refuse["update-order-status"] = (422, {"error": "order cannot go from editing to approved"}, {})
        self.confirm()
        row = self._rows(self.cartona, flow="status")[-1]
        self.assertEqual((row.state, row.error_code), ("failed", "rejected"))
        self.assertIn("cannot go from editing", row.error)
        self.refuse.clear()
        row.action_retry()
        self.wake_and_drain()
        self.assertEqual(row.state, "done")

    def test_steps_go_on_where_an_outage_stopped_them(self):
        self.sent.action_confirm()
        self.refuse["update-order-status"] = (503, {}, {}, {"hashed_id": "Kp3TzQa9", "status": "assigned_to_salesman"})
        self.deliver()
        self.assertEqual(self.statuses(), ["approved", "assigned_to_salesman"])
        self.refuse.clear()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sync_hub_log SET next_try_at = next_try_at - interval '1 hour'")
        self.env.invalidate_all()
        self.wake_and_drain()
        self.assertEqual(self.statuses(), ["approved", *["assigned_to_salesman"] * 2, "delivered"])

    def test_the_echo_of_our_steps_changes_nothing(self):
        self.confirm()
        self.webhook(sample("order", status="approved", cartona_credit=0, wallet_top_up=0))
        self.wake_and_drain()
        self.assertEqual(self.statuses(), ["approved"])
        self.assertFalse(self.sent.activity_ids)


class TestCartonaDispatch(CartonaOutCase):
    def test_a_responsible_of_the_transfer_says_that_the_goods_leave(self):
        self.cartona.dispatch_on = "driver"
        self.confirm()
        self.assertEqual(self.statuses(), ["approved"])
        self.sent.picking_ids.user_id = self.env.user
        self.wake_and_drain()
        self.assertEqual(self.statuses(), ["approved", "assigned_to_salesman"])

    def test_a_button_says_that_the_goods_leave(self):
        self.cartona.dispatch_on = "button"
        self.confirm()
        self.assertTrue(self.sent.hub_dispatch_by_button)
        self.sent.action_hub_dispatch()
        self.wake_and_drain()
        self.assertEqual(self.statuses(), ["approved", "assigned_to_salesman"])
        self.assertFalse(self.sent.hub_dispatch_by_button)

    def test_picking_in_the_warehouse_says_that_the_goods_leave(self):
        self.cartona.dispatch_on = "pick"
        self.warehouse.delivery_steps = "pick_ship"
        self.confirm()
        pick = self.sent.picking_ids.filtered(lambda p: p.picking_type_id.code == "internal")
        if not pick:
            self.skipTest("this series has no separate pick transfer before it is done")
        pick.action_assign()
        pick.move_ids.picked = True
        pick.button_validate()
        self.wake_and_drain()
        self.assertEqual(self.statuses(), ["approved", "assigned_to_salesman"])

    def test_returned_is_told_behind_its_switch(self):
        self.cartona.dispatch_on = "button"
        self.confirm()
        self.sent.action_hub_dispatch()
        self.wake_and_drain()
        self.sent.hub_installment = 10
        self.sent.picking_ids.move_ids.picked = True
        # By a way that does not ask for the code.
        self.sent.picking_ids.with_context(hub_dry_run=True).button_validate()
        self.wake_and_drain()
        self.assertStates(self._rows(self.cartona, flow="status")[-1], [("failed", "code_needed")])
        picking = self.sent.picking_ids
        wizard = self.env["stock.return.picking"].with_context(active_id=picking.id, active_model="stock.picking")
        wizard = wizard.create({"picking_id": picking.id})
        for line in wizard.product_return_moves:
            line.quantity = line.move_id.quantity
        made = wizard.create_returns() if compat.SERIES < 18 else wizard.action_create_returns()
        back = self.env["stock.picking"].browse(made["res_id"])
        back.move_ids.picked = True
        back.button_validate()
        self.wake_and_drain()
        self.assertNotIn("returned", self.statuses())
        self.assertIn("Returned goods", " ".join(self.sent.activity_ids.mapped("summary")))
        self.cartona.report_returns = True
        self.env["sync.hub.log"]._append_records("status", self.sent, "changed")
        self.wake_and_drain()
        self.assertEqual(self.statuses()[-1], "returned")

    def test_orders_that_cartona_carries_are_told_cancellations_only(self):
        self.webhook(sample("order-carried", status="pending"))
        self.remote.calls.clear()
        sale = self.sale("w7HnLc4X")
        sale.action_confirm()
        self.wake_and_drain()
        self.assertEqual(self.statuses(), [])
        sale.with_context(disable_cancel_warning=True).action_cancel()
        self.wake_and_drain()
        self.assertEqual(self.statuses(), ["cancelled_by_supplier"])
        self.webhook(sample("order-carried", status="pending", hashed_id="Z"))
        self.cartona.carried_report = "approve"
        self.sale("Z").action_confirm()
        self.wake_and_drain()
        self.assertEqual(self.statuses()[-1], "approved")

from odoo.exceptions import UserError

from ..models import compat
from .cartona import CartonaCase, sample


class CartonaOutCase(CartonaCase):
    order_changes = {}

    def setUp(self):
        super().setUp()
        self.webhook(sample("order", cartona_credit=0, wallet_top_up=0, **self.order_changes))
        self.sent = self.sale()
        self.remote.calls.clear()

    def confirm(self):
        self.sent.action_confirm()
        self.wake_and_drain()

    def deliver(self, **quantities):
        """Validate the transfer; quantities of products by their name, all of it where nothing is said."""
        picking = self.sent.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))[0]
        for move in picking.move_ids:
            if move.product_id.name in quantities:
                move.quantity = quantities[move.product_id.name]
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, **self.context).button_validate()
        self.wake_and_drain()

    context = {"picking_ids_not_to_backorder": []}

    def line(self, number):
        return self.sent.order_line.filtered(lambda line: line.hub_line_id == number)

    def lines_told(self):
        return [body[0]["order_details"] for body in self.told("update-order-details")]


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


class TestCartonaLinesOut(CartonaOutCase):
    def test_changed_amounts_and_prices_go_once_in_packs(self):
        self.line("910001").product_uom_qty = 5
        self.line("910003").price_unit = 40
        self.wake_and_drain()
        self.assertEqual(self.lines_told(), [[{"id": 910001, "amount": 5}, {"id": 910003, "price": 40}]])
        self.env["sync.hub.log"]._append_records("lines", self.sent, "changed")
        self.wake_and_drain()
        self.assertEqual(len(self.lines_told()), 1)

    def test_removed_lines_are_cancelled(self):
        self.line("910002").unlink()
        self.wake_and_drain()
        self.assertEqual(self.lines_told(), [[{"id": 910002, "cancelled": True}]])

    def test_changed_lines_go_before_the_approval(self):
        self.line("910003").product_uom_qty = 8
        self.sent.action_confirm()
        self.wake_and_drain()
        kinds = [request.url.rpartition("/order/")[2].split("/")[0] for request, _b in self.remote.calls
                 if "/order/" in request.url]  # fmt: skip
        self.assertEqual(kinds, ["update-order-details", "update-order-status"])

    def test_the_approval_waits_for_lines_that_fail(self):
        self.refuse["update-order-details"] = (422, {"error": "line not found"}, {})
        self.line("910003").product_uom_qty = 8
        self.sent.action_confirm()
        self.wake_and_drain()
        self.assertEqual(self.statuses(), [])
        status = self._rows(self.cartona, flow="status")
        self.assertStates(status, [("failed", "lines_failed")])
        self.refuse.clear()
        self._rows(self.cartona, flow="lines")[-1].action_retry()
        self.wake_and_drain()
        self.assertEqual((status.state, self.statuses()), ("done", ["approved"]))

    def test_the_approval_waits_for_lines_that_are_retried(self):
        self.refuse["update-order-details"] = (503, {}, {})
        self.line("910003").product_uom_qty = 8
        self.sent.action_confirm()
        self.wake_and_drain()
        self.assertEqual((self.statuses(), len(self.lines_told())), ([], 1))
        self.assertEqual(self._rows(self.cartona, flow="status").state, "retrying")

    def add(self, product=None, quantity=1, **values):
        values = {
            "order_id": self.sent.id,
            "product_id": (product or self.sugar).id,
            "product_uom_qty": quantity,
            **values,
        }
        return self.env["sale.order.line"].create(values)

    def feed_with(self, *more, **changes):
        order = sample("order", cartona_credit=0, wallet_top_up=0, **changes)
        order["order_details"] += more
        order["total_price"] = sum(x["amount"] * x["selling_price"] for x in order["order_details"])
        return order

    def test_an_added_line_goes_once_and_learns_its_id(self):
        line = self.add(quantity=4, price_unit=42.5)
        self.wake_and_drain()
        self.assertEqual(self.lines_told(), [[{"internal_product_id": "SUG-1", "amount": 4, "price": 42.5}]])
        self.assertTrue(self.told("pull-orders"))
        line.product_uom_qty = 6
        self.wake_and_drain()
        # Nobody knows its id yet.
        self.assertEqual(len(self.lines_told()), 1)
        new = {
            "id": 990001,
            "internal_product_id": "SUG-1",
            "product_name": "Sugar",
            "amount": 4,
            "selling_price": 42.5,
        }
        self.feed = [self.feed_with(new)]
        self.poll()
        self.assertEqual(line.hub_line_id, "990001")
        self.assertEqual(len(self.sent.order_line), 4)
        self.assertEqual(self.lines_told()[1:], [[{"id": 990001, "amount": 6}]])

    def test_a_carton_is_added_in_packs(self):
        self.add(self.tea, 48, price_unit=12.5)
        self.wake_and_drain()
        self.assertEqual(self.lines_told(), [[{"internal_product_id": "TEA-25#C", "amount": 2, "price": 300}]])

    def test_what_is_no_whole_pack_or_not_linked_fails_and_says_so(self):
        self.add(self.tea, 30, price_unit=12.5)
        self.wake_and_drain()
        row = self._rows(self.cartona, flow="lines")[-1]
        self.assertEqual((row.state, row.error_code), ("failed", "line_unknown"))
        self.assertIn("Shop products", row.error)
        self.assertFalse(self.lines_told())

    def test_a_lost_answer_of_an_addition_is_for_a_person_and_never_repeated_by_itself(self):
        self.refuse["update-order-details"] = (500, {}, {})
        line = self.add(quantity=4, price_unit=42.5)
        self.wake_and_drain()
        row = self._rows(self.cartona, flow="lines")[-1]
        self.assertEqual((row.state, row.error_code), ("failed", "outcome_unknown"))
        self.refuse.clear()
        self.line("910003").product_uom_qty = 9
        self.wake_and_drain()
        self.assertEqual(len([1 for told in self.lines_told() if "internal_product_id" in str(told)]), 1)
        new = {
            "id": 990001,
            "internal_product_id": "SUG-1",
            "product_name": "Sugar",
            "amount": 4,
            "selling_price": 42.5,
        }
        self.feed = [self.feed_with(new)]
        row.action_look_up()
        self.wake_and_drain()
        self.assertEqual(line.hub_line_id, "990001")

    def test_an_addition_that_was_refused_is_told_again(self):
        self.refuse["update-order-details"] = (422, {"error": "no"}, {})
        self.add(quantity=4, price_unit=42.5)
        self.wake_and_drain()
        self.refuse.clear()
        self._rows(self.cartona, flow="lines")[-1].action_retry()
        self.wake_and_drain()
        self.assertEqual(len(self.lines_told()), 2)

    def test_both_sides_change_other_lines(self):
        self.refuse["update-order-details"] = (503, {}, {})
        self.line("910001").product_uom_qty = 7
        self.wake_and_drain()
        order = self.feed_with()
        order["order_details"][2]["amount"] = 3
        order["total_price"] -= 7 * 42.5
        self.webhook(order)
        self.assertEqual((self.line("910001").product_uom_qty, self.line("910003").product_uom_qty), (7, 3))
        self.assertFalse(self.sent.hub_hold_reason)
        self.refuse.clear()
        self.env.flush_all()
        self.env.cr.execute("UPDATE sync_hub_log SET next_try_at = next_try_at - interval '1 hour'")
        self.env.cr.execute("UPDATE sync_hub_lane SET open_until = NULL")
        self.env.invalidate_all()
        self.wake_and_drain()
        self.assertEqual(self.lines_told()[-1], [{"id": 910001, "amount": 7}])

    def test_lines_are_not_told_once_delivered(self):
        self.confirm()
        self.deliver()
        self.remote.calls.clear()
        self.line("910003").price_unit = 1
        self.wake_and_drain()
        self.assertFalse(self.lines_told())

    def test_a_held_order_tells_no_lines(self):
        self.sent.hub_hold_reason = "?"
        self.line("910003").price_unit = 1
        self.wake_and_drain()
        self.assertFalse(self.lines_told())
        with self.assertRaises(UserError):
            self.sent.action_confirm()

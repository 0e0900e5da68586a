from odoo.exceptions import UserError

from .cartona import CartonaOutCase, sample


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

    def test_another_product_is_another_line(self):
        self.line("910003").write({"product_id": self.tea.id, "product_uom_qty": 24, "price_unit": 12})
        self.wake_and_drain()
        self.assertEqual(
            self.lines_told(),
            [[{"id": 910003, "cancelled": True}, {"internal_product_id": "TEA-25#C", "amount": 1, "price": 288}]],
        )

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

    def test_a_message_that_left_before_our_last_changes_undoes_none(self):
        """Cartona's messages bear no time: what they say of a line may be what it was two calls of ours ago."""
        before = self.feed_with()
        for amount in (8, 3):
            self.line("910003").product_uom_qty = amount
            self.wake_and_drain()
        self.receive(self.cartona, before)
        self.wake_and_drain()
        self.assertEqual(self.line("910003").product_uom_qty, 3)

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

    def test_one_line_that_both_change_keeps_the_price_of_one_and_the_amount_of_the_other(self):
        self.refuse["update-order-details"] = (503, {}, {})
        self.line("910003").price_unit = 50
        self.wake_and_drain()
        order = self.feed_with()
        order["order_details"][2]["amount"] = 3
        order["total_price"] -= 7 * 42.5
        self.webhook(order)
        line = self.line("910003")
        self.assertEqual((line.product_uom_qty, line.price_unit), (3, 50))
        self.assertFalse(self.sent.hub_hold_reason)

    def test_an_added_line_holds_no_order_whose_buyer_changed_all_the_others(self):
        line = self.add(quantity=4, price_unit=42.5)
        order = self.feed_with()
        for row in order["order_details"]:
            row["amount"] += 1
        order["total_price"] = sum(row["amount"] * row["selling_price"] for row in order["order_details"])
        self.webhook(order)
        self.assertFalse(self.sent.hub_hold_reason)
        self.assertTrue(line.hub_line_sent)
        # It left before the addition came there.
        order["order_details"][0]["amount"] += 1
        order["total_price"] += order["order_details"][0]["selling_price"]
        self.webhook(order)
        self.assertFalse(self.sent.hub_hold_reason)

    def test_what_was_read_after_our_calls_is_news_although_it_was_told_before(self):
        """10, told 8, told 3, and the buyer goes back to 8: what is read then cannot have crossed the 8 told."""
        for amount in (8, 3):
            self.line("910003").product_uom_qty = amount
            self.wake_and_drain()
        order = self.feed_with()
        order["order_details"][2]["amount"] = 8
        order["total_price"] -= 2 * 42.5
        self.feed = [order]
        self.poll()
        self.assertEqual(self.line("910003").product_uom_qty, 8)

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

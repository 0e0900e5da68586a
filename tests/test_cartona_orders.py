from datetime import date, datetime

from odoo.tests import BaseCase, new_test_user

from ..models import compat
from ..models.adapters.cartona import orders
from .cartona import CartonaCase, sample


class TestCartonaWords(BaseCase):
    def test_a_number_is_one_however_it_is_written(self):
        same = {
            orders.phone_key(n)
            for n in ("+201001112223", "00201001112223", "01001112223", "0100 111-2223", "٠١٠٠١١١٢٢٢٣")
        }
        self.assertEqual(same, {"1001112223"})
        self.assertIsNone(orders.phone_key("0000"))
        self.assertIsNone(orders.phone_key(None))

    def test_unknown_ways_of_being_cancelled_are_being_cancelled(self):
        self.assertEqual(orders.status_to_hub("Cancelled By Retailer"), "cancelled_by_retailer")
        self.assertEqual(orders.status_to_hub("canceled_by_robot"), "cancelled")
        self.assertEqual(orders.status_to_hub("frozen"), "frozen")


class TestCartonaOrders(CartonaCase):
    def test_an_order_with_an_offer_keeps_its_lines_packs_and_total(self):
        rows = self.webhook(sample("order"))
        self.assertStates(rows, [("done", "")])
        sale = self.sale()
        self.assertEqual((sale.amount_total, sale.state, sale.hub_hold_reason), (1895.0, "draft", False))
        lines = sale.order_line.sorted("hub_line_id")
        self.assertEqual(lines.mapped("hub_line_id"), ["910001", "910002", "910003"])
        self.assertEqual(lines.mapped("product_uom_qty"), [2, 3, 10])
        self.assertEqual(lines.mapped("price_unit"), [285, 300, 42.5])
        self.assertEqual(lines[0][compat.LINE_UOM]._compute_quantity(1, self.tea.uom_id), 24)
        self.assertEqual(lines.mapped("hub_given_by_remote"), [5, 0, 0])
        self.assertIn("أكياس سليمة", lines[2].name)

    def test_money_of_an_order_that_we_deliver(self):
        self.webhook(sample("order"))
        sale = self.sale()
        self.assertEqual((sale.hub_credit, sale.hub_installment, sale.hub_top_up), (95, 0, 100))
        self.assertEqual((sale.hub_cash_due, sale.hub_remote_due), (1900, 5))
        # Together they are what the supplier earns: the total, and Cartona's share of the discounts.
        self.assertEqual(sale.hub_cash_due + sale.hub_remote_due, 1895 + 10)

    def test_money_and_pickup_code_of_an_order_that_cartona_delivers(self):
        rows = self.webhook(sample("order-carried"))
        self.assertStates(rows, [("done", "")])
        sale = self.sale("w7HnLc4X")
        self.assertEqual((sale.hub_carried_by, sale.hub_pickup_code), ("remote", "480215"))
        self.assertEqual((sale.hub_cash_due, sale.hub_remote_due), (0, 3240 + 15))
        self.assertEqual(sale.state, "sale")
        self.env.flush_all()
        self.env.cr.execute("SELECT count(*) FROM sync_hub_log l WHERE l::text LIKE '%480215%'")
        self.assertEqual(self.env.cr.fetchone()[0], 0)
        self.env.cr.execute("SELECT count(*) FROM sync_hub_exchange e WHERE e::text LIKE '%480215%'")
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_who_runs_the_connector_need_not_be_of_the_warehouse(self):
        groups = "sales_team.group_sale_manager,base.group_partner_manager"
        self.cartona.run_as_id = new_test_user(self.env, "cartona_sales", groups=groups)
        for name in ("order", "order-carried"):
            self.assertStates(self.webhook(sample(name, status="pending")), [("done", "")])
        self.assertEqual(self.sale("w7HnLc4X").hub_pickup_code, "480215")
        edited = sample("order-carried", status="pending", pickup_otp="771100")
        self.assertStates(self.webhook(edited), [("done", "")])
        self.assertEqual(self.sale("w7HnLc4X").hub_pickup_code, "771100")

    def test_dates_route_account_note_and_reasons_are_kept(self):
        self.webhook(sample("order"))
        sale = self.sale()
        self.assertEqual((sale.hub_expected_day, sale.hub_preferred_day), (date(2026, 11, 29), date(2026, 11, 30)))
        self.assertEqual((sale.hub_account, sale.hub_route), ("2", "011#204"))
        self.assertIn("Route 011#204", sale.partner_id.category_id.mapped("name"))
        self.assertIn("من فضلك اتصل", " ".join(sale.message_ids.mapped("body")))
        self.assertTrue(self.env["sync.hub.map"]._row(self.cartona, "account", "2"))

    def test_arabic_names_and_addresses_survive(self):
        self.webhook(sample("order"))
        partner = self.sale().partner_id
        self.assertEqual(partner.name, "بقالة الهدى")
        self.assertEqual(partner.street, "شارع البحر، حي الصفا, المنصورة")
        self.assertEqual(partner.street2, "أمام المسجد")
        self.assertEqual((partner.phone, partner.hub_phone2), ("+201001112223", "+20223334445"))

    def test_a_retailer_is_known_by_his_code_then_by_his_number_never_by_his_name(self):
        self.webhook(sample("order"))
        partner = self.sale().partner_id
        people = sample("order")["retailer"]
        no_code = {**people, "retailer_number": "01001112223", "retailer_name": "Other name"}
        del no_code["retailer_code"]
        self.webhook(sample("order", hashed_id="A", retailer=no_code))
        self.assertEqual(self.sale("A").partner_id, partner)
        self.webhook(sample("order", hashed_id="B", retailer={**people, "retailer_number": "+201999999999"}))
        self.assertEqual(self.sale("B").partner_id, partner)
        self.webhook(sample("order", hashed_id="C", retailer={"retailer_name": people["retailer_name"]}))
        self.assertNotEqual(self.sale("C").partner_id, partner)
        # Another code with the same number is another shop of the same man.
        self.webhook(sample("order", hashed_id="D", retailer={**people, "retailer_code": "R99"}))
        self.assertNotEqual(self.sale("D").partner_id, partner)

    def test_a_contact_of_odoo_with_the_number_becomes_the_retailer(self):
        known = self.env["res.partner"].create({"name": "Old customer", "phone": "0100 111 2223"})
        self.webhook(sample("order"))
        self.assertEqual(self.sale().partner_id, known)

    def test_ids_are_case_sensitive_and_opaque(self):
        self.webhook(sample("order"), sample("order", hashed_id="kp3tzqa9"))
        self.assertTrue(self.sale() and self.sale("kp3tzqa9"))
        self.assertNotEqual(self.sale(), self.sale("kp3tzqa9"))

    def test_prices_hold_their_tax_whichever_kind_of_tax_the_product_has(self):
        for number, taxes in enumerate((self._tax("14", 14), self._tax("14 in", 14, included=True))):
            self.sugar.taxes_id = self.tea.taxes_id = taxes
            self.webhook(sample("order", hashed_id=f"T{number}"))
            sale = self.sale(f"T{number}")
            self.assertEqual((sale.amount_total, sale.hub_hold_reason), (1895.0, False))
            self.assertTrue(sale.amount_tax)

    def test_prices_without_tax_where_the_connector_says_so(self):
        self.cartona.price_tax = "excluded"
        self.sugar.taxes_id = self.tea.taxes_id = self._tax("14", 14)
        self.webhook(sample("order"))
        sale = self.sale()
        self.assertEqual((sale.amount_untaxed, sale.hub_hold_reason), (1895.0, False))
        self.assertAlmostEqual(sale.amount_total, 1895 * 1.14, 1)

    def test_a_total_that_does_not_agree_is_held(self):
        self.webhook(sample("order", total_price=1900))
        self.assertIn("1900.00", self.sale().hub_hold_reason)

    def test_unknown_product_fails_and_is_not_acknowledged(self):
        self.carton.unlink()
        rows = self.webhook(sample("order"))
        self.assertStates(rows, [("failed", "product_unknown")])
        self.assertFalse(self.told())
        self.tea.default_code = "TEA-25#C"
        rows.action_retry()
        self.wake_and_drain()
        self.assertEqual(self.sale().amount_total, 1895)
        self.assertEqual([body["status"] for body in self.told()], ["synced"])

    def test_acknowledged_after_the_commit_until_cartona_accepts(self):
        self.cartona.retry_schedule = "1"
        self.refuse["update-order-status"] = (503, {}, {})
        self.webhook(sample("order"))
        row = self._rows(self.cartona, flow="ack")
        for _round in range(5):
            self.assertEqual(row.state, "retrying")
            self.env.flush_all()
            self.env.cr.execute("UPDATE sync_hub_log SET next_try_at = next_try_at - interval '1 hour'")
            self.env.invalidate_all()
            self.wake_and_drain()
        self.refuse.clear()
        self.env.cr.execute("UPDATE sync_hub_log SET next_try_at = next_try_at - interval '1 hour'")
        self.env.invalidate_all()
        self.wake_and_drain()
        self.assertEqual(row.state, "done")
        self.assertEqual(self.told()[-1], {"hashed_id": "Kp3TzQa9", "status": "synced"})

    def test_the_poll_reads_all_pages_before_it_acknowledges(self):
        self.feed = [sample("order", hashed_id=f"P{number}") for number in range(120)]
        self.poll()
        self.assertEqual(self.env["sale.order"].search_count([("hub_connector_id", "=", self.cartona.id)]), 120)
        kinds = ["pull" if "pull-orders" in r.url else "ack" for r, _b in self.remote.calls if "order/" in r.url]
        self.assertEqual(kinds, ["pull", "pull", *["ack"] * 120])
        self.assertIn("from=", self.remote.calls[0][0].url)

    def test_after_an_outage_the_poll_looks_back_to_where_it_stopped(self):
        self.cartona._start_reading("schedule")
        cursor = self.env["sync.hub.cursor"].search(
            [("connector_id", "=", self.cartona.id), ("resource", "=", "orders")]
        )
        cursor.watermark = "2026-01-15 10:00:00"
        self._rows(self.cartona, flow="poll").unlink()
        self.refuse["pull-orders"] = (503, {}, {})
        self.poll()
        self.assertEqual(str(cursor.watermark), "2026-01-15 10:00:00")
        self.refuse.clear()
        self.remote.calls.clear()
        self._rows(self.cartona, flow="poll")._requeue()
        self.wake_and_drain()
        # Cairo time, ten minutes of overlap.
        self.assertIn("from=2026-01-15T11%3A50%3A00", self.remote.calls[0][0].url)
        self.assertGreater(str(cursor.watermark), "2026-01-16")
        self.cartona.action_reconcile()
        self.wake_and_drain()
        self.assertNotIn("from=", [r.url for r, _b in self.remote.calls if "pull-orders" in r.url][-1])

    def test_goods_of_an_order_that_failed_are_not_offered_again(self):
        self.cartona.missing_product = "fail"
        order = sample("order")
        order["order_details"].append({"id": 5, "internal_product_id": "UNKNOWN", "amount": 1, "selling_price": 1})
        rows = self.webhook(order)
        self.assertEqual(rows.state, "failed")
        self.webhook({"hashed_id": "Kp3TzQa9", "status": "approved"})
        self._set_stock(self.sugar, 1)
        self.wake_and_drain()
        stocks = [i for i in self.remote.items if i.get("internal_product_id") == "SUG-1"]
        self.assertEqual(stocks[-1]["available_stock_quantity"], 1001 - 10)

    def test_an_order_by_both_ways_is_one_and_both_are_acknowledged(self):
        self.webhook(sample("order"))
        self.feed = [sample("order")]
        self.poll()
        self.assertEqual(len(self.sale()), 1)
        self.assertStates(self._rows(self.cartona, direction="in"), [("done", ""), ("skipped", "unchanged")])
        self.assertEqual(len(self.told()), 2)
        # Still offered, as it is: once more acknowledged, not stored again.
        self.poll()
        self.assertEqual(len(self._rows(self.cartona, direction="in")), 2)
        self.assertEqual(len(self.told()), 3)

    def test_an_edit_in_the_second_of_a_reading_is_not_stale(self):
        self.feed = [sample("order")]
        self.poll()
        edited = sample("order")
        edited["order_details"][2].update(amount=4)
        self.assertStates(self.webhook(edited), [("done", "")])
        line = self.sale().order_line.filtered(lambda line: line.hub_line_id == "910003")
        self.assertEqual(line.product_uom_qty, 4)

    def test_a_reading_bears_the_time_at_which_it_began(self):
        answered = []

        def answer(request, body):
            answered.append(datetime.utcnow())
            return self.answer(request, body)

        self.remote.answer, self.feed = answer, [sample("order")]
        self.poll()
        self.assertLess(self._rows(self.cartona, direction="in").source_time, answered[0])

    def test_another_accounts_orders_are_left_to_its_connector(self):
        self.cartona.supplier_code = "1"
        self.env["sync.hub.drain"]._work(self.cartona.id, "out", 0)
        rows = self.webhook(sample("order"))
        self.assertStates(rows, [("skipped", "ignored")])
        self.assertFalse(self.told())

    def test_a_retailers_edit_changes_the_draft_in_place(self):
        self.webhook(sample("order"))
        sale = self.sale()
        kept = sale.order_line.filtered(lambda line: line.hub_line_id == "910003")
        edited = sample("order", total_price=0)
        edited["order_details"][2].update(amount=4, selling_price=40)
        edited["order_details"][1]["cancelled"] = True
        new = dict(edited["order_details"][2], id=910009, amount=1, selling_price=7.5)
        edited["order_details"].append(new)
        edited["total_price"] = 2 * 285 + 4 * 40 + 7.5
        self.webhook(edited)
        self.assertEqual((kept.product_uom_qty, kept.price_unit), (4, 40))
        self.assertEqual(sorted(sale.order_line.mapped("hub_line_id")), ["910001", "910003", "910009"])
        self.assertEqual((sale.amount_total, sale.hub_hold_reason), (737.5, False))

    def test_an_edit_after_confirmation_is_applied_until_something_is_delivered(self):
        self.webhook(sample("order"))
        sale = self.sale()
        sale.action_confirm()
        edited = sample("order", status="approved", edited_by_admin=True, total_price=1895 - 85)
        edited["order_details"][2]["amount"] = 8
        self.webhook(edited)
        self.assertEqual(sale.amount_total, 1810)
        self.assertEqual(sale.picking_ids.move_ids.filtered(lambda m: m.product_id == self.sugar).product_uom_qty, 8)
        picking = sale.picking_ids
        picking.move_ids.write({"picked": True})
        # By a way that does not ask for the code.
        picking.with_context(skip_backorder=True, hub_dry_run=True).button_validate()
        again = sample("order", status="assigned_to_salesman", total_price=1895 - 170)
        again["order_details"][2]["amount"] = 6
        self.webhook(again)
        self.assertEqual(sale.amount_total, 1810)
        self.assertTrue(sale.activity_ids)

    def test_editing_blocks_the_confirmation_until_the_retailer_is_done(self):
        self.webhook(sample("order"))
        sale = self.sale()
        self.webhook({"hashed_id": "Kp3TzQa9", "status": "editing"})
        with self.assertRaisesRegex(Exception, "changing the order"):
            sale.action_confirm()
        self.assertFalse(sale.activity_ids)
        self.webhook(sample("order", status="pending", note_message="fertig"))
        self.assertFalse(sale.hub_hold_reason)
        sale.action_confirm()
        self.assertEqual(sale.state, "sale")

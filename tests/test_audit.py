import json
from datetime import timedelta

import requests
from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .cartona import CartonaCase


class AuditCase(CartonaCase):
    """A Cartona that shows what it was told: twelve products that are linked by their ids, and one that is not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        names = [f"P-{number:02}" for number in range(12)]
        cls.products = cls.env["product.product"].concat(*(cls._product(n, 10, cartona_id=n) for n in names))
        for product in cls.products:
            cls._set_stock(product, 7)
        cls.env["sync.hub.log"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.written = []
        rows = [("TEA-25#C", 300.0, 41), ("SUG-1", 42.5, 1000), *((p.cartona_id, 10.0, 7) for p in self.products)]
        self.shown = {name: self.row(number, name, price, stock) for number, (name, price, stock) in enumerate(rows)}

    @staticmethod
    def row(number, name, price, stock):
        ids = {"suppler_prodcut_id": str(500 + number), "internal_product_id": name, "base_product_id": "70"}
        values = {"selling_price": price, "available_stock_quantity": stock, "is_published": True}
        return {**ids, "suppler_prodcut_name": f"Cartona's {name}", "unit": "piece", "unit_count": 1, **values}

    def answer(self, request, body):
        if request.method == "GET" and "supplier-product?" in request.url:
            query = dict(pair.split("=") for pair in request.url.partition("?")[2].split("&"))
            start = (int(query["page"]) - 1) * int(query["per_page"])
            return self.page(list(self.shown.values())[start : start + int(query["per_page"])])
        if request.method == "POST" and "supplier-product" in request.url:
            for item in body:
                self.written.append(item)
                row = self.shown.get(item["internal_product_id"], {})
                row.update({key: value for key, value in item.items() if key in row})
        return super().answer(request, body)

    def page(self, rows):
        return 200, rows, {}

    def audit(self):
        audit = self.env["sync.hub.audit"].browse(self.cartona.action_audit()["res_id"])
        self.wake_and_drain()
        return audit

    def lines(self, audit):
        return {(x.remote_id, x.field): (x.odoo_value, x.remote_value, x.kind) for x in audit.line_ids}


class TestAudit(AuditCase):
    def test_what_is_open_is_on_the_card_and_an_incident(self):
        card = lambda: json.loads(self.cartona.card)["audit"]  # noqa: E731
        self.assertEqual(card(), {})
        self.shown["P-03"]["selling_price"] = 11.0
        audit = self.audit()
        self.cartona.invalidate_recordset()
        self.assertTrue(card()["bad"])
        self.assertIn("open differences: 1", card()["text"])
        self.assertEqual(self.cartona.action_open_last_audit()["res_id"], audit.id)
        Incident = self.env["sync.hub.incident"]
        Incident._cron_watch()
        told = Incident.search([("connector_id", "=", self.cartona.id), ("cause", "=", "audit")])
        self.assertEqual((told.count, told.action_open_rows()["res_id"]), (1, audit.id))
        audit.action_fix_all()
        self.wake_and_drain()
        self.audit()
        Incident._cron_watch()
        self.assertTrue(told.closed_at)
        self.cartona.invalidate_recordset()
        self.assertFalse(card()["bad"])

    def test_equal_sides_differ_in_nothing_and_nothing_is_written(self):
        audit = self.audit()
        self.assertEqual((audit.state, audit.checked_count, audit.total_count), ("done", 14, 14), audit.log_id.error)
        self.assertFalse(audit.line_ids.mapped("name"))
        self.assertFalse(self.written)
        self.assertEqual(audit.progress, 100)
        self.assertEqual(len(audit.log_id.exchange_id.response_body), 2000)
        self.assertEqual(self.cartona.last_audit_id, audit)
        self.assertFalse(self.env["sync.hub.audit.seen"].search([]))

    def test_what_differs_is_listed_by_field_and_not_sent(self):
        self.shown["P-03"]["selling_price"] = 11.25
        self.shown["P-04"]["available_stock_quantity"] = 9
        self.shown["P-05"]["is_published"] = False
        self.shown["TEA-25#C"]["available_stock_quantity"] = 1000
        audit = self.audit()
        currency = self.company.currency_id.name
        self.assertEqual(
            self.lines(audit),
            {
                ("P-03", "price"): (f"10.00 {currency}", f"11.25 {currency}", "differs"),
                ("P-04", "stock"): ("7", "9", "differs"),
                ("P-05", "published"): ("yes", "no", "differs"),
                ("TEA-25#C", "stock"): ("41", "1000", "differs"),
            },
        )
        self.assertEqual((audit.difference_count, audit.product_count), (4, 4))
        self.assertFalse(self.written)
        self.assertEqual(audit.line_ids.filtered(lambda line: line.field == "price").name, "P-03")

    def test_a_fix_sends_exactly_these_and_the_next_audit_finds_none(self):
        self.shown["P-03"].update(selling_price=11.25, available_stock_quantity=1)
        self.shown["TEA-25#C"]["selling_price"] = 1
        audit = self.audit()
        audit.action_fix_all()
        self.assertEqual(set(audit.line_ids.mapped("state")), {"fixing"})
        self.wake_and_drain()
        self.assertEqual(len(self.written), 2, self.written)
        self.assertEqual({item["internal_product_id"] for item in self.written}, {"P-03", "TEA-25#C"})
        self.assertEqual(set(audit.line_ids.mapped("state")), {"fixed"})
        self.assertEqual((audit.fixed_count, audit.open_count), (3, 0))
        self.assertEqual(set(audit.line_ids.log_id.mapped("trigger")), {"audit"})
        self.assertFalse(self.audit().line_ids)

    def test_only_the_chosen_lines_are_sent(self):
        for name in ("P-01", "P-02"):
            self.shown[name]["selling_price"] = 3
        audit = self.audit()
        audit.line_ids.filtered(lambda line: line.remote_id == "P-02").action_fix()
        self.wake_and_drain()
        self.assertEqual([item["internal_product_id"] for item in self.written], ["P-02"])
        self.assertEqual(audit.line_ids.mapped("state"), ["open", "fixed"])

    def test_a_fix_that_is_refused_says_so_and_can_be_tried_again(self):
        self.shown["P-01"]["selling_price"] = 3
        audit = self.audit()
        self.refuse["bulk-update"] = (422, {"error": "closed"}, {})
        audit.action_fix_all()
        self.wake_and_drain()
        line = audit.line_ids
        self.assertEqual((line.state, "closed" in line.log_error), ("failed", True))
        self.refuse.clear()
        line.log_id.action_retry()
        self.wake_and_drain()
        self.assertEqual(line.state, "fixed")

    def test_what_is_on_its_way_is_no_difference(self):
        audit = self.env["sync.hub.audit"].browse(self.cartona.action_audit()["res_id"])
        self.env.flush_all()

        def change_meanwhile(rows):
            # After Cartona was asked, before its answer is compared.
            self.products[0].list_price = 99
            self.env.flush_all()
            return 200, rows, {}

        self.page = change_meanwhile
        self.env["sync.hub.drain"]._work(self.cartona.id, "out", 0)
        self.env.invalidate_all()
        self.assertEqual((audit.state, audit.moving_count), ("done", 1), audit.log_id.error)
        self.assertFalse(audit.line_ids.mapped("remote_id"))

    def test_what_was_told_after_the_page_was_read_is_no_difference(self):
        self.audit()
        binding = self.env["sync.hub.binding"].search([("remote_id", "=", "P-00")])
        self.shown["P-00"]["selling_price"] = 5
        later = fields.Datetime.now().timestamp() + 3600
        binding._write_agreed({binding.id: {"price": {"value": ["10.00", "EUR"], "sent": later}}})
        audit = self.audit()
        self.assertEqual((len(audit.line_ids), audit.moving_count), (0, 1))

    def test_what_is_not_shown_is_missing_unless_it_is_not_sold(self):
        del self.shown["P-07"], self.shown["P-08"]
        self.products[8].active = False
        self.wake_and_drain()
        self.written.clear()
        audit = self.audit()
        self.assertEqual(self.lines(audit), {("P-07", "product"): ("P-07", "nothing", "missing_remote")})

    def test_what_nobody_has_linked_is_counted_apart(self):
        self.shown["ALIEN"] = self.row(99, "ALIEN", 5, 5)
        audit = self.audit()
        self.assertEqual((audit.unknown_count, audit.difference_count), (1, 0))
        self.assertEqual(audit.unknown_ids.mapped("remote_id"), ["ALIEN"])
        with self.assertRaises(UserError):
            audit.unknown_ids.action_fix()

    def test_pages_follow_one_another_and_a_lost_one_is_read_again(self):
        with self.patched(type(self.env["sync.hub.adapter.cartona"]), "_batch_size", 100):
            for number in range(230):
                self.shown[f"X-{number}"] = self.row(1000 + number, f"X-{number}", 1, 1)
            self.shown["P-11"] = {**self.shown.pop("P-11"), "selling_price": 2}
            lost = []

            def lose_the_second(rows):
                if "page=2" in self.remote.calls[-1][0].url and not lost:
                    lost.append(True)
                    raise requests.ConnectionError("gone")
                return 200, rows, {}

            self.page = lose_the_second
            audit = self.audit()
            self.assertEqual((audit.state, audit.offset, audit.log_id.state), ("running", 100, "retrying"))
            audit.log_id.next_try_at = fields.Datetime.now() - timedelta(seconds=5)
            self.wake_and_drain()
        self.assertEqual((audit.state, audit.unknown_count), ("done", 230))
        self.assertEqual(self.lines(audit).keys(), {("P-11", "price")})

    def test_a_worker_that_was_killed_leaves_its_page_to_the_next(self):
        audit = self.env["sync.hub.audit"].browse(self.cartona.action_audit()["res_id"])
        self.env["sync.hub.drain"]._claim_out(self.cartona.id, 0)
        self.assertEqual(audit.log_id.state, "sending")
        self.wake_and_drain()
        self.assertEqual((audit.state, audit.checked_count), ("done", 14))

    def test_one_at_a_time_and_a_cancelled_one_reads_no_further(self):
        first = self.cartona.action_audit()["res_id"]
        self.assertEqual(self.cartona.action_audit()["res_id"], first)
        audit = self.env["sync.hub.audit"].browse(first)
        audit.action_cancel()
        self.remote.calls.clear()
        self.wake_and_drain()
        self.assertFalse(self.remote.calls)
        self.assertEqual((audit.state, audit.log_id.state), ("cancelled", "skipped"))
        self.assertFalse(self.cartona.last_audit_id)

    def test_refused_credentials_stop_it_and_it_goes_on_afterwards(self):
        self.refuse["supplier-product?"] = (422, {"error": "no list today"}, {})
        with self.patched(type(self), "answer", lambda me, request, body: (422, {"error": "no list today"}, {})):
            self.remote.answer = self.answer
            audit = self.audit()
            self.assertEqual(audit.state, "failed")
            self.assertIn("no list today", audit.error)
        self.remote.answer = self.answer
        audit.action_resume()
        self.wake_and_drain()
        self.assertEqual((audit.state, audit.checked_count, audit.error), ("done", 14, False))

    def test_flows_that_are_off_are_not_compared_and_it_says_so(self):
        self.cartona.push_stock = False
        self.shown["P-01"]["available_stock_quantity"] = 99
        audit = self.audit()
        self.assertFalse(audit.line_ids)
        self.assertEqual(audit.compared, "Price, On sale, Order limits")
        self.assertIn("not compared: Stock", audit.not_compared)
        self.assertIn("unlimited", audit.not_compared)

    def test_a_value_that_odoo_cannot_tell_is_counted_and_named(self):
        self.products[0].list_price = 0
        self._clear_rows()
        audit = self.audit()
        self.assertEqual((audit.state, audit.unreadable, audit.difference_count), ("done", 1, 0))
        self.assertIn("P-00", audit.error)

    def test_a_bug_in_one_page_fails_the_audit_and_not_the_lane(self):
        def broken(*args):
            raise ZeroDivisionError("bug")

        with (
            self.patched(type(self.env["sync.hub.audit"]), "_compare", broken),
            mute_logger("odoo.addons.sync_hub.models.drain_record"),
        ):
            audit = self.audit()
        self.assertEqual((audit.state, audit.log_id.state), ("failed", "failed"))
        self.assertIn("bug", audit.error)

    def test_the_night_audits_and_fixes_where_it_is_told_to(self):
        self.shown["P-01"]["selling_price"] = 3
        self.shown["P-02"]["is_published"] = False
        self.cartona.audit_nightly = False
        self.env["sync.hub.connector"]._cron_audit()
        self.assertFalse(self.env["sync.hub.audit"].search([("connector_id", "=", self.cartona.id)]))
        self.cartona.audit_nightly = True
        self.env["sync.hub.connector"]._cron_audit()
        self.wake_and_drain()
        self.assertFalse(self.written)
        self.cartona.audit_fix = True
        self.env["sync.hub.connector"]._cron_audit()
        self.wake_and_drain()
        self.assertEqual([item["internal_product_id"] for item in self.written], ["P-01"])
        audit = self.cartona.last_audit_id
        self.assertEqual(sorted(audit.line_ids.mapped("state")), ["fixed", "open"])
        # What somebody has hidden there comes back when a person says so.
        audit.action_fix_all()
        self.wake_and_drain()
        self.assertTrue(self.shown["P-02"]["is_published"])

    def test_price_guard_hides_no_difference(self):
        self.audit()
        self.cartona.price_guard = 10
        self.shown["P-01"]["selling_price"] = 3
        binding = self.env["sync.hub.binding"].search([("remote_id", "=", "P-01")])
        binding._write_agreed({binding.id: {"price": {"value": ["3.00", "EUR"]}}})
        audit = self.audit()
        self.assertEqual(self.lines(audit).keys(), {("P-01", "price")})

    def test_users_start_and_managers_fix(self):
        user = new_test_user(self.env, "audit_user", groups="sync_hub.group_user")
        self.shown["P-01"]["selling_price"] = 3
        audit = self.env["sync.hub.audit"].browse(self.cartona.with_user(user).action_audit()["res_id"])
        self.wake_and_drain()
        with self.assertRaises(AccessError):
            audit.with_user(user).action_fix_all()
        self.assertEqual(audit.with_user(user).line_ids.mapped("record_name"), ["P-01"])
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "stranger", groups="sync_hub.group_manager", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        for model in ("sync.hub.audit", "sync.hub.audit.line"):
            self.assertFalse(self.env[model].with_user(stranger).search([]))

    def test_a_connector_that_is_not_active_is_not_audited(self):
        self.cartona.action_pause()
        with self.assertRaises(UserError):
            self.cartona.action_audit()
        self.cartona.state = "active"
        self.cartona.write({"push_price": False, "push_stock": False, "push_publication": False})
        self.assertFalse(self.cartona.can_audit)
        with self.assertRaises(UserError):
            self.cartona.action_audit()

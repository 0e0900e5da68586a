from odoo.exceptions import UserError
from odoo.tests import tagged

from .vendor import VendorCase


@tagged("post_install", "-at_install")
class TestFullSync(VendorCase):
    connector_values = {"product_domain": "[('name', 'ilike', 'Bulk')]"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for number in range(5):
            cls._set_stock(cls._product(f"Bulk {number}", 10 + number, default_code=f"BULK-{number}"), number + 1)
        cls.env["sync.hub.log"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.run_ = self.start()
        self.drain = self.env["sync.hub.drain"]

    def start(self):
        (started,) = self.vendor._start_full_sync()
        return self.env["sync.hub.run"].browse(started.run_id)

    def expand(self):
        self.drain._transaction(lambda drain: drain._expand(self.vendor, 0))
        self.env.invalidate_all()

    def work(self, products):
        """Work so many products, as a drain that is then stopped."""
        for _product in range(products):
            claim = self.drain._transaction(lambda drain: drain._claim_out(self.vendor.id, 0))
            outcome = self.drain._call_out(claim)
            self.drain._transaction(lambda drain, c=claim, o=outcome: drain._record_out(self.vendor.id, 0, c, o))
        self.env.invalidate_all()

    def test_it_shows_how_far_it_is(self):
        self.assertEqual((self.run_.total, self.run_.progress, self.run_.state), (0, 0, "running"))
        self.expand()
        self.work(2)
        self.assertEqual((self.run_.total, self.run_.open_count, self.run_.progress), (5, 3, 40))
        self.wake_and_drain()
        self.assertEqual((self.run_.progress, self.run_.state, self.run_.failed_count), (100, "done", 0))
        self.assertEqual(len(self.retailer.skus), 5)
        self.assertTrue(self.run_.finished_at)

    def test_it_tells_how_long_it_takes(self):
        self.vendor.rate_limit = 0.01
        self.expand()
        self.assertEqual(self.run_.estimate, "about 9 minutes")
        self.vendor.rate_limit = 5
        self.env.invalidate_all()
        self.assertEqual(self.run_.estimate, "less than a minute")

    def test_a_second_one_joins_it(self):
        self.assertEqual(self.start(), self.run_)
        self.assertEqual(self.vendor.action_push_all()["res_id"], self.run_.id)
        self.wake_and_drain()
        self.assertNotEqual(self.start(), self.run_)

    def test_stopped_in_the_middle_it_repeats_nothing(self):
        self.expand()
        self.work(3)
        done = [body for operation, body in self.asked() if operation == "create"]
        self.wake_and_drain()
        created = [body["product"]["default_code"] for operation, body in self.asked() if operation == "create"]
        self.assertEqual((len(done), sorted(created)), (3, [f"BULK-{n}" for n in range(5)]))
        self.assertEqual(self.run_.state, "done")

    def test_cancelled_and_resumed(self):
        self.expand()
        self.work(2)
        self.run_.action_cancel()
        self.wake_and_drain()
        self.assertEqual((self.run_.state, len(self.retailer.skus)), ("cancelled", 2))
        self.assertEqual((self.run_.cancelled_count, self.run_.progress), (3, 40))
        self.run_.action_resume()
        self.wake_and_drain()
        self.assertEqual((self.run_.state, len(self.retailer.skus)), ("done", 5))
        self.assertEqual([o for o, _b in self.asked()].count("create"), 5)

    def test_cancelled_before_it_was_taken_apart(self):
        self.run_.action_cancel()
        self.wake_and_drain()
        self.assertFalse(self.asked())
        self.run_.action_resume()
        self.wake_and_drain()
        self.assertEqual((self.run_.state, len(self.retailer.skus)), ("done", 5))

    def test_two_do_not_run_at_once(self):
        self.run_.action_cancel()
        self.vendor._start_full_sync()
        with self.assertRaisesRegex(UserError, "Another full sync"):
            self.run_.action_resume()

    def test_failures_are_counted_and_tried_again(self):
        self.retailer.refuse["create"] = 422, {"error": "no"}, {}
        self.wake_and_drain()
        self.assertEqual((self.run_.state, self.run_.failed_count, self.run_.progress), ("done", 5, 100))
        self.retailer.refuse.clear()
        self.run_.action_retry_failed()
        self.wake_and_drain()
        self.assertEqual((self.run_.failed_count, len(self.retailer.skus)), (0, 5))

    def test_it_sends_what_is_agreed_as_well(self):
        self.wake_and_drain()
        self.retailer.skus.clear()
        self.vendor._start_full_sync()
        self.wake_and_drain()
        self.assertEqual(len(self.retailer.skus), 5)

    def test_the_schedule(self):
        self.wake_and_drain()
        Run, mine = self.env["sync.hub.run"], [("connector_id", "=", self.vendor.id)]
        self.env["sync.hub.connector"]._cron_full_sync()
        self.assertEqual(Run.search_count(mine), 1)
        self.env.cr.execute("UPDATE sync_hub_run SET create_date = create_date - interval '25 hours'")
        self.env.invalidate_all()
        self.env["sync.hub.connector"]._cron_full_sync()
        self.assertEqual(Run.search_count(mine), 2)
        self.assertEqual(Run.search(mine, limit=1).trigger, "schedule")

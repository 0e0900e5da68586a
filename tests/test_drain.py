from datetime import timedelta
from unittest.mock import patch

import requests
from odoo.tools import mute_logger

from ..models.clock import now
from .common import DrainCase, bodies


class TestErrorsEndAsTheyShould(DrainCase):
    def test_transient_error_waits_by_the_schedule_with_jitter_then_heals(self):
        self.remote.answer = lambda request, body: (503, {"error": "down"}, {})
        before = now()
        row = self.push(310)
        self.assertStates(row, [("retrying", "http_503")])
        self.assertGreaterEqual(row.next_try_at, before + timedelta(seconds=2))
        self.assertLessEqual(row.next_try_at, now() + timedelta(seconds=2.2))
        calls = len(self.remote.calls)
        self.wake_and_drain()
        self.assertEqual(len(self.remote.calls), calls, "not before its time")
        self.remote.answer = lambda request, body: (200, [], {})
        self.pass_time(3)
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])
        self.assertEqual(row.attempts, 2)
        self.assertFalse(row.error)

    def test_schedule_that_ends_fails_with_the_number_of_tries(self):
        self.remote.answer = lambda request, body: (500, {}, {})
        row = self.push(310)
        for _round in range(2):
            self.pass_time(3600)
            self.wake_and_drain()
        self.assertEqual(row.state, "failed")
        self.assertIn("after 3 tries", row.error)

    def test_retry_after_is_kept(self):
        self.remote.answer = lambda request, body: (429, {}, {"Retry-After": "120"})
        row = self.push(310)
        self.assertStates(row, [("retrying", "http_429")])
        self.assertGreater(row.next_try_at, now() + timedelta(seconds=115))
        # Another product must not be sent earlier either: the remote asked all of us to wait.
        calls = len(self.remote.calls)
        self._product("Other", 5, cartona_id="OTHER")
        self.wake_and_drain()
        self.assertEqual(len(self.remote.calls), calls)
        self.assertGreater(self.lane().open_until, now() + timedelta(seconds=115))

    def test_refused_credentials_pause_the_connector_with_one_activity(self):
        self.remote.answer = lambda request, body: (400, {"error": "Invalid Credentials"}, {})
        self.push(310)
        self._product("Other", 5, cartona_id="OTHER")
        self.wake_and_drain()
        self.assertEqual(self.cartona.state, "paused")
        self.assertIn("Credentials", self.cartona.pause_reason)
        self.assertEqual(len(self.cartona.activity_ids), 1)
        self.assertEqual(len(self.remote.calls), 1)
        # Nothing is lost: resuming sends what waited.
        self.remote.answer = lambda request, body: (200, [], {})
        self.cartona.action_activate()
        self.wake_and_drain()
        self.assertFalse(self._rows(self.cartona).filtered(lambda row: row.state in ("pending", "retrying", "failed")))
        self.assertFalse(self.cartona.activity_ids)
        self.assertIn(310, [item.get("selling_price") for item in self.remote.items])

    def test_address_that_is_none_fails_at_once(self):
        self.cartona.url = "cartona.example"
        self._clear_rows()
        row = self.push(310)
        self.assertStates(row, [("failed", "rejected")])
        self.assertIn("URL", row.error)

    def test_redirect_is_a_wrong_address(self):
        self.remote.answer = lambda request, body: (302, {}, {"Location": "https://elsewhere.test"})
        row = self.push(310)
        self.assertStates(row, [("failed", "rejected")])
        self.assertIn("URL", row.error)
        self.assertEqual(len(self.remote.calls), 1)

    def test_bug_in_the_adapter_fails_the_row_with_its_traceback(self):
        def broken(*_args):
            raise KeyError("bug")

        with (
            patch.object(type(self.env["sync.hub.adapter.cartona"]), "push", broken),
            mute_logger("odoo.addons.sync_hub.models.drain_out"),
        ):
            row = self.push(310)
        self.assertStates(row, [("failed", "bug")])
        self.assertIn("KeyError", row.traceback)

    def test_bug_in_the_importer_fails_that_row_and_the_rest_of_the_batch_is_done(self):
        shop = self._prestashop()
        rows = self.env["sync.hub.log"]
        for label in ("001-customer-created", "007-guest-created", "contract-4.3"):
            rows |= self.receive(shop, bodies(label)[0])
        importer = type(self.env["sync.hub.importer.partner"])
        real = importer._customer

        def broken(self, connector, customer):
            if customer.id == "67":
                raise ZeroDivisionError("bug")
            return real(self, connector, customer)

        with patch.object(importer, "_customer", broken), mute_logger("odoo.addons.sync_hub.models.drain_in"):
            self.wake_and_drain()
        self.assertStates(rows, [("done", ""), ("done", ""), ("failed", "bug")])
        self.assertIn("ZeroDivisionError", rows[-1].traceback)


class TestBreaker(DrainCase):
    def test_opens_probes_with_one_item_and_closes(self):
        self.cartona.write({"breaker_limit": 3, "breaker_pause": 60, "retry_schedule": "0.001*", "batch_size": 1})
        others = self.env["product.product"]
        for number in range(9):
            others |= self._product(f"P{number}", 1, cartona_id=f"P{number}")
        self._clear_rows()

        def down(request, body):
            raise requests.exceptions.ConnectionError("down")

        self.remote.answer = down
        others.write({"list_price": 2})
        self.wake_and_drain()
        self.assertEqual(len(self.remote.calls), 3, "three failures in a row open the breaker")
        self.assertTrue(self.lane()._is_open())
        self.wake_and_drain()
        self.assertEqual(len(self.remote.calls), 3, "open: no call")

        self.pass_time(70)
        self.cartona.batch_size = 0
        self.wake_and_drain()
        self.assertEqual(len(self.remote.calls), 4, "one probe")
        self.assertEqual(len(self.remote.calls[-1][1]), 1, "of one item")

        self.pass_time(200)
        self.remote.answer = lambda request, body: (200, [], {})
        self.wake_and_drain()
        self.assertFalse(self.lane().failures)
        self.assertEqual(set(self._rows(self.cartona).mapped("state")), {"done"})


class TestClaim(DrainCase):
    def test_row_left_in_sending_by_a_crash_is_sent_again(self):
        self.tea.list_price = 310
        drain = self.env["sync.hub.drain"]
        self.env.flush_all()
        claim = drain._transaction(lambda d: d._claim_out(self.cartona.id, 0))
        self.assertEqual(len(claim["items"]), 1)
        self.env.invalidate_all()
        self.assertEqual(self._rows(self.cartona).state, "sending")
        self.wake_and_drain()
        self.assertStates(self._rows(self.cartona), [("done", "")])
        self.assertEqual(self.remote.items, [{"internal_product_id": "TEA", "selling_price": 310}])

    def test_value_agreed_before_the_crash_is_sent_again_after_it(self):
        self.push(310)
        self.tea.list_price = 320
        self.env.flush_all()
        self.env["sync.hub.drain"]._transaction(lambda d: d._claim_out(self.cartona.id, 0))
        # The remote may hold 320 now. Back to 310: equal to what was agreed before, and it must be sent.
        self.tea.list_price = 310
        self.wake_and_drain()
        self.assertEqual(self.remote.items[-1]["selling_price"], 310)
        self.assertEqual(len(self.remote.calls), 2)

    def test_value_forgotten_during_the_call_is_not_agreed_by_its_answer(self):
        binding = self.env["sync.hub.binding"]

        def answer(request, body):
            binding.search([("remote_id", "=", "TEA")])._clear_agreed(["price"])
            return 200, [], {}

        self.remote.answer = answer
        self.push(310)
        self.assertFalse(
            binding.search([("remote_id", "=", "TEA")])._agrees("price", ["310.00", self.company.currency_id.name])
        )

    def test_change_during_the_call_is_sent_after_it(self):
        def answer(request, body):
            if body[0]["selling_price"] == 310:
                self.tea.list_price = 320
                self.env.flush_all()
            return 200, [], {}

        self.remote.answer = answer
        self.push(310)
        self.assertEqual([item["selling_price"] for item in self.remote.items], [310, 320])

    def test_stock_goes_before_price_of_other_products(self):
        self.cartona.batch_size = 1
        other = self._product("Other", 5, cartona_id="OTHER")
        self._clear_rows()
        self.tea.list_price = 310
        self._set_stock(other, 7)
        self.wake_and_drain()
        self.assertEqual([item["internal_product_id"] for item in self.remote.items], ["OTHER", "TEA"])

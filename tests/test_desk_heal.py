"""What became of each attempt is remembered, and what a later operation has made good closes by itself."""

from datetime import timedelta

from odoo.tests import new_test_user

from ..models.adapters import canonical
from ..models.log_heal import is_whole
from .cartona import CartonaCase, sample
from .common import DrainCase


class TestHistory(DrainCase):
    def test_what_works_at_once_has_no_history(self):
        self.assertStates(self.push(310), [("done", "")])
        self.assertFalse(self._rows(self.cartona)[-1].history)

    def test_each_attempt_and_who_asked_for_it_with_its_own_call(self):
        self.remote.answer = lambda request, body: (503, {"error": "down"}, {})
        row = self.push(310)
        first = row.exchange_id
        self.remote.answer = lambda request, body: (422, {"error": "no such thing"}, {})
        self.pass_time(3)
        self.wake_and_drain()
        self.assertStates(row, [("failed", "rejected")])
        user = new_test_user(self.env, "desk_user", "sync_hub.group_user", name="Nadia")
        row.with_user(user).action_retry()
        self.remote.answer = lambda request, body: (200, [], {})
        self.wake_and_drain()
        said = [(e["state"], e.get("code"), e.get("by"), e.get("why")) for e in row.history]
        self.assertEqual(
            said,
            [
                ("retrying", "http_503", None, None),
                ("failed", "rejected", None, None),
                ("pending", None, "Nadia", "retry"),
                ("done", None, None, None),
            ],
        )
        calls = [entry.get("exchange") for entry in row.history]
        self.assertEqual(calls[0], first.id)
        self.assertEqual(calls[3], row.exchange_id.id)
        self.assertEqual(len({*calls} - {None}), 3)
        self.assertIn("no such thing", row.history[1]["error"])
        html = row.with_user(user).history_html
        self.assertIn(f"id={first.id}" if "/web#" in html else f"/{first.id}", html)
        self.assertIn("Nadia", html)

    def test_only_the_last_twenty_are_kept_and_no_markup_comes_in(self):
        self.remote.answer = lambda request, body: (422, {"error": "<b>no</b>"}, {})
        row = self.push(310)
        for _round in range(12):
            row.action_retry()
            self.wake_and_drain()
        self.assertEqual(len(row.history), 20)
        self.assertEqual(row.history[-1]["state"], "failed")
        self.assertNotIn("<b>", row.history_html)


class TestHealingOut(DrainCase):
    def test_a_later_price_that_is_taken_closes_the_refused_one(self):
        self.remote.answer = lambda request, body: (422, {"error": "no"}, {})
        refused = self.push(310)
        self.assertStates(refused, [("failed", "rejected")])
        self.remote.answer = lambda request, body: (200, [], {})
        taken = self.push(320)
        self.assertStates(refused + taken, [("skipped", "superseded"), ("done", "")])
        self.assertIn(str(taken.id), refused.result)

    def test_neither_another_flow_nor_another_product_heals(self):
        other = self._product("Other", 5, cartona_id="OTHER")
        self.wake_and_drain()
        self.remote.answer = lambda request, body: (422, {"error": "no"}, {})
        refused = self.push(310)
        self.remote.answer = lambda request, body: (200, [], {})
        other.list_price = 6
        self._set_stock(self.tea, 7)
        self.wake_and_drain()
        self.assertIn("stock", self._rows(self.cartona, state="done", res_id=self.tea.id).mapped("flow"))
        self.assertStates(refused, [("failed", "rejected")])

    def test_a_price_that_waits_for_approval_and_is_taken_back_closes(self):
        self.cartona.price_guard = 10
        self.push(301)
        guarded = self.push(500)
        self.assertStates(guarded, [("failed", "price_guard")])
        back = self.push(301)
        self.assertStates(guarded + back, [("skipped", "superseded"), ("skipped", "unchanged")])

    def test_taking_one_remote_product_off_sale_is_told_by_no_other(self):
        row = {"connector_id": self.cartona.id, "company_id": self.company.id, "direction": "out", "entity": "product",
               "flow": "publication", "res_model": "product.product", "res_id": self.tea.id}  # fmt: skip
        Log = self.env["sync.hub.log"]
        gone = Log.create({**row, "action": "unpublish", "remote_id": "OLD", "state": "failed"})
        shown = Log.create({**row, "action": "update", "state": "done"})
        shown._heal()
        self.assertEqual(gone.state, "failed")
        gone.error_code = "outcome_unknown"
        Log.create({**row, "action": "unpublish", "remote_id": "OLD", "state": "done"})._heal()
        self.assertEqual(gone.state, "failed", "nobody knows yet")
        gone.error_code = "rejected"
        Log.create({**row, "action": "unpublish", "remote_id": "OLD", "state": "done"})._heal()
        self.assertEqual(gone.state, "skipped")


class TestHealingIn(CartonaCase):
    def broken(self, number="order", **changes):
        body = sample(number, **changes)
        body["order_details"][2].update(id=9, supplier_product_id="NOBODY", internal_product_id="NOBODY")
        return body

    def test_the_whole_order_closes_what_failed_of_it_before(self):
        failed = self.webhook(self.broken())
        self.assertStates(failed, [("failed", "product_unknown")])
        later = self.webhook(sample("order"))
        self.assertStates(failed + later, [("skipped", "superseded"), ("done", "")])
        self.assertIn(str(later.id), failed.result)
        self.assertFalse(failed.sudo().private)

    def test_a_state_alone_closes_no_order(self):
        self.webhook(sample("order"))
        failed = self.webhook(self.broken(status="approved"))
        self.assertStates(failed, [("failed", "product_unknown")])
        state = self.webhook({"hashed_id": sample("order")["hashed_id"], "status": "approved"})
        self.assertStates(state, [("done", "")])
        self.assertStates(failed, [("failed", "product_unknown")])

    def test_an_older_order_closes_no_younger_one(self):
        failed = self.webhook(self.broken())
        older = failed.copy({"state": "done", "idempotency_key": False, "source_time": "2020-01-01 00:00:00"})
        failed.source_time = "2020-01-01 00:00:01"
        older._heal()
        self.assertEqual(failed.state, "failed")
        older.source_time = "2020-01-01 00:00:02"
        older._heal()
        self.assertEqual(failed.state, "skipped")

    def test_a_message_closes_no_reading_and_a_reading_what_came_before_it(self):
        failed = self.webhook(self.broken())
        read = self.env["sync.hub.exchange"].create({"connector_id": self.cartona.id, "direction": "out"})
        values = {"state": "done", "idempotency_key": False, "source_time": "2030-01-01 00:00:00"}
        # It was retried since: its trigger is no poll any more.
        failed.write({"exchange_id": read.id, "trigger": "retry", "source_time": "2029-01-01 00:00:00"})
        failed.copy({**values, "exchange_id": False})._heal()
        self.assertEqual(failed.state, "failed")
        for source_time, minutes, state in (
            ("2020-01-01 00:00:00", 1, "failed"),
            # By a clock that is ahead.
            ("2030-01-01 00:00:00", -1, "failed"),
            ("2030-01-01 00:00:00", 1, "skipped"),
        ):
            reading = failed.copy({**values, "source_time": source_time, "exchange_id": read.id})
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE sync_hub_log SET create_date = %s WHERE id = %s",
                [failed.create_date + timedelta(minutes=minutes), reading.id],
            )
            reading._heal()
            self.assertEqual(failed.state, state, (source_time, minutes))

    def test_an_order_closes_no_payment(self):
        order = self.webhook(sample("order"))
        payment = order.copy({"entity": "payment", "state": "failed", "idempotency_key": False})
        order.copy({"state": "done", "idempotency_key": False})._heal()
        self.assertEqual(payment.state, "failed")

    def test_only_messages_of_whole_records_heal(self):
        money = {"total_incl": 1, "id": "1", "number": "1"}
        self.assertTrue(is_whole(canonical.Order(**money, status="2")))
        self.assertFalse(is_whole(canonical.Order(**money, status="2", complete=False)))
        self.assertFalse(is_whole(canonical.Order(**money)))
        self.assertFalse(is_whole(canonical.OrderStatus(id="1", number="1", status="2")))

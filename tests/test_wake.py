import time
from datetime import timedelta
from unittest.mock import patch

from odoo.tools import mute_logger

from ..models import drain as drain_module
from ..models.clock import now
from .common import DrainCase, bodies


class TestWake(DrainCase):
    def jobs(self, **values):
        domain = [("model_name", "=", "sync.hub.drain"), *((k, "=", v) for k, v in values.items())]
        return self.env["queue.job"].search(domain)

    def wake(self):
        self.env.flush_all()
        drain_module.wake_lanes(self.env.cr.dbname, {(self.cartona.id, "out", 0)})
        self.env.invalidate_all()

    def test_many_wakes_are_one_job_while_it_has_not_started(self):
        self.tea.list_price = 310
        for _round in range(5):
            self.wake()
        jobs = self.jobs()
        self.assertEqual(len(jobs), 1)
        self.assertFalse(jobs.eta, "a wake job with an eta would swallow every later wake")
        jobs.write({"state": "started"})
        self.wake()
        self.assertEqual(len(self.jobs()), 2)

    def test_retry_is_a_job_of_its_own_that_delays_no_wake(self):
        self.remote.answer = lambda request, body: (503, {}, {})
        self.push(310)
        self.env.flush_all()
        drain_module.wake_lanes(self.env.cr.dbname, {(self.cartona.id, "out", 0)}, only_due=True)
        self.env.invalidate_all()
        (retry,) = self.jobs()
        self.assertTrue(retry.eta)
        self.assertTrue(retry.identity_key.startswith("sync_hub.retry:"))
        self.wake()
        self.assertEqual(len(self.jobs(eta=False)), 1)

    def test_job_belongs_to_the_company_of_its_connector(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env.cr.execute("UPDATE sync_hub_connector SET company_id = %s WHERE id = %s", [other.id, self.cartona.id])
        self.wake()
        self.assertEqual(self.jobs().company_id, other)

    def test_a_long_drain_makes_room_for_a_lane_that_waits(self):
        key, began = f"sync_hub.wake:{self.cartona.id}:out:0", time.monotonic() - 2
        drain = self.env["sync.hub.drain"].with_context(hub_wake=key)
        self.assertTrue(drain._goes_on(began, 20), "nobody waits")
        self.wake()
        self.env.cr.execute("UPDATE queue_job SET date_created = %s", [now() - timedelta(seconds=2)])
        self.assertTrue(drain._goes_on(began, 20), "its own wake does not wait for another lane")
        other = drain.with_context(hub_wake=f"sync_hub.wake:{self.cartona.id}:in:1")
        self.assertFalse(other._goes_on(began, 20))
        self.assertTrue(other._goes_on(time.monotonic(), 20), "it has not had its turn")
        self.assertTrue(self.env["sync.hub.drain"]._goes_on(began, 20), "no job: there may be no runner")
        self.assertFalse(drain._goes_on(began, 1))
        self.jobs().write({"state": "started"})
        self.env.flush_all()
        self.assertTrue(other._goes_on(began, 20))

    def test_wake_never_raises(self):
        with (
            patch.object(type(self.env["sync.hub.drain"]), "_wake", side_effect=ValueError),
            mute_logger("odoo.addons.sync_hub.models.drain"),
        ):
            self.wake()

    def test_sweeper_wakes_what_a_crash_left(self):
        self.tea.list_price = 310
        self.env.flush_all()
        self.env["sync.hub.drain"]._cron_sweep()
        self.env.invalidate_all()
        self.assertEqual(len(self.jobs()), 1)
        self.assertFalse(self.remote.calls)

    def test_without_a_runner_the_cron_works_itself_and_health_says_so(self):
        self.tea.list_price = 310
        self.wake()
        self.env.flush_all()
        self.env.cr.execute("UPDATE queue_job SET date_created = date_created - interval '3 minutes'")
        self.assertTrue(self.env["sync.hub.drain"]._runner_is_missing())
        with mute_logger("odoo.addons.sync_hub.models.drain"):
            self.env["sync.hub.drain"]._cron_sweep()
        self.env.invalidate_all()
        self.assertStates(self._rows(self.cartona), [("done", "")])
        self.assertEqual(self.env["ir.config_parameter"].get_param("sync_hub.runner_missing"), "1")

    def test_nobody_is_woken_for_what_no_drain_would_take(self):
        self.tea.list_price = 310
        self.cartona.action_pause()
        self.env.flush_all()
        drain_module.wake_lanes(self.env.cr.dbname, {(self.cartona.id, "out", 0)}, only_due=True)
        self.assertFalse(self.jobs(), "a paused connector would wake itself for ever")

        shop = self._prestashop()
        first = self.receive(shop, bodies("contract-4.3")[0])
        first.write({"state": "retrying", "next_try_at": now() + timedelta(hours=1)})
        behind = first.copy({"idempotency_key": "behind"})
        behind.write({"state": "pending", "next_try_at": False})
        self.env.flush_all()
        drain_module.wake_lanes(self.env.cr.dbname, {(shop.id, "in", 1)}, only_due=True)
        self.env.invalidate_all()
        self.assertEqual([bool(job.eta) for job in self.jobs()], [True], "only the retry itself")

    def test_wide_row_of_a_flow_that_is_off_is_closed(self):
        self.cartona._push_all(["price"], "changed")
        self.cartona.write({"push_price": False, "push_stock": False, "push_publication": False})
        self.wake_and_drain()
        self.assertEqual({row.state for row in self._rows(self.cartona)}, {"skipped"})

    def test_scheduled_action_runs_for_ever(self):
        cron = self.env.ref("sync_hub.cron_sweep")
        self.assertTrue(cron.active)
        if "numbercall" in cron._fields:
            self.assertEqual(cron.numbercall, -1)

    def test_lane_that_is_held_is_left_alone(self):
        drain = type(self.env["sync.hub.drain"])
        self.tea.list_price = 310
        with patch.object(drain, "_try_lock", lambda *args: False):
            self.assertEqual(self.env["sync.hub.drain"]._job_out(self.cartona.id, 0), "lane busy")
        self.assertFalse(self.remote.calls)


class TestInboundOrder(DrainCase):
    def test_open_failure_holds_back_only_its_own_record(self):
        shop = self._prestashop()
        first = self.receive(shop, bodies("contract-4.3")[0])
        first.write({"state": "retrying", "next_try_at": now() + timedelta(hours=1)})
        same = self.env["sync.hub.log"].create(
            {
                **first.copy_data()[0],
                "state": "pending",
                "next_try_at": False,
                "idempotency_key": "later",
                "connector_id": shop.id,
                "direction": "in",
            }
        )
        other = self.receive(shop, bodies("007-guest-created")[0])
        self.wake_and_drain()
        self.assertEqual((same.state, other.state), ("pending", "done"))

    def test_repeated_race_is_the_rows_own_error(self):
        from psycopg2.errors import UniqueViolation

        shop = self._prestashop()
        row = self.receive(shop, bodies("contract-4.3")[0])
        attempts = []

        def racing(*_args):
            attempts.append(1)
            raise UniqueViolation("again and again")

        with (
            patch.object(type(self.env["sync.hub.importer.partner"]), "_customer", racing),
            mute_logger("odoo.addons.sync_hub.models.drain_in"),
        ):
            self.wake_and_drain()
        self.assertEqual(len(attempts), drain_module.TRIES)
        self.assertEqual(row.state, "failed")

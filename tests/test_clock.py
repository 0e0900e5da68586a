from datetime import datetime, timedelta
from unittest.mock import patch

import pytz
from hypothesis import example, given, settings
from hypothesis import strategies as st
from odoo import fields

from ..models.adapters.canonical import Version
from ..models.adapters.medusa import reading
from ..models.adapters.prestashop import mapping
from ..models.clock import SKEW, now
from ..models.cursor import OVERLAP
from .common import DrainCase, HubCase, bodies

HOUR = timedelta(hours=1)
#: Zone -> about when its clock changes (UTC), and the hours around it in which readings are tried.
CHANGES = {
    "Europe/Paris": (datetime(2026, 3, 29, 1), datetime(2026, 10, 25, 1)),
    "Africa/Cairo": (datetime(2026, 4, 23, 22), datetime(2026, 10, 29, 21)),
}
AROUND = timedelta(hours=4)


class TestClockSetBack(DrainCase):
    """The times that were noted lie an hour ahead, as when the server's clock was an hour ahead and is set right."""

    def set_back(self):
        """Move all that was noted into the future, and plan the scheduled actions as Odoo had."""
        self.env.flush_all()
        for table, columns in {
            "sync_hub_log": ("create_date", "write_date", "next_try_at", "done_at"),
            "sync_hub_lane": ("open_until", "last_failure_at", "last_success_at"),
            "sync_hub_binding": ("version_time",),
            "sync_hub_exchange": ("create_date",),
            "sync_hub_cursor": ("watermark",),
            "queue_job": ("date_created", "date_started", "date_done"),
        }.items():
            moved = ", ".join(f"{column} = {column} + interval '1 hour'" for column in columns)
            self.env.cr.execute(f"UPDATE {table} SET {moved}")
        self.env.cr.execute("UPDATE sync_hub_lane SET next_call_at = next_call_at + 3600 WHERE next_call_at > 0")
        self.env.cr.execute(
            "UPDATE ir_cron SET active = true, lastcall = %(then)s, nextcall = %(then)s WHERE id = %(cron)s",
            {"then": now() + HOUR, "cron": self.cron.id},
        )
        self.env.invalidate_all()

    @property
    def cron(self):
        return self.env.ref("sync_hub.cron_sweep")

    def test_what_waits_for_its_retry_is_tried_with_the_next_work(self):
        self.remote.answer = lambda request, body: (503, {"error": "down"}, {"Retry-After": "60"})
        row = self.push(310)
        self.assertStates(row, [("retrying", "http_503")])
        self.set_back()
        self.assertGreater(row.next_try_at, now() + HOUR)
        self.remote.answer = lambda request, body: (200, [], {})
        calls = len(self.remote.calls)
        # Any lane's work will do.
        self.env["sync.hub.drain"]._work(self.cartona.id, "in", 0)
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])
        self.assertEqual(len(self.remote.calls), calls + 1, "once")
        self.assertLessEqual(self.cron.nextcall, now() + timedelta(minutes=2), "and the scheduled action runs again")
        self.assertLessEqual(self.cron.lastcall, now())

    def test_what_waits_is_left_alone_while_the_clock_goes_right(self):
        self.remote.answer = lambda request, body: (503, {"error": "down"}, {"Retry-After": "3000"})
        row = self.push(310)
        self.env.cr.execute("UPDATE ir_cron SET nextcall = %s WHERE id = %s", [now(), self.cron.id])
        waits = row.next_try_at
        self.env["sync.hub.drain"]._set_clocks_back()
        self.assertEqual(row.next_try_at, waits)
        self.assertTrue(self.lane()._is_open())

    def test_pace_of_calls_is_kept_and_no_more(self):
        self.cartona.rate_limit = 20
        self.push(310)
        self.set_back()
        slept = []
        with patch("odoo.addons.sync_hub.models.adapters.transport.time.sleep", slept.append):
            self.push(320)
        self.assertLess(sum(slept), 1)

    def test_runner_is_missed_though_its_last_job_seems_to_end_only_now(self):
        drain = self.env["sync.hub.drain"]
        self.tea.list_price = 310
        drain._wake(self.cartona.id, "out", 0)
        drain._wake(self.cartona.id, "out", 1)
        self.env.flush_all()
        done, waiting = self.env["queue.job"].search([("model_name", "=", drain._name)], limit=2, order="id desc").ids
        change = lambda job, **values: self.env.cr.execute(  # noqa: E731
            f"UPDATE queue_job SET {', '.join(f'{name} = %s' for name in values)} WHERE id = %s",
            [*values.values(), job],
        )
        change(done, state="done", date_done=now())
        change(waiting, date_created=now() - HOUR)
        self.assertFalse(drain._runner_is_missing())
        change(done, date_done=now() + HOUR)
        self.assertTrue(drain._runner_is_missing())
        change(waiting, date_created=now() + HOUR)
        self.assertTrue(drain._runner_is_missing(), "a job that seems to be made only in an hour has waited too")

    def test_message_without_a_time_of_its_own_is_no_older_than_the_last(self):
        partner = self.env.user.partner_id
        binding = self.env["sync.hub.binding"]._bind(self.cartona, "order", "9", partner)
        version = Version(time=pytz.utc.localize(now()), polled=True)
        binding._applied(version)
        self.assertEqual(binding._compare(Version(time=version.time - timedelta(seconds=9), polled=True)), "stale")
        self.set_back()
        self.assertEqual(binding._compare(version), "newer")

    def test_events_of_a_shop_whose_clock_is_ahead_keep_their_order(self):
        partner = self.env.user.partner_id
        binding = self.env["sync.hub.binding"]._bind(self.cartona, "order", "9", partner)
        edge = pytz.utc.localize(now()) + SKEW
        binding._applied(Version(time=edge + timedelta(seconds=30), sequence=8))
        self.assertEqual(binding._compare(Version(time=edge - timedelta(seconds=30), sequence=7)), "stale")

    def test_call_that_seems_to_come_yet_contradicts_no_message(self):
        binding = self.env["sync.hub.binding"]._bind(self.cartona, "order", "9", self.env.user.partner_id)
        message = pytz.utc.localize(now())
        for ahead, crossed in ((0, ["status"]), (3600, [])):
            binding._write_agreed({binding.id: {"status": {"value": "sent", "sent": message.timestamp() + ahead}}})
            self.assertEqual(binding._learned({"status": "done"}, message), crossed)

    def test_limit_of_requests_does_not_shut_the_door_for_an_hour(self):
        shop = self._prestashop(request_limit=1)
        self.receive(shop, bodies("contract-4.1")[0])
        self.env.flush_all()
        with self.assertRaises(Exception) as caught:
            shop._check_limit()
        self.assertEqual(type(caught.exception).__name__, "LimitError")
        self.set_back()
        shop._check_limit()

    def test_reading_begins_before_the_time_that_is_in_doubt(self):
        cursor = self.env["sync.hub.cursor"]._of(self._prestashop(timezone="UTC"), "orders")
        self.set_back()
        cursor._start()
        self.assertLess(cursor.since, f"{now() - timedelta(hours=23):%Y-%m-%d %H:%M:%S}")
        self.assertLess(cursor.since, cursor.until)


class TestClockChange(HubCase):
    """The shop's own clock goes by summer time: an hour is left out in spring, and one comes twice in autumn."""

    def test_no_change_is_left_out_by_the_readings_around_it(self):
        hours = st.integers(-int(AROUND.total_seconds()), int(AROUND.total_seconds()))

        @settings(max_examples=60, deadline=None, database=None)
        @given(
            st.sampled_from(sorted(CHANGES)), st.booleans(), st.lists(hours, min_size=2, max_size=8, unique=True), hours
        )
        @example("Europe/Paris", True, [-7200, -1500, -300], -1200)
        @example("Africa/Cairo", True, [-3500, -1500, 300], -3000)
        @example("Africa/Cairo", False, [-3500, -1500, 300], -3000)
        def covered(zone, autumn, seconds, moment):
            pytz_zone, step = pytz.timezone(zone), CHANGES[zone][autumn]
            readings = sorted(step + timedelta(seconds=second) for second in seconds)
            changed = step + timedelta(seconds=moment)
            cursor = self.env["sync.hub.cursor"]._of(self._shop(zone), "orders")
            cursor.watermark = readings[0]
            for at in readings[1:]:
                with patch.object(fields.Datetime, "now", return_value=at):
                    cursor._start()
                if cursor.watermark - OVERLAP <= changed <= at:
                    local = f"{pytz.utc.localize(changed).astimezone(pytz_zone):%Y-%m-%d %H:%M:%S}"
                    self.assertTrue(cursor.since <= local <= cursor.until, (zone, at, cursor.since, local))
                    self.assertLessEqual(reading._to_utc(cursor.since, pytz_zone), f"{changed:%Y-%m-%dT%H:%M:%S}.000Z")
                cursor.watermark = at

        covered()

    def _shop(self, zone):
        shops = self.__dict__.setdefault("shops", {})
        if zone not in shops:
            shops[zone] = self._connector("prestashop", name=zone, timezone=zone)
        return shops[zone]

    @given(st.sampled_from(sorted(CHANGES)), st.booleans(), st.integers(-7200_000, 7200_000))
    @settings(max_examples=60, deadline=None, database=None)
    def test_page_begins_where_the_last_one_ended(self, zone, autumn, milliseconds):
        moment = CHANGES[zone][autumn] + timedelta(milliseconds=milliseconds)
        text = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"
        pytz_zone = pytz.timezone(zone)
        self.assertEqual(reading._to_utc(reading._from_utc(text, pytz_zone), pytz_zone), text)

    def test_event_of_the_hour_that_comes_twice_is_not_of_the_future(self):
        event = mapping.wire.Event.model_validate({"event_id": "7", "hook_timestamp": "2026-10-25 02:30:00"})
        for now_is, hour in ((datetime(2026, 10, 25, 0, 31), 0), (datetime(2026, 10, 25, 1, 31), 1)):
            with patch.object(mapping, "datetime", wraps=datetime) as clock:
                clock.now.return_value = pytz.utc.localize(now_is)
                time = mapping.version_to_hub(event, "Europe/Paris").time
            self.assertEqual((time.hour, time.minute), (hour, 30))

    def test_ends_of_the_calendar_are_no_time(self):
        for moment, zone in (
            (datetime(9999, 12, 31, 23, 59), "America/New_York"),
            (datetime(1, 1, 1), "Asia/Tokyo"),
        ):
            for first in (False, True):
                self.assertIsNone(mapping.to_utc(moment, zone, first))
        for text in ("1970-01-01 00:00:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2026-10-25 02:30:00+14:00"):
            event = mapping.wire.Event.model_validate({"event_id": "7", "hook_timestamp": text})
            time = mapping.version_to_hub(event, "Europe/Paris").time
            self.assertTrue(time is None or time < pytz.utc.localize(now()) + timedelta(days=1), text)

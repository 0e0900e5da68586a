import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import new_test_user, tagged

from ..models.dashboard.bus import CHANNEL
from .common import HubCase, bodies


@tagged("post_install", "-at_install")
class TestDashboard(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.connector = cls._connector("prestashop", name="Madrid")
        cls.other = cls._cartona(name="Cairo")

    def _ended(self, count, state="done", connector=None, ago=timedelta(), **values):
        """Rows of the log whose work ended some time ago."""
        moment = fields.Datetime.now() - ago
        rows = self.env["sync.hub.log"].create(
            [
                {
                    "connector_id": (connector or self.connector).id,
                    "company_id": self.company.id,
                    "direction": "in",
                    "entity": "order",
                    "state": state,
                    "done_at": moment if state in ("done", "failed", "skipped") else False,
                    **values,
                }
                for _number in range(count)
            ]
        )
        rows.flush_recordset()
        self.env.cr.execute("UPDATE sync_hub_log SET create_date = %s WHERE id = ANY(%s)", [moment, rows.ids])
        return rows

    def _card(self, connector=None, **context):
        connector = (connector or self.connector).with_context(**context)
        connector.invalidate_recordset()
        return json.loads(connector.card)

    def _facts(self):
        return {fact["label"]: fact["text"] for fact in self._card()["facts"]}

    def test_figures_by_direction_and_entity(self):
        self._ended(3, "pending")
        self._ended(2, "retrying", direction="out", entity="product")
        self._ended(1, "failed")
        self._ended(4)
        self._ended(5, connector=self.other)
        card = self._card()
        self.assertEqual(card["totals"], {"waiting": "3", "retrying": "2", "failed": "1", "done": "4"})
        lines = {(line["direction"], line["label"]): line for line in card["rows"]}
        self.assertEqual(lines["in", "Orders"]["done"], "4")
        self.assertEqual(lines["in", "Orders"]["failed"], "1")
        self.assertEqual(lines["out", "Products"]["retrying"], "2")
        self.assertEqual(self._card(self.other)["totals"]["done"], "5")

    def test_oldest_waiting_and_latency(self):
        self._ended(1, "pending", ago=timedelta(minutes=5))
        self._ended(1, "retrying")
        self._ended(19, duration_ms=100)
        self._ended(1, duration_ms=2500)
        self._ended(20, duration_ms=90_000, direction="out")
        facts = self._facts()
        self.assertEqual(facts["Oldest waiting:"], "5 minutes ago")
        self.assertEqual((facts["In within (95 of 100):"], facts["Out within (95 of 100):"]), ("100 ms", "2 minutes"))

    def test_latency_is_of_the_newest(self):
        self._ended(3, duration_ms=60_000, ago=timedelta(hours=3))
        self._ended(3, duration_ms=40)
        with patch("odoo.addons.sync_hub.models.dashboard.figures.NEWEST", 3):
            self.assertEqual(self._facts()["In within (95 of 100):"], "40 ms")

    def test_hours_are_counted_once(self):
        self._ended(7, ago=timedelta(days=2))
        self._ended(2, "failed", ago=timedelta(days=2))
        self._ended(1)
        bars = lambda: [bar["title"].split(": ")[1] for bar in self._card()["days"]]  # noqa: E731
        live = bars()
        self.assertEqual(len(live), 7)
        self.assertEqual(live[4], "7 done, 2 failed, 0 skipped")
        for _again in range(2):
            self.env["sync.hub.hour"]._cron_count()
            self.assertEqual(bars(), live)
        self.assertEqual(sum(self.env["sync.hub.hour"].search([]).mapped("count")), 9)
        # The chart outlives the rows.
        self.env["sync.hub.log"].search([("done_at", "<", fields.Datetime.now() - timedelta(days=1))]).unlink()
        self.assertEqual(bars()[4], "7 done, 2 failed, 0 skipped")

    def test_today_is_the_users(self):
        """Rows that ended in the night of UTC belong to the user's day."""
        self.env.user.tz = "Pacific/Auckland"
        zone = self.env["sync.hub.figures"]._zone()
        begin = self.env["sync.hub.figures"]._begin(fields.Datetime.now().astimezone(zone).date())
        ago = fields.Datetime.now() - begin
        self._ended(1, ago=ago + timedelta(minutes=1))
        self._ended(2, ago=ago - timedelta(minutes=1) if ago > timedelta(minutes=2) else timedelta())
        self.assertEqual(self._card()["totals"]["done"], "2")

    def test_states_and_the_next_step(self):
        def told():
            card = self._card()
            return card["status"]["key"], card["next"]

        self.assertEqual(told(), ("active", "log"))
        self._ended(1, "failed")
        self.assertEqual(told(), ("active", "failed"))
        lane = self.env["sync.hub.lane"]._of(self.connector, "out", 0)
        lane.write({"open_until": fields.Datetime.now() + timedelta(minutes=5), "last_error": "Gone fishing"})
        self.assertEqual(told()[0], "suspended")
        self.assertIn("Gone fishing", self._card()["status"]["reason"])
        self.env["ir.config_parameter"].set_param("sync_hub.runner_missing", "1")
        self.assertEqual(told()[0], "stuck")
        self.connector.action_pause()
        self.assertEqual(told(), ("paused", "resume"))
        self.connector.write({"refused": True, "pause_reason": "401"})
        self.assertEqual(told(), ("refused", "credentials"))
        self.connector.state = "draft"
        self.assertEqual(told(), ("untested", "test"))

    def test_a_test_is_remembered_until_the_account_changes(self):
        self.other.state = "draft"
        self.assertEqual(self._card(self.other)["status"]["key"], "untested")
        self.other.action_test()
        self.assertEqual(self._card(self.other)["status"]["key"], "tested")
        self.remote.answer = lambda request, body: (401, {"error": "no"}, {})
        self.other.action_test()
        status = self._card(self.other)["status"]
        self.assertEqual(status["key"], "untested")
        self.assertTrue(status["reason"])
        self.remote.answer = lambda request, body: (200, [], {})
        self.other.action_test()
        self.other.token = "another"
        self.assertEqual(self._card(self.other)["status"]["key"], "untested")

    def test_a_drain_tells_the_bus(self):
        sent = []
        with patch.object(
            type(self.env["bus.bus"]), "_sendone", lambda self, channel, kind, message: sent.append((channel, message))
        ):
            self.env["sync.hub.drain"]._work(self.connector.id, "in", 1)
            self.assertEqual(sent, [])
            row = self.receive(self.connector, bodies("001-customer-created")[0])
            self.env["sync.hub.drain"]._work(self.connector.id, "in", row.lane)
        self.assertEqual(sent, [(CHANNEL, {"connector_id": self.connector.id})])

    def test_only_sync_users_listen(self):
        socket = self.env["ir.websocket"]
        plain = new_test_user(self.env, "plain_employee", "base.group_user")
        sync = new_test_user(self.env, "sync_user", "sync_hub.group_user")
        self.assertEqual(socket.with_user(plain)._channels_allowed([CHANNEL, "mine"]), ["mine"])
        self.assertEqual(socket.with_user(sync)._channels_allowed([CHANNEL, "mine"]), [CHANNEL, "mine"])

    def test_a_sync_user_sees_the_cards_of_his_companies(self):
        company = self.env["res.company"].create({"name": "Other"})
        foreign = self.other.copy({"name": "Elsewhere", "company_id": company.id, "warehouse_ids": False})
        user = new_test_user(self.env, "desk", "sync_hub.group_user")
        seen = self.env["sync.hub.connector"].with_user(user).search([])
        self.assertIn(self.connector, seen)
        self.assertNotIn(foreign, seen)
        self.assertTrue(json.loads(self.connector.with_user(user).card)["totals"])

from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from prometheus_client.parser import text_string_to_metric_families

from .common import HubCase

TOKEN = "token-of-the-monitor"


@tagged("post_install", "-at_install")
class TestMetrics(HubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._prestashop(name='Shop "Sol"\\new Madrid')
        cls.env["ir.config_parameter"].set_param("sync_hub.metrics_token", TOKEN)

    def _ended(self, count, state="done", ago=timedelta(), ms=50, **values):
        moment = fields.Datetime.now() - ago
        row = {
            "connector_id": self.shop.id,
            "company_id": self.company.id,
            "direction": "in",
            "entity": "order",
            "state": state,
            "duration_ms": ms,
            "done_at": moment if state in ("done", "failed", "skipped") else False,
            **values,
        }
        return self.env["sync.hub.log"].create([row] * count)

    def _read(self, token=TOKEN):
        self.env.flush_all()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.url_open("/sync_hub/metrics", headers=headers)

    def _samples(self, name):
        """{labels that are asked for here: value} as Prometheus' own parser reads the page."""
        found = {}
        for family in text_string_to_metric_families(self._read().text):
            for sample in family.samples:
                if sample.name == name and sample.labels["connector"] == self.shop.name:
                    rest = {k: v for k, v in sample.labels.items() if k not in ("connector", "kind")}
                    found[tuple(sorted(rest.items()))] = sample.value
        return found

    def test_only_with_the_token(self):
        self.assertEqual(self._read().status_code, 200)
        for wrong in ("", "another", f"{TOKEN}x"):
            self.assertEqual(self._read(wrong).status_code, 401)
        self.env["ir.config_parameter"].set_param("sync_hub.metrics_token", "")
        self.assertEqual(self._read("").status_code, 401)
        self.assertEqual(self._read().status_code, 401)

    def test_what_waits_and_what_failed(self):
        self._ended(3, "pending")
        self._ended(2, "failed")
        now = self._samples("sync_hub_operations")
        where = (("direction", "in"), ("entity", "order"))
        self.assertEqual(now[(*where, ("state", "pending"))], 3)
        self.assertEqual(now[(*where, ("state", "failed"))], 2)
        self.assertEqual(self._samples("sync_hub_connector"), {(("state", "active"),): 1})
        self.assertGreaterEqual(self._samples("sync_hub_oldest_waiting_seconds")[()], 0)

    def test_counters_go_on_over_hours_that_are_counted_and_rows_that_are_gone(self):
        old = self._ended(4, ago=timedelta(days=2), ms=700)
        self._ended(5)
        ended = lambda: self._samples("sync_hub_operations_ended_total")  # noqa: E731
        done = (("direction", "in"), ("entity", "order"), ("state", "done"))
        self.assertEqual(ended()[done], 9)
        self.env["sync.hub.hour"]._cron_count()
        old.unlink()
        self.assertEqual(ended()[done], 9)

    def test_histogram(self):
        self._ended(4, ago=timedelta(days=2), ms=700)
        self._ended(1, ms=40_000)
        self._ended(5, ms=50)
        self.env["sync.hub.hour"]._cron_count()
        where = (("direction", "in"), ("entity", "order"))
        buckets = self._samples("sync_hub_operation_duration_seconds_bucket")
        by_bound = {dict(labels)["le"]: value for labels, value in buckets.items()}
        expected = {"0.1": 5, "0.5": 5, "1": 9, "5": 9, "30": 9, "300": 10, "+Inf": 10}
        self.assertEqual(by_bound, expected)
        self.assertEqual(self._samples("sync_hub_operation_duration_seconds_count"), {where: 10})
        self.assertAlmostEqual(self._samples("sync_hub_operation_duration_seconds_sum")[where], 4 * 0.7 + 40 + 5 * 0.05)

    def test_a_connector_that_is_suspended_says_so(self):
        lane = self.env["sync.hub.lane"]._of(self.shop, "out", 0)
        lane.write({"open_until": fields.Datetime.now() + timedelta(minutes=5)})
        self.assertEqual(self._samples("sync_hub_connector"), {(("state", "suspended"),): 1})

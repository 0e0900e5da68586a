from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError

from .common import HubCase, bodies


class TestRetention(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._prestashop()
        cls.shop.write({"keep_bodies": 10, "keep_exchanges": 20, "keep_rows": 30})

    def _row(self, days, state="done", **values):
        """A row and its exchange of some days ago."""
        moment = fields.Datetime.now() - timedelta(days=days)
        exchange = self.env["sync.hub.exchange"].create(
            {"connector_id": self.shop.id, "direction": "in", "request_body": "{}", "response_body": "{}", "url": "/"}
        )
        row = self.env["sync.hub.log"].create(
            {
                "connector_id": self.shop.id,
                "company_id": self.company.id,
                "direction": "in",
                "entity": "order",
                "state": state,
                "payload": '{"a": 1}',
                "exchange_id": exchange.id,
                "done_at": moment if state in ("done", "skipped", "failed") else False,
                **values,
            }
        )
        self.env.flush_all()
        for table, record in (("sync_hub_exchange", exchange), ("sync_hub_log", row)):
            self.env.cr.execute(f"UPDATE {table} SET create_date = %s WHERE id = %s", [moment, record.id])
        self.env.invalidate_all()
        return row

    def _tidy(self):
        self.env.flush_all()
        self.env["sync.hub.retention"]._cron_tidy()
        self.env.invalidate_all()

    def test_each_has_its_own_days(self):
        young, old, older, oldest = (self._row(days) for days in (9, 11, 21, 31))
        exchanges = [row.exchange_id for row in (young, old, older, oldest)]
        self._tidy()
        self.assertTrue(young.payload and young.exchange_id.request_body and young.exchange_id.response_body)
        self.assertFalse(old.payload or old.exchange_id.request_body or old.exchange_id.response_body)
        self.assertEqual(old.exchange_id, exchanges[1])
        self.assertFalse(older.exchange_id)
        self.assertFalse(oldest.exists())
        self.assertEqual([bool(exchange.exists()) for exchange in exchanges], [True, True, False, False])

    def test_what_a_person_must_look_at_is_kept_whole(self):
        failed, waits = self._row(500, "failed"), self._row(500, "retrying")
        self._tidy()
        for row in (failed, waits):
            self.assertTrue(row.exists() and row.payload and row.exchange_id.request_body)
        failed._finish("skipped", reason="superseded")
        self.env.flush_all()
        self.env.cr.execute("UPDATE sync_hub_log SET done_at = create_date WHERE id = %s", [failed.id])
        self.env.invalidate_all()
        self._tidy()
        self.assertFalse(failed.exists())

    def test_zero_keeps_for_ever(self):
        self.shop.write({"keep_bodies": 0, "keep_exchanges": 0, "keep_rows": 0})
        row = self._row(5000)
        self._tidy()
        self.assertTrue(row.payload and row.exchange_id.request_body)
        with self.assertRaisesRegex(ValidationError, "Housekeeping"):
            self.shop.keep_rows = -1

    def test_in_batches_and_within_a_budget(self):
        rows = self.env["sync.hub.log"]
        for number in range(7):
            rows |= self._row(40 + number, "failed" if number == 6 else "done")
        taken = []
        retention = type(self.env["sync.hub.retention"])
        batch = retention._batch

        def watched(self, *args):
            changed, place = batch(self, *args)
            taken.append(changed)
            return changed, place

        with patch("odoo.addons.sync_hub.models.retention.BATCH", 2), patch.object(retention, "_batch", watched):
            self._tidy()
            self.assertLessEqual(max(taken), 2)
            self.assertEqual(len(rows.exists()), 1)
            rest = self._row(40)
            with patch("odoo.addons.sync_hub.models.retention.BUDGET", -1):
                self._tidy()
            self.assertTrue(rest.payload)
        self.assertTrue(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.env.ref("sync_hub.cron_tidy").id)])
        )

    def test_vendors_rows_of_no_connector(self):
        row = self._row(91, connector_id=False)
        young = self._row(89, connector_id=False)
        self._tidy()
        self.assertFalse(row.exists())
        self.assertTrue(young.exists())

    def test_without_content_nothing_is_worked_again(self):
        row = self.receive(self.shop, bodies("001-customer-created")[0])
        self.wake_and_drain()
        self.assertEqual(row.state, "done")
        kept = self._row(1)
        row.payload = False
        run = self.env["sync.hub.run"]._start_replay(row | kept)
        run._job_replay()
        self.assertEqual((row.state, kept.state, run.total), ("done", "pending", 1))
        row._finish("skipped", reason="ignored")
        with self.assertRaisesRegex(UserError, "Housekeeping"):
            row.action_retry()

    def test_the_size_is_told(self):
        self._row(1)
        self.assertIn("1 operations and 1 exchanges", self.shop.size_text)

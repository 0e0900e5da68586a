from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

from .common import DrainCase


class TestAlerts(DrainCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = new_test_user(cls.env, "first", "sync_hub.group_manager", email="first@example.com")
        cls.second = new_test_user(cls.env, "second", "sync_hub.group_user", email="second@example.com")
        cls.cartona.write({"alert_user_ids": [(6, 0, (cls.first | cls.second).ids)]})

    def _failed(self, count=1, code="mapping", error="The tax has no counterpart"):
        return self.env["sync.hub.log"].create(
            [
                {
                    "connector_id": self.cartona.id,
                    "company_id": self.company.id,
                    "direction": "in",
                    "entity": "order",
                    "state": "failed",
                    "error_code": code,
                    "error": error,
                    "done_at": fields.Datetime.now(),
                }
                for _number in range(count)
            ]
        )

    def _watch(self):
        self.env["sync.hub.incident"]._cron_watch()

    def _open(self):
        return self.env["sync.hub.incident"].search([("connector_id", "=", self.cartona.id), ("closed_at", "=", False)])

    def _mails(self):
        return self.env["mail.mail"].search([("email_to", "like", "@example.com")])

    def test_one_activity_for_each_user_and_cause_not_for_each_row(self):
        self._failed(30)
        self._failed(2, "rejected", "Refused")
        self._watch()
        self.assertEqual({(one.cause, one.count) for one in self._open()}, {("mapping", 30), ("rejected", 2)})
        self.assertEqual(len(self.cartona.activity_ids), 4)
        self.assertEqual(self.cartona.activity_ids.user_id, self.first | self.second)
        self._failed(5)
        self._watch()
        self.assertEqual(len(self.cartona.activity_ids), 4)
        self.assertEqual(sorted(self._open().mapped("count")), [2, 35])
        self.assertFalse(self._mails())

    def test_closed_by_itself(self):
        rows = self._failed(3)
        self._watch()
        incident = self._open()
        # Who has done his activity is not told again of the same.
        self.cartona.activity_ids[:1].action_done()
        self._watch()
        self.assertEqual(len(self.cartona.activity_ids), 1)
        rows._finish("done")
        self._watch()
        self.assertTrue(incident.closed_at)
        self.assertFalse(self.cartona.activity_ids)
        self._failed()
        self._watch()
        self.assertEqual(len(self.cartona.activity_ids), 2)

    def test_by_mail_in_the_users_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search([("name", "=", "sync_hub")])._update_translations("fr_FR")
        self.second.lang = "fr_FR"
        self.cartona.alert_by = "both"
        self._failed()
        self._watch()
        mails = self._mails()
        self.assertEqual(len(mails), 2)
        by_user = {mail.email_to: mail.body_html for mail in mails}
        self.assertIn("Hello", by_user[self.first.email_formatted])
        self.assertIn("Bonjour", by_user[self.second.email_formatted])
        self.assertIn(self.env["sync.hub.incident"].search([], limit=1).note.split(".")[0], mails[0].body_html)
        self.assertIn(f"id={self.cartona.id}&amp;model=sync.hub.connector", mails[0].body_html)
        self.assertEqual(len(self.cartona.activity_ids), 2)
        self._watch()
        self.assertEqual(len(self._mails()), 2)

    def test_nothing_where_nothing_is_wanted(self):
        self.cartona.alert_by = "none"
        self._failed()
        self._watch()
        self.assertTrue(self._open())
        self.assertFalse(self.cartona.activity_ids or self._mails())

    def test_refused_credentials_are_told_at_once_and_once(self):
        self.remote.answer = lambda request, body: (401, {"error": "no"}, {})
        self.push(310)
        self.assertEqual(self._open().cause, "credentials")
        self.assertEqual(len(self.cartona.activity_ids), 2)
        self._watch()
        self.assertEqual(len(self.cartona.activity_ids), 2)
        self.remote.answer = lambda request, body: (200, [], {})
        self.cartona.action_activate()
        self.assertFalse(self._open() or self.cartona.activity_ids)

    def test_a_remote_that_does_not_answer_for_long(self):
        self.cartona.breaker_limit = 2
        lane = self.env["sync.hub.lane"]._of(self.cartona, "out", 0)
        now = fields.Datetime.now()
        lane.write({"failures": 3, "last_success_at": now - timedelta(minutes=5), "last_error": "Connection refused"})
        self._watch()
        self.assertFalse(self._open())
        lane.last_success_at = now - timedelta(minutes=15)
        self._watch()
        self.assertEqual((self._open().cause, self._open().note), ("unreachable", "Connection refused"))
        lane._succeeded()
        self._watch()
        self.assertFalse(self._open())

    def test_no_job_runner(self):
        self.env["ir.config_parameter"].set_param("sync_hub.runner_missing", "1")
        self._watch()
        self.assertEqual(self._open().cause, "no_runner")

    def test_an_activity_is_found_whatever_language_reads_it(self):
        order = self.env["sale.order"].create(
            {"partner_id": self.company.partner_id.id, "hub_connector_id": self.cartona.id, "hub_hold_reason": "Total"}
        )
        self.cartona._report("Bestellung angehalten", "Total", order, "held")
        order.action_hub_release()
        self.assertFalse(order.activity_ids)

    def test_digest(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self._failed(4)
        done = self._failed(7)
        done._finish("done")
        self.env.flush_all()
        self.env.cr.execute("UPDATE sync_hub_log SET done_at = %s WHERE id = ANY(%s)", [yesterday, done.ids])
        self._watch()
        digest = self.env["sync.hub.digest"]
        digest._cron_send()
        self.assertFalse(self._mails())
        self.cartona.digest_user_ids = self.second
        digest._cron_send()
        mail = self._mails()
        self.assertEqual(mail.email_to, self.second.email_formatted)
        self.assertEqual(mail.subject, "Sync Hub: 4 operations failed")
        line = digest._lines(self.cartona)[0]
        self.assertEqual((line["done"], line["failed"]), (7, 4))
        self.assertIn("Values have no counterpart in Odoo", mail.body_html)
        # Who has lost the company is told nothing of it.
        mail.unlink()
        other = self.env["res.company"].create({"name": "Other"})
        self.second.write({"company_id": other.id, "company_ids": [(6, 0, other.ids)]})
        digest._cron_send()
        self.assertFalse(self._mails())

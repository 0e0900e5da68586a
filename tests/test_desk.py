"""The error desk: failed rows by their cause, with what it means, where it is mended, and what can be done."""

import json
import re
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from ..models import log, run
from .cartona import CartonaCase, sample


class DeskCase(CartonaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = new_test_user(cls.env, "desk_user", "sync_hub.group_user", name="Nadia")
        cls.manager = new_test_user(cls.env, "desk_manager", "sync_hub.group_manager", name="Omar")
        cls.shop = cls._prestashop()

    def failed(self, **values):
        """A failed inbound order, waiting for a currency."""
        row = {"connector_id": self.shop.id, "company_id": self.company.id, "direction": "in", "entity": "order",
               "action": "created", "state": "failed", "error_code": "mapping", "error_field": "currency",
               "remote_value": "9", "error": "Currency '9' has no counterpart", "payload": "{}"}  # fmt: skip
        return self.env["sync.hub.log"].create({**row, **values})

    def desk(self, **values):
        self.env.invalidate_all()
        mine = [("connector_id", "in", (self.cartona + self.shop).ids), *((k, "=", v) for k, v in values.items())]
        return self.env["sync.hub.failure"].with_user(self.user).search(mine)

    def broken(self, number="X1"):
        body = sample("order", hashed_id=number)
        body["order_details"][2].update(supplier_product_id="NOBODY", internal_product_id="NOBODY")
        return body


class TestDeskGroups(DeskCase):
    def test_rows_of_one_cause_are_one_line_with_count_and_times(self):
        rows = self.failed() + self.failed(error="the newest")
        rows[0].done_at = "2025-01-01 10:00:00"
        rows[1].done_at = "2025-01-02 10:00:00"
        self.failed(remote_value="8")
        self.failed(error_field="country")
        self.failed(state="retrying")
        group = self.desk(remote_value="9", error_field="currency")
        self.assertEqual((group.count, group.log_id, group.error), (2, rows[1], "the newest"))
        self.assertEqual((group.first_at, group.last_at), (rows[0].create_date, rows[1].done_at))
        self.assertEqual(group.log_ids, rows[1] + rows[0])
        self.assertEqual(len(self.desk()), 3)
        self.assertEqual(group._rows(), rows[1] + rows[0])
        self.assertEqual(self.desk()._rows(), self._rows(self.shop, state="failed").sorted("id", reverse=True))
        # The line is the same when rows come and go.
        self.failed()
        self.assertEqual(self.desk(remote_value="9", error_field="currency").id, group.id)

    def test_prices_that_wait_are_one_cause_whatever_they_are(self):
        for price in ("1.00", "2.00"):
            self.failed(
                direction="out", flow="price", error_code="price_guard", error_field="price", remote_value=price
            )
        group = self.desk(error_code="price_guard")
        self.assertEqual((group.count, len(group._rows())), (2, 2))

    def test_another_company_sees_none_of_it(self):
        self.failed()
        other = self.env["res.company"].create({"name": "Other"})
        self.user.write({"company_ids": [(4, other.id)], "company_id": other.id})
        Failure = self.env["sync.hub.failure"].with_user(self.user).with_context(allowed_company_ids=other.ids)
        self.assertFalse(Failure.search([]))

    def test_only_the_index_of_what_failed_is_read(self):
        self.failed()
        self.env.flush_all()
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        self.env.cr.execute("EXPLAIN SELECT * FROM sync_hub_failure WHERE company_id = 1")
        plan = "\n".join(line for (line,) in self.env.cr.fetchall())
        self.assertRegex(plan, r"sync_hub_log_failed\w*_idx")


class TestRemedies(DeskCase):
    def codes(self):
        """The codes that are written in the sources."""
        root = Path(log.__file__).parent
        for path in (*root.rglob("*.py"), *(root.parent / "wizards").glob("*.py")):
            yield from re.findall(r"\bcode=\"([a-z_]+)\"", path.read_text())

    def test_every_code_has_words_of_its_own(self):
        table = self.env["sync.hub.remedy.table"]
        rows = [self.failed(error_code=code, error_field=False) for code in sorted(set(self.codes()))]
        unknown = [row.error_code for row in rows if table._remedy_of(row) == table._remedies()[""]]
        self.assertGreater(len(rows), 20)
        self.assertFalse(unknown)

    def test_all_words_fit_and_all_buttons_lead_somewhere(self):
        actions = self.env["sync.hub.failure"]
        for key, remedy in self.env["sync.hub.remedy.table"]._remedies().items():
            self.assertTrue(remedy.cause % {"value": "v", "kind": "k", "shop": "s"} and remedy.remedy, key)
            self.assertEqual(bool(remedy.label), bool(remedy.go), key)
            self.assertTrue(not remedy.go or hasattr(actions, remedy.go), key)

    def test_codes_that_nobody_knows_get_what_their_class_means(self):
        said = {
            code: self.failed(error_code=code, error_field=False, traceback=trace).cause
            for code, trace in (("strange", False), ("odd", "line 1"), ("http_504", False), ("no_answer", False))
        }
        self.assertIn("the error says why", said["strange"])
        self.assertIn("unforeseen", said["odd"])
        self.assertIn("no usable answer", said["http_504"])
        self.assertEqual(said["http_504"], said["no_answer"])
        vendor = self.failed(connector_id=False, error_code="invalid_request")
        self.assertIn("vendor", vendor.cause)

    def test_a_missing_value_leads_to_its_own_row_of_the_map(self):
        row = self.failed()
        self.env["sync.hub.map"].search([("connector_id", "=", self.shop.id), ("kind", "=", "currency")]).unlink()
        group = self.desk(remote_value="9")
        self.assertIn("Currency '9'", group.cause)
        for place in (group, row.with_user(self.user)):
            action = place.action_remedy()
            entry = self.env["sync.hub.map"].browse(action["res_id"])
            self.assertEqual((action["res_model"], entry.kind, entry.remote_value), ("sync.hub.map", "currency", "9"))
            self.assertEqual(entry.connector_id, self.shop)

    def test_an_unknown_product_leads_to_the_shop_products(self):
        self.webhook(self.broken())
        group = self.desk(error_code="product_unknown")
        action = group.action_remedy()
        self.assertEqual(action["res_model"], "sync.hub.remote.product")
        self.assertEqual(action["context"]["search_default_name"], "NOBODY")
        self.assertIn("NOBODY", group.cause)
        # A manager finds it there, read or not: he only has to say which product it is.
        Remote = self.env["sync.hub.remote.product"]
        mine = [("connector_id", "=", self.cartona.id), ("remote_id", "=", "NOBODY")]
        self.assertFalse(Remote.search(mine))
        for _press in range(2):
            group.with_user(self.manager).action_remedy()
        remote = Remote.search(mine)
        self.assertEqual((len(remote), remote.match_state), (1, "unmatched"))
        remote.with_user(self.manager).chosen_product_id = self.sugar
        remote.with_user(self.manager)._link()
        group.action_retry()
        self.wake_and_drain()
        self.assertEqual(self.order("X1").order_line.product_id, self.tea + self.sugar)

    def test_refused_credentials_lead_to_the_connector(self):
        action = self.failed(error_code="credentials").action_remedy()
        self.assertEqual((action["res_model"], action["res_id"]), ("sync.hub.connector", self.shop.id))

    def test_what_is_done_has_no_cause(self):
        self.assertFalse(self.failed(state="done").cause)


class TestDeskActions(DeskCase):
    def test_retry_all_of_a_cause_after_mending_it(self):
        rows = self.webhook(self.broken("X1"), self.broken("X2"))
        self.assertStates(rows, [("failed", "product_unknown")] * 2)
        self._product("Found", default_code="NOBODY")
        self.desk(error_code="product_unknown").action_retry()
        self.wake_and_drain()
        self.assertEqual(rows.mapped("state"), ["done", "done"])
        self.assertFalse(self.desk())

    def test_skipping_wants_a_reason_and_keeps_it_with_the_name(self):
        rows = self.failed() + self.failed()
        action = self.desk(remote_value="9").action_skip()
        Wizard = self.env["sync.hub.replay.wizard"].with_user(self.user).with_context(**action["context"])
        wizard = Wizard.create({})
        self.assertEqual(wizard.count, 2)
        with self.assertRaisesRegex(UserError, "Reason"):
            wizard.action_skip()
        wizard.note = "entered by hand"
        wizard.action_skip()
        self.assertStates(rows, [("skipped", "by_hand")] * 2)
        self.assertEqual(set(rows.mapped("result")), {"Nadia: entered by hand"})
        self.assertEqual(rows[0].history[-1]["by"], "Nadia")

    def test_skipping_chosen_rows_leaves_the_others_and_what_is_done(self):
        rows = self.failed() + self.failed() + self.failed(state="done")
        action = (rows[0] + rows[2]).with_user(self.user).action_skip()
        wizard = self.env["sync.hub.replay.wizard"].with_user(self.user).with_context(**action["context"])
        wizard.create({"note": "no"}).action_skip()
        self.assertEqual(rows.mapped("state"), ["skipped", "failed", "done"])
        with self.assertRaises(UserError):
            rows[2].action_skip()

    def test_a_filter_of_the_wizard_is_the_error_code(self):
        rows = self.failed() + self.failed(error_code="bug")
        wizard = self.env["sync.hub.replay.wizard"].create({"what": "skip", "error_code": "bug", "note": "x"})
        wizard.action_skip()
        self.assertEqual(rows.mapped("state"), ["failed", "skipped"])

    def test_many_are_retried_and_skipped_in_runs_with_progress(self):
        rows = self.env["sync.hub.log"].union(*(self.failed() for _number in range(5)))
        with self.patched(run, "STEP", 2), self.patched(log, "AT_ONCE", 4):
            action = self.desk(remote_value="9").action_retry()
            work = self.env["sync.hub.run"].browse(action["res_id"])
            self.assertEqual((work.kind, work.total, work.progress), ("retry", 5, 0))
            work._job_replay()
            self.assertEqual(rows.mapped("state"), ["pending", "pending", "failed", "failed", "failed"])
        rows.write({"state": "failed"})
        work = self.env["sync.hub.run"].with_user(self.user)._start_rows("skip", rows, "too old")
        with self.patched(run, "STEP", 3):
            work._job_replay()
            self.assertEqual((work.open_count, work.progress, work.state), (2, 60, "running"))
            work._job_replay()
        self.assertEqual((work.progress, work.state), (100, "done"))
        self.assertEqual(set(rows.mapped("result")), {"Nadia: too old"})


@tagged("post_install", "-at_install")
class TestDeskExport(DeskCase, HttpCase):
    def test_rows_are_lines_of_json_for_who_asked_for_them_alone(self):
        rows = self.failed(payload='{"note": "أكياس", "api_token": "***"}') + self.failed(remote_value="8")
        rows[0].private = '{"pickup_otp": "480215"}'
        url = self.desk(remote_value="9").action_export()["url"]
        self.authenticate("desk_user", "desk_user")
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        (line,) = answer.text.strip().split("\n")
        told = json.loads(line)
        self.assertEqual((told["id"], told["error_code"], told["connector"]), (rows[0].id, "mapping", self.shop.name))
        self.assertEqual(told["payload"]["note"], "أكياس")
        self.assertNotIn("480215", answer.text)
        chosen = rows.with_user(self.user).action_export()["url"]
        self.assertEqual(len(self.url_open(chosen).text.strip().split("\n")), 2)
        self.authenticate("desk_manager", "desk_manager")
        self.assertEqual(self.url_open(url).status_code, 404)


class TestEditAndRetry(DeskCase):
    def setUp(self):
        super().setUp()
        body = self.broken()
        body["api_token"] = "kept-from-everybody"
        inbox = self.cartona._adapter().receive([body])
        exchange = self.env["sync.hub.exchange"].create({"connector_id": self.cartona.id, "direction": "in"})
        from ..models.adapters.redaction import redact

        safe = [event._replace(payload=redact(event.payload)) for event in inbox.results]
        (row_id,) = self.env["sync.hub.log"]._append_events(self.cartona, safe, exchange)
        self.row = self.env["sync.hub.log"].browse(row_id)
        self.wake_and_drain()

    def wizard(self, change=None, user=None):
        context = self.row.with_user(user or self.manager).action_edit()["context"]
        wizard = self.env["sync.hub.edit.wizard"].with_user(user or self.manager).with_context(**context).create({})
        value = json.loads(wizard.payload)
        if change:
            change(value)
            wizard.payload = json.dumps(value, ensure_ascii=False)
        return wizard

    def test_a_corrected_message_is_worked_and_both_versions_are_kept(self):
        def correct(value):
            value["order_details"][2].update(internal_product_id="SUG-1")

        before = self.row.payload
        wizard = self.wizard(correct)
        self.assertIn('-      "internal_product_id": "NOBODY"', wizard.diff)
        self.assertIn('+      "internal_product_id": "SUG-1"', wizard.diff)
        wizard.action_save()
        self.wake_and_drain()
        self.assertStates(self.row, [("done", "")])
        edit = self.row.edit_ids
        self.assertEqual((edit.create_uid, edit.before), (self.manager, before))
        self.assertIn("SUG-1", edit.after)
        self.assertIn('"SUG-1"', edit.with_user(self.user).diff)
        self.assertEqual([e.get("why") for e in self.row.history if e.get("by")], ["edit"])
        with self.assertRaises(AccessError):
            edit.with_user(self.manager).after = "{}"

    def test_secrets_stay_hidden_whatever_is_typed(self):
        wizard = self.wizard()
        self.assertIn('"api_token": "***"', wizard.payload)
        self.assertNotIn("kept-from-everybody", wizard.payload)
        wizard = self.wizard(lambda value: value.update(api_token="typed", pickup_otp="123456", note_message="x"))
        wizard.action_save()
        self.assertNotIn("typed", self.row.payload)
        self.assertNotIn("typed", self.row.edit_ids.after)
        self.assertNotIn("123456", self.row.payload + self.row.edit_ids.after)

    def test_what_is_no_message_is_refused_naming_the_field(self):
        for text, said in (("{", "not JSON"), ("[]", "object")):
            wizard = self.wizard()
            wizard.payload = text
            with self.assertRaisesRegex(UserError, said):
                wizard.action_save()
        with self.assertRaisesRegex(UserError, "total_price"):
            self.wizard(lambda value: value.update(total_price="many")).action_save()
        with self.assertRaisesRegex(UserError, "another-id"):
            self.wizard(lambda value: value.update(hashed_id="another-id")).action_save()
        with self.assertRaisesRegex(UserError, "Nothing was changed"):
            self.wizard().action_save()
        self.assertStates(self.row, [("failed", "product_unknown")])
        self.assertFalse(self.row.edit_ids)

    def test_only_managers_and_only_what_came_in_and_failed(self):
        with self.assertRaises(AccessError):
            self.row.with_user(self.user).action_edit()
        with self.assertRaises(AccessError):
            self.env["sync.hub.edit.wizard"].with_user(self.user).create({"log_id": self.row.id, "payload": "{}"})
        for values in ({"state": "done"}, {"direction": "out"}, {"connector_id": False}):
            other = self.row.copy({"idempotency_key": False, **values})
            with self.assertRaises(UserError):
                other.with_user(self.manager).action_edit()


class TestMapOffersRetry(DeskCase):
    def test_a_value_that_is_chosen_offers_the_rows_that_waited_for_it(self):
        rows = self.failed() + self.failed()
        other = self.failed(error_field="country")
        entry = self.env["sync.hub.map"].create({"connector_id": self.shop.id, "kind": "currency", "remote_value": "9"})
        self.assertEqual(entry.waiting_count, 2)
        entry.with_user(self.manager).currency_id = self.env.ref("base.USD")
        self.env.cr.precommit.run()
        told = self.env["bus.bus"].search([], order="id desc", limit=1)
        self.assertIn("2 operations", told.message)
        entry.with_user(self.manager).action_retry_waiting()
        self.assertEqual((rows + other).mapped("state"), ["pending", "pending", "failed"])
        self.env.invalidate_all()
        self.assertEqual(entry.waiting_count, 0)

from contextlib import suppress

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from ..models import compat
from .common import HubCase

#: Models that nobody reads but code.
CLOSED = {"sync.hub.secret", "sync.hub.audit.seen"}
#: Values that a row needs beside its connector and company, per model; models that are not named need none.
NEEDS = {
    "sync.hub.log": {"direction": "out", "entity": "product", "action": "update", "trigger": "test", "state": "failed"},
    "sync.hub.exchange": {"direction": "in", "method": "POST", "url": "/x"},
    "sync.hub.binding": {"entity": "product", "remote_id": "r1", "res_model": "res.partner", "res_id": 1},
    "sync.hub.map": {"kind": "tax", "remote_value": "1"},
    "sync.hub.lane": {"direction": "in", "number": 77},
    "sync.hub.run": {"name": "r", "kind": "replay"},
    "sync.hub.audit": {"trigger": "manual"},
}


class CompaniesCase(HubCase):
    """Two companies, and users of the second one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.mine = cls._cartona()
        cls.theirs = cls._user("sync_hub.group_user")
        cls.manager = cls._user("sync_hub.group_manager")

    @classmethod
    def _user(cls, *groups, company=None):
        company = company or cls.other
        return cls.env["res.users"].create(
            {
                "name": "u",
                "login": f"{'-'.join(groups)} {company.name}",
                "password": f"{'-'.join(groups)} {company.name}",
                compat.USER_GROUPS: [(6, 0, [cls.env.ref(group).id for group in groups])],
                "company_id": company.id,
                "company_ids": [(6, 0, company.ids)],
            }
        )

    def models(self):
        """Every model of ours that has rows."""
        names = [name for name in self.env.registry if name.startswith("sync.hub.")]
        return [self.env[name] for name in sorted(names) if not self.env[name]._abstract]


class TestEveryModel(CompaniesCase):
    def test_every_model_says_who_may_do_what_and_strangers_may_nothing(self):
        stranger = self.env["res.users"].create(
            {
                "name": "p",
                "login": "portal of nobody",
                compat.USER_GROUPS: [(6, 0, [self.env.ref("base.group_portal").id])],
            }
        )
        for model in self.models():
            with self.subTest(model._name):
                rules = self.env["ir.model.access"].search([("model_id.model", "=", model._name)])
                self.assertTrue(rules, "no access rule at all: nobody decided who may read this")
                self.assertTrue(all(rule.group_id for rule in rules), "a rule without a group is for the public too")
                for operation in ("read", "write", "create", "unlink"):
                    self.assertFalse(model.with_user(stranger).check_access_rights(operation, raise_exception=False))

    def test_every_model_with_rows_of_a_company_keeps_them_to_it(self):
        for model in self.models():
            if model._transient or model._name in CLOSED:
                continue
            with self.subTest(model._name):
                rules = self.env["ir.rule"].search([("model_id.model", "=", model._name), ("groups", "=", False)])
                self.assertIn("company_ids", " ".join(rules.mapped("domain_force")))

    def test_rows_of_another_company_are_neither_found_nor_read_nor_changed(self):
        tried = 0
        for model in self.models():
            if model._transient or not model._auto or model._name not in NEEDS:
                continue
            values = dict(NEEDS[model._name])
            for field, value in (("connector_id", self.mine.id), ("company_id", self.company.id)):
                if field in model._fields and model._fields[field].store and not model._fields[field].related:
                    values[field] = value
            row = model.sudo().create(values)
            self.env.flush_all()
            for user in (self.theirs, self.manager):
                with self.subTest(model._name, user=user.login):
                    self.assertFalse(model.with_user(user).search([("id", "=", row.id)]))
                    self.env.invalidate_all()
                    with self.assertRaises(AccessError):
                        row.with_user(user).read(["connector_id"])
                    with self.assertRaises(AccessError):
                        row.with_user(user).write({"connector_id": False})
                    with self.assertRaises(AccessError):
                        row.with_user(user).unlink()
                    tried += 1
        self.assertEqual(tried, 2 * len(NEEDS))

    def test_every_button_of_a_connector_is_closed_to_another_company(self):
        """All public actions of the connector, as a manager of another company calls them over RPC."""
        actions = [name for name in dir(type(self.mine)) if name.startswith("action_")]
        self.assertGreater(len(actions), 10)
        self.env.flush_all()
        before = self.row_of(self.mine)
        for name in actions:
            with self.subTest(name), self.env.cr.savepoint():
                self.env.invalidate_all()
                try:
                    result = getattr(self.mine.with_user(self.manager), name)()
                except AccessError:
                    continue
                # What is no refusal opens a screen, in which the rules hold.
                self.assertNotIn(self.mine.name, str(result))
                self.env.flush_all()
                self.assertEqual(self.row_of(self.mine), before)
        self.assertFalse(self.remote.calls)

    def test_every_button_of_a_connector_is_closed_to_who_only_watches(self):
        watcher = self._user("sync_hub.group_user", company=self.company)
        actions = [name for name in dir(type(self.mine)) if name.startswith("action_")]
        self.env.flush_all()
        before = self.row_of(self.mine)
        for name in actions:
            with self.subTest(name), self.env.cr.savepoint():
                self.env.invalidate_all()
                with suppress(AccessError, UserError):
                    getattr(self.mine.with_user(watcher), name)()
                self.env.flush_all()
                self.assertEqual(self.row_of(self.mine), before)

    def row_of(self, connector):
        # Whoever watches may test the connection; what came of it is noted.
        noted = "- 'write_date' - 'write_uid' - 'tested_at' - 'test_error' - 'test_result'"
        self.env.cr.execute(f"SELECT to_jsonb(c) {noted} FROM sync_hub_connector c WHERE id = %s", [connector.id])
        row = self.env.cr.fetchone()[0]
        self.env.cr.execute("SELECT count(*), max(id) FROM sync_hub_secret WHERE connector_id = %s", [connector.id])
        return row, self.env.cr.fetchone()


class TestEveryWizard(CompaniesCase):
    def test_a_wizard_is_for_the_groups_of_its_model_and_for_who_opened_it(self):
        for model in self.models():
            if not model._transient:
                continue
            with self.subTest(model._name):
                rules = self.env["ir.model.access"].search([("model_id.model", "=", model._name)])
                outsider = self.env.ref("base.group_user")
                self.assertNotIn(outsider, rules.group_id)
                stranger = self._stranger()
                with self.assertRaises(AccessError):
                    model.with_user(stranger).create({})

    def _stranger(self):
        known = self.env["res.users"].search([("login", "=", "base.group_user Other")])
        return known or self._user("base.group_user")


@tagged("post_install", "-at_install")
class TestEveryRoute(CompaniesCase, HttpCase):
    def routes(self):
        """{address: how its caller proves himself} of every route of ours, as Odoo serves it."""
        found = {}
        for rule in self.env["ir.http"].routing_map().iter_rules():
            endpoint = getattr(rule.endpoint, "original_endpoint", rule.endpoint)
            if "sync_hub" in getattr(endpoint, "__module__", ""):
                found[rule.rule] = rule.endpoint.routing
        return found

    def test_every_route_is_known_here(self):
        """A new route must be looked at: who may call it, and what does it tell a stranger?"""
        open_routes = {
            rule for rule, routing in self.routes().items()
            if routing["auth"] != "user" and not rule.startswith("/sync_hub/api/")
        }  # fmt: skip
        self.assertEqual(
            open_routes,
            {
                "/prestashop/webhook", "/medusa/webhook",
                "/cartona_integration/webhook/orders", "/cartona_integration/webhook/order_status",
                "/sync_hub/<string:key>/webhook", "/sync_hub/<string:key>/webhook/<path:topic>",
                "/vendor_api/product/read", "/vendor_api/product/create", "/vendor_api/product/update",
                "/sync_hub/health", "/sync_hub/metrics",
            },
        )  # fmt: skip

    def test_no_route_keeps_a_session_and_none_tells_a_stranger_a_name(self):
        self.env.flush_all()
        for rule, routing in self.routes().items():
            address = rule.replace("<string:key>", "x").replace("<path:topic>", "x").replace("<path:rest>", "x")
            address = (
                address.replace("<int:wizard_id>", "1").replace("<int:log_id>", "1").replace("<int:product_id>", "1")
            )
            method = (routing.get("methods") or ["GET"])[0]
            with self.subTest(rule, method=method):
                answer = self.opener.request(method, f"{self.base_url()}{address}", timeout=20, allow_redirects=False)
                self.assertNotIn(self.mine.name, answer.text)
                self.assertNotIn(self.mine.key, answer.text)
                if routing["auth"] == "user":
                    self.assertIn(answer.status_code, (303, 404))
                else:
                    self.assertFalse(routing.get("save_session", True), "a stranger's call makes a session")

    def test_an_export_of_another_company_is_not_there(self):
        row = self.env["sync.hub.log"].sudo().create(
            {**NEEDS["sync.hub.log"], "connector_id": self.mine.id, "company_id": self.company.id, "error": "of mine"}
        )  # fmt: skip
        mine = self.env["sync.hub.replay.wizard"].create({"rows_filter": [["id", "=", row.id]]})
        own = mine.with_user(self.theirs).create({"rows_filter": [["id", "=", row.id]]})
        self.env.flush_all()
        self.authenticate(self.theirs.login, self.theirs.login)
        for wizard, status in ((mine, 404), (own, 200)):
            answer = self.url_open(f"/sync_hub/export/{wizard.id}")
            self.assertEqual(answer.status_code, status)
            self.assertNotIn("of mine", answer.text)

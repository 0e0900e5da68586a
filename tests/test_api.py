import json

from odoo.tests import tagged
from odoo.tools import mute_logger

from .api import ApiCase

LOGGER = "odoo.addons.sync_hub.controllers.api.errors"


@tagged("post_install", "-at_install")
class TestApiAccess(ApiCase):
    def refused(self, key, status, word):
        body = self.call("GET", "/connectors", key=key, status=status)
        self.assertEqual(body["error"], word)
        self.assertEqual(self.response.headers.get("WWW-Authenticate"), "Bearer" if status == 401 else None)
        self.assertNotIn(self.key, self.response.text)
        return body["message"]

    def test_a_key_opens(self):
        self.call("GET", "/connectors")
        self.assertFalse(self.response.cookies)
        self.call("GET", "/connectors", key=self._key(self.user, "rpc"))

    def test_without_a_valid_key_nothing_is_told(self):
        for header in ("", "Bearer", "Bearer ", f"Basic {self.key}", self.key):
            with self.subTest(header):
                self.call("GET", "/connectors", status=401, headers={"Authorization": header})
        for key in ("wrong", f"{self.key[:-1]}x", self.key.upper(), f"{self.key[:8]}{'x' * 9000}", "\xe9" * 20):
            with self.subTest(key[:10]):
                self.refused(key, 401, "invalid_key")
        self.refused(self._key(self.user, "other_scope"), 401, "invalid_key")

    def test_a_key_of_an_archived_user_is_none(self):
        self.user.active = False
        self.refused(self.key, 401, "invalid_key")

    def test_the_group_is_named_that_is_missing(self):
        for group in ("base.group_user", "base.group_portal"):
            with self.subTest(group):
                self.assertIn("(sync_hub.group_user)", self.refused(self._key(self._user(group)), 403, "forbidden"))

    def test_who_calls_is_asked_before_what(self):
        for method, path in (("GET", "/sync/logs/x"), ("GET", "/sync/logs?page=x"), ("POST", "/sync/full")):
            self.call(method, path, key="wrong", status=401)

    def test_another_companys_rows_are_not_there(self):
        company = self.env["res.company"].create({"name": "Other"})
        other = self._connector("vendor_api", "Other", url="https://other.example.com", company_id=company.id)
        mine, theirs = self.row(), self.row(connector_id=other.id, company_id=company.id, state="failed")
        run = self.env["sync.hub.run"].create({"name": "r", "kind": "full", "connector_id": other.id})
        self.assertEqual(self.listed(), mine)
        self.assertEqual(self.get("/sync/stats")["stats"]["total"], 1)
        self.assertEqual(self.get("/sync/queue/stats")["stats"]["total"], 1)
        self.assertEqual([c["id"] for c in self.get("/connectors")["connectors"]], [self.vendor.id])
        for method, path in (("GET", f"/sync/logs/{theirs.id}"), ("POST", f"/sync/logs/{theirs.id}/retry"),
                             ("POST", f"/sync/full?connector={other.id}"),
                             ("GET", f"/sync/logs?connector={other.key}")):  # fmt: skip
            self.call(method, path, status=404)
        self.assertFalse(self.get(f"/sync/job/{run.id}")["job"]["found"])
        # Of a user of both companies the second one's rows are shown too.
        self.user.company_ids |= company
        self.assertEqual(self.listed(), mine | theirs)

    def test_connectors_show_no_secret_and_the_key_to_managers_only(self):
        self.row(state="failed")
        (shown,) = self.get("/connectors")["connectors"]
        self.assertEqual(
            {name: shown[name] for name in ("id", "key", "name", "kind", "state", "open", "failed", "lastInAt")},
            {"id": self.vendor.id, "key": None, "name": "Retailer", "kind": "vendor_api", "state": "active",
             "open": 0, "failed": 1, "lastInAt": None},
        )  # fmt: skip
        self.assertEqual(shown["company"], {"id": self.company.id, "name": self.company.name})
        manager = self._key(self._user("sync_hub.group_manager"))
        (shown,) = self.call("GET", "/connectors", key=manager)["connectors"]
        self.assertEqual(shown["key"], self.vendor.key)
        self.assertNotIn("token-of-vendor", self.response.text)


@tagged("post_install", "-at_install")
class TestApiRequests(ApiCase):
    def wrong(self, path, *fields, method="GET", **options):
        body = self.call(method, path, status=400, **options)
        self.assertEqual((body["error"], [d["field"] for d in body["details"]]), ("invalid_request", list(fields)))
        self.assertTrue(all(detail["message"] for detail in body["details"]))

    def test_what_is_not_understood_is_named(self):
        for query, fields in {
            "page=0": "page", "page=x": "page", "page=1.5": "page", "page=": "page", "page=2147483648": "page",
            "page=1&page=2": "page", "limit=0": "limit", "limit=201": "limit", f"limit={'9' * 5000}": "limit",
            "status=success": "status", "status=": "status", "triggerType=SOMETHING": "triggerType",
            "direction=up": "direction", "variantSku=%00": "variantSku", "variantSku=": "variantSku",
            "entity=a%00b": "entity", "connector=%00": "connector", f"variantSku={'x' * 257}": "variantSku",
            "startDate=yesterday": "startDate", "startDate=1700000000": "startDate",
            "startDate=2025-02-30": "startDate",
            "endDate=2025-01-01T25:00:00Z": "endDate", "self=1": "self", "trigger_type=TEST": "trigger_type",
            "page=0&what=1": "page what", "id=5": "id", "db=x": "db",
        }.items():  # fmt: skip
            with self.subTest(query[:40]):
                self.wrong(f"/sync/logs?{query}", *fields.split())

    def test_ids_that_are_none(self):
        for number in ("x", "0", "-1", "2147483648", "9" * 30, "1.0", "01", "1_0", "%D9%A1", "%00", "a%0Ab", "%20"):
            for method, path in (("GET", "/sync/logs/{}"), ("POST", "/sync/logs/{}/retry"), ("GET", "/sync/job/{}"),
                                 ("POST", "/sync/product/{}")):  # fmt: skip
                with self.subTest(number, path=path):
                    self.wrong(path.format(number), "id", method=method)

    def test_bodies_that_are_none(self):
        send = {"method": "POST", "headers": {"Content-Type": "application/json"}}
        for raw in (b"{", b"[]", b"null", b'"x"', b"\xff", b'{"a": NaN}', b"[" * 30000):
            with self.subTest(raw[:10]):
                self.wrong("/sync/full", "body", data=raw, **send)
        for raw in (b'{"connector": null}', b'{"connector": true}', b'{"connector": 0}', b'{"connector": "a\\u0000"}'):
            with self.subTest(raw):
                self.wrong("/sync/full", "connector", data=raw, **send)
        self.wrong("/sync/full", "other", data=b'{"other": 1}', **send)
        self.wrong("/sync/full", "body", method="POST", data={"connector": 1})
        self.wrong("/sync/full", "body", method="POST", files={"connector": b"1"})
        body = self.call("POST", "/sync/full", status=413, data=b"x" * 70000)
        self.assertEqual(body["error"], "too_large")

    def test_methods_and_addresses_that_are_none(self):
        for method, path, allowed in (("POST", "/sync/logs", "GET, HEAD"), ("GET", "/sync/full", "POST"),
                                      ("DELETE", "/openapi.json", "GET, HEAD"), ("OPTIONS", "/sync/full", "POST"),
                                      ("TRACE", "/connectors", "GET, HEAD")):  # fmt: skip
            with self.subTest(method, path=path):
                self.call(method, path, status=405)
                self.assertEqual(self.response.headers["Allow"], allowed)
        for path in ("/sync/log", "/sync/logs/1/2", "/sync/logs/a%2Fb", "/sync/product/"):
            with self.subTest(path):
                self.call("GET", path, status=404)

    def test_our_own_fault_is_told_without_the_details_and_changes_nothing(self):
        def fails(connectors, *_args):
            connectors.sudo().name = "Half-way"
            connectors.flush_recordset()
            raise KeyError("inner matter")

        with self.patched(type(self.vendor), "_start_full_sync", fails), mute_logger(LOGGER):
            body = self.call("POST", "/sync/full", status=500)
        self.assertEqual(body["error"], "internal_error")
        self.assertNotIn("inner matter", json.dumps(body))
        self.assertEqual(self.vendor.name, "Retailer")

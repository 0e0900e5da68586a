"""A client program of the tests that calls the management API."""

from datetime import datetime, timedelta

from odoo.tests import HttpCase

from ..controllers.api.table import BASE
from ..models import compat
from .vendor import VendorCase


class ApiCase(VendorCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._user("sync_hub.group_user")
        cls.key = cls._key(cls.user)

    @classmethod
    def _user(cls, *groups, **values):
        groups = [(6, 0, [cls.env.ref(group).id for group in groups])]
        login = f"api {groups} {values}"
        return cls.env["res.users"].create({"name": "u", "login": login, compat.USER_GROUPS: groups, **values})

    @classmethod
    def _key(cls, user, scope=None):
        """An API key of the user; in 19.0 it may expire."""
        extra = [datetime.now() + timedelta(days=1)] if compat.SERIES >= 18 else []
        return cls.env["res.users.apikeys"].with_user(user)._generate(scope, "test", *extra)

    def call(self, method, path, key=None, status=200, **options):
        """One request; its answer, and the response under `self.response`."""
        self.env.flush_all()
        bearer = f"Bearer {key or self.key}".encode("latin-1")
        headers = {"Authorization": bearer, **options.pop("headers", {})}
        url = f"{self.base_url()}{BASE}{path}"
        self.response = self.opener.request(method, url, headers=headers, timeout=20, **options)
        self.env.invalidate_all()
        self.assertEqual(self.response.status_code, status, self.response.text)
        self.assertEqual(self.response.headers["Content-Type"], "application/json; charset=utf-8")
        body = self.response.json()
        self.assertIs(body["success"], status < 300)
        return body

    def get(self, path, expect=200, **params):
        return self.call("GET", path, status=expect, params=params)

    def row(self, **values):
        """A log row, as if it had happened."""
        values = {"connector_id": self.vendor.id, "company_id": self.company.id, "direction": "out", "state": "done",
                  "trigger": "changed", "entity": "product", **values}  # fmt: skip
        return self.env["sync.hub.log"].create(values)

    def listed(self, **params):
        """Ids of the rows that a filter shows, oldest first."""
        ids = [log["id"] for log in self.get("/sync/logs", **params)["logs"]]
        self.assertEqual(ids, sorted(ids, reverse=True))
        return self.env["sync.hub.log"].browse(sorted(ids))

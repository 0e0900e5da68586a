"""What every test of the hub needs: connectors, products, a remote that answers, and a drain without a runner."""

import copy
import json
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import requests
from odoo.tests import TransactionCase

from ..models import compat
from ..models.adapters import wirejson
from ..models.adapters.adapter import Event, Inbox

SAMPLES = Path(__file__).parent / "samples" / "prestashop"
CARTONA_URL = "https://cartona.test/api/v1"


def bodies(label):
    """The bodies that the real module (or the contract) posted under this label, parsed."""
    sample = json.loads((SAMPLES / f"{label}.json").read_text())
    return [wirejson.loads(post["body_raw"]) for post in sample["posts"]]


def event_of(label, number=0):
    """A batch with one event of a sample alone, free to be changed."""
    body = copy.deepcopy(bodies(label)[0])
    body["events"] = [body["events"][number]]
    return body


class FakeRemote:
    """Answers calls to any host that is not this machine, and remembers them.

    `answer` is a function (request, body) -> (status, JSON value, headers) or raises a requests exception.
    """

    def __init__(self):
        self.calls = []
        self.answer = lambda request, body: (200, [], {})

    def handle(self, request):
        body = request.body or None
        form = request.headers.get("Content-Type", "").startswith("multipart/")
        if body and not form and not body.lstrip().startswith(b"<"):
            body = json.loads(body)
        self.calls.append((request, body))
        status, value, headers = self.answer(request, body)
        response = requests.Response()
        response.status_code = status
        response.url = request.url
        response._content = value if isinstance(value, bytes) else wirejson.dumps(value).encode()
        response.headers.update(headers)
        response.request = request
        return response

    @property
    def items(self):
        """All elements of all bodies, in order."""
        return [item for _request, body in self.calls if isinstance(body, list) for item in body]


class HubCase(TransactionCase):
    remote = None

    @classmethod
    def _request_handler(cls, s, r, /, **kw):
        if cls.remote is not None and "127.0.0.1" not in r.url and "localhost" not in r.url:
            return cls.remote.handle(r)
        return super()._request_handler(s, r, **kw)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.remote = FakeRemote()
        # Work that commits uses cursors of its own; in test mode they are savepoints of this transaction.
        cls._enter_test_mode()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=False))
        # Demo data may be there or not: its connectors would get rows, its products would be found.
        cls.env["sync.hub.connector"].search([]).write({"state": "draft", "active": False})
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE product_product SET default_code = NULL, barcode = NULL, cartona_id = NULL")
        cls.env.cr.execute("UPDATE product_template SET default_code = NULL")
        cls.env.invalidate_all()
        cls.company = cls.env.company
        cls.tax21 = cls._tax("21 % sale", 21)
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.company.id)], limit=1)

    @classmethod
    def _enter_test_mode(cls):
        """Let the registry's cursors be savepoints of this test, unless HttpCase did already."""
        if hasattr(cls, "registry_enter_test_mode_cls"):  # 19.0
            if not getattr(cls, "registry_test_mode", False):
                cls.registry_enter_test_mode_cls()
        elif not cls.registry.in_test_mode():
            cls.registry.enter_test_mode(cls.cr)
            cls.addClassCleanup(cls.registry.leave_test_mode)

    def setUp(self):
        super().setUp()
        type(self).remote = FakeRemote()
        self.env.cr.postcommit.clear()

    @classmethod
    def _tax(cls, name, amount, included=False):
        """A sales tax of the company, made unless there is one."""
        Tax = cls.env["account.tax"]
        taxes = Tax.search(
            [("company_id", "=", cls.company.id), ("amount", "=", amount), ("type_tax_use", "=", "sale")]
        )
        values = {"name": name, "amount": amount, "type_tax_use": "sale", "company_id": cls.company.id}
        return taxes.filtered(lambda tax: tax.price_include == included)[:1] or Tax.create(
            {**values, **compat.included_tax(included)}
        )

    @classmethod
    def _connector(cls, kind, name=None, state="active", **values):
        """A connector of a kind; the rows its activation would append are none of the test's business."""
        connector = cls.env["sync.hub.connector"].create(
            {"name": name or kind, "kind": kind, "timezone": "Europe/Madrid", **values}
        )
        connector.state = state
        cls.env["sync.hub.log"].search([("connector_id", "=", connector.id)]).unlink()
        return connector

    @classmethod
    def _cartona(cls, **values):
        return cls._connector("cartona", url=CARTONA_URL, token="token-of-cartona", **{"breaker_limit": 0, **values})

    @classmethod
    def _prestashop(cls, **values):
        return cls._connector("prestashop", webhook_secret="secret-of-prestashop", **values)

    @classmethod
    def _product(cls, name="Product", price=10.0, **values):
        """A storable variant without taxes."""
        values = {"name": name, "list_price": price, "taxes_id": [(5, 0, 0)], **values}
        return cls.env["product.product"].create(compat.storable(values))

    @classmethod
    def _set_stock(cls, product, quantity, warehouse=None):
        location = (warehouse or cls.warehouse).lot_stock_id
        cls.env["stock.quant"]._update_available_quantity(product, location, quantity)

    def _rows(self, connector, **values):
        """The connector's log rows, oldest first."""
        domain = [("connector_id", "=", connector.id), *((k, "=", v) for k, v in values.items())]
        return self.env["sync.hub.log"].search(domain, order="id")

    def _clear_rows(self):
        self.env["sync.hub.log"].search([]).unlink()

    def wake_and_drain(self):
        """Work off everything that is due now, as the woken jobs would."""
        drain = self.env["sync.hub.drain"]
        for _round in range(20):
            self.env.flush_all()
            lanes = drain._due_lanes()
            if not lanes:
                break
            for connector_id, direction, lane, _since in lanes:
                drain._work(connector_id, direction, lane)
            self.env.invalidate_all()
        self.env.invalidate_all()

    def receive(self, connector, body):
        """Store a webhook's body as the controller does; returns the rows."""
        inbox = connector._adapter().receive(body)
        assert isinstance(inbox, Inbox)
        events = [event for event in inbox.results if isinstance(event, Event)]
        exchange = self.env["sync.hub.exchange"].create({"connector_id": connector.id, "direction": "in"})
        ids = self.env["sync.hub.log"]._append_events(connector, events, exchange)
        return self.env["sync.hub.log"].browse([row for row in ids if row])

    def play(self, connector, *labels):
        """Receive the samples of these labels one after the other, working each off; returns the rows."""
        rows = self.env["sync.hub.log"]
        for label in labels:
            for body in bodies(label):
                rows |= self.receive(connector, body)
                self.wake_and_drain()
        return rows

    def order(self, number):
        return self.env["sale.order"].search([("client_order_ref", "=", number)])

    @contextmanager
    def patched(self, target, name, value):
        with patch.object(target, name, value):
            yield

    def assertStates(self, rows, expected):
        self.assertEqual(
            [(row.state, row.reason or row.error_code or "") for row in rows], expected, rows.mapped("error")
        )


class DrainCase(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona(retry_schedule="2, 60")
        cls.tea = cls._product("Tea", 300, cartona_id="TEA")
        cls.env["sync.hub.log"].search([]).unlink()

    def lane(self):
        return self.env["sync.hub.lane"].search([("connector_id", "=", self.cartona.id), ("direction", "=", "out")])

    def push(self, price):
        self.tea.list_price = price
        self.wake_and_drain()
        return self._rows(self.cartona)[-1]

    def pass_time(self, seconds):
        """Make everything that waits as old as if the time had passed."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE sync_hub_log SET next_try_at = next_try_at - interval '%s seconds'", [seconds])
        self.env.cr.execute("UPDATE sync_hub_lane SET open_until = open_until - interval '%s seconds'", [seconds])
        self.env.invalidate_all()

"""A Medusa connector with two products, and the Admin API that a fake Medusa offers."""

import copy
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from .common import HubCase

SAMPLES = Path(__file__).parent / "samples" / "medusa"
URL = "https://medusa.test"
SECRET = "secret-of-medusa"
ORDER = "order_01K8AMBER0000000000000001"


def sample(name, **changes):
    """A sample, with other values for some of its keys."""
    return {**copy.deepcopy(json.loads((SAMPLES / f"{name}.json").read_text())), **changes}


def item(total, tax=0, quantity=1, rate=0, **changes):
    """An item of an order: its total with tax, the tax in it, and the rates (one or several) of it."""
    rates = rate if isinstance(rate, (list, tuple)) else [rate]
    base = sample("order")["items"][0]
    lines = [{"code": f"T{number}", "rate": percent} for number, percent in enumerate(rates)]
    return {**base, "total": total, "tax_total": tax, "quantity": quantity, "tax_lines": lines, **changes}


class MedusaCase(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tax20 = cls._tax("20 % sale", 20)
        cls.env["res.currency"].with_context(active_test=False).search([("name", "in", ("EUR", "USD"))]).active = True
        eur = cls.env["res.currency"].search([("name", "=", "EUR")])
        usd = cls.env["res.currency"].search([("name", "=", "USD")])
        for currency in eur | usd:
            cls.env["product.pricelist"].create({"name": currency.name, "currency_id": currency.id})
        cls.medusa = cls._connector("medusa", **cls.values())
        cls.tee = cls._product("Tee", 20, default_code="TEE-S")
        cls.mug = cls._product("Mug", 9, default_code="MUG")
        cls._set_stock(cls.tee, 100)
        cls.env["sync.hub.log"].search([]).unlink()

    @classmethod
    def values(cls):
        """Of the connector; it is older than the orders of the samples."""
        fields = cls.env["sync.hub.connector"]._fields
        quiet = ("push_catalogue", "push_price", "push_stock", "push_publication", "push_orders", "push_customers")
        return {
            **{name: False for name in quiet if name in fields},
            "url": URL,
            "token": "sk_test",
            "webhook_secret": SECRET,
            "timezone": "UTC",
            "breaker_limit": 0,
            "salesperson_id": cls.env.user.id,
        }

    def setUp(self):
        super().setUp()
        #: What Medusa has: {list: records}.
        self.there = {"orders": [sample("order")], "customers": [sample("customer")], "payments": []}
        self.remote.answer = self.answer
        self.medusa.activated_at = "2026-01-01 00:00:00"

    def answer(self, request, body):
        parts = urlsplit(request.url)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        ids = parse_qs(parts.query).get("id")
        names = parts.path.removeprefix("/admin/").split("/")
        records = self.there.get(names[0], [])
        if len(names) > 1:
            found = [record for record in records if record["id"] == names[1]]
            if names[0] == "payments":
                return 200, {"payment": found[0]} if found else {}, {}
            if not found:
                return 404, {"type": "not_found", "message": f"{names[1]} not found"}, {}
            return 200, {names[0][:-1]: found[0]}, {}
        records = [record for record in records if not ids or record["id"] in ids]
        for field in ("updated_at", "created_at"):
            if since := query.get(f"{field}[$gte]"):
                records = [record for record in records if record[field] >= since]
        *path, field = query.get("order", "id").lstrip("-").split(".")
        within = lambda record: record.get(path[0], {}) if path else record  # noqa: E731
        records.sort(key=lambda record: within(record).get(field) or "", reverse=query.get("order", "")[:1] == "-")
        start, limit = int(query.get("offset", 0)), int(query.get("limit", 20))
        page = records[start : start + limit]
        return 200, {names[0]: page, "count": len(records), "offset": start, "limit": limit}, {}

    def hint(self, event="order.placed", headers=None, **data):
        """Take a hint in as the controller does, and work off what follows; returns its rows."""
        from ..models.adapters.adapter import Event, Request

        inbox = self.medusa._adapter().receive({"event": event, "data": data}, Request(headers or {}))
        events = [found for found in inbox.results if isinstance(found, Event)]
        exchange = self.env["sync.hub.exchange"].create({"connector_id": self.medusa.id, "direction": "in"})
        ids = self.env["sync.hub.log"]._append_events(self.medusa, events, exchange)
        self.wake_and_drain()
        return self.env["sync.hub.log"].browse([row for row in ids if row])

    def take(self, order=None, **changes):
        """Let Medusa have an order as it is now, and hint at it; returns the sale order."""
        order = {**(order or self.there["orders"][0]), **changes}
        self.there["orders"] = [o for o in self.there["orders"] if o["id"] != order["id"]] + [order]
        self.hint(id=order["id"])
        return self.sale(order["id"])

    def sale(self, order_id=ORDER):
        return self.env["sync.hub.binding"]._record_of(self.medusa, "order", order_id)

    def poll(self):
        self.medusa._start_reading("schedule")
        self.wake_and_drain()

    def failed(self):
        return self._rows(self.medusa).filtered(lambda row: row.state not in ("done", "skipped")).mapped("error")

    def assertMoney(self, sale, total, rounding=0):
        """The order's total to the cent, and how much of it the rounding line may be at most."""
        self.assertTrue(sale, self.failed())
        self.assertEqual(f"{sale.amount_total:.2f}", f"{total:.2f}", sale.order_line.mapped("price_total"))
        self.assertFalse(sale.hub_hold_reason)
        lines = sale.order_line.filtered(lambda line: line.hub_line_id == "rounding")
        self.assertLess(abs(sum(lines.mapped("price_total"))), rounding + 0.001)

from datetime import datetime, timedelta
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

from odoo import fields

from ..models.adapters.canonical import Version
from .common import HubCase, bodies, event_of

URL = "https://shop.test"
KEY = "K" * 32
#: Lists of the fake shop that have another name inside.
NODES = {"order_slip": "order_slips"}


class PrestashopReadingCase(HubCase):
    """A shop whose Webservice answers from `tables`: resource -> rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        placeholder = cls._product("Sold by the shop")
        values = {"missing_product": "placeholder", "placeholder_product_id": placeholder.id, "breaker_limit": 0}
        cls.shop = cls._prestashop(url=URL, token=KEY, **values)

    def setUp(self):
        super().setUp()
        self.tables = {}
        self.clock = datetime.now().timestamp()
        self.remote.answer = self.answer

    def answer(self, request, body):
        parts = urlsplit(request.url)
        if "reverse_webhook" in parts.path:
            return 200, {"success": True, "updated_fields": ["status", "tracking_number", "note"]}, {}
        resource = parts.path.removeprefix("/api/").split("/")[0]
        rows = [row for row in self.tables.get(resource, []) if self.matches(row, parse_qs(parts.query))]
        answer = {NODES.get(resource, resource): rows} if rows else []
        return 200, answer, {"Access-Time": str(int(self.clock)), "PSWS-Version": "8.2.1"}

    @staticmethod
    def matches(row, query):
        for name, (text,) in query.items():
            if name.startswith("filter["):
                field, value = name[7:-1], text.strip("[]")
                if "," in value:
                    low, high = value.split(",")
                    if not low <= row.get(field, "") <= high:
                        return False
                elif str(row.get(field)) not in value.split("|"):
                    return False
        return True

    def asked(self):
        """The resources that were asked for so far."""
        paths = [urlsplit(request.url).path for request, _body in self.remote.calls]
        return [path.removeprefix("/api/") for path in paths]

    def put_order(self, label="contract-4.1", **values):
        """Put the order of a message into the shop's tables, as the Webservice shows it; returns its row."""
        data = bodies(label)[0]["events"][0]["after_data"]
        order = {
            **{key: str(value) for key, value in data.items() if not isinstance(value, (list, dict))},
            "id": data["id_order"],
            "id_address_delivery": "33",
            "id_address_invoice": "33",
            "shipping_number": "1Z9",
            "date_upd": self.local(),
            **values,
        }
        self.tables["orders"] = [order]
        self.tables["order_details"] = [
            {**{k: v for k, v in line.items() if k != "tax_rate"}, "id": line["id_order_detail"]}
            for line in data["order_details"]
        ]
        for line in self.tables["order_details"]:
            line["associations"] = {"taxes": [{"id": "1"}]}
        self.tables["taxes"] = [{"id": 1, "rate": "21.000"}]
        self.tables["order_histories"] = [
            {"id": 501, "id_order": "1001", "id_order_state": "2", "date_add": "2025-11-15 11:42:58"}
        ]
        self.tables["order_carriers"] = [{"id": 7, "id_order": "1001", "tracking_number": "1Z9"}]
        self.tables["customers"] = [
            {"id": 67, "email": "maria@example.com", "firstname": "María", "lastname": "D'Angelo", "active": "1"}
        ]
        return order

    def local(self, moment=None):
        """A time as the shop writes it."""
        when = fields.Datetime.context_timestamp(
            self.shop.with_context(tz="Europe/Madrid"), moment or datetime.utcnow()
        )
        return f"{when:%Y-%m-%d %H:%M:%S}"

    def poll(self):
        self.shop._start_reading("schedule")
        self.wake_and_drain()

    def sale(self):
        return self.env["sync.hub.binding"]._record_of(self.shop, "order", "1001")


class TestPrestashopReading(PrestashopReadingCase):
    def test_lost_order_comes_with_the_next_poll(self):
        self.put_order()
        self.poll()
        sale = self.sale()
        self.assertEqual((sale.client_order_ref, f"{sale.amount_total:.2f}"), ("XKBKNABJK", "104.06"))
        self.assertEqual(sale.partner_id.name, "María D'Angelo")
        self.assertFalse(sale.hub_hold_reason)

    def test_what_was_read_before_is_no_news_and_a_value_that_comes_back_is(self):
        order = self.put_order()
        self.poll()
        rows = self._rows(self.shop, entity="order")
        self.poll()
        self.assertEqual(self._rows(self.shop, entity="order"), rows)
        for number, note in enumerate(("one", "two", "one", "two"), start=1):
            self.clock += 10
            order["note"] = note
            self.poll()
            self.assertEqual(len(self._rows(self.shop, entity="order")), len(rows) + number)
            self.assertEqual(self.sale().hub_note, note)

    def test_one_log_row_per_list_however_often_it_is_read(self):
        for _time in range(3):
            self.poll()
        polls = self._rows(self.shop, flow="poll")
        self.assertEqual(sorted(polls.mapped("remote_id")), sorted(self.shop._adapter()._sources))
        self.assertEqual(set(polls.mapped("state")), {"done"})

    def test_watermark_moves_only_when_all_pages_were_read(self):
        self.poll()
        cursor = self.shop.cursor_ids.filtered(lambda c: c.resource == "orders")
        cursor.watermark = before = fields.Datetime.now() - timedelta(hours=3)
        self.remote.answer = lambda request, body: (503, b"", {})
        self.poll()
        self.assertEqual(cursor.watermark, before)
        self.assertEqual(self._rows(self.shop, flow="poll", remote_id="orders").state, "retrying")

    def test_pages_are_read_to_the_end_although_rows_change_meanwhile(self):
        self.put_order()
        now, order = datetime.utcnow(), self.tables["orders"][0]
        dates = {n: self.local(now - timedelta(seconds=300 - n)) for n in range(60)}
        seen, asked = set(), []

        def pages(request, body):
            query = parse_qs(urlsplit(request.url).query)
            if "/orders" not in request.url or "limit" not in query:
                return self.answer(request, body)
            start, size = map(int, query["limit"][0].split(","))
            inside = [n for n, date in dates.items() if self.matches({"date_upd": date}, query)]
            page = sorted(inside, key=dates.get)[start : start + size]
            seen.update(page)
            asked.append(len(page))
            if len(asked) == 1:
                # One that was read is edited: it leaves the span, and all after it move up.
                dates[3] = self.local(now + timedelta(seconds=60))
            rows = [{**order, "id": 5000 + n, "reference": f"R{n}", "date_upd": dates[n]} for n in page]
            return 200, {"orders": rows} if rows else [], {}

        self.remote.answer = pages
        self.poll()
        self.assertEqual(seen, set(dates))
        self.assertEqual(asked, [25, 25, 12])

    def test_rows_of_one_second_fill_more_than_a_page(self):
        self.put_order()
        order = self.tables["orders"][0]
        rows = [{**order, "id": 5000 + n, "reference": f"R{n}"} for n in range(60)]
        asked = []

        def pages(request, body):
            query = parse_qs(urlsplit(request.url).query)
            if "/orders" not in request.url or "limit" not in query:
                return self.answer(request, body)
            start, size = map(int, query["limit"][0].split(","))
            asked.append(start)
            page = rows[start : start + size]
            return 200, {"orders": page} if page else [], {}

        self.remote.answer = pages
        self.poll()
        self.assertEqual(asked, [0, 0, 25, 50])

    def test_partial_refund_is_found_by_its_own_date(self):
        self.put_order(date_upd="2025-11-15 11:43:00")
        self.tables["order_slip"] = [
            {
                "id": 5,
                "id_order": "1001",
                "date_add": self.local(),
                "date_upd": self.local(),
                "total_shipping_tax_excl": "0",
                "total_shipping_tax_incl": "0",
                "associations": {
                    "order_slip_details": [
                        {
                            "id_order_detail": "5001",
                            "product_quantity": "1",
                            "amount_tax_excl": "25",
                            "amount_tax_incl": "30.25",
                        }
                    ]
                },
            }
        ]
        self.poll()
        self.assertTrue(self.sale(), "the slip points at its order")

    def test_doubtful_event_makes_the_shop_be_asked_at_once(self):
        self.put_order(current_state="2")
        rows = self.play(self.shop, "contract-4.2")
        self.assertIn("order_details", self.asked())
        self.assertIn("asked", rows.filtered(lambda r: r.entity == "order")[0].result)
        self.assertEqual(self.sale().hub_remote_status, "2")

    def test_event_without_content_is_fetched_and_nobody_is_troubled(self):
        body = event_of("contract-4.7")
        body["events"][0].update(entity_id=1001, entity_name="XKBKNABJK")
        self.put_order()
        self.receive(self.shop, body)
        self.wake_and_drain()
        sale = self.sale()
        self.assertEqual((len(sale.order_line), sale.hub_hold_reason), (4, False))
        self.assertFalse(sale.activity_ids)

    def test_list_that_was_cut_makes_the_shop_be_asked(self):
        self.put_order()
        body = event_of("contract-4.1")
        data = body["events"][0]["after_data"]
        line = {
            **data["order_details"][1],
            "unit_price_tax_incl": 1.21,
            "unit_price_tax_excl": 1,
            "product_quantity": 1,
        }
        line.update(total_price_tax_incl=1.21, total_price_tax_excl=1)
        data["order_details"] = [{**line, "id_order_detail": 7000 + n} for n in range(100)]
        data.update(total_products_wt=121, total_products=100)
        self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertIn("order_details", self.asked())
        self.assertEqual(len(self.sale().order_line.filtered(lambda line: line.hub_line_id in ("5001", "5002"))), 2)

    def test_order_that_the_shop_does_not_have_any_more_says_so(self):
        self.play(self.shop, "contract-4.7")
        row = self._rows(self.shop, flow="fetch")
        self.assertStates(row, [("failed", "rejected")])

    def test_event_older_than_the_reading_is_stale(self):
        self.put_order(note="true")
        self.poll()
        rows = self.play(self.shop, "contract-4.1")
        self.assertStates(rows, [("skipped", "stale")])
        self.assertEqual(self.sale().hub_note, "true")

    def test_event_in_the_second_of_the_reading_makes_the_shop_be_asked_again(self):
        self.put_order(note="true")
        self.poll()
        self._clear_rows()
        # Of the same second: nobody knows which of the two came first.
        body = event_of("contract-4.1")
        body["events"][0].update(event_id=10**9, hook_timestamp=self.local(datetime.utcfromtimestamp(int(self.clock))))
        body["events"][0]["after_data"].update(note="older")
        self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertEqual(self._rows(self.shop, flow="fetch").state, "done")
        self.assertEqual(self.sale().hub_note, "true")

    def test_without_a_key_an_incomplete_event_is_for_a_person(self):
        self.env["sync.hub.secret"]._set(self.shop, "token", "")
        self.play(self.shop, "contract-4.7")
        stub = self.env["sync.hub.binding"]._record_of(self.shop, "order", "2044")
        self.assertEqual(len(stub.activity_ids), 1)
        self.assertFalse(self.remote.calls)

    def test_lists_fill_the_value_maps_and_leave_what_a_person_chose(self):
        Map = self.env["sync.hub.map"]
        Map._row(self.shop, "order_state", "5").order_action = "none"
        self.tables.update(
            order_states=[
                {"id": 5, "name": "Delivered", "paid": "1", "shipped": "1", "deleted": "0"},
                {"id": 21, "name": "Bizum", "paid": "1", "shipped": "0", "deleted": "0"},
            ],
            carriers=[{"id": 4, "id_reference": "4", "name": "Light"}, {"id": 5, "id_reference": "4", "name": "Light"}],
            currencies=[{"id": 7, "iso_code": "USD", "name": "Dollar", "deleted": "0"}],
            states=[{"id": 383, "iso_code": "ES-M", "name": "Madrid", "id_country": "6", "active": "1"}],
            taxes=[{"id": 1, "rate": "21.000", "name": "IVA", "deleted": "0"}],
        )
        carrier = self.env["delivery.carrier"].create(
            {"name": "Van", "product_id": self.env.ref("sync_hub.product_shipping").id}
        )
        self.shop.action_read_maps()
        self.wake_and_drain()
        self.assertEqual(Map._lookup(self.shop, "order_state", "5"), "none")
        self.assertEqual(Map._row(self.shop, "order_state", "21").meaning, "Mark as paid and confirm")
        self.assertFalse(Map._row(self.shop, "carrier", "4").meaning)
        self.assertEqual(Map._lookup(self.shop, "order_state", "21"), "paid")
        self.assertEqual(Map._lookup(self.shop, "currency", "7").name, "USD")
        self.assertEqual(Map._lookup(self.shop, "state", "383").name, "Madrid")
        Map._row(self.shop, "carrier", "4").carrier_id = carrier
        self.tables["carriers"].append({"id": 6, "id_reference": "4", "name": "Light, edited"})
        self.poll()
        self.assertEqual(Map._lookup(self.shop, "carrier", "6"), carrier, "an edited carrier has a new number")

    def test_wrong_time_zone_is_noticed(self):
        self.shop.timezone = "UTC"
        body = event_of("contract-4.3")
        body["events"][0]["hook_timestamp"] = self.local()
        self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertIn("time zone", self.shop.activity_ids.summary)

    def test_the_key_is_in_no_exchange(self):
        self.put_order()
        self.poll()
        exchanges = self.env["sync.hub.exchange"].search([("connector_id", "=", self.shop.id)])
        kept = "".join(str(exchange.read()) for exchange in exchanges)
        self.assertTrue(exchanges)
        self.assertNotIn(KEY, kept)
        self.assertNotIn("S0tLS0", kept, "nor is its base64")


class TestCursor(PrestashopReadingCase):
    def span(self, now, since):
        cursor = self.env["sync.hub.cursor"]._of(self.shop, "orders")
        cursor.watermark = since
        with patch.object(fields.Datetime, "now", return_value=now):
            cursor._start()
        return cursor.since, cursor.until

    def test_span_overlaps_the_one_before_in_the_shops_time(self):
        span = self.span(datetime(2026, 6, 1, 10, 0), datetime(2026, 6, 1, 9, 55))
        self.assertEqual(span, ("2026-06-01 11:45:00", "2026-06-01 12:00:00"))

    def test_hour_that_comes_twice_is_read_whole(self):
        # On 2026-10-25 at 01:00 UTC Madrid goes from 03:00 back to 02:00.
        since, until = self.span(datetime(2026, 10, 25, 1, 5), datetime(2026, 10, 25, 0, 58))
        self.assertLess(since, "2026-10-25 02:00:00")
        self.assertGreater(until, "2026-10-25 02:58:00")

    def test_age_of_what_we_read_ourselves_is_exact(self):
        binding = self.env["sync.hub.binding"]._bind(self.shop, "order", "9", self.env.user.partner_id)
        moment = fields.Datetime.to_datetime("2026-06-01 10:00:00").astimezone()
        binding._applied(Version(time=moment, polled=True))
        before = Version(time=moment - timedelta(seconds=1), sequence=99)
        self.assertEqual(binding._compare(before), "stale")
        self.assertEqual(binding._compare(Version(time=moment, sequence=1)), "newer")
        self.assertEqual(binding._compare(Version(time=moment, polled=True)), "newer")

from odoo.tests import tagged

from ..controllers.api import logs
from ..controllers.api.params import LogFilter
from ..controllers.api.table import Asked
from .api import ApiCase


@tagged("post_install", "-at_install")
class TestApiLogs(ApiCase):
    def test_a_row_with_everything(self):
        exchange = self.env["sync.hub.exchange"].create(
            {"connector_id": self.vendor.id, "direction": "out", "method": "POST", "url": "https://r.example.com/x",
             "status": 200, "request_body": '{"b": 2}', "response_body": "<html>"}
        )  # fmt: skip
        row = self.row(
            res_model="product.product", res_id=self.five.id, exchange_id=exchange.id, trigger="order_shipped",
            action="update", remote_id="R-1", attempts=2, payload='{"price": 29.99, "quantity": 135}',
            done_at="2025-01-31 10:00:00", duration_ms=250,
        )  # fmt: skip
        log = self.get(f"/sync/logs/{row.id}")["log"]
        product = {"id": self.template.id, "name": "BPC-157"}
        name = self.five.with_context(display_default_code=False).display_name
        self.assertEqual(log, {
            "id": row.id, "triggerType": "ORDER_SHIPPED", "variantId": self.five.id, "variantSku": "BPC-5",
            "productId": self.template.id, "productName": "BPC-157", "orderId": None, "httpMethod": "POST",
            "endpoint": "https://r.example.com/x", "statusCode": 200, "status": "SUCCESS", "state": "done",
            "reason": None, "errorMessage": None, "errorCode": None, "attempts": 2, "nextTryAt": None, "duration": 250,
            "connector": self.vendor.id, "direction": "out", "entity": "product", "action": "update",
            "remoteId": "R-1", "createdAt": f"{row.create_date.isoformat(timespec='seconds')}Z",
            "doneAt": "2025-01-31T10:00:00Z", "requestPayload": {"price": 29.99, "quantity": 135},
            "responsePayload": "<html>",
            "variant": {"id": self.five.id, "name": name, "sku": "BPC-5", "product": product},
        })  # fmt: skip
        (listed,) = self.get("/sync/logs")["logs"]
        self.assertEqual(listed, {k: v for k, v in log.items() if not k.endswith("Payload")})

    def test_rows_of_products_orders_and_of_nothing_known(self):
        single = self._product("Single", default_code="ONE", active=False)
        order = self.env["sale.order"].create({"partner_id": self.env.user.partner_id.id})
        rows = [
            self.row(res_model="product.template", res_id=self.template.id),
            self.row(res_model="product.template", res_id=single.product_tmpl_id.id),
            self.row(res_model="sale.order", res_id=order.id, entity="order", remote_id="7", state="pending"),
            self.row(res_model="product.product", res_id=2**31 - 1, connector_id=False, remote_id="LOST",
                     state="failed", error="why", error_code="missing", trigger=False),
        ]  # fmt: skip
        shown = {log["id"]: log for log in self.get("/sync/logs")["logs"]}
        whole, one, sale, lost = (shown[row.id] for row in rows)
        self.assertEqual((whole["variantSku"], whole["variant"], whole["productId"]),
                         ("BPC-5, BPC-10", None, self.template.id))  # fmt: skip
        self.assertEqual((one["variantSku"], one["variant"]["id"], one["variantId"]), ("ONE", single.id, single.id))
        self.assertEqual((sale["orderId"], sale["variantSku"], sale["status"]), (order.id, None, "PENDING"))
        self.assertEqual((lost["variantSku"], lost["productId"], lost["connector"]), ("LOST", None, None))
        self.assertEqual((lost["status"], lost["errorMessage"], lost["errorCode"]), ("FAILED", "why", "missing"))
        self.assertIsNone(lost["triggerType"])
        self.assertEqual(self.get(f"/sync/logs/{self.row(duration_ms=-61).id}")["log"]["duration"], 0)

    def test_filters(self):
        states = ("pending", "sending", "retrying", "failed", "done", "skipped")
        rows = {state: self.row(state=state) for state in states}
        for status, expected in {
            "SUCCESS": ("done", "skipped"), "FAILED": ("failed",), "PENDING": states[:3], "skipped": ("skipped",),
        }.items():  # fmt: skip
            with self.subTest(status):
                self.assertEqual(self.listed(status=status).mapped("state"), list(expected))
        rows["pending"].write({"trigger": "inventory_adjusted", "direction": "in"})
        rows["failed"].write({"trigger": "schedule", "entity": "order"})
        for params, expected in (
            ({"triggerType": "INVENTORY_ADJUSTED"}, "pending"), ({"triggerType": "INVENTORY_ADJUSTMENT"}, "pending"),
            ({"triggerType": "INVENTORY_ADJUSTMENT_MANUAL"}, "pending"), ({"triggerType": "SCHEDULED_SYNC"}, "failed"),
            ({"direction": "in"}, "pending"), ({"entity": "order"}, "failed"),
        ):  # fmt: skip
            with self.subTest(params):
                self.assertEqual(self.listed(**params), rows[expected])
        self.assertFalse(self.listed(triggerType="PRICE_UPDATE"))
        self.assertEqual(len(self.listed(triggerType="PRODUCT_UPDATED", status="SUCCESS")), 2)

    def test_filter_by_connector(self):
        other = self._prestashop()
        mine, theirs = self.row(), self.row(connector_id=other.id)
        self.assertEqual(self.listed(connector=other.id), theirs)
        self.assertEqual(self.listed(connector=other.key), theirs)
        self.assertEqual(self.listed(connector=self.vendor.id), mine)
        for unknown in ("nothing", 2**31 - 1, "9" * 200):
            self.get("/sync/logs", connector=unknown, expect=404)

    def test_filter_by_sku(self):
        self.five.active = False
        self._clear_rows()
        five = self.row(res_model="product.product", res_id=self.five.id)
        ten = self.row(res_model="product.product", res_id=self.ten.id)
        whole = self.row(res_model="product.template", res_id=self.template.id)
        remote = self.row(remote_id="bpc-99")
        self.row(remote_id="BPC-5", entity="order")
        self.row(res_model="res.partner", res_id=self.five.id)
        self.assertEqual(self.listed(variantSku="bpc"), five | ten | whole | remote)
        self.assertEqual(self.listed(variantSku="C-10"), ten | whole)
        # What means something to a database is a letter like others.
        self.assertFalse(self.listed(variantSku="%") | self.listed(variantSku="BPC_5") | self.listed(variantSku="\\"))
        self.assertEqual(self.listed(variantSku="BPC-5"), five | whole)

    def test_filter_by_date(self):
        rows = self.env["sync.hub.log"]
        for time in ("2025-01-30 23:59:59", "2025-01-31 00:00:00", "2025-01-31 23:59:59.5", "2025-02-01 00:00:00"):
            rows |= self.row()
            self.env.flush_all()
            self.env.cr.execute("UPDATE sync_hub_log SET create_date = %s WHERE id = %s", [time, rows[-1].id])
        for params, expected in (
            ({"startDate": "2025-01-31"}, rows[1:]),
            ({"endDate": "2025-01-31"}, rows[:3]),
            ({"startDate": "2025-01-31", "endDate": "2025-01-31"}, rows[1:3]),
            ({"startDate": "2025-02-01T01:00:00+01:00"}, rows[3:]),
            ({"endDate": "2025-01-31T02:00:00+02:00"}, rows[:2]),
            ({"startDate": "2025-01-31T23:59:59"}, rows[2:]),
            ({"endDate": "2025-01-31T23:59:59Z"}, rows[:3]),
            ({"startDate": "0001-01-01T00:00:00+23:59", "endDate": "9999-12-31"}, rows),
            ({"endDate": "9999-12-31T23:59:59.999999-23:59"}, rows),
            ({"endDate": "0001-01-01"}, rows[:0]),
        ):
            with self.subTest(params):
                self.assertEqual(self.listed(**params), expected)

    def test_pages(self):
        rows = [self.row().id for _number in range(5)]
        for page, expected in ((1, rows[:2:-1]), (2, rows[2:0:-1]), (3, rows[:1]), (4, []), (2**31 - 1, [])):
            body = self.get("/sync/logs", page=page, limit=2)
            self.assertEqual([log["id"] for log in body["logs"]], expected)
            self.assertEqual(body["pagination"], {"page": page, "limit": 2, "total": 5, "pages": 3})
        self.assertEqual(self.get("/sync/logs")["pagination"]["limit"], 50)
        self.assertEqual(self.get("/sync/logs", entity="x")["pagination"]["pages"], 0)

    def test_a_page_takes_as_many_queries_however_long_it_is(self):
        def queries(count):
            for _number in range(count):
                self.row(res_model="product.product", res_id=self._product(default_code="Q").id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            shown = logs.listed(self.env, Asked(None, LogFilter(limit="200"), None)).logs
            self.assertGreaterEqual(len(shown), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(1), queries(20))

    def test_one_row_that_is_not_there(self):
        body = self.get("/sync/logs/2147483647", expect=404)
        self.assertEqual(body["error"], "Sync log not found")

    def test_retry(self):
        self.retailer.refuse["create"] = 422, {"error": "no"}, {}
        row = self.send()
        self.assertEqual(row.state, "failed")
        log = self.call("POST", f"/sync/logs/{row.id}/retry")["log"]
        self.assertEqual((log["id"], log["status"], log["state"], log["triggerType"]),
                         (row.id, "PENDING", "pending", "RETRY"))  # fmt: skip
        self.retailer.refuse.clear()
        self.wake_and_drain()
        self.assertEqual(self.get(f"/sync/logs/{row.id}")["log"]["status"], "SUCCESS")
        body = self.call("POST", f"/sync/logs/{row.id}/retry", status=409)
        self.assertEqual(body["error"], "conflict")
        self.assertIn("can be retried", body["message"])
        self.call("POST", "/sync/logs/2147483647/retry", status=404)
        self.call("POST", f"/sync/logs/{self.row(connector_id=False, state='failed').id}/retry", status=409)

    def test_figures(self):
        stats = self.get("/sync/stats")
        self.assertEqual(
            stats["stats"], {"total": 0, "successful": 0, "failed": 0, "successRate": "0", "byTrigger": {}}
        )
        self.assertEqual(stats["recent"], [])
        rows = [self.row(state=state) for state in ("done",) * 9 + ("skipped", "failed", "pending")]
        rows[-1].write({"trigger": "manual_full", "res_model": "product.product", "res_id": self.five.id})
        rows[0].trigger = False
        body = self.get("/sync/stats")
        self.assertEqual(body["stats"], {"total": 12, "successful": 10, "failed": 1, "successRate": "83.33",
                                         "byTrigger": {"CHANGED": 10, "MANUAL_FULL": 1, "UNKNOWN": 1}})  # fmt: skip
        self.assertEqual([recent["id"] for recent in body["recent"]], [row.id for row in rows[:1:-1]])
        self.assertEqual(body["recent"][0], {
            "id": rows[-1].id, "variantSku": "BPC-5", "status": "PENDING", "triggerType": "MANUAL_FULL",
            "createdAt": f"{rows[-1].create_date.isoformat(timespec='seconds')}Z"})  # fmt: skip

    def test_the_queue(self):
        for state in ("pending", "pending", "sending", "retrying", "failed", "done", "skipped"):
            self.row(state=state)
        self.assertEqual(self.get("/sync/queue/stats")["stats"], {
            "waiting": 2, "active": 1, "completed": 2, "failed": 1, "delayed": 1, "total": 7})  # fmt: skip

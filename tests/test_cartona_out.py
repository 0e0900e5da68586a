import requests
from odoo.tools import mute_logger

from .common import HubCase


class TestCartonaOut(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona()
        cls.tea = cls._product("Tea", 300, cartona_id="TEA-25#C")
        cls.sugar = cls._product("Sugar", 42.5, cartona_id="SUG-1")
        cls.plain = cls._product("Not at Cartona", 5)
        cls.env["sync.hub.log"].search([]).unlink()

    def test_price_change_reaches_bulk_update_with_the_bare_token(self):
        self.tea.list_price = 310
        self.wake_and_drain()
        (request, body), *more = self.remote.calls
        self.assertFalse(more)
        self.assertEqual(
            (request.method, request.url), ("POST", "https://cartona.test/api/v1/supplier-product/bulk-update")
        )
        self.assertEqual(request.headers["AuthorizationToken"], "token-of-cartona")
        self.assertNotIn("Authorization", request.headers)
        self.assertEqual(body, [{"internal_product_id": "TEA-25#C", "selling_price": 310}])
        self.assertStates(self._rows(self.cartona), [("done", "")])

    def test_products_without_an_id_are_not_sent(self):
        self.plain.list_price = 6
        self.assertFalse(self._rows(self.cartona))

    def test_a_hundred_edits_are_one_item_with_the_newest_price(self):
        for price in range(100, 200):
            self.tea.list_price = price
        self.wake_and_drain()
        self.assertEqual(self.remote.items, [{"internal_product_id": "TEA-25#C", "selling_price": 199}])

    def test_equal_value_written_again_appends_nothing(self):
        self.tea.write({"list_price": 300, "name": "Tea"})
        self.assertFalse(self._rows(self.cartona))

    def test_agreed_value_is_not_sent_again(self):
        self.tea.list_price = 310
        self.wake_and_drain()
        self.env["sync.hub.log"]._append_products("price", self.tea, "changed")
        self.wake_and_drain()
        prices = [item["selling_price"] for item in self.remote.items if "selling_price" in item]
        self.assertEqual(prices, [310])
        self.assertIn(("skipped", "unchanged"), [(r.state, r.reason) for r in self._rows(self.cartona, flow="price")])

    def test_replayed_row_is_sent_whatever_was_agreed(self):
        self.tea.list_price = 310
        self.wake_and_drain()
        self._rows(self.cartona)._requeue("replay")
        self.wake_and_drain()
        self.assertEqual([item["selling_price"] for item in self.remote.items], [310, 310])

    def test_price_with_tax_of_the_connectors_pricelist(self):
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "Cartona",
                "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 10, "applied_on": "3_global"})],
            }
        )
        self.tea.taxes_id = self.tax21
        self.cartona.pricelist_id = pricelist
        self.wake_and_drain()
        sent = {item["internal_product_id"]: item for item in self.remote.items}
        self.assertEqual(sent["TEA-25#C"]["selling_price"], 326.7)
        self.assertEqual(sent["SUG-1"]["selling_price"], 38.25)
        self.cartona.price_tax = "excluded"
        self.wake_and_drain()
        self.assertEqual(self.remote.items[-1], {"internal_product_id": "TEA-25#C", "selling_price": 270})

    def test_price_of_zero_fails_and_names_the_field(self):
        self.tea.list_price = 0
        self.wake_and_drain()
        self.assertStates(self._rows(self.cartona), [("failed", "price_not_positive")])
        self.assertIn("Sales Price", self._rows(self.cartona).error)
        self.assertFalse(self.remote.calls)

    def test_stock_is_free_quantity_as_whole_number_never_negative(self):
        self._set_stock(self.tea, 41.8)
        self.wake_and_drain()
        self.assertEqual(
            self.remote.items,
            [{"internal_product_id": "TEA-25#C", "available_stock_quantity": 41, "in_stock": True}],
        )
        self._set_stock(self.tea, -50)
        self.wake_and_drain()
        self.assertEqual(self.remote.items[-1]["available_stock_quantity"], 0)
        self.assertIs(self.remote.items[-1]["in_stock"], False)

    def test_doc_profile_and_supplier_code(self):
        self.cartona.write({"path_profile": "doc", "supplier_code": "2"})
        self._clear_rows()
        self.tea.list_price = 310
        self.wake_and_drain()
        request, body = self.remote.calls[0]
        self.assertTrue(request.url.endswith("/base-product/bulk-update"))
        self.assertEqual(body[0]["supplier_code"], "2")

    def test_errors_per_item_end_at_their_rows(self):
        answers = [
            [{"internal_product_id": "TEA-25#C", "success": True},
             {"internal_product_id": "SUG-1", "success": False, "error": "product not found"}],
            [{"supplier_product_id": "x", "success": True}, {"error": "product not found"}],
            {"results": [{"internal_product_id": "SUG-1", "status": "error", "message": "product not found"}]},
            [{"internal_product_id": "SUG-1", "errors": ["product not found"]}],
        ]  # fmt: skip
        for number, answer in enumerate(answers):
            with self.subTest(answer=answer):
                self._clear_rows()
                self.remote.answer = lambda request, body, a=answer: (200, a, {})
                (self.tea | self.sugar).write({"list_price": 500 + number})
                self.wake_and_drain()
                states = {row.remote_id: row.state for row in self._rows(self.cartona)}
                self.assertEqual(states, {"TEA-25#C": "done", "SUG-1": "failed"})
                self.assertIn("product not found", self._rows(self.cartona, state="failed").error)

    def test_empty_answers_are_successes(self):
        for number, answer in enumerate(([], {}, b"")):
            self._clear_rows()
            self.remote.answer = lambda request, body, a=answer: (200, a, {})
            self.tea.list_price = 600 + number
            self.wake_and_drain()
            self.assertStates(self._rows(self.cartona), [("done", "")])

    def test_refused_batch_is_halved_until_the_culprit_stands_alone(self):
        def answer(request, body):
            bad = any(item["internal_product_id"] == "SUG-1" for item in body)
            return (422, {"error": "bad item"}, {}) if bad else (200, [], {})

        self.remote.answer = answer
        others = self.env["product.product"]
        for number in range(6):
            others |= self._product(f"P{number}", 1, cartona_id=f"P{number}")
        self._clear_rows()
        (self.tea | self.sugar | others).write({"list_price": 77})
        self.wake_and_drain()
        states = {row.remote_id: row.state for row in self._rows(self.cartona)}
        self.assertEqual([key for key, state in states.items() if state == "failed"], ["SUG-1"])
        self.assertEqual(len(states), 8)

    def test_archiving_takes_off_sale_and_unarchiving_puts_back_with_price_and_stock(self):
        self.tea.active = False
        self.wake_and_drain()
        self.assertEqual(self.remote.items, [{"internal_product_id": "TEA-25#C", "is_published": False}])
        self.tea.active = True
        self.wake_and_drain()
        self.assertEqual(
            self.remote.items[-1],
            {
                "internal_product_id": "TEA-25#C",
                "is_published": True,
                "selling_price": 300,
                "available_stock_quantity": 0,
                "in_stock": False,
            },
        )

    def test_deleting_takes_off_sale(self):
        self.tea.unlink()
        self.sugar.product_tmpl_id.unlink()
        self.wake_and_drain()
        self.assertEqual(
            {(i["internal_product_id"], i["is_published"]) for i in self.remote.items},
            {("TEA-25#C", False), ("SUG-1", False)},
        )

    def test_id_moved_to_another_product_is_not_taken_off_sale(self):
        self.tea.cartona_id = False
        self.plain.cartona_id = "TEA-25#C"
        self.wake_and_drain()
        self.assertFalse([item for item in self.remote.items if item.get("is_published") is False])
        self.assertEqual(self.remote.items[-1]["selling_price"], 5)

    def test_id_changed_takes_the_old_one_off_sale_and_fills_the_new_one(self):
        self.tea.cartona_id = "TEA-NEW"
        self.wake_and_drain()
        sent = {item["internal_product_id"]: item for item in self.remote.items}
        self.assertIs(sent["TEA-25#C"]["is_published"], False)
        self.assertEqual(sent["TEA-NEW"]["selling_price"], 300)

    def test_id_cleared_and_entered_again_is_on_sale_again(self):
        self.tea.cartona_id = False
        self.wake_and_drain()
        self.assertIs(self.remote.items[-1]["is_published"], False)
        self.tea.cartona_id = "TEA-25#C"
        self.wake_and_drain()
        self.assertIs(self.remote.items[-1]["is_published"], True)
        self.assertEqual(self.remote.items[-1]["selling_price"], 300)

    def test_swapped_ids_follow_their_products(self):
        (self.tea | self.sugar).action_hub_push()
        self.wake_and_drain()
        self.cartona.action_pause()
        self.tea.cartona_id = False
        self.sugar.cartona_id = "TEA-25#C"
        self.tea.cartona_id = "SUG-1"
        self.cartona.state = "active"
        self.wake_and_drain()
        shown = {}
        for item in self.remote.items:
            shown.setdefault(item["internal_product_id"], {}).update(item)
        self.assertEqual({key: shown[key]["selling_price"] for key in shown}, {"TEA-25#C": 42.5, "SUG-1": 300})
        self.assertTrue(all(item["is_published"] for item in shown.values()))

    def test_pack_is_priced_and_counted_as_a_whole_and_keeps_its_factor(self):
        self.tea.list_price = 3.82
        self._set_stock(self.tea, 40)
        self.wake_and_drain()
        binding = self.env["sync.hub.binding"].search([("remote_id", "=", "TEA-25#C")])
        binding.factor = 12
        self.wake_and_drain()
        self.assertEqual(self.remote.items[-1]["selling_price"], 45.84)
        self.assertEqual(self.remote.items[-1]["available_stock_quantity"], 3)
        self.tea.cartona_id = "TEA-25#D"
        self.wake_and_drain()
        self.assertEqual(self.env["sync.hub.binding"].search([("remote_id", "=", "TEA-25#D")]).factor, 12)

    def test_another_account_is_told_everything_again(self):
        (self.tea | self.sugar).action_hub_push()
        self.wake_and_drain()
        self.remote.calls.clear()
        self.cartona.url = "https://live.test/api/v1"
        self.wake_and_drain()
        self.assertEqual({item["internal_product_id"] for item in self.remote.items}, {"TEA-25#C", "SUG-1"})
        self.assertTrue(all("selling_price" in item for item in self.remote.items))

    def test_one_product_that_cannot_be_exported_stops_no_other(self):
        exporter = type(self.env["sync.hub.exporter.price"])
        real = exporter._price

        def broken(records, connector, product, *args):
            if product == self.sugar:
                raise ZeroDivisionError("bad rule")
            return real(records, connector, product, *args)

        (self.tea | self.sugar).write({"list_price": 55})
        with self.patched(exporter, "_price", broken), mute_logger("odoo.addons.sync_hub.models.drain_out"):
            self.wake_and_drain()
        states = {row.res_id: row.state for row in self._rows(self.cartona)}
        self.assertEqual(states, {self.tea.id: "done", self.sugar.id: "failed"})

    def test_flow_that_is_switched_off_sends_nothing_that_waited(self):
        self.cartona.action_pause()
        self.tea.list_price = 1
        self.cartona.push_price = False
        self.cartona.state = "active"
        self.wake_and_drain()
        self.assertFalse(self.remote.calls)
        self.assertStates(self._rows(self.cartona), [("skipped", "ignored")])

    def test_halving_stops_when_the_remote_asks_to_wait(self):
        def answer(request, body):
            return (422, {"error": "bad"}, {}) if len(self.remote.calls) == 1 else (429, {}, {"Retry-After": "60"})

        self.remote.answer = answer
        (self.tea | self.sugar).write({"list_price": 55})
        self.wake_and_drain()
        self.assertEqual(len(self.remote.calls), 2)
        self.assertEqual(set(self._rows(self.cartona).mapped("state")), {"retrying"})

    def test_wrong_address_is_not_halved(self):
        self.remote.answer = lambda request, body: (404, {"error": "no such path"}, {})
        (self.tea | self.sugar).write({"list_price": 55})
        self.wake_and_drain()
        self.assertEqual(len(self.remote.calls), 1)

    def test_token_that_the_remote_repeats_is_not_kept(self):
        self.remote.answer = lambda request, body: (422, b"bad token-of-cartona \x00!", {})
        self.tea.list_price = 310
        self.wake_and_drain()
        row = self._rows(self.cartona)
        self.assertIn("***", row.error)
        self.assertNotIn("token-of-cartona", row.error + row.exchange_id.response_body)

    def test_batches_of_a_hundred(self):
        products = self.env["product.product"].create(
            [{"name": f"B{i}", "list_price": 1, "cartona_id": f"B{i}", "taxes_id": False} for i in range(250)]
        )
        self._clear_rows()
        products.write({"list_price": 2})
        self.wake_and_drain()
        self.assertEqual([len(body) for _request, body in self.remote.calls], [100, 100, 50])

    def test_lost_answer_then_back_to_the_old_price_ends_at_the_old_price(self):
        self.tea.list_price = 80
        self.wake_and_drain()
        shown = {}

        def lose(request, body):
            for item in body:
                shown.update({item["internal_product_id"]: item["selling_price"]})
            raise requests.exceptions.ReadTimeout("lost")

        self.remote.answer = lose
        self.tea.list_price = 90
        self.wake_and_drain()
        self.assertEqual(shown, {"TEA-25#C": 90})

        def take(request, body):
            for item in body:
                shown.update({item["internal_product_id"]: item["selling_price"]})
            return 200, [], {}

        self.remote.answer = take
        self.tea.list_price = 80
        self.wake_and_drain()
        self.assertEqual(shown, {"TEA-25#C": 80})

    def test_test_connection_tells_what_to_correct(self):
        verdicts = {
            (200, "[]"): ("success", "accepts the token"),
            (400, '{"error": "Invalid credentials"}'): ("danger", "credentials"),
            (404, "{}"): ("danger", "either path profile"),
        }
        for (status, text), (kind, words) in verdicts.items():
            self.remote.answer = lambda request, body, s=status, t=text: (s, t.encode(), {})
            params = self.cartona.action_test()["params"]
            self.assertEqual(params["type"], kind)
            self.assertIn(words, params["message"])
        self.remote.answer = lambda request, body: (200, [], {}) if "base-product" in request.url else (404, {}, {})
        self.assertIn("'doc'", self.cartona.action_test()["params"]["message"])

    def test_exchange_is_kept_without_the_token(self):
        self.tea.list_price = 310
        self.wake_and_drain()
        exchange = self._rows(self.cartona).exchange_id
        self.assertEqual((exchange.status, exchange.direction), (200, "out"))
        self.assertIn("TEA-25#C", exchange.request_body)
        self.assertNotIn("token-of-cartona", exchange.request_headers + exchange.request_body)

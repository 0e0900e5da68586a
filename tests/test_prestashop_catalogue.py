"""Stock and prices in PrestaShop: what is written there, what is not, and what is said about it."""

import base64

from ..models.adapters.prestashop import catalogue
from .webservice import KEY, MODULE, WebserviceCase, errors, noise


class PushCase(WebserviceCase):
    def setUp(self):
        super().setUp()
        self.mug = self._product("Mug", 40, default_code="MUG")
        self.medium = self._product("Shirt M", 25)
        self._clear_rows()

    def quantity(self, number):
        return self.row("stock_availables", number, "quantity")

    def last(self, product, flow):
        return self._rows(self.shop, res_id=product.id, flow=flow)[-1]

    def push_stock(self, product, quantity):
        self._set_stock(product, quantity)
        self.wake_and_drain()
        return self.last(product, "stock")


class TestStockPush(PushCase):
    def test_quantity_of_a_product_and_of_a_combination(self):
        self.link("8-0", self.mug)
        self.link("5-23", self.medium)
        self._set_stock(self.mug, 12)
        self._set_stock(self.medium, 7)
        self.wake_and_drain()
        self.assertEqual([self.quantity(number) for number in (8, 523, 524, 5)], ["12", "7", "5", "5"])
        self.assertEqual([number for _table, number in self.fake_ids("stock_availables")], ["8", "523"])
        self.assertEqual(len([c for c in self.calls("PATCH") if "stock" in c[1]]), 1, "one call for both")

    def fake_ids(self, table):
        return sorted(((t, f["id"]) for t, f in self.fake.written if t == table), key=lambda row: int(row[1]))

    def test_never_the_sum_of_a_product_with_combinations(self):
        self.link("5-0", self.medium)
        row = self.push_stock(self.medium, 7)
        self.assertStates(row, [("failed", "rejected")])
        self.assertIn("link a combination", row.error)
        self.assertFalse(self.fake.written)

    def test_unknown_product_and_unknown_combination(self):
        self.link("77-0", self.mug)
        self.link("5-99", self.medium)
        for product in (self.mug, self.medium):
            row = self.push_stock(product, 7)
            self.assertStates(row, [("failed", "rejected")])
            self.assertIn("link it again", row.error)

    def test_advanced_stock_management_is_named(self):
        self.fake.tables["stock_availables"][8]["depends_on_stock"] = "1"
        self.link("8-0", self.mug)
        self.assertIn("advanced stock management", self.push_stock(self.mug, 3).error)
        self.assertEqual(self.quantity(8), "5")

    def test_equal_quantity_sends_nothing(self):
        self.link("8-0", self.mug)
        row = self.push_stock(self.mug, 5)
        self.assertEqual(row.state, "done")
        self.assertFalse(self.calls("PATCH"))

    def test_a_row_in_each_shop_is_set(self):
        self.fake.tables["stock_availables"][900] = {**self.fake.tables["stock_availables"][8], "id": 900}
        self.link("8-0", self.mug)
        self.push_stock(self.mug, 3)
        self.assertEqual((self.quantity(8), self.quantity(900)), ("3", "3"))

    def many(self, count):
        """Linked products with 3 pieces each, of shop products from 100 on."""
        products = self.env["product.product"]
        for number in range(100, 100 + count):
            self.fake.product(number, f"P{number}")
            products |= self._product(f"P{number}")
            self._set_stock(products[-1], 3)
            self.link(f"{number}-0", products[-1])
        return products

    def test_several_rows_in_one_call(self):
        self.shop.push_price = False
        self.many(catalogue.BUNDLE + 5)
        self.wake_and_drain()
        sent = [body.count(b"<stock_available>") for request, body in self.remote.calls if request.method == "PATCH"]
        self.assertEqual(sent, [catalogue.BUNDLE, 5])
        self.assertEqual({self.quantity(n) for n in range(100, 100 + catalogue.BUNDLE + 5)}, {"3"})

    def test_refusal_in_the_middle_of_a_bundle_fails_the_culprit_alone(self):
        self.shop.push_price = False
        products = self.many(5)
        self.fake.refused.add(102)
        self.wake_and_drain()
        states = [self.last(product, "stock").state for product in products]
        self.assertEqual(states, ["done", "done", "failed", "done", "done"])
        self.assertIn("Validation error: 102", self.last(products[2], "stock").error)
        self.assertEqual([self.quantity(number) for number in range(100, 105)], ["3", "3", "5", "3", "3"])
        agreed = self.env["sync.hub.binding"].search([("connector_id", "=", self.shop.id)]).grouped("remote_id")
        self.assertTrue(agreed["101-0"]._agrees("stock", 3))
        self.assertFalse(agreed["102-0"]._agrees("stock", 3))

    def test_answer_that_shows_another_value(self):
        self.fake.deaf.add(8)
        self.link("8-0", self.mug)
        row = self.push_stock(self.mug, 3)
        self.assertStates(row, [("failed", "not_taken")])
        self.assertIn("quantity '5'", row.error)

    def test_nothing_in_stock_is_said_and_believed(self):
        self.link("8-0", self.mug)
        self.wake_and_drain()
        self.assertEqual(self.quantity(8), "0")
        self.assertStates(self.last(self.mug, "stock"), [("done", "")])

    def test_saved_although_the_shop_says_500_is_looked_up(self):
        def answer(request, body):
            status, value, headers = self.fake(request, body)
            return errors(500, *noise(MODULE)) if request.method == "PATCH" else (status, value, headers)

        self.remote.answer = answer
        self.link("8-0", self.mug)
        row = self.push_stock(self.mug, 3)
        self.assertStates(row, [("done", "")])
        self.assertEqual(self.quantity(8), "3")

    def test_refused_key_pauses_the_connector_and_the_row_waits(self):
        self.remote.answer = lambda request, body: errors(401, (20, "Key is not active"), (21, "No permission"))
        self.link("8-0", self.mug)
        row = self.push_stock(self.mug, 3)
        self.assertEqual((self.shop.state, row.state), ("paused", "retrying"))
        self.assertIn("Key is not active", self.shop.pause_reason)

    def test_webservice_that_is_off_is_waited_for(self):
        self.remote.answer = lambda request, body: errors(503, (22, "disabled"))
        self.link("8-0", self.mug)
        row = self.push_stock(self.mug, 3)
        self.assertStates(row, [("retrying", "http_503")])
        self.assertGreater((row.next_try_at - row.create_date).total_seconds(), 250)

    def test_key_is_kept_nowhere(self):
        def echo(request, body):
            status, value, headers = self.fake(request, body)
            return status, value, {**headers, "X-Echo": KEY}

        self.remote.answer = echo
        self.fake.tables["products"][8]["reference"] = KEY
        self.link("8-0", self.mug)
        self.push_stock(self.mug, 3)
        self.remote.answer = lambda request, body: errors(401, (20, f"Key {KEY} is not active"))
        self.push_stock(self.mug, 1)
        self.env.flush_all()
        basic = base64.b64encode(f"{KEY}:".encode()).decode()
        for table in ("sync_hub_exchange", "sync_hub_log", "sync_hub_connector", "sync_hub_lane"):
            self.env.cr.execute(f"SELECT t::text FROM {table} t")
            texts = [text for (text,) in self.env.cr.fetchall()]
            self.assertTrue(texts)
            for text in texts:
                self.assertNotIn(KEY, text)
                self.assertNotIn(basic, text)


class TestPricePush(PushCase):
    def push_price(self, product, price):
        product.list_price = price
        self.wake_and_drain()
        return self.last(product, "price")

    def test_price_of_a_product_has_six_places(self):
        self.link("8-0", self.mug)
        self.push_price(self.mug, 40.5)
        self.assertEqual(self.row("products", 8, "price"), "40.500000")
        self.assertEqual(self.fake.written[-1], ("products", {"id": "8", "price": "40.500000"}))

    def test_price_with_tax_is_sent_without(self):
        self.mug.taxes_id = self._tax("21 % incl", 21, included=True)
        self.link("8-0", self.mug)
        self.push_price(self.mug, 9.99)
        self.assertEqual(self.row("products", 8, "price"), "8.256198")

    def test_impact_of_a_combination_is_what_is_wanted_less_the_base(self):
        self.link("5-23", self.medium)
        self.push_price(self.medium, 27.5)
        self.assertEqual(self.row("combinations", 23, "price"), "2.500000")
        self.push_price(self.medium, 24.99)
        self.assertEqual(self.row("combinations", 23, "price"), "-0.010000")
        self.push_price(self.medium, 25)
        self.assertEqual(self.row("combinations", 23, "price"), "0.000000")
        self.assertEqual(self.row("products", 5, "price"), "25.000000", "the base is the shop's")

    def test_equal_prices_are_not_written(self):
        self.link("8-0", self.mug)
        self.link("5-23", self.medium)
        self.wake_and_drain()
        self.assertEqual([table for table, _fields in self.fake.written], ["stock_availables"] * 2)

    def test_product_with_combinations_and_one_that_is_gone(self):
        self.link("5-0", self.medium)
        self.link("77-0", self.mug)
        self.assertIn("link a combination", self.push_price(self.medium, 30).error)
        self.assertIn("link it again", self.push_price(self.mug, 30).error)
        self.assertFalse([table for table, _fields in self.fake.written if table != "stock_availables"])

    def test_price_of_nothing_is_never_sent(self):
        self.link("8-0", self.mug)
        row = self.push_price(self.mug, 0)
        self.assertStates(row, [("failed", "price_not_positive")])
        self.assertEqual(self.row("products", 8, "price"), "40.000000")


class TestOldShop(PushCase):
    """1.7 has no PATCH: the whole record is read, changed and written back."""

    def setUp(self):
        super().setUp()
        self.fake.patch = False
        self.fake.tables["products"][8].update(
            manufacturer_name="Koala", quantity="0", type="simple", description="Blue & white", id_tax_rules_group="1"
        )

    def test_everything_else_is_kept(self):
        before = dict(self.fake.tables["products"][8])
        self.link("8-0", self.mug)
        self._set_stock(self.mug, 9)
        self.mug.list_price = 44
        self.wake_and_drain()
        self.assertFalse(self._rows(self.shop, state="failed").mapped("error"))
        after = self.fake.tables["products"][8]
        refused = set(catalogue.NOT_WRITABLE)
        changed = {field for field in before if str(after[field]) != str(before[field])} - {"name"} - refused
        self.assertEqual(changed, {"price"})
        self.assertEqual(after["price"], "44.000000")
        sent = self.fake.written[-1][1]
        self.assertFalse(refused & set(sent))
        self.assertEqual(sent["description"], "Blue & white")
        stock = self.fake.tables["stock_availables"][8]
        self.assertEqual((stock["quantity"], stock["id_product"], stock["depends_on_stock"]), ("9", "8", "0"))
        self.assertEqual([c for c in self.calls() if c[0] == "PUT"], [
            ("PUT", "/api/stock_availables/8"),
            ("PUT", "/api/products/8"),
        ])  # fmt: skip

    def test_combination_is_written_back_whole(self):
        self.fake.tables["combinations"][23].update(quantity="5", minimal_quantity="2")
        self.link("5-23", self.medium)
        self.medium.list_price = 26
        self.wake_and_drain()
        row = self.fake.tables["combinations"][23]
        self.assertEqual((row["price"], row["quantity"], row["minimal_quantity"]), ("1.000000", "5", "2"))
        self.assertEqual((row["reference"], row["id_product"]), ("TS-M", "5"))

    def test_shop_that_allows_neither_says_so(self):
        self.remote.answer = lambda request, body: (
            self.fake(request, body) if request.method == "GET" else errors(405, (25, "Method is not allowed"))
        )
        self.link("8-0", self.mug)
        row = self.push_stock(self.mug, 9)
        self.assertStates(row, [("failed", "rejected")])
        self.assertIn("Method is not allowed", row.error)

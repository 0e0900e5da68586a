"""The client of PrestaShop's Webservice, against its odd answers, and what stock and prices do in the shop."""

import base64

from ..models.adapters.errors import CredentialError, RejectedError, TransientError
from ..models.adapters.prestashop import catalogue
from ..models.adapters.prestashop.webservice import SavedDespiteError, Webservice
from ..models.adapters.transport import Transport
from .webservice import KEY, URL, WebserviceCase, errors, noise

MODULE = "Undefined property: Order::$x in /var/www/modules/odoo_sales_sync/odoo_sales_sync.php line 7"


class TestWebserviceAnswers(WebserviceCase):
    def setUp(self):
        super().setUp()
        self.client = Webservice({"url": URL, "token": KEY}, Transport(secrets=[KEY]))

    def answer(self, status, value=b"", headers=None):
        self.remote.answer = lambda request, body: (status, value, headers or {})

    def rows(self, **options):
        return self.client.rows("products", **options)

    def refusal(self, kind, work=None):
        with self.assertRaises(kind) as caught:
            (work or self.rows)()
        self.assertIs(type(caught.exception), kind)
        return caught.exception

    def change(self):
        return self.client.patch("products", "product", [{"id": "8", "price": "1.000000"}])

    def test_list_under_whatever_name_and_an_empty_one(self):
        self.answer(200, [])
        self.assertEqual(self.rows(), [])
        self.answer(200, {"order_slips": [{"id": 1}]})
        self.assertEqual(self.rows(), [{"id": 1}])

    def test_asking_for_none_of_them_asks_nothing(self):
        self.assertEqual(self.rows(id=[]), [])
        self.assertFalse(self.remote.calls)

    def test_parameters(self):
        self.answer(200, [])
        self.rows(display="[id]", offset=20, limit=10, date=True, date_upd="[2026-01-01 00:00:00,2026-01-02 00:00:00]")
        self.rows(id={9, 8})
        asked = [request.url for request, _body in self.remote.calls]
        for part in ("limit=20%2C10", "date=1", "output_format=JSON", "sort=%5Bid_ASC%5D", "display=%5Bid%5D"):
            self.assertIn(part, asked[0])
        self.assertIn("filter%5Bid%5D=%5B8%7C9%5D", asked[1])
        headers = self.remote.calls[0][0].headers
        self.assertEqual(base64.b64decode(headers["Authorization"].split()[1]).decode(), f"{KEY}:")
        self.assertNotIn(KEY, asked[0])

    def test_answer_that_is_no_list_is_tried_again(self):
        for value in ({"product": {"id": "1"}}, b"<html>hello</html>", b"", {"a": [], "b": []}):
            self.answer(200, value)
            self.assertEqual(self.refusal(TransientError).code, "malformed")

    def test_first_real_code_is_the_cause_of_a_500(self):
        for code in (32, 35, 37, 38, 39):
            self.answer(*errors(500, *noise("before it"), (code, "Unable to filter"), *noise("/var/www/x.php")))
            error = self.refusal(RejectedError)
            self.assertIn("Unable to filter", str(error))
            self.assertNotIn("Warning", str(error))

    def test_saved_although_the_module_raised_warnings(self):
        self.answer(*errors(500, *noise(MODULE, "another")))
        self.assertEqual(self.refusal(SavedDespiteError, self.change).code, "saved_despite_error")
        # Nothing was written: there is nothing to look up.
        self.refusal(TransientError)
        self.answer(*errors(500, *noise("in /var/www/modules/other/other.php")))
        self.refusal(TransientError, self.change)
        self.answer(*errors(500, (85, "not valid"), *noise(MODULE)))
        self.refusal(RejectedError, self.change)

    def test_500_without_a_body_is_tried_again(self):
        self.answer(500)
        self.assertEqual(self.refusal(TransientError).code, "http_500")

    def test_key_that_is_refused(self):
        self.answer(401, b"401 Unauthorized")
        self.refusal(CredentialError)
        self.answer(*errors(401, (20, "Key is not active"), (21, "No permission")))
        self.assertIn("Key is not active (field Webservice key)", str(self.refusal(CredentialError)))
        self.refusal(CredentialError, lambda: self.rows(optional=True))

    def test_resource_that_the_key_may_not_read(self):
        self.answer(*errors(401, (26, "Resource of type products is not allowed")))
        self.assertEqual(self.rows(optional=True), [])
        self.refusal(CredentialError)

    def test_missing_record_redirect_and_a_webservice_that_is_off(self):
        self.answer(404)
        self.assertIn("no such record", str(self.refusal(RejectedError)))
        self.answer(302, b"", {"Location": "https://elsewhere.test/index.php"})
        self.assertIn("correct the connector's URL", str(self.refusal(RejectedError)))
        self.assertNotIn("elsewhere", "".join(request.url for request, _body in self.remote.calls))
        self.answer(*errors(503, (22, "PrestaShop webservice is disabled")))
        error = self.refusal(TransientError)
        self.assertEqual((error.code, error.seconds), ("http_503", 300))

    def test_html_escapes_are_undone_in_both_forms(self):
        self.answer(*errors(400, (85, "StockAvailable-&gt;quantity is &quot;odd&quot;")))
        self.assertIn('StockAvailable->quantity is "odd"', str(self.refusal(RejectedError, self.change)))
        xml = b"<prestashop><errors><error><code>85</code><message>A-&amp;gt;b</message></error></errors></prestashop>"
        self.answer(400, xml)
        self.assertIn("A->b", str(self.refusal(RejectedError, self.change)))

    def test_xml_with_entities_is_not_expanded(self):
        self.answer(200, b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><prestashop><product><id>8</id>'
                         b"<price>&x;</price></product></prestashop>")  # fmt: skip
        self.assertEqual(self.change()["8"]["price"], "")
        self.answer(200, b"no xml")
        self.refusal(TransientError, self.change)

    def test_values_are_escaped(self):
        self.answer(200, b"<prestashop><product><id>8</id></product></prestashop>")
        self.client.patch("products", "product", [{"id": "8", "reference": "<a> & b", "active": True, "upc": None}])
        body = self.remote.calls[-1][1]
        self.assertIn(b"<reference>&lt;a&gt; &amp; b</reference><active>1</active><upc></upc>", body)
        self.assertEqual(self.remote.calls[-1][0].headers["Content-Type"], "application/xml")

    def test_rights_and_version(self):
        self.answer(200, b'<prestashop><api shopName="x"><products get="true" patch="true" put="false"/></api>'
                         b"</prestashop>", {"PSWS-Version": "8.2.1"})  # fmt: skip
        self.assertEqual(self.client.rights(), {"products": {"get", "patch"}})
        self.assertEqual(self.client.version(), (8, 2, 1))
        self.answer(200, [], {"PSWS-Version": "0"})
        self.assertEqual(self.client.version(), (0,))


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

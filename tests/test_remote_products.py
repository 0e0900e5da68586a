"""The shop's products are read, and matched with Odoo's; nothing is linked by that."""

import time

from odoo.exceptions import UserError, ValidationError

from .webservice import RemoteProductCase, errors


class TestCatalogueReading(RemoteProductCase):
    def test_products_and_combinations_become_rows(self):
        self.fake.option(1, "M", 23)
        self.fake.option(2, [{"id": "1", "value": "Blue"}], 23)
        rows = self.reread()
        self.assertEqual(sorted(rows), ["5-0", "5-23", "5-24", "8-0", "9-0"])
        self.assertEqual(rows["5-23"].name, "Product 5 (M, Blue)")
        self.assertEqual((rows["5-23"].sku, rows["5-23"].kind, rows["5-23"].parent_remote_id),
                         ("TS-M", "combination", "5-0"))  # fmt: skip
        self.assertEqual([rows[i].price for i in ("5-0", "5-23", "5-24", "8-0")], [25, 25, 27, 40])
        self.assertEqual((rows["9-0"].barcode, rows["9-0"].sku, rows["9-0"].kind), ("9788412345677", "BOOK", "simple"))
        self.assertEqual(rows["5-0"].match_state, "not_sellable")
        self.assertFalse(self.bound(), "reading links nothing")
        self.assertFalse(self._rows(self.shop, state="failed"))

    def test_pages_go_by_numbers_and_skip_what_is_empty(self):
        for number in (99, 100, 101, 40_000, 40_250):
            self.fake.product(number, f"P{number}")
        rows = self.reread()
        self.assertLessEqual({"99-0", "100-0", "40000-0", "40250-0"}, set(rows))
        pages = self._rows(self.shop, entity="catalogue", direction="in").mapped("remote_id")
        self.assertEqual(pages, ["index", "0-99", "100-199", "40000-40099", "40200-40299"])

    def test_unchanged_page_is_no_news_and_a_changed_one_only_that(self):
        self.fake.product(150, "P150")
        self.reread()
        self._clear_rows()
        self.reread()
        self.assertFalse(self._rows(self.shop, direction="in"))
        self.fake.tables["products"][150]["price"] = "11.000000"
        rows = self.reread()
        self.assertEqual(self._rows(self.shop, direction="in").mapped("remote_id"), ["100-199"])
        self.assertEqual(rows["150-0"].price, 11)

    def test_what_the_shop_has_no_more_is_gone_keeps_its_link_and_comes_back(self):
        mug = self._product("Mug", default_code="MUG")
        self.reread()
        self.link("8-0", mug)
        kept = self.fake.tables["products"].pop(8)
        del self.fake.tables["combinations"][24]
        rows = self.reread()
        self.assertEqual([i for i, row in rows.items() if row.gone], ["8-0", "5-24"])
        self.assertEqual(rows["8-0"].product_id, mug)
        self.fake.tables["products"] = {8: kept}
        rows = self.reread()
        self.assertEqual(sorted(i for i, row in rows.items() if row.gone), ["5-0", "5-23", "5-24", "9-0"])

    def test_all_products_gone_at_once_and_drafts_are_no_products(self):
        self.fake.product(11, "DRAFT", state="0")
        self.assertNotIn("11-0", self.reread())
        self.fake.tables["products"].clear()
        self.assertEqual({row.gone for row in self.reread().values()}, {True})

    def test_equal_rows_are_not_written(self):
        before = {i: (row.write_date, row.seen_at) for i, row in self.reread().items()}
        self.env.flush_all()
        self.env.cr.execute("UPDATE sync_hub_remote_product SET write_date = '2020-01-01', seen_at = '2020-01-01'")
        self.env.invalidate_all()
        self.fake.tables["products"][8]["price"] = "41.000000"
        written = [i for i, row in self.reread().items() if row.write_date.year > 2020]
        self.assertEqual((written, len(before)), (["8-0"], 5))

    def test_price_of_a_product_that_changed_in_the_shop_makes_its_impacts_new(self):
        medium = self._product("Shirt M", 25, default_code="TS-M")
        large = self._product("Shirt L", 30, default_code="TS-L")
        self.reread()
        self.link("5-23", medium)
        self.link("5-24", large)
        self.wake_and_drain()
        self.assertEqual((self.price("combinations", 23), self.price("combinations", 24)), (0, 5))
        self.fake.tables["products"][5]["price"] = "20.000000"
        self.reread()
        self.assertEqual((self.price("combinations", 23), self.price("combinations", 24)), (5, 10))

    def test_reading_proposes_what_odoo_has_got_meanwhile(self):
        self.reread()
        mug = self._product("Mug", default_code="MUG")
        self.assertFalse(self.rows()["8-0"].proposed_product_id)
        self.assertEqual(self.reread()["8-0"].proposed_product_id, mug)

    def test_the_nightly_reading_reads_it_and_the_frequent_one_does_not(self):
        self.shop._start_reading("schedule")
        self.assertFalse(self._rows(self.shop, flow="poll", remote_id="catalogue"))
        self.shop._start_reading("schedule", self.shop._look_back(), lists=True)
        self.assertTrue(self._rows(self.shop, flow="poll", remote_id="catalogue"))

    def test_key_that_may_not_read_products_stops_nothing_else(self):
        self.remote.answer = lambda request, body: errors(401, (26, "Resource of type products is not allowed"))
        self.reread()
        row = self._rows(self.shop, flow="poll")
        self.assertStates(row, [("failed", "forbidden")])
        self.assertIn("products is not allowed", row.error)
        self.assertEqual(self.shop.state, "active")
        self.remote.answer = self.fake
        self.assertEqual(len(self.reread()), 5, "the button works once it is allowed")

    def test_names_of_options_that_may_not_be_read_are_left_out(self):
        def answer(request, body):
            if "product_option_values?" in request.url:
                return errors(400, (27, "Resource of type product_option_values does not exists"))
            return self.fake(request, body)

        self.fake.option(1, "M", 23)
        self.remote.answer = answer
        self.assertEqual(self.reread()["5-23"].name, "Product 5")

    def test_shop_that_cannot_be_asked(self):
        self.shop.reconcile = False
        with self.assertRaises(UserError):
            self.Row.action_read()


class TestMatching(RemoteProductCase):
    def proposal(self, **values):
        row = self.make("77-0", **values)
        result = (row.proposed_product_id.name or False, row.confidence, row.match_state)
        row.unlink()
        return result

    def test_by_reference_and_barcode(self):
        self._product("Both", default_code="R1", barcode="100001")
        self._product("Reference", default_code="R2")
        self._product("Barcode", barcode="100003")
        certain = ("certain", "proposed")
        self.assertEqual(self.proposal(sku="R1", barcode="100001"), ("Both", *certain))
        self.assertEqual(self.proposal(sku="R1"), ("Both", *certain))
        self.assertEqual(self.proposal(sku="R2", barcode="999"), ("Reference", *certain))
        self.assertEqual(self.proposal(sku="other", barcode="100003"), ("Barcode", *certain))
        self.assertEqual(self.proposal(sku="R1", barcode="999"), ("Both", "likely", "proposed"))
        self.assertEqual(self.proposal(sku="other", barcode="100001"), ("Both", "likely", "proposed"))
        self.assertEqual(self.proposal(sku="R2", barcode="100003"), (False, "ambiguous", "ambiguous"))
        self.assertEqual(self.proposal(sku="nothing"), (False, "none", "unmatched"))

    def test_reference_that_two_products_have(self):
        self._product("One", default_code="SAME", barcode="200001")
        self._product("Two", default_code="SAME")
        self.assertEqual(self.proposal(sku="SAME"), (False, "ambiguous", "ambiguous"))
        self.assertEqual(self.proposal(sku="SAME", barcode="200001"), ("One", "certain", "proposed"))

    def test_reference_that_two_products_of_the_shop_have(self):
        self._product("One", default_code="SAME")
        self.make("70-0", sku="SAME")
        self.assertEqual(self.proposal(sku="SAME"), (False, "ambiguous", "ambiguous"))

    def test_archived_ones_and_those_of_other_companies_are_not_proposed(self):
        self._product("Archived", default_code="OLD").active = False
        other = self.env["res.company"].create({"name": "Other"})
        self._product("Theirs", default_code="THEIRS", company_id=other.id)
        self._product("Ours", default_code="OURS", company_id=self.company.id)
        self.assertEqual(self.proposal(sku="OLD"), (False, "none", "unmatched"))
        self.assertEqual(self.proposal(sku="THEIRS"), (False, "none", "unmatched"))
        self.assertEqual(self.proposal(sku="OURS"), ("Ours", "certain", "proposed"))

    def test_by_name_only_what_is_free(self):
        lamp = self._product("Lamp of brass")
        self.assertEqual(self.proposal(name="Lamp of brass", sku="X"), ("Lamp of brass", "weak", "proposed"))
        self.link("60-0", lamp)
        self.assertEqual(self.proposal(name="Lamp of brass"), (False, "none", "unmatched"))

    def test_what_is_linked_already_is_only_likely_for_another(self):
        self.link("60-0", self._product("Tea", default_code="TEA"))
        self.assertEqual(self.proposal(sku="TEA"), ("Tea", "likely", "proposed"))

    def test_a_link_shows_at_once_whoever_made_it(self):
        tea = self._product("Tea", default_code="TEA")
        row = self.make("60-0", sku="TEA")
        binding = self.link("60-0", tea)
        self.assertEqual((row.match_state, row.product_id, row.chosen_product_id), ("linked", tea, tea))
        binding.unlink()
        self.assertEqual(
            (row.match_state, row.product_id, row.proposed_product_id), ("proposed", row.browse().product_id, tea)
        )  # noqa: E501
        self.link("60-0", tea)
        tea.unlink()
        self.assertEqual((row.match_state, row.confidence), ("unmatched", "none"))

    def test_a_choice_stays_until_it_is_linked(self):
        tea, other = self._product("Tea", default_code="TEA"), self._product("Other")
        row = self.make("60-0", sku="TEA")
        row.chosen_product_id = other
        row._match()
        self.assertEqual((row.chosen_product_id, row.proposed_product_id, row.by_hand), (other, tea, True))
        row.chosen_product_id = False
        row._match()
        self.assertFalse(row.chosen_product_id)
        self.assertEqual(row.match_state, "unmatched", "no is an answer too")

    def test_no_product_for_a_product_with_combinations(self):
        row = self.make("60-0", kind="parent", sku="TEA")
        with self.assertRaises(ValidationError):
            row.chosen_product_id = self._product("Tea", default_code="TEA")

    def test_product_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Other"})
        with self.assertRaises(UserError):
            self.make("60-0").chosen_product_id = self._product("Theirs", company_id=other.id)

    def test_five_thousand_rows_take_seconds(self):
        values = [{"name": f"N{n}", "default_code": f"CODE-{n}", "taxes_id": False} for n in range(1000)]
        self.env["product.product"].create(values)
        rows = self.Row.with_context(hub_engine=True).create(
            [
                {"connector_id": self.shop.id, "remote_id": f"{n}-0", "name": f"S{n}", "sku": f"CODE-{n}"}
                for n in range(5000)
            ]
        )
        self.env.flush_all()
        started = time.monotonic()
        with self.assertQueryCount(25):
            rows._match()
        self.assertLess(time.monotonic() - started, 5)
        self.assertEqual(len(rows.filtered("proposed_product_id")), 1000)

import time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .webservice import WebserviceCase


class RemoteProductCase(WebserviceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Row = cls.env["sync.hub.remote.product"]

    def reread(self):
        """Read the shop's catalogue; the rows by remote id."""
        self.shop.action_read_catalogue()
        self.wake_and_drain()
        return self.rows()

    def rows(self):
        return {row.remote_id: row for row in self.Row.search([("connector_id", "=", self.shop.id)])}

    def make(self, remote_id, **values):
        return self.Row.create({"connector_id": self.shop.id, "remote_id": remote_id, "name": remote_id, **values})

    def wizard(self, rows=None, **values):
        wizard = self.env["sync.hub.link.wizard"].create({"row_ids": [(6, 0, rows.ids if rows else [])], **values})
        return wizard

    def bound(self):
        """{remote id: product} of the connector's bindings."""
        bindings = self.env["sync.hub.binding"].search(
            [("connector_id", "=", self.shop.id), ("entity", "=", "product")]
        )
        return {b.remote_id: self.env["product.product"].browse(b.res_id) for b in bindings}


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


class TestLinking(RemoteProductCase):
    def setUp(self):
        super().setUp()
        self.mug = self._product("Mug", 41, default_code="MUG")
        self.book = self._product("Book", 19, default_code="OTHER", barcode="9788412345677")
        self.medium = self._product("Shirt M", 24, default_code="TS-M")
        self.reread()

    def test_nothing_is_written_before_the_preview_is_confirmed(self):
        wizard = self.wizard()
        self.assertEqual((wizard.count_certain, wizard.count_likely, wizard.count), (2, 1, 2))
        self.assertEqual(set(wizard.preview_ids.mapped("remote_id")), {"8-0", "5-23"})
        self.assertFalse(self.bound())
        wizard.action_link()
        self.assertEqual(self.bound(), {"8-0": self.mug, "5-23": self.medium})

    def test_linked_products_get_their_price_and_stock(self):
        self._set_stock(self.medium, 7)
        self.wizard().action_link()
        self.wake_and_drain()
        self.assertEqual((self.price("products", 8), self.price("combinations", 23)), (41, -1))
        self.assertEqual(self.row("stock_availables", 523, "quantity"), "7")

    def test_less_certain_ones_when_somebody_says_so(self):
        form = Form(self.env["sync.hub.link.wizard"])
        form.min_confidence = "weak"
        form.save().action_link()
        self.assertEqual(self.bound()["9-0"], self.book)

    def test_selected_rows_alone_and_the_choice_of_a_person(self):
        rows = self.rows()
        rows["5-24"].chosen_product_id = self.mug
        action = (rows["5-24"] | rows["5-0"]).action_open_wizard()
        wizard = self.env["sync.hub.link.wizard"].with_context(**action["context"]).create({})
        self.assertEqual((wizard.count, wizard.count_by_hand), (1, 1))
        wizard.action_link()
        self.assertEqual(self.bound(), {"5-24": self.mug})
        self.assertFalse(rows["5-24"].by_hand)

    def test_another_choice_for_a_linked_one_and_unlinking(self):
        self.wizard().action_link()
        rows = self.rows()
        rows["8-0"].chosen_product_id = self.book
        self.wizard(rows["8-0"]).action_link()
        self.assertEqual(self.bound()["8-0"], self.book)
        (rows["8-0"] | rows["5-23"]).action_unlink_products()
        self.assertFalse(self.bound())
        self.assertEqual(rows["8-0"].match_state, "proposed")

    def test_nothing_to_link(self):
        with self.assertRaises(UserError):
            self.wizard(self.rows()["5-24"]).action_link()

    def test_many_are_linked_by_a_run(self):
        products = self.env["product.product"].create(
            [{"name": f"N{n}", "default_code": f"CODE-{n}"} for n in range(600)]
        )
        self.Row.create(
            [
                {"connector_id": self.shop.id, "remote_id": f"{1000 + n}-0", "name": "x", "sku": f"CODE-{n}"}
                for n in range(600)
            ]
        )
        action = self.wizard().action_link()
        run = self.env["sync.hub.run"].browse(action["res_id"])
        self.assertEqual((run.total, run.progress, run.state), (602, 0, "running"))
        # What is chosen after the preview was confirmed is for the next one.
        late = self.Row.search([("remote_id", "=", "1003-0")])
        late.chosen_product_id = self.mug
        run._job_link()
        self.assertEqual(run.open_count, 102)
        run._job_link()
        self.assertEqual((run.progress, run.state), (100, "done"))
        self.assertEqual(len(self.bound()), 601)
        self.assertEqual(self.bound()["1599-0"], products[599])
        self.assertNotIn("1003-0", self.bound())

    def test_remote_whose_id_is_a_field_of_the_product(self):
        cartona = self._cartona()
        row = self.Row.create({"connector_id": cartona.id, "remote_id": "C-1", "name": "Mug", "sku": "MUG"})
        self.wizard(row).action_link()
        self.assertEqual((self.mug.cartona_id, row.match_state), ("C-1", "linked"))
        row.action_unlink_products()
        self.assertFalse(self.mug.cartona_id)
        self.assertEqual(row.match_state, "proposed")

    def test_who_may(self):
        user = new_test_user(self.env, "u", "sync_hub.group_user")
        manager = new_test_user(self.env, "m", "sync_hub.group_manager")
        rows = self.Row.search([("connector_id", "=", self.shop.id)])
        self.assertTrue(rows.with_user(user).mapped("match_state"))
        with self.assertRaises(AccessError):
            rows.with_user(user).action_open_wizard()
        with self.assertRaises(AccessError):
            rows[0].with_user(user).write({"chosen_product_id": self.mug.id})
        with self.assertRaises(AccessError):
            self.shop.with_user(user).action_read_catalogue()
        rows.with_user(manager).action_open_wizard()
        self.env["sync.hub.link.wizard"].with_user(manager).create({}).action_link()
        self.assertEqual(len(self.bound()), 2)
        rows.with_user(manager).action_unlink_products()
        self.Row.with_user(manager).action_read()

    def test_other_companies_rows_are_not_seen(self):
        other = self.env["res.company"].create({"name": "Other"})
        manager = new_test_user(
            self.env, "m", "sync_hub.group_manager", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        self.assertFalse(self.Row.with_user(manager).search([]))


class TestFile(RemoteProductCase):
    COLUMNS = ["connector_id", "remote_id", "sku", "chosen_reference"]

    def setUp(self):
        super().setUp()
        self.mug = self._product("Mug", default_code="MUG")
        self.large = self._product("Large", default_code="LARGE")
        self.reread()

    def table(self, rows=None):
        rows = rows or self.Row.search([("connector_id", "=", self.shop.id)])
        return [list(line) for line in rows.export_data(self.COLUMNS)["datas"]]

    def test_what_was_exported_changes_nothing_when_it_is_imported(self):
        before = self.Row.search([]).read()
        result = self.Row.load(self.COLUMNS, [[cell or "" for cell in line] for line in self.table()])
        self.assertFalse(result["messages"])
        after = self.Row.search([]).read()
        for row in (*before, *after):
            del row["write_date"], row["write_uid"]
        self.assertEqual(before, after)

    def test_references_of_a_file_are_choices(self):
        result = self.Row.load(["connector_id", "remote_id", "chosen_reference"], [["prestashop", "5-24", "LARGE"]])
        self.assertFalse(result["messages"])
        row = self.rows()["5-24"]
        self.assertEqual((row.chosen_product_id, row.by_hand, row.match_state), (self.large, True, "proposed"))
        self.Row.load(["connector_id", "remote_id", "chosen_reference"], [["prestashop", "8-0", ""]])
        row = self.rows()["8-0"]
        self.assertEqual((row.chosen_product_id.id, row.by_hand, row.match_state), (False, True, "unmatched"))

    @mute_logger("odoo.sql_db")
    def test_reference_that_is_wrong_is_named(self):
        self._product("Twin", default_code="LARGE")
        lines = [["prestashop", "5-24", "LARGE"], ["prestashop", "8-0", "NOBODY"]]
        result = self.Row.load(["connector_id", "remote_id", "chosen_reference"], lines)
        self.assertFalse(result["ids"])
        said = " ".join(message["message"] for message in result["messages"])
        self.assertIn("'NOBODY': no product", said)
        self.assertIn("'LARGE': more than one", said)
        self.assertFalse(self.rows()["5-24"].chosen_product_id)

    def test_by_external_ids_as_odoo_exports_them(self):
        rows = self.Row.search([("remote_id", "=", "5-24")])
        ((xid, _reference),) = rows.export_data(["id", "chosen_reference"])["datas"]
        result = self.Row.load(["id", "chosen_reference"], [[xid, "LARGE"]])
        self.assertFalse(result["messages"])
        self.assertEqual(rows.chosen_product_id, self.large)

    def test_catalogue_of_a_remote_that_cannot_be_asked_comes_from_a_file(self):
        self._cartona(name="Market")
        lines = [["Market", "C-1", "MUG", "Mug"], ["Market", "C-2", "none", "Nothing"]]
        result = self.Row.load(["connector_id", "remote_id", "sku", "name"], lines)
        self.assertFalse(result["messages"])
        rows = self.Row.browse(result["ids"])
        self.assertEqual(rows.mapped("match_state"), ["proposed", "unmatched"])
        self.assertEqual(rows[0].chosen_product_id, self.mug)
        again = self.Row.load(["connector_id", "remote_id", "sku", "name"], lines)
        self.assertEqual(again["ids"], result["ids"])

    @mute_logger("odoo.sql_db")
    def test_file_that_fails_leaves_nothing(self):
        lines = [["prestashop", "900-0", "LARGE"], ["prestashop", "8-0", "NOBODY"]]
        self.assertFalse(self.Row.load(["connector_id", "remote_id", "chosen_reference"], lines)["ids"])
        self.assertNotIn("900-0", self.rows())

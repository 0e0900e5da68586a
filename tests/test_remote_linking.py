"""Products of the shop are linked with Odoo's once somebody has confirmed it, and files carry the choices."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from .webservice import RemoteProductCase


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

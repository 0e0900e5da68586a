from ..models import compat
from ..models.gather import EACH, gathered
from .test_hooks import HookCase


class TestWriteVariants(HookCase):
    """Odoo hands a template's field of many variants on to one template after the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.coffee = cls._product("Coffee", 200, cartona_id="COFFEE")
        cls.both = cls.tea | cls.coffee
        cls.env.flush_all()
        cls.env["sync.hub.log"].search([]).unlink()

    def test_one_insert_per_connector_for_all_variants(self):
        self._cartona(name="second")
        self._clear_rows()
        with self.inserts() as counted:
            self.both.write({"list_price": 310})
        self.assertEqual(len(counted), 2)
        self.assertEqual(set(self._rows(self.cartona, flow="price").mapped("res_id")), set(self.both.ids))

    def test_only_what_changed_is_told(self):
        self.both.write({"list_price": 200})
        self.assertEqual(self._rows(self.cartona, flow="price").mapped("res_id"), self.tea.ids)

    def test_an_error_amid_the_write_tells_nothing(self):
        with self.assertRaises(ValueError), gathered(self.both) as products:
            products[0].product_tmpl_id.list_price = 1
            raise ValueError
        self.assertFalse(self._rows(self.cartona))

    def test_what_is_written_later_in_the_same_context_is_told_at_once(self):
        with gathered(self.both) as products:
            pass
        products[0].product_tmpl_id.list_price = 320
        self.assertEqual(self._rows(self.cartona, flow="price").mapped("res_id"), products[0].ids)

    def test_many_are_told_by_one_row_that_stands_for_all(self):
        values = [{"name": f"G{n}", "list_price": 1, "cartona_id": f"G{n}"} for n in range(EACH + 1)]
        many = self.env["product.product"].create(values)
        groups = self.env.ref("sales_team.group_sale_manager")
        # Who may change products is a group of its own in 19.0.
        groups |= self.env.ref("product.group_product_manager", raise_if_not_found=False) or groups
        user = self.env["res.users"].create(
            {"name": "Priya", "login": "hub-priya", compat.USER_GROUPS: [(6, 0, groups.ids)]}
        )
        for price, records in ((2, many), (3, many.product_tmpl_id)):
            self._clear_rows()
            records.with_user(user).write({"list_price": price})
            wide = self._rows(self.cartona, flow="price")
            self.assertTrue(wide.scope)
            self.env["sync.hub.drain"]._expand(self.cartona, 0)
            rows = self._rows(self.cartona, flow="price") - wide
            self.assertEqual(set(rows.mapped("res_id")), set(many.ids))
            self.assertEqual((rows.create_uid, set(rows.mapped("trigger"))), (user, {"price_changed"}))

    def test_changes_of_many_are_worked_as_one(self):
        values = [{"name": f"G{n}", "list_price": 1, "cartona_id": f"G{n}"} for n in range(EACH + 1)]
        templates = self.env["product.product"].create(values).product_tmpl_id
        self._clear_rows()
        for price in (2, 3, 4):
            templates.write({"list_price": price})
        self.env["sync.hub.drain"]._expand(self.cartona, 0)
        self.assertEqual(len(self._rows(self.cartona, flow="price").filtered(lambda row: not row.scope)), EACH + 1)

    def test_the_connector_that_told_us_is_not_told_of_many(self):
        values = [{"name": f"G{n}", "list_price": 1, "cartona_id": f"G{n}"} for n in range(EACH + 1)]
        templates = self.env["product.product"].create(values).product_tmpl_id
        self._clear_rows()
        templates.with_context(sync_origin=self.cartona.id).write({"list_price": 2})
        self.assertFalse(self._rows(self.cartona, flow="price"))

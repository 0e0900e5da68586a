from ..models.gather import gathered
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

from odoo.exceptions import ValidationError

from .common import HubCase


class TestCartonaId(HubCase):
    def test_is_unique_and_the_message_names_the_other_product(self):
        product = self._product("First", cartona_id="X1")
        product.active = False
        with self.assertRaisesRegex(ValidationError, r"First.*archived"):
            self._product("Second", cartona_id="X1")

    def test_empty_ids_do_not_collide(self):
        products = self._product("A", cartona_id="") | self._product("B", cartona_id=" ")
        self.assertEqual(products.mapped("cartona_id"), [False, False])

    def test_is_not_copied(self):
        self.assertFalse(self._product("A", cartona_id="X1").copy().cartona_id)

    def test_import_by_csv_on_template_and_variant(self):
        for model in ("product.template", "product.product"):
            result = self.env[model].load(["name", "cartona_id"], [[f"CSV {model}", f"CSV-{model}"]])
            self.assertFalse([m for m in result["messages"] if m["type"] == "error"])
            self.assertEqual(self.env[model].browse(result["ids"]).cartona_id, f"CSV-{model}")
            self.assertEqual(
                self.env["product.template"].search([("cartona_id", "=", f"CSV-{model}")]).name, f"CSV {model}"
            )

    def test_case_matters(self):
        self._product("A", cartona_id="abc")
        self.assertEqual(self._product("B", cartona_id="ABC").cartona_id, "ABC")

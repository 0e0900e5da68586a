import base64
import io
import itertools

from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from PIL import Image

from ..models import compat
from .common import HubCase

numbers = itertools.count(1)
#: What Medusa's recipe asks of a product and of a variant.
FIELDS = (
    "id display_name is_published website_url name list_price description description_sale qty_available location_id "
    "taxes_id hs_code allow_out_of_stock_order is_kits image_1920 image_1024 image_512 image_256"
).split()
NAMED = {"fields": {"display_name": {}}}
VALUES = {"fields": {"name": {}, "attribute_id": NAMED}, "context": {"show_attribute": False}}
LINES = {"fields": {"attribute_id": NAMED, "value_ids": {**NAMED, "context": {"show_attribute": False}}}}
RECIPE = {
    **{name: {} for name in FIELDS},
    "currency_id": NAMED,
    "product_variant_ids": {
        "fields": {**{name: {} for name in FIELDS}, "currency_id": NAMED, "code": {},
                   "product_template_variant_value_ids": VALUES},
        "context": {"show_code": False},
    },
    "attribute_line_ids": LINES,
}  # fmt: skip


class MedusaReadingCase(HubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.medusa = cls._connector("medusa", "Medusa")
        cls.medusa.action_make_reader()
        cls.reader = cls.medusa.reader_id
        cls.key, _until = compat.new_api_key(cls.reader, "test")
        cls.env.flush_all()
        # Of the database's own products none is read: the figures below are of this test's.
        cls.env.cr.execute("UPDATE product_template SET active = FALSE, write_date = write_date - interval '40 days'")
        cls.env.cr.execute("UPDATE product_product SET active = FALSE")
        cls.env.invalidate_all()
        cls.size, cls.colour = (cls._attribute(*row) for row in (("Size", "S", "M"), ("Colour", "Red")))
        cls.mixed = cls._template("Mixed shirt", 10, cls.size, cls.colour)
        cls.plain = cls._template("Größe & Öl", 7.5)
        cls.plain.default_code = "OIL"

    @classmethod
    def _attribute(cls, name, *values):
        attribute = cls.env["product.attribute"].create({"name": name, "create_variant": "always"})
        cls.env["product.attribute.value"].create([{"name": v, "attribute_id": attribute.id} for v in values])
        return attribute

    @classmethod
    def _template(cls, name, price, *attributes):
        lines = [(0, 0, {"attribute_id": a.id, "value_ids": [(6, 0, a.value_ids.ids)]}) for a in attributes]
        values = {"name": name, "list_price": price, "taxes_id": [(5, 0, 0)], "attribute_line_ids": lines}
        return cls.env["product.template"].create(compat.storable(values))

    def rpc(self, service, method, *args):
        """One call as the client makes it; its result, or the error's message under `self.refused`."""
        self.env.flush_all()
        params = {"service": service, "method": method, "args": args}
        body = {"jsonrpc": "2.0", "method": "call", "id": next(numbers), "params": params}
        answer = self.opener.post(f"{self.base_url()}/jsonrpc", json=body, timeout=30)
        self.assertEqual(answer.status_code, 200)
        self.env.invalidate_all()
        reply = answer.json()
        self.refused = reply["error"]["data"]["message"] if "error" in reply else ""
        return reply.get("result")

    def ask(self, model, method, args, user=None, key=None, **kwargs):
        uid = user or self.reader.id
        return self.rpc("object", "execute_kw", self.env.cr.dbname, uid, key or self.key, model, method, args, kwargs)

    def products(self, page=10):
        """All products, as the recipe reads them page by page."""
        found = []
        for offset in itertools.count(0, page):
            only = [["is_product_variant", "=", False]]
            ids = self.ask("product.template", "search", [only], offset=offset, limit=page)
            found += self.ask("product.template", "web_read", [ids], specification=RECIPE) or []
            self.assertFalse(self.refused)
            if not ids:
                return found

    def product(self, template):
        return next(row for row in self.products() if row["id"] == template.id)


@tagged("post_install", "-at_install")
class TestMedusaReading(MedusaReadingCase):
    def test_it_logs_in_with_its_key(self):
        login = [self.env.cr.dbname, self.reader.login]
        self.assertEqual(self.rpc("common", "authenticate", *login, self.key, {}), self.reader.id)
        self.assertIs(self.rpc("common", "authenticate", *login, "wrong", {}), False)

    def test_every_field_is_answered(self):
        row = self.product(self.plain)
        self.assertEqual(set(RECIPE), set(row))
        self.assertEqual((row["is_published"], row["allow_out_of_stock_order"], row["is_kits"]), (True, True, False))
        self.assertEqual(row["website_url"], f"/shop/grosse-ol-{self.plain.id}")
        (variant,) = row["product_variant_ids"]
        self.assertEqual(
            (variant["code"], variant["list_price"], variant["website_url"]), ("OIL", 7.5, row["website_url"])
        )
        self.assertEqual(row["currency_id"]["display_name"], self.company.currency_id.name)
        self.assertEqual(self.ask("product.template", "web_read", [[]], specification=RECIPE), [])

    def test_an_attribute_with_one_value_is_none_to_choose(self):
        row = self.product(self.mixed)
        self.assertEqual([line["attribute_id"]["display_name"] for line in row["attribute_line_ids"]], ["Size"])
        for variant in row["product_variant_ids"]:
            self.assertEqual(len(variant["product_template_variant_value_ids"]), 1)

    def test_no_page_repeats_or_loses_a_product(self):
        made = [self._template("Same name", 1) for _n in range(23)]
        found = [row["id"] for row in self.products(page=5)]
        self.assertEqual(len(found), len(set(found)))
        self.assertLessEqual({template.id for template in made}, set(found))

    def test_another_name_keeps_the_address(self):
        before = self.product(self.plain)["website_url"]
        self.plain.name = "Olive oil"
        self.assertEqual(self.product(self.plain)["website_url"], before)
        twin = self._template("Größe & Öl", 1)
        self.assertNotEqual(self.product(twin)["website_url"], before)
        self.assertEqual(self.product(self._template("قميص", 1))["website_url"].rpartition("-")[0], "/shop/product")

    def test_what_is_not_sold_is_no_published(self):
        self.plain.sale_ok = False
        self.assertFalse(self.product(self.plain)["is_published"])

    def test_what_was_archived_is_read_as_a_draft_with_its_variants(self):
        self.mixed.action_archive()
        row = self.product(self.mixed)
        self.assertEqual((row["is_published"], len(row["product_variant_ids"])), (False, 2))
        self.env.flush_all()
        self.env.cr.execute("UPDATE product_template SET write_date = write_date - interval '40 days'")
        self.env.invalidate_all()
        self.assertNotIn(self.mixed.id, [row["id"] for row in self.products()])

    def test_variants_cost_what_the_connectors_pricelist_says(self):
        euro = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "GBP")])
        euro.active = True
        self.mixed.product_variant_ids[1].product_template_attribute_value_ids[0].price_extra = 5
        item = {"compute_price": "percentage", "percent_price": 50, "applied_on": "3_global"}
        self.medusa.pricelist_id = self.env["product.pricelist"].create(
            {"name": "Shop", "currency_id": euro.id, "item_ids": [(0, 0, item)]}
        )
        self.env["res.currency.rate"].search([("currency_id", "=", euro.id)]).unlink()
        self.env["res.currency.rate"].create({"currency_id": euro.id, "rate": 0.5, "name": "2020-01-01"})
        base = self.company.currency_id._convert(1, euro, self.company, "2026-01-01")
        row = self.product(self.mixed)
        prices = sorted(variant["list_price"] for variant in row["product_variant_ids"])
        self.assertEqual(prices, [round(5 * base, 2), round(7.5 * base, 2)])
        self.assertEqual(row["product_variant_ids"][0]["currency_id"]["display_name"], "GBP")

    def test_large_pictures_are_left_out(self):
        noise = Image.effect_noise((700, 700), 100)
        with io.BytesIO() as file:
            noise.save(file, "PNG")
            self.plain.image_1920 = base64.b64encode(file.getvalue())
        self.medusa.image_limit = 150
        row = self.product(self.plain)
        self.assertFalse(row["image_1920"])
        self.assertTrue(row["image_256"])
        self.medusa.image_limit = 0
        self.assertTrue(self.product(self.plain)["image_1920"])

    def test_other_users_read_as_always(self):
        admin = self.env.ref("base.user_admin")
        key, _until = compat.new_api_key(admin, "test")
        for name in ("hub_no", *({"is_kits"} - set(self.env["product.template"]._fields))):
            with mute_logger("odoo.http"):
                self.ask("product.template", "web_read", [self.plain.ids], admin.id, key, specification={name: {}})
            self.assertIn(name, self.refused)

    def test_it_may_do_nothing_else(self):
        for model, method, args in (
            ("product.template", "write", [self.plain.ids, {"name": "Hacked"}]),
            ("sale.order", "search", [[]]),
            ("sync.hub.connector", "search", [[]]),
            ("sync.hub.log", "search", [[]]),
        ):
            with mute_logger("odoo.http"):
                self.ask(model, method, args)
            self.assertTrue(self.refused, model)
        self.assertEqual(self.plain.name, "Größe & Öl")


@tagged("post_install", "-at_install")
class TestMedusaSetup(MedusaReadingCase):
    def test_the_key_is_shown_once(self):
        shown = self.medusa.action_new_key()["context"]
        self.assertEqual((shown["default_login"], shown["default_database"]), (self.reader.login, self.env.cr.dbname))
        login = [self.env.cr.dbname, self.reader.login, shown["default_key"], {}]
        self.assertEqual(self.rpc("common", "authenticate", *login), self.reader.id)

    def test_what_is_missing_is_named(self):
        self.assertEqual(self.medusa.action_test()["params"]["type"], "success")
        self.env["res.users.apikeys"].sudo().search([("user_id", "=", self.reader.id)]).sudo()._remove()
        self.assertIn("API key", self.medusa.action_test()["params"]["message"])
        self.medusa.reader_id = self.env.ref("base.user_admin")
        self.assertIn("group", self.medusa.reader_state)
        self.medusa.reader_id = False
        self.assertIn("make one", self.medusa.reader_state)
        with self.assertRaises(UserError):
            self.medusa.action_new_key()

    def test_one_user_reads_for_one_shop(self):
        with self.assertRaisesRegex(ValidationError, "already"):
            self._connector("medusa", "Second", reader_id=self.reader.id)

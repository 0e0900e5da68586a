"""Products on their way to Medusa: made, matched, and changed by variant."""

import base64

from odoo import Command

from ..models import compat
from .medusa_shop import MedusaShopCase

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class TestMedusaPush(MedusaShopCase):
    def test_a_new_product_is_made_and_bound(self):
        template = self.template("Hammer", 20, default_code="HAM", weight=1.5, description_sale="Drives nails.")
        self.wake_and_drain()
        shown = self.shown(template)
        self.assertEqual(
            (shown["title"], shown["status"], shown["handle"]), ("Hammer", "published", template.hub_handle)
        )
        self.assertEqual(shown["sales_channels"], [{"id": "sc_1"}])
        self.assertEqual(shown["shipping_profile_id"], "sp_1")
        self.assertIn(f"knows this now as {shown['id']}", " ".join(template.message_ids.mapped("body")))
        (variant,) = shown["variants"]
        self.assertEqual((variant["sku"], variant["weight"]), ("HAM", 1500))
        self.assertEqual([price["amount"] for price in variant["prices"]], [20])
        product = template.product_variant_ids
        bindings = self.env["sync.hub.binding"].search([("connector_id", "=", self.medusa.id)])
        bound = {(b.entity, b.remote_id, b.res_model, b.res_id) for b in bindings if b.entity != "category"}
        self.assertEqual(
            bound,
            {
                ("catalogue", shown["id"], "product.template", template.id),
                ("product", variant["id"], "product.product", product.id),
            },
        )

    def test_stock_and_prices_follow_a_new_product(self):
        template = self.template("Cup", default_code="CUP")
        self._set_stock(template.product_variant_ids, 7)
        self.wake_and_drain()
        self.assertEqual(self.stocked(self.shown(template)), {"sloc_1": 7})
        self.assertFalse(self.failed())

    def test_nothing_is_told_of_what_the_filter_leaves_out(self):
        self.medusa.product_domain = "[('name', '=', 'Only this')]"
        self.template("Other")
        self.wake_and_drain()
        self.assertFalse(self.shop.products)

    def test_only_what_differs_is_written(self):
        template, shown = self.sell(default_code="CUP")
        template.description_sale = "For tea."
        self.wake_and_drain()
        path = f"/admin/products/{shown['id']}"
        self.assertEqual(self.shop.said, [(path, {"description": "For tea."})])

    def test_a_variant_is_changed_without_its_neighbours(self):
        template = self.shirt()
        self.wake_and_drain()
        self.shop.said.clear()
        template.product_variant_ids[0].barcode = "4711"
        self.wake_and_drain()
        ((path, body),) = self.shop.said
        self.assertTrue(path.endswith("/variants/batch"))
        self.assertEqual([sorted(wire) for wire in body["update"]], [["barcode", "id"]])

    def test_a_new_choice_makes_an_option_value_before_its_variant(self):
        template = self.shirt()
        self.wake_and_drain()
        self.shop.said.clear()
        line = template.attribute_line_ids
        line.value_ids = [Command.create({"name": "L", "attribute_id": line.attribute_id.id})]
        self.wake_and_drain()
        self.assertFalse(self.failed())
        paths = [path.rpartition("/admin/products/")[2].partition("/")[2] for path, _body in self.shop.said]
        self.assertLess(paths.index("options/batch"), paths.index("variants/batch"))
        self.assertEqual({v["title"] for v in self.shown(template)["variants"]}, {"S", "M", "L"})

    def test_a_product_gets_its_first_choice(self):
        template, shown = self.sell("Cup", 4, default_code="CUP")
        attribute = self.env["product.attribute"].create({"name": "Size"})
        values = self.env["product.attribute.value"].create(
            [{"attribute_id": attribute.id, "name": size} for size in ("S", "M")]
        )
        line = {"attribute_id": attribute.id, "value_ids": [Command.set(values.ids)]}
        # A product that was made as a variant bears a context that makes no further ones.
        template.with_env(self.env).write({"attribute_line_ids": [Command.create(line)]})
        self.wake_and_drain()
        self.assertFalse(self.failed())
        told = {v["title"]: {o["option"]["title"]: o["value"] for o in v["options"]} for v in shown["variants"]}
        default = {"Default option": "Default option value"}
        self.assertEqual(told["S"], {**default, "Size": "S"})
        self.assertEqual(told["M"], {**default, "Size": "M"})
        added = [body["add"] for path, body in self.shop.said if path.endswith("/options/batch")]
        self.assertTrue(added[0][0]["is_exclusive"])

    def test_a_product_of_the_same_sku_is_taken_over(self):
        theirs = self.shop.add("Old cup", {"CUP": {"eur": 1}})
        template = self.template("Cup", 4, default_code="CUP")
        self.wake_and_drain()
        self.assertEqual(self.shown(template)["id"], theirs["id"])
        self.assertEqual(len(self.shop.products), 1)
        # The only option of a product without a choice keeps its name.
        self.assertEqual([option["title"] for option in theirs["options"]], ["Size"])
        self.assertIn(4, [price["amount"] for price in theirs["variants"][0]["prices"]])

    def test_two_products_that_fit_are_for_a_person(self):
        self.shop.add("One", {"SHIRT-S": {"eur": 1}})
        self.shop.add("Two", {"SHIRT-M": {"eur": 1}})
        self.shirt()
        self.wake_and_drain()
        self.assertEqual(len(self.shop.products), 2)
        self.assertIn("More than one product of Medusa fits 'Shirt': One, Two", self.failed()[0])

    def test_an_option_that_odoo_does_not_have_is_named(self):
        theirs = self.shop.add("Shirt", {"SHIRT-S": {"eur": 1}, "SHIRT-M": {"eur": 1}})
        theirs["options"].append(self.shop.option({"title": "Colour", "values": ["Red", "Blue"]}))
        self.shirt()
        self.wake_and_drain()
        self.assertIn("the option Colour", self.failed()[0])

    def test_a_refused_product_stops_no_other(self):
        self.shop.refuse = lambda path, body: "no bad ones" if body.get("title") == "Bad" else None
        good, bad = self.template("Good"), self.template("Bad")
        self.wake_and_drain()
        self.assertEqual(self.shown(good)["title"], "Good")
        self.assertIn("invalid_data: no bad ones", self.failed()[0])
        self.shop.refuse = lambda path, body: None
        bad.description_sale = "Better"
        self.wake_and_drain()
        self.assertEqual(self.shown(bad)["title"], "Bad")
        self.assertFalse(self.failed())

    def test_off_sale_is_a_draft_and_on_sale_again_published(self):
        template, shown = self.sell()
        template.sale_ok = False
        self.wake_and_drain()
        self.assertEqual(shown["status"], "draft")
        template.sale_ok = True
        self.wake_and_drain()
        self.assertEqual(shown["status"], "published")
        template.active = False
        self.wake_and_drain()
        self.assertEqual(shown["status"], "draft")

    def test_a_deleted_product_is_taken_off_sale(self):
        template, shown = self.sell()
        template.unlink()
        self.wake_and_drain()
        self.assertEqual(shown["status"], "draft")

    def test_of_an_archived_variant_nothing_is_left_to_buy(self):
        template = self.shirt(**compat.storable({}))
        for variant in template.product_variant_ids:
            self._set_stock(variant, 5)
        self.wake_and_drain()
        shown = self.shown(template)
        small = template.product_variant_ids.filtered(lambda v: v.default_code == "SHIRT-S")
        number = next(n for n, v in enumerate(shown["variants"]) if v["sku"] == "SHIRT-S")
        self.assertEqual(self.stocked(shown, number), {"sloc_1": 5})
        small.active = False
        self.wake_and_drain()
        self.assertFalse(self.failed())
        self.assertEqual(self.stocked(shown, number), {"sloc_1": 0})
        self.assertEqual(len(shown["variants"]), 2)
        small.active = True
        self.wake_and_drain()
        self.assertEqual(self.stocked(shown, number), {"sloc_1": 5})

    def test_a_product_without_a_price_is_not_given_away(self):
        self.template("Free", 0)
        self.wake_and_drain()
        self.assertFalse(self.shop.products)
        self.assertIn("a product is not given away", self.failed()[0])

    def test_categories_are_found_by_name_or_made(self):
        self.shop.categories.append({"id": "pcat_own", "name": "Kitchen", "parent_category_id": None})
        root = self.env.ref("product.product_category_all", raise_if_not_found=False)
        kitchen = self.env["product.category"].create({"name": "Kitchen", "parent_id": root and root.id})
        cups = self.env["product.category"].create({"name": "Cups", "parent_id": kitchen.id})
        _template, shown = self.sell(categ_id=cups.id)
        made = self.shop.categories[-1]
        self.assertEqual((made["name"], made["parent_category_id"]), ("Cups", "pcat_own"))
        self.assertEqual(shown["categories"], [{"id": made["id"]}])

    def test_another_category_replaces_the_former_one_only(self):
        first, second = self.env["product.category"].create([{"name": "First"}, {"name": "Second"}])
        template, shown = self.sell(categ_id=first.id)
        shown["categories"].append({"id": "pcat_sale"})
        template.categ_id = second
        self.wake_and_drain()
        ids = {category["name"]: category["id"] for category in self.shop.categories}
        self.assertEqual([c["id"] for c in shown["categories"]], ["pcat_sale", ids["Second"]])

    def test_a_renamed_category_is_looked_at_again(self):
        category = self.env["product.category"].create({"name": "First"})
        template, _shown = self.sell(categ_id=category.id)
        self._clear_rows()
        category.name = "Another"
        self.wake_and_drain()
        rows = self._rows(self.medusa, flow="catalogue", res_id=template.id)
        self.assertEqual(rows.mapped("state"), ["done"])

    def test_pictures_are_uploaded_once_and_those_of_others_stay(self):
        self.shop.uploaded = "https://medusa.test/static/none.png"
        template, shown = self.sell()
        shown["images"] = [{"url": "https://elsewhere.test/a.png"}]
        mark = self._mark(template, PIXEL)
        self.shop.uploaded = f"https://medusa.test/static/1-cup-odoo-{mark}.png"
        self.wake_and_drain()
        urls = [image["url"] for image in shown["images"]]
        self.assertEqual(urls, [self.shop.uploaded, "https://elsewhere.test/a.png"])
        self.assertEqual(shown["thumbnail"], self.shop.uploaded)
        calls = len(self.remote.calls)
        template.description_sale = "Changed"
        self.wake_and_drain()
        self.assertFalse([r for r, _b in self.remote.calls[calls:] if r.url.endswith("/admin/uploads")])

    def _mark(self, template, picture):
        template.image_1920 = picture
        domain = [
            ("res_model", "=", "product.template"),
            ("res_id", "=", template.id),
            ("res_field", "=", "image_1920"),
        ]
        return self.env["ir.attachment"].search(domain).checksum[:16]

    def test_the_content_of_a_picture_is_in_no_log(self):
        self.shop.uploaded = "https://medusa.test/static/x-odoo-0000000000000000.png"
        template, _shown = self.sell()
        template.image_1920 = PIXEL
        self.wake_and_drain()
        text = base64.b64decode(PIXEL)[:8]
        exchanges = self.env["sync.hub.exchange"].search([("connector_id", "=", self.medusa.id)])
        sent = exchanges.filtered(lambda e: e.url.endswith("/admin/uploads")).mapped("request_body")
        self.assertEqual(len(sent), 1)
        self.assertIn("image/png", sent[0])
        self.assertNotIn(text.decode("latin-1"), " ".join(exchanges.mapped("request_body")))
        self.assertFalse(any(PIXEL[:20] in (row.payload or "") for row in self._rows(self.medusa)))

    def test_named_channels_and_profile(self):
        self.medusa.write({"remote_channel": "app, Web", "remote_profile": "heavy"})
        _template, shown = self.sell()
        self.assertEqual(shown["sales_channels"], [{"id": "sc_2"}, {"id": "sc_1"}])
        self.assertEqual(shown["shipping_profile_id"], "sp_2")

    def test_a_channel_that_is_not_there_is_named(self):
        self.medusa.remote_channel = "Kiosk"
        self.template()
        self.wake_and_drain()
        self.assertIn("no sales channels 'Kiosk'", self.failed()[0])

    def test_what_was_taken_away_there_is_made_anew(self):
        template, shown = self.sell(default_code="CUP")
        del self.shop.products[shown["id"]]
        template.description_sale = "Again"
        self.wake_and_drain()
        again = self.shown(template)
        self.assertNotEqual(again["id"], shown["id"])
        binding = self.env["sync.hub.binding"].search(
            [
                ("entity", "=", "product"),
                ("res_id", "=", template.product_variant_ids.id),
                ("connector_id", "=", self.medusa.id),
            ]
        )
        self.assertEqual(binding.remote_id, again["variants"][0]["id"])

    def test_what_came_back_under_another_id_is_found_by_its_sku(self):
        template, shown = self.sell("Cup", 4, default_code="CUP")
        del self.shop.products[shown["id"]]
        theirs = self.shop.add("Cup", {"CUP": {"eur": 4}})
        template.description_sale = "Again"
        self.wake_and_drain()
        self.assertEqual(self.shown(template)["id"], theirs["id"])
        self.assertEqual(len(self.shop.products), 1)

    def test_a_first_export_is_a_run_with_all_that_follows(self):
        self.medusa.state = "draft"
        templates = [self.template(f"Cup {n}", default_code=f"C{n}") for n in range(3)]
        self.medusa.action_activate()
        self.wake_and_drain()
        run = self.env["sync.hub.run"].search([("connector_id", "=", self.medusa.id)])
        self.assertEqual((run.state, run.progress, run.failed_count), ("done", 100, 0))
        self.assertGreaterEqual(run.total, 9)
        self.assertTrue(all(self.shown(template) for template in templates))

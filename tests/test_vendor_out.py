import json

import requests
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .vendor import VendorCase, told


@tagged("post_install", "-at_install")
class TestVendorOut(VendorCase):
    def test_a_new_product_is_read_and_created_with_its_variants(self):
        row = self.send()
        self.assertEqual(row.state, "done", row.error)
        read, create = self.asked()
        self.assertEqual(read, ("read", {"default_code": "BPC-5"}))
        variants = [
            {"default_code": "BPC-5", "vendor_on_hand_qty": 135, "price": 29.99, "attributes": {"Strength": "5mg"}},
            {"default_code": "BPC-10", "vendor_on_hand_qty": 7, "price": 49.99, "attributes": {"Strength": "10mg"}},
        ]
        product = {"name": "BPC-157", "default_code": "BPC-5", "vendor_on_hand_qty": 142}
        self.assertEqual(create, ("create", {"product": product, "supplier": {"price": 29.99}, "variants": variants}))

    def test_the_call_is_the_contracts(self):
        self.send()
        request = self.remote.calls[0][0]
        self.assertEqual(request.url, "https://retailer.example.com/vendor_api/product/read?partner_id=7")
        self.assertEqual(request.headers["Authorization"], "Bearer token-of-vendor")
        self.assertEqual(request.headers["Content-Type"], "application/json")
        kept = self.env["sync.hub.exchange"].search([("connector_id", "=", self.vendor.id)])
        self.assertNotIn("token-of-vendor", str(kept.read()))

    def test_a_known_product_is_updated_by_sku_alone(self):
        self.send()
        self.remote.calls.clear()
        self._set_stock(self.ten, 3)
        self.wake_and_drain()
        rows = [
            {"default_code": "BPC-5", "vendor_on_hand_qty": 135, "price": 29.99},
            {"default_code": "BPC-10", "vendor_on_hand_qty": 10, "price": 49.99},
        ]
        self.assertEqual(self.asked(), [("update", {"variants": rows})])

    def test_what_the_retailer_has_already_is_updated(self):
        self.retailer.skus = {"BPC-5": (0, 0), "BPC-10": (0, 0)}
        self.send()
        self.assertEqual([operation for operation, _body in self.asked()], ["read", "update"])
        self.assertEqual(self.retailer.skus["BPC-5"], (135, 29.99))

    def test_a_sku_that_exists_is_updated_after_all(self):
        self.retailer.skus = {"BPC-10": (0, 0)}
        self.retailer.on_read = lambda body: {"error": "product_not_found"}
        row = self.send()
        self.assertEqual([operation for operation, _body in self.asked()], ["read", "create", "update"])
        # BPC-5 is none of the retailer's: a person has to know.
        self.assertEqual((row.state, row.error_code), ("failed", "variant_not_found"))
        self.assertIn("BPC-5", row.error)

    def test_what_was_taken_away_there_is_created_again(self):
        self.send()
        self.retailer.skus.clear()
        self.remote.calls.clear()
        self._set_stock(self.five, 1)
        self.wake_and_drain()
        self.assertEqual([o for o, _b in self.asked()], ["update", "read", "read", "create"])
        self.assertEqual(self.retailer.skus["BPC-5"][0], 136)

    def test_the_same_is_not_told_twice(self):
        self.send()
        self.remote.calls.clear()
        self.env["sync.hub.log"]._append_products("stock", self.five, "inventory_adjusted")
        self.wake_and_drain()
        self.assertEqual(self.asked(), [])
        self.assertStates(self._rows(self.vendor)[-1], [("skipped", "unchanged")])

    def test_each_location_counts_for_itself_and_never_below_zero(self):
        shelf = self.env["stock.location"].create({"name": "Shelf", "location_id": self.warehouse.lot_stock_id.id})
        closed = self.env["stock.location"].create({"name": "Closed", "location_id": self.warehouse.lot_stock_id.id})
        quants = self.env["stock.quant"]
        quants._update_available_quantity(self.five, shelf, -8)
        quants._update_available_quantity(self.five, closed, 50)
        self.env.flush_all()
        self.env.cr.execute("UPDATE stock_location SET active = FALSE WHERE id = %s", [closed.id])
        self.env.invalidate_all()
        self.send()
        self.assertEqual(self.retailer.skus["BPC-5"][0], 135)
        quants._update_reserved_quantity(self.five, self.warehouse.lot_stock_id, 10)
        self.send()
        self.assertEqual(self.retailer.skus["BPC-5"][0], 125)

    def test_the_price_is_the_pricelists(self):
        pricelist = self.env["product.pricelist"].create({"name": "Retailers", "item_ids": [
            (0, 0, {"compute_price": "percentage", "percent_price": 50, "applied_on": "3_global"})]})  # fmt: skip
        self.vendor.pricelist_id = pricelist
        self.wake_and_drain()
        self.assertAlmostEqual(self.retailer.skus["BPC-5"][1], 15.0)

    def test_the_older_form_makes_each_variant_a_product(self):
        self.vendor.product_form = "v1"
        self._clear_rows()
        self.send()
        simple = {"name": "BPC-157 - 5mg", "default_code": "BPC-5", "vendor_on_hand_qty": 135}
        self.assertEqual(self.asked()[1], ("create", {"product": simple, "supplier": {"price": 29.99}}))
        self.remote.calls.clear()
        self._set_stock(self.five, 5)
        self.wake_and_drain()
        change = {"default_code": "BPC-5", "product": {"vendor_on_hand_qty": 140}, "supplier": {"price": 29.99}}
        self.assertEqual(self.asked()[0], ("update", change))


@tagged("post_install", "-at_install")
class TestVendorChoice(VendorCase):
    def test_only_the_filters_products_are_told(self):
        other = self._product("Other", 5, default_code="OTHER")
        self.assertEqual(other.product_tmpl_id._hub_send_now(self.vendor), 0)
        self.assertFalse(self._rows(self.vendor))

    def test_a_product_that_is_switched_off_has_none_left(self):
        self.send()
        self.template.hub_offer = False
        self.wake_and_drain()
        self.assertEqual([q for q, _p in self.retailer.skus.values()], [0, 0])
        self.template.hub_offer = True
        self.wake_and_drain()
        self.assertEqual(self.retailer.skus["BPC-5"][0], 135)

    def test_archived_and_deleted_products_have_none_left(self):
        self.send()
        self.ten.active = False
        self.wake_and_drain()
        self.assertEqual(self.retailer.skus, {"BPC-5": (135, 29.99), "BPC-10": (0, 49.99)})
        self.env["stock.quant"].search([("product_id", "in", (self.five | self.ten).ids)]).unlink()
        self.template.unlink()
        self.wake_and_drain()
        self.assertEqual([q for q, _p in self.retailer.skus.values()], [0, 0])

    def test_a_new_variant_gets_offered_with_its_reference(self):
        single = self._product("BPC solo", 12, default_code=False)
        self.assertFalse(self._rows(self.vendor))
        single.default_code = "BPC-S"
        self.wake_and_drain()
        self.assertEqual(self.asked()[-1][1], {
            "product": {"name": "BPC solo", "default_code": "BPC-S", "vendor_on_hand_qty": 0},
            "supplier": {"price": 12.0},
        })  # fmt: skip

    def test_a_variant_without_reference_is_named(self):
        self.ten.default_code = False
        row = self.send()
        self.assertEqual((row.state, row.error_code), ("failed", "no_sku"))
        self.assertIn("10mg", row.error)
        self.assertFalse(self.asked())

    def test_one_reference_on_two_products_is_named(self):
        self._product("Twin", 5, default_code="BPC-10")
        row = self.send()
        self.assertEqual((row.state, row.error_code), ("failed", "sku_twice"))
        self.assertIn("Twin", row.error)

    def test_the_filter_must_be_one(self):
        for text in ("nonsense", "[('no_such_field', '=', 1)]", "{'a': 1}"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.vendor.product_domain = text

    def test_the_row_says_what_happened(self):
        self.send()
        self._clear_rows()
        sale = self.env["sale.order"].create({"partner_id": self.env["res.partner"].create({"name": "P"}).id})
        self.env["sale.order.line"].create(
            {"order_id": sale.id, "product_id": self.five.id, "product_uom_qty": 5, "price_unit": 1}
        )
        sale.action_confirm()
        self.assertEqual(set(self._rows(self.vendor).mapped("trigger")), {"order_created"})
        self.wake_and_drain()
        self._clear_rows()
        sale.picking_ids.move_ids.picked = True
        sale.picking_ids.with_context(skip_backorder=True).button_validate()
        self.assertEqual(set(self._rows(self.vendor).mapped("trigger")), {"order_shipped"})
        self._clear_rows()
        self.template.list_price = 33
        self.assertEqual(self._rows(self.vendor)[-1].trigger, "price_changed")


@tagged("post_install", "-at_install")
class TestVendorErrors(VendorCase):
    def refused(self, answer, operation="create"):
        self.retailer.refuse[operation] = answer
        return self.send()

    def test_string_errors(self):
        cases = {
            "partner_mismatch": ("retrying", "credentials"),
            "not_your_product": ("failed", "rejected"),
            "invalid_request": ("failed", "rejected"),
            "internal_error": ("retrying", "internal_error"),
        }
        for word, expected in cases.items():
            with self.subTest(word):
                self.vendor.action_activate()
                self._clear_rows()
                row = self.refused(told({"error": word, "message": "told so"}))
                self.assertEqual((row.state, row.error_code), expected)
                self.assertIn("told so", row.error)

    def test_odoos_error_objects_are_no_success(self):
        cases = {
            "odoo.exceptions.AccessDenied": ("retrying", "credentials"),
            "odoo.exceptions.AccessError": ("retrying", "credentials"),
            "werkzeug.exceptions.Forbidden": ("retrying", "credentials"),
            "odoo.exceptions.UserError": ("failed", "rejected"),
            "psycopg2.errors.SerializationFailure": ("retrying", "server_error"),
            "builtins.KeyError": ("retrying", "server_error"),
        }
        for name, expected in cases.items():
            with self.subTest(name):
                self.vendor.action_activate()
                self._clear_rows()
                error = {"code": 200, "message": "Odoo Server Error", "data": {"name": name, "message": "no"}}
                row = self.refused((200, {"jsonrpc": "2.0", "id": None, "error": error}, {}))
                self.assertEqual((row.state, row.error_code), expected)

    def test_401_and_403_pause_the_connector(self):
        for status, word in ((401, "invalid_token"), (403, "partner_mismatch")):
            with self.subTest(status):
                self.vendor.action_activate()
                self._clear_rows()
                self.refused((status, {"jsonrpc": "2.0", "id": None, "error": word}, {}), "read")
                self.assertEqual((self.vendor.state, self.vendor.refused), ("paused", True))

    def test_the_missing_combinations_are_readable(self):
        expected = [{"Strength": s, "Colour": c} for s in ("5mg", "10mg") for c in ("Red", "Blue")]
        row = self.refused(told({"error": "variants_incomplete", "expected_combinations": expected}))
        self.assertEqual((row.state, row.error_code), ("failed", "variants_incomplete"))
        self.assertIn("Strength 5mg, Colour Red; Strength 5mg, Colour Blue", row.error)

    def test_three_tries(self):
        self.refused((503, {"error": "maintenance"}, {}))
        for _again in range(3):
            self.env.cr.execute("UPDATE sync_hub_log SET next_try_at = NULL WHERE state = 'retrying'")
            self.env.cr.execute("UPDATE sync_hub_lane SET open_until = NULL")
            self.env.invalidate_all()
            self.wake_and_drain()
        self.assertEqual([o for o, _b in self.asked()].count("create"), 3)
        self.assertEqual(self._rows(self.vendor)[-1].state, "failed")

    def test_what_failed_before_is_settled_by_a_success(self):
        self.refused(told({"error": "invalid_request"}))
        self.retailer.refuse.clear()
        self.send()
        self.assertFalse(self._rows(self.vendor, state="failed"))

    def test_a_lost_answer_is_asked_for_again(self):
        self.send()

        def lost(request, body):
            self.retailer(request, body)
            raise requests.exceptions.ReadTimeout("lost")

        self.remote.answer = lost
        self._set_stock(self.five, 1)
        self.wake_and_drain()
        self.remote.answer = self.retailer
        self._set_stock(self.five, -1)
        self.wake_and_drain()
        self.assertEqual(self.retailer.skus["BPC-5"][0], 135)

    def test_the_test_of_the_connection(self):
        self.assertEqual(self.vendor.action_test()["params"]["type"], "success")
        self.assertIn("TEST-CONNECTION-", json.dumps(self.asked()[0]))
        self.retailer.refuse["read"] = 403, {"error": "partner_mismatch"}, {}
        answer = self.vendor.action_test()["params"]
        self.assertEqual(answer["type"], "danger")
        self.assertIn("Our partner id", answer["message"])

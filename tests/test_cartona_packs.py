from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from ..models import compat
from .common import HubCase


class TestCartonaPacks(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona()
        cls.tea = cls._product("Tea", 12.5, cartona_id="TEA-25")
        cls.carton = cls._pack("TEA-25#C", cls.tea, factor=24, unit="box", unit_count=24, base_ref="7001")
        cls.env["sync.hub.drain"]._work(cls.cartona.id, "out", 0)
        cls.env["sync.hub.log"].search([]).unlink()

    @classmethod
    def _pack(cls, remote_id, product, **values):
        return cls.env["sync.hub.binding"].create(
            {
                "connector_id": cls.cartona.id,
                "entity": "product",
                "remote_id": remote_id,
                "res_model": "product.product",
                "res_id": product.id,
                **values,
            }
        )

    def sent(self):
        """{id: everything that was set}, and forget the calls."""
        shown = {}
        for item in self.remote.items:
            name = item.get("internal_product_id") or item.get("supplier_product_id") or item.get("base_product_id")
            shown.setdefault(name, {}).update(item)
        self.remote.calls.clear()
        return shown

    def simple(self):
        return self.env["sync.hub.binding"].search([("from_field", "=", True), ("res_id", "=", self.tea.id)])

    def test_a_pool_is_told_for_all_its_packs_in_one_call(self):
        self._set_stock(self.tea, 1000)
        self.wake_and_drain()
        self.assertEqual(len(self.remote.calls), 1)
        sent = self.sent()
        self.assertEqual(sent["TEA-25"]["available_stock_quantity"], 1000)
        self.assertEqual(sent["TEA-25#C"]["available_stock_quantity"], 41)

    def test_a_pack_costs_its_pieces_or_what_the_pricelist_says_for_so_many(self):
        self.tea.list_price = 13
        self.wake_and_drain()
        sent = self.sent()
        self.assertEqual((sent["TEA-25"]["selling_price"], sent["TEA-25#C"]["selling_price"]), (13, 312))
        rule = {"compute_price": "fixed", "fixed_price": 12, "min_quantity": 24}
        rule.update(applied_on="0_product_variant", product_id=self.tea.id)
        self.cartona.pricelist_id = self.env["product.pricelist"].create({"name": "P", "item_ids": [(0, 0, rule)]})
        self.wake_and_drain()
        # The piece costs what it did: nothing to say.
        self.assertEqual({key: item["selling_price"] for key, item in self.sent().items()}, {"TEA-25#C": 288})

    def test_one_pack_fails_alone_and_is_retried_alone(self):
        def answer(request, body):
            said = [{"internal_product_id": i["internal_product_id"], "success": "#" not in i["internal_product_id"],
                     **({"error": "no"} if "#" in i["internal_product_id"] else {})} for i in body]  # fmt: skip
            return 200, said, {}

        self.remote.answer = answer
        self.tea.list_price = 14
        self.wake_and_drain()
        states = {row.remote_id: row.state for row in self._rows(self.cartona, action="pack")}
        self.assertEqual(states, {"TEA-25": "done", "TEA-25#C": "failed"})
        self.remote.calls.clear()
        self.remote.answer = lambda request, body: (200, [], {})
        self._rows(self.cartona, state="failed").action_retry()
        self.wake_and_drain()
        self.assertEqual(list(self.sent()), ["TEA-25#C"])

    def test_the_newest_change_takes_the_place_of_packs_that_wait(self):
        self.cartona.retry_schedule = "60"
        self.remote.answer = lambda request, body: (503, {}, {})
        self.tea.list_price = 14
        self.wake_and_drain()
        self.remote.answer = lambda request, body: (200, [], {})
        self.tea.list_price = 15
        self.remote.calls.clear()
        self.env["sync.hub.lane"].search([]).open_until = False
        self.wake_and_drain()
        self.assertEqual({k: i["selling_price"] for k, i in self.sent().items()}, {"TEA-25": 15, "TEA-25#C": 360})
        self.assertFalse(self._rows(self.cartona, state="retrying"))

    def test_packs_stay_when_the_products_own_id_changes(self):
        self.tea.cartona_id = "TEA-NEW"
        self.wake_and_drain()
        self.assertTrue(self.carton.exists())
        self.assertEqual(self.simple().remote_id, "TEA-NEW")

    def test_order_limits_unlimited_stock_and_what_is_hidden(self):
        self.carton.write({"min_order": 2, "max_order": 50})
        self.wake_and_drain()
        self.assertEqual(
            self.sent(), {"TEA-25#C": {"internal_product_id": "TEA-25#C", "min_order": 2, "max_order": 50}}
        )
        self.carton.availability = "unlimited"
        self.wake_and_drain()
        item = self.sent()["TEA-25#C"]
        self.assertEqual((item["is_unlimited_stock"], item["in_stock"]), (True, True))
        self.assertNotIn("available_stock_quantity", item)
        self.carton.write({"availability": "none", "published": False})
        self.wake_and_drain()
        item = self.sent()["TEA-25#C"]
        self.assertEqual((item["available_stock_quantity"], item["in_stock"], item["is_published"]), (0, False, False))
        with self.assertRaisesRegex(ValidationError, "least per order"):
            self.carton.write({"min_order": 9, "max_order": 3})

    def test_a_unit_or_a_packaging_says_how_much_a_pack_is(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.carton.uom_id = dozen
        self.assertEqual(self.carton.factor, 12)
        self.assertEqual(self.carton._line_uom(), dozen)
        with self.assertRaisesRegex(ValidationError, "Sold in"):
            self.carton.uom_id = self.env.ref("uom.product_uom_kgm")
        if compat.SERIES < 18:
            values = {"name": "Carton", "product_id": self.tea.id, "qty": 48}
            packaging = self.env["product.packaging"].create(values)
            self.carton.write({"uom_id": False, "packaging_id": packaging.id})
            self.assertEqual(self.carton.factor, 48)

    def test_a_unit_is_made_once_for_a_pack_that_has_none(self):
        unit = self.carton._line_uom()
        self.assertEqual(unit._compute_quantity(2, self.tea.uom_id), 48)
        self.assertEqual(self.carton._line_uom(), unit)

    def test_packs_of_one_third(self):
        self.carton.factor = 1 / 3
        self._set_stock(self.tea, 5)
        self.wake_and_drain()
        self.assertEqual(self.sent()["TEA-25#C"]["available_stock_quantity"], 15)

    def test_products_are_named_by_cartonas_number_or_by_what_they_are_a_pack_of(self):
        self._pack("supplier_product_id=551202", self.tea, factor=6)
        self._pack("base_product_id=7001;unit=box;unit_count=12", self.tea, factor=12)
        self._clear_rows()
        self.tea.list_price = 20
        self.wake_and_drain()
        by_url = {request.url.rpartition("api/v1/")[2]: body for request, body in self.remote.calls}
        named = by_url["supplier-product/bulk-update"]
        self.assertIn({"supplier_product_id": "551202", "selling_price": 120}, named)
        self.assertEqual(
            by_url["supplier-product/base-product/bulk-update"],
            [{"base_product_id": "7001", "unit": "box", "unit_count": 12, "selling_price": 240}],
        )

    def test_stock_by_base_product_goes_in_pieces(self):
        self.cartona.stock_call = "base"
        self._clear_rows()
        self._set_stock(self.tea, 1000)
        self.wake_and_drain()
        by_url = {request.url.rpartition("/")[2]: body for request, body in self.remote.calls}
        self.assertEqual(by_url["bulk-update-stock"], [{"base_product_id": "7001", "available_stock_quantity": 1000}])
        # The one whose base product nobody knows goes by itself.
        self.assertEqual([i["internal_product_id"] for i in by_url["bulk-update"]], ["TEA-25"])

    def test_each_account_has_its_prices(self):
        wholesale = self.env["product.pricelist"].create(
            {"name": "W", "item_ids": [(0, 0, {"compute_price": "percentage", "percent_price": 20})]}
        )
        account = {"connector_id": self.cartona.id, "kind": "account", "remote_value": "2"}
        self.env["sync.hub.map"].create({**account, "pricelist_id": wholesale.id})
        self._pack("TEA-25", self.tea, account="2")
        self.wake_and_drain()
        self.tea.list_price = 100
        self.remote.calls.clear()
        self.wake_and_drain()
        shown = {(i["internal_product_id"], i.get("supplier_code")): i["selling_price"] for i in self.remote.items}
        self.assertEqual(shown, {("TEA-25", None): 100, ("TEA-25", "2"): 80, ("TEA-25#C", None): 2400})
        rule = wholesale.item_ids
        rule.percent_price = 50
        self.remote.calls.clear()
        self.wake_and_drain()
        shown = {(i["internal_product_id"], i.get("supplier_code")): i["selling_price"] for i in self.remote.items}
        self.assertEqual(shown, {("TEA-25", "2"): 50})

    def test_a_bundle_is_sent_only_where_it_is_a_kit(self):
        self.carton.bundle = True
        self._clear_rows()
        self._set_stock(self.tea, 100)
        self.wake_and_drain()
        row = self._rows(self.cartona, remote_id="TEA-25#C", flow="stock")
        self.assertStates(row, [("skipped", "ignored")])
        self.assertIn("bundle", row.result)

    def test_paths_of_ones_own(self):
        self.cartona.own_paths = "bulk_update = v2/products"
        self._clear_rows()
        self.tea.list_price = 21
        self.wake_and_drain()
        self.assertEqual({r.url for r, _b in self.remote.calls}, {"https://cartona.test/api/v1/v2/products"})
        with self.assertRaisesRegex(ValidationError, "none of"):
            self.cartona.own_paths = "bulk = x"
        with self.assertRaisesRegex(ValidationError, "not of the form"):
            self.cartona.own_paths = "bulk_update"

    @mute_logger("odoo.sql_db")
    def test_deleted_product_takes_all_its_packs_off_sale(self):
        self.tea.unlink()
        self.wake_and_drain()
        self.assertEqual(
            {k: i.get("is_published") for k, i in self.sent().items()}, {"TEA-25": False, "TEA-25#C": False}
        )

    def test_accounts_must_be_named_once_two_are_known(self):
        for code in ("1", "2"):
            self.env["sync.hub.map"].create({"connector_id": self.cartona.id, "kind": "account", "remote_value": code})
        self.tea.list_price = 30
        self.wake_and_drain()
        rows = self._rows(self.cartona, action="pack")
        self.assertEqual(set(rows.mapped("error_code")), {"account_needed"})
        self.assertFalse(self.remote.calls)
        self.cartona.supplier_code = "2"
        self.wake_and_drain()
        self.assertEqual({item["supplier_code"] for item in self.remote.items}, {"2"})


class TestCartonaPriceGuard(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona(price_guard=10)
        cls.manager = new_test_user(cls.env, "guard_manager", groups="sync_hub.group_manager")
        cls.tea = cls._product("Tea", 100, cartona_id="TEA")
        cls.env["sync.hub.drain"]._work(cls.cartona.id, "out", 0)
        cls.env["sync.hub.log"].search([]).unlink()

    def prices(self):
        return [item["selling_price"] for item in self.remote.items if "selling_price" in item]

    def activities(self):
        return self.cartona.activity_ids.filtered(lambda a: "approval" in a.summary)

    def test_small_changes_go_and_great_ones_wait_with_one_activity(self):
        sugar = self._product("Sugar", 50, cartona_id="SUG")
        self.wake_and_drain()
        self.tea.list_price = 109
        self.wake_and_drain()
        self.assertEqual(self.prices()[-1], 109)
        self.tea.list_price, sugar.list_price = 200, 20
        self.wake_and_drain()
        self.assertEqual(self.prices()[-1], 109)
        rows = self._rows(self.cartona, state="failed")
        self.assertEqual(rows.mapped("error_code"), ["price_guard", "price_guard"])
        self.assertIn("109.00 to 200.00 (+83.5 %)", rows[0].error)
        self.assertEqual(len(self.activities()), 1)
        rows[0].with_user(self.manager).action_approve()
        self.wake_and_drain()
        self.assertEqual(self.prices()[-1], 200)
        self.assertEqual(len(self.activities()), 1)
        rows[1].with_user(self.manager).action_approve()
        self.wake_and_drain()
        self.assertEqual(self.prices()[-1], 20)
        self.assertFalse(self.activities())

    def test_an_approved_price_is_that_price_alone(self):
        self.tea.list_price = 200
        self.wake_and_drain()
        row = self._rows(self.cartona, state="failed")
        self.tea.with_context(sync_origin=self.cartona.id).list_price = 300
        row.with_user(self.manager).action_approve()
        self.wake_and_drain()
        self.assertNotIn(300, self.prices())
        self.assertEqual((row.state, row.error_code), ("failed", "price_guard"))

    def test_only_a_manager_approves(self):
        self.tea.list_price = 200
        self.wake_and_drain()
        row = self._rows(self.cartona, state="failed")
        user = new_test_user(self.env, "guard_user", groups="sync_hub.group_user")
        with self.assertRaises(AccessError):
            row.with_user(user).action_approve()
        row.with_user(user).action_retry()
        self.wake_and_drain()
        self.assertEqual(row.state, "failed")
        # Neither a replay nor a full push gets round it.
        row._requeue("replay")
        self.cartona.action_push_all()
        self.wake_and_drain()
        self.assertNotIn(200, self.prices())

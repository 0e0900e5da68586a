from contextlib import contextmanager
from datetime import timedelta

from odoo import fields
from odoo.tests import Form
from odoo.tools import mute_logger

from ..models import compat
from .common import HubCase


class HookCase(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona()
        cls.tea = cls._product("Tea", 300, cartona_id="TEA")
        cls.env.flush_all()
        cls.env["sync.hub.log"].search([]).unlink()

    def flows(self):
        """(flow, trigger) of all rows appended so far, then forget them."""
        rows = self._rows(self.cartona)
        found = [(row.flow, row.trigger) for row in rows]
        rows.unlink()
        return found

    @contextmanager
    def inserts(self):
        """Counts the statements that insert log rows."""
        counted = []
        cr = type(self.env.cr)
        real = cr.execute

        def execute(cursor, query, *args, **kwargs):
            if "INSERT INTO sync_hub_log" in str(query):
                counted.append(query)
            return real(cursor, query, *args, **kwargs)

        with self.patched(cr, "execute", execute):
            yield counted


class TestPriceCauses(HookCase):
    def test_each_cause_of_a_price_change_appends_a_row(self):
        pricelist = self.env["product.pricelist"].create({"name": "P"})
        self.cartona.pricelist_id = pricelist
        base = self.env["product.pricelist"].create({"name": "Base"})
        rule = self.env["product.pricelist.item"].create(
            {
                "pricelist_id": pricelist.id,
                "applied_on": "1_product",
                "product_tmpl_id": self.tea.product_tmpl_id.id,
                "fixed_price": 5,
            }
        )
        self.tea.taxes_id = self.tax21
        self.env.flush_all()
        self._clear_rows()
        category = self.env["product.category"].create({"name": "Other"})
        causes = {
            "list_price": lambda: self.tea.write({"list_price": 301}),
            "template": lambda: self.tea.product_tmpl_id.write({"list_price": 302}),
            "cost": lambda: self.tea.write({"standard_price": 3}),
            "taxes": lambda: self.tea.write({"taxes_id": [(5, 0, 0)]}),
            "category": lambda: self.tea.write({"categ_id": category.id}),
            "rule": lambda: rule.write({"fixed_price": 6}),
            "new rule": lambda: rule.copy(),
            "rule gone": lambda: rule.unlink(),
            "global rule": lambda: self.env["product.pricelist.item"].create({"pricelist_id": pricelist.id}),
            "rule on a base pricelist": lambda: self._chain(pricelist, base),
            "currency of the pricelist": lambda: pricelist.write({"currency_id": self.env.ref("base.KRW").id}),
            "rate": lambda: self.env["res.currency.rate"].create(
                {"currency_id": self.env.ref("base.KRW").id, "name": "2020-01-01", "rate": 2}
            ),
        }
        for cause, change in causes.items():
            with self.subTest(cause):
                change()
                self.env.flush_all()
                self.assertIn("price", [flow for flow, _trigger in self.flows()])

    def _chain(self, pricelist, base):
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": pricelist.id,
                "compute_price": "formula",
                "base": "pricelist",
                "base_pricelist_id": base.id,
            }
        )
        self.env.flush_all()
        self._clear_rows()
        self.env["product.pricelist.item"].create({"pricelist_id": base.id, "fixed_price": 9})

    def test_tax_amount_touches_the_products_that_bear_it(self):
        self.tea.taxes_id = self.tax21
        other = self._product("Other", 5, cartona_id="OTHER")
        self.env.flush_all()
        self._clear_rows()
        self.tax21.amount = 22
        self.wake_and_drain()
        self.assertEqual([item["selling_price"] for item in self.remote.items], [366])
        self.assertNotIn(other.id, self._rows(self.cartona).mapped("res_id"))

    def test_extra_price_of_an_attribute_value(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [(0, 0, {"name": "S"}), (0, 0, {"name": "L"})]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "list_price": 10,
                "taxes_id": False,
                "attribute_line_ids": [
                    (0, 0, {"attribute_id": attribute.id, "value_ids": [(6, 0, attribute.value_ids.ids)]})
                ],
            }
        )
        for variant, cartona_id in zip(template.product_variant_ids, ("S", "L"), strict=True):
            variant.cartona_id = cartona_id
        self.env.flush_all()
        self._clear_rows()
        template.attribute_line_ids.product_template_value_ids[1].price_extra = 2
        self.wake_and_drain()
        self.assertEqual({i["internal_product_id"]: i["selling_price"] for i in self.remote.items}, {"S": 10, "L": 12})

    def test_rule_that_begins_by_date_is_pushed_by_the_cron(self):
        pricelist = self.env["product.pricelist"].create({"name": "P"})
        self.cartona.pricelist_id = pricelist
        self.env["product.pricelist.item"].create(
            {
                "pricelist_id": pricelist.id,
                "fixed_price": 5,
                "date_start": fields.Datetime.now() - timedelta(seconds=30),
            }
        )
        self.env.flush_all()
        self._clear_rows()
        connectors = self.env["sync.hub.connector"]
        connectors.with_context(lastcall=fields.Datetime.now() - timedelta(minutes=1))._push_dated_prices()
        self.assertEqual(self.flows(), [("price", "schedule")])
        connectors.with_context(lastcall=fields.Datetime.now() + timedelta(minutes=5))._push_dated_prices()
        self.assertEqual(self.flows(), [])

    def test_change_of_the_connectors_own_settings_pushes_everything_again(self):
        self.cartona.price_tax = "excluded"
        self.assertEqual(self.flows(), [("price", "changed")])
        self.cartona.stock_buffer = 3
        self.assertEqual(self.flows(), [("stock", "changed")])
        self.cartona.name = "Other name"
        self.assertEqual(self.flows(), [])


class TestWriteIsCheap(HookCase):
    def test_two_thousand_prices_are_one_insert_no_http_and_few_queries(self):
        values = [{"name": f"G{n}", "list_price": 1, "cartona_id": f"G{n}", "taxes_id": False} for n in range(2000)]
        products = self.env["product.product"].create(values)
        self.env.flush_all()
        self._clear_rows()
        templates = self.env["product.template"].browse(products.product_tmpl_id.ids)
        heard = self._statements(templates, 2)
        self.assertTrue(self._rows(self.cartona, flow="price").scope, "one row stands for all")
        self.assertEqual(len([q for q in heard if "INSERT INTO" in q and "sync_hub_log" in q]), 1)
        self.assertFalse(self.remote.calls)
        self.assertEqual(self.env.cr.postcommit.data["sync_hub.lanes"], {(self.cartona.id, "out", 0)}, "one drain")
        self.cartona.state = "draft"
        unheard = self._statements(templates, 3)
        # Odoo itself works in batches; what we add does not grow with the records.
        self.assertLess(len(heard) - len(unheard), 12)

    def _statements(self, templates, price):
        self._clear_rows()
        self.env.flush_all()
        self.env.invalidate_all()
        seen = []
        cr = type(self.env.cr)
        real = cr.execute

        def execute(cursor, query, *args, **kwargs):
            seen.append(str(query))
            return real(cursor, query, *args, **kwargs)

        with self.patched(cr, "execute", execute):
            templates.write({"list_price": price})
            self.env.flush_all()
        return seen

    def test_one_insert_per_connector_and_call(self):
        self._cartona(name="second")
        with self.inserts() as counted:
            self.tea.list_price = 310
        self.assertEqual(len(counted), 2)

    def test_one_row_per_transaction_and_flow(self):
        for price in (310, 320, 330):
            self.tea.list_price = price
        self.assertEqual(len(self._rows(self.cartona)), 1)

    def test_rolled_back_savepoint_leaves_no_row_and_hides_none(self):
        try:
            with self.env.cr.savepoint():
                self.tea.list_price = 310
                self.env.flush_all()
                raise ValueError
        except ValueError:
            self.env.invalidate_all()
        self.assertFalse(self._rows(self.cartona))
        self.tea.list_price = 320
        self.assertEqual(len(self._rows(self.cartona)), 1)

    def test_nothing_is_appended_without_an_active_connector(self):
        self.cartona.state = "draft"
        with self.inserts() as counted:
            self.tea.list_price = 310
        self.assertFalse(counted)

    def test_paused_connector_keeps_its_rows(self):
        self.cartona.action_pause()
        self.tea.list_price = 310
        self.wake_and_drain()
        self.assertEqual(self._rows(self.cartona).mapped("state"), ["pending"])


class TestStockTriggers(HookCase):
    def _order(self, quantity=3):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
                "warehouse_id": self.warehouse.id,
                "order_line": [(0, 0, {"product_id": self.tea.id, "product_uom_qty": quantity})],
            }
        )
        self.env.flush_all()
        self._clear_rows()
        return order

    def shown(self):
        self.wake_and_drain()
        return [item["available_stock_quantity"] for item in self.remote.items if "available_stock_quantity" in item][
            -1
        ]

    def test_life_of_an_order_is_followed_step_by_step(self):
        self._set_stock(self.tea, 10)
        order = self._order()
        order.action_confirm()
        self.assertEqual(self.shown(), 7)
        order.picking_ids.move_ids.write({"quantity": 3, "picked": True})
        self._clear_rows()
        order.picking_ids.with_context(skip_sms=True)._action_done()
        self.assertEqual(self._rows(self.cartona, flow="stock").mapped("trigger"), ["order_shipped"])
        self.assertEqual(self.shown(), 7)
        self.assertEqual(self.tea.qty_available, 7)

    def test_cancelled_order_gives_back(self):
        self._set_stock(self.tea, 10)
        order = self._order()
        order.action_confirm()
        self.assertEqual(self.shown(), 7)
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(self.shown(), 10)

    def test_receipt_and_inventory(self):
        quant = self.env["stock.quant"].create(
            {"product_id": self.tea.id, "location_id": self.warehouse.lot_stock_id.id, "inventory_quantity": 12}
        )
        quant.action_apply_inventory()
        self.assertEqual(self.shown(), 12)

    def test_unreserve_gives_back(self):
        self._set_stock(self.tea, 10)
        order = self._order()
        order.action_confirm()
        self.assertEqual(self.shown(), 7)
        order.picking_ids.do_unreserve()
        self.assertEqual(self.shown(), 10)

    def test_open_demand_without_reservation_counts_when_the_connector_says_so(self):
        self.cartona.stock_basis = "demand"
        self._set_stock(self.tea, 10)
        order = self._order()
        order.action_confirm()
        order.picking_ids.do_unreserve()
        self.assertEqual(self.shown(), 7)


class TestPlainUsers(HookCase):
    """Users outside our groups work as always: our hooks must not ask for rights they do not have."""

    def _user(self, login, *names):
        groups = [self.env.ref(name, raise_if_not_found=False) for name in ("base.group_user", *names)]
        ids = [group.id for group in groups if group]
        return self.env["res.users"].create({"name": login, "login": login, compat.USER_GROUPS: [(6, 0, ids)]})

    def test_stock_user_delivers_and_counts(self):
        self._set_stock(self.tea, 10)
        user = self._user("hub-stock", "stock.group_stock_user")
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
                "order_line": [(0, 0, {"product_id": self.tea.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        picking = order.picking_ids.with_user(user)
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")
        self.assertTrue(self._rows(self.cartona, flow="stock"))

    def test_sales_user_sells_and_cancels(self):
        self._set_stock(self.tea, 10)
        user = self._user("hub-sales", "sales_team.group_sale_salesman")
        order = (
            self.env["sale.order"]
            .with_user(user)
            .create(
                {
                    "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
                    "order_line": [(0, 0, {"product_id": self.tea.id, "product_uom_qty": 1})],
                }
            )
        )
        order.action_confirm()
        order.with_context(disable_cancel_warning=True).action_cancel()
        self.assertEqual(order.state, "cancel")

    def test_product_manager_without_sync_groups_edits_price_and_id(self):
        user = self._user("hub-product", "sales_team.group_sale_manager", "product.group_product_manager")
        product = self.tea.with_user(user)
        with mute_logger("odoo.addons.base.models.ir_model"):
            product.write({"list_price": 311})
            product.write({"cartona_id": "TEA-2"})
        with Form(product.product_tmpl_id) as form:
            form.list_price = 312
        self.assertTrue(self._rows(self.cartona, flow="price"))

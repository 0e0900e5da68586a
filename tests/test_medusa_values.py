"""Prices and stock on their way to Medusa: every currency, every place, and nothing of others lost."""

from odoo import Command

from .medusa_shop import MedusaShopCase, prices_of


class TestMedusaPrices(MedusaShopCase):
    def in_dollars(self, factor=1.25):
        dollar = self.env["res.currency"].with_context(active_test=False).search([("name", "=", "GBP")])
        dollar.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", dollar.id)]).unlink()
        rule = {"applied_on": "3_global", "compute_price": "formula", "base": "list_price"}
        rule["price_discount"] = 100 - 100 * factor
        return self.env["product.pricelist"].create(
            {"name": "Pounds", "currency_id": dollar.id, "item_ids": [Command.create(rule)]}
        )

    def test_a_price_goes_out_in_every_currency(self):
        self.medusa.currency_pricelist_ids = self.in_dollars()
        template, shown = self.sell(price=8)
        own = self.company.currency_id.name.lower()
        prices = {p["currency_code"]: p["amount"] for p in shown["variants"][0]["prices"]}
        self.assertEqual(prices, {own: 8, "gbp": 10})
        template.list_price = 16
        self.wake_and_drain()
        prices = {p["currency_code"]: p["amount"] for p in shown["variants"][0]["prices"]}
        self.assertEqual(prices, {own: 16, "gbp": 20})

    def test_a_rule_of_a_further_pricelist_is_a_change_of_price(self):
        pounds = self.in_dollars()
        self.medusa.currency_pricelist_ids = pounds
        _template, shown = self.sell(price=8)
        pounds.item_ids.price_discount = -50
        self.wake_and_drain()
        prices = {p["currency_code"]: p["amount"] for p in shown["variants"][0]["prices"]}
        self.assertEqual(prices["gbp"], 12)

    def test_prices_for_groups_quantities_and_other_currencies_stay(self):
        template, shown = self.sell(price=8)
        own = self.company.currency_id.name.lower()
        variant = shown["variants"][0]
        more = [
            {
                "id": "price_a",
                "currency_code": "sek",
                "amount": 90,
                "min_quantity": None,
                "max_quantity": None,
                "rules": {},
            },
            {"id": "price_b", "currency_code": own, "amount": 7, "min_quantity": 10, "max_quantity": None, "rules": {}},
            {
                "id": "price_c",
                "currency_code": own,
                "amount": 6,
                "min_quantity": None,
                "max_quantity": None,
                "rules": {"g": "x"},
            },
        ]
        variant["prices"] += more
        template.list_price = 9
        self.wake_and_drain()
        ((_path, body),) = self.shop.said
        (wire,) = body["update"]
        told = {(p["currency_code"], p["amount"], p.get("min_quantity"), bool(p.get("rules"))) for p in wire["prices"]}
        self.assertEqual(
            told, {(own, 9, None, False), ("sek", 90, None, False), (own, 7, 10, False), (own, 6, None, True)}
        )

    def test_one_refused_price_does_not_stop_the_others(self):
        template = self.shirt()
        self.wake_and_drain()
        shown = self.shown(template)
        bad = shown["variants"][0]["id"]
        self.shop.refuse = lambda path, body: (
            "no" if any(wire["id"] == bad for wire in (body or {}).get("update", ())) else None
        )
        template.list_price = 33
        self.wake_and_drain()
        self.assertEqual([p["amount"] for p in shown["variants"][1]["prices"]], [33])
        self.assertEqual(len(self.failed()), 1)

    def test_a_price_that_is_there_already_is_not_written(self):
        template, shown = self.sell(price=8)
        self.shop.set(shown["variants"][0], {"prices": prices_of({self.company.currency_id.name.lower(): 9})})
        template.list_price = 9
        self.wake_and_drain()
        self.assertEqual(self.shop.said, [])
        self.assertFalse(self.failed())

    def test_a_currency_that_comes_twice_is_refused(self):
        with self.assertRaisesRegex(Exception, "Further currencies"):
            self.medusa.currency_pricelist_ids = self.env["product.pricelist"].create(
                {"name": "Own", "currency_id": self.company.currency_id.id}
            )


class TestMedusaStock(MedusaShopCase):
    def reserve(self, shown, line, quantity):
        item = shown["variants"][0]["inventory_items"][0]["inventory"]["id"]
        row = {"inventory_item_id": item, "location_id": "sloc_1", "line_item_id": line, "quantity": quantity}
        self.shop.reservations.append({"id": "res", **row})

    def stocked_goods(self, quantity):
        template, shown = self.sell(default_code="CUP")
        self._set_stock(template.product_variant_ids, quantity)
        self.wake_and_drain()
        return template.product_variant_ids, shown

    def test_stock_goes_to_the_place_of_the_warehouse(self):
        _product, shown = self.stocked_goods(12)
        self.assertEqual(self.stocked(shown), {"sloc_1": 12})

    def test_pieces_of_an_order_that_is_not_here_yet_are_not_sold_again(self):
        product, shown = self.stocked_goods(10)
        self.reserve(shown, "ordli_unknown", 4)
        self._set_stock(product, 2)
        self.wake_and_drain()
        # Of 12 that lie there Medusa has sold 4: 8 are left.
        self.assertEqual(self.stocked(shown), {"sloc_1": 12})

    def test_pieces_that_odoo_has_given_away_too_are_told_besides(self):
        product, shown = self.stocked_goods(10)
        partner = self.env["res.partner"].create({"name": "Jane"})
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "hub_connector_id": self.medusa.id,
                "hub_remote_status": "pending",
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": 4, "hub_line_id": "ordli_1"})
                ],
            }
        )
        self.reserve(shown, "ordli_1", 4)
        order.action_confirm()
        self._set_stock(product, 1)
        self.wake_and_drain()
        # 11 on hand: 7 to sell and 4 held back.
        self.assertEqual(self.stocked(shown), {"sloc_1": 11})

    def test_stock_that_changes_while_its_product_is_made_is_told(self):
        """Whoever cannot see the binding yet sees that it is being made."""
        template = self.template("Cup", default_code="CUP")
        self._set_stock(template.product_variant_ids, 5)
        self.env.flush_all()
        rows = self._rows(self.medusa, flow="stock", res_id=template.product_variant_ids.id)
        self.assertEqual(rows.mapped("state"), ["pending"])
        self.wake_and_drain()
        self.assertEqual(self.stocked(self.shown(template)), {"sloc_1": 5})

    def test_what_is_not_there_any_more_is_made_anew_with_its_stock(self):
        product, shown = self.stocked_goods(5)
        del self.shop.products[shown["id"]]
        self._set_stock(product, 2)
        self.wake_and_drain()
        self.assertFalse(self.failed())
        self.assertEqual(self.stocked(self.shown(product.product_tmpl_id)), {"sloc_1": 7})

    def test_without_the_flow_of_products_somebody_must_look(self):
        product, shown = self.stocked_goods(5)
        self.medusa.push_catalogue = False
        del self.shop.products[shown["id"]]
        self._set_stock(product, 2)
        self.wake_and_drain()
        self.assertIn("push the product again", self.failed()[0])

    def test_two_warehouses_two_places(self):
        second = self.env["stock.warehouse"].create({"name": "Second", "code": "SEC", "company_id": self.company.id})
        self.env["sync.hub.map"].create(
            {"connector_id": self.medusa.id, "kind": "location", "remote_value": "sloc_2", "warehouse_id": second.id}
        )
        self.medusa.stock_buffer = 3
        template, shown = self.sell(default_code="CUP")
        product = template.product_variant_ids
        self._set_stock(product, 2)
        self._set_stock(product, 5, second)
        self.wake_and_drain()
        # The margin is taken from the first place, and what is not there from the next.
        self.assertEqual(self.stocked(shown), {"sloc_1": 0, "sloc_2": 4})

    def test_no_place_has_a_warehouse(self):
        self.place.warehouse_id = False
        template, _shown = self.sell(default_code="CUP")
        self._set_stock(template.product_variant_ids, 5)
        self.wake_and_drain()
        self.assertIn("kind Stock location", self.failed()[0])
        self.place.warehouse_id = self.warehouse
        self.wake_and_drain()
        self.assertEqual(self.stocked(self.shown(template)), {"sloc_1": 5})

    def test_places_that_were_not_read_yet_are_read(self):
        self.place.unlink()
        template, _shown = self.sell(default_code="CUP")
        self._set_stock(template.product_variant_ids, 5)
        self.wake_and_drain()
        self.env["sync.hub.log"].search([("state", "=", "retrying")]).write({"next_try_at": False})
        self.wake_and_drain()
        self.assertEqual(self.stocked(self.shown(template)), {"sloc_1": 5})

    def test_what_is_sold_without_being_counted_says_so(self):
        template, shown = self.sell(default_code="CUP")
        shown["variants"][0].update(manage_inventory=False, inventory_items=[])
        self._set_stock(template.product_variant_ids, 5)
        self.wake_and_drain()
        self.assertIn("is sold without being counted", self.failed()[0])

    def test_equal_stock_is_not_written(self):
        product, _shown = self.stocked_goods(5)
        self.shop.said.clear()
        product.action_hub_push()
        self.wake_and_drain()
        self.assertEqual(self.shop.said, [])

    def test_a_product_that_is_not_counted_is_sold_without_counting(self):
        template = self.env["product.template"].create(
            {"name": "Repair", "list_price": 9, "type": "service", "taxes_id": [(5, 0, 0)]}
        )
        self.wake_and_drain()
        self.assertFalse(self.shown(template)["variants"][0]["manage_inventory"])
        self.assertFalse(self.failed())

from ..models import compat
from .medusa import MedusaCase, item, sample


class TestMedusaOrdersMoney(MedusaCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._tax("20 % in the price", 20, included=True)
        cls._tax("8.875 %", 8.875)
        # One of its two parts alone: not to be taken for both.
        cls._tax("8 %", 8)

    def order(self, items, total, **changes):
        values = {"shipping_methods": [], "payment_collections": [], **changes}
        tax = sum(line["tax_total"] for line in items)
        return self.take(sample("order", items=items, total=total, tax_total=tax, **values))

    def test_prices_without_and_with_tax_come_to_the_cent(self):
        for number, (total, tax) in enumerate(((59.97 * 1.2, 59.97 * 0.2), (59.97, 9.995))):
            with self.subTest(total=total):
                sale = self.order([item(total, tax, 3, 20)], total, id=f"order_{number}")
                self.assertMoney(sale, round(total, 2))
                self.assertAlmostEqual(sale.amount_tax, tax, 1)

    def test_new_york_tax_of_two_lines(self):
        # 3 x 19.99 and 8 % + 0.875 %, as Medusa says it: not rounded.
        sale = self.order([item(65.2923375, 5.3223375, 3, [8, 0.875])], 65.2923375, currency_code="usd")
        self.assertMoney(sale, 65.29)
        self.assertEqual(sale.currency_id.name, "USD")
        self.assertEqual(sale.order_line[0].price_unit, 19.99)

    def test_taxes_that_are_mapped_by_their_code_are_taken(self):
        state, city = self._tax("8 % state", 8), self._tax("0.875 % city", 0.875)
        for code, tax in (("T0", state), ("T1", city)):
            self.env["sync.hub.map"].create(
                {"connector_id": self.medusa.id, "kind": "tax_id", "remote_value": code, "tax_id": tax.id}
            )
        sale = self.order([item(65.2923375, 5.3223375, 3, [8, 0.875])], 65.2923375, currency_code="usd")
        self.assertMoney(sale, 65.29)
        self.assertEqual(sale.order_line[0][compat.LINE_TAXES], state | city)

    def test_discount_is_in_the_price_and_its_code_is_told_to_us_only(self):
        line = item(64.7676, 10.7946, 3, 20, adjustments=[{"amount": 5.997, "code": "TEN"}])
        sale = self.order([line], 64.7676)
        self.assertMoney(sale, 64.77, rounding=0.01)
        notes = sale.message_ids.filtered(lambda message: "TEN" in (message.body or ""))
        self.assertEqual(notes.mapped("subtype_id"), self.env.ref("mail.mt_note"))

    def test_fractional_price_needs_no_rounding_where_odoo_has_the_places(self):
        self.env["decimal.precision"].search([("name", "=", "Product Price")]).digits = 4
        sale = self.order([item(39.96, 6.66, 100, 20)], 39.96)
        self.assertMoney(sale, 39.96)
        self.assertEqual(sale.order_line[0].price_unit, 0.333)

    def test_fractional_price_is_held_beyond_the_tolerance_where_odoo_has_not(self):
        sale = self.order([item(39.54, 6.59, 100, 20)], 39.54)
        self.assertIn("39.54", sale.hub_hold_reason)
        self.assertEqual(sale.state, "draft")

    def test_small_difference_is_one_visible_line(self):
        sale = self.order([item(11.988, 1.998, 3, 20)], 11.988)
        self.assertMoney(sale, 11.99, rounding=0.01)

    def test_refund_that_lowers_the_order_is_a_line_and_a_payment(self):
        sale = self.take()
        payments = sample("order")["payment_collections"]
        payments[0]["payments"][0]["refunds"] = [{"id": "ref_1", "amount": 5, "created_at": "2026-03-03T10:00:00.000Z"}]
        credit = [{"id": "ordcl_1", "amount": 5}]
        self.take(total=50.08, credit_line_total=5, credit_lines=credit, payment_collections=payments)
        self.assertMoney(sale, 50.08)
        self.assertEqual(sorted(sale.hub_payment_ids.mapped("amount")), [-5, 55.08])

    def test_payment_of_another_currency_keeps_it(self):
        payments = sample("order")["payment_collections"]
        payments[0]["payments"][0].update(currency_code="usd", captures=[])
        sale = self.take(payment_collections=payments)
        paid = sale.hub_payment_ids
        self.assertEqual((paid.currency_id.name, paid.remote_id), ("USD", "pay_01K8CARD00000000000000001"))
        self.assertEqual(paid.method, "pp_system_default")

    def test_free_order_and_free_shipping(self):
        methods = [{**sample("order")["shipping_methods"][0], "total": 0, "tax_total": 0}]
        sale = self.order([item(0, 0, 2, 20)], 0, shipping_methods=methods)
        self.assertMoney(sale, 0)

    def test_changed_quantity_is_followed(self):
        sale = self.take()
        line = item(72, 12, 3, 20)
        self.take(items=[line], total=79.08, tax_total=13.18)
        self.assertMoney(sale, 79.08)
        self.assertEqual(sale.order_line[0].product_uom_qty, 3)

    def returned(self, quantity):
        """The sample's order of two, of which so many have come back."""
        items = [item(48 - 24 * quantity, 8 - 4 * quantity, 2, 20)]
        items[0]["detail"] = {"return_received_quantity": quantity}
        return {"items": items, "total": 55.08 - 24 * quantity, "tax_total": 9.18 - 4 * quantity}

    def test_returned_pieces_lower_the_order(self):
        sale = self.take()
        for quantity in (1, 2):
            self.take(**self.returned(quantity))
            self.assertMoney(sale, 55.08 - 24 * quantity)
            self.assertEqual(sale.order_line[0].product_uom_qty, 2 - quantity)
            self.assertEqual(sale.order_line[0].hub_qty_returned, quantity)

    def test_return_of_a_delivered_order_is_for_a_person(self):
        sale = self.take(fulfillment_status="delivered", **self.returned(0) | self.delivered())
        self.assertEqual(sale.picking_ids.state, "done")
        self.take(**self.returned(2))
        self.assertTrue(sale.activity_ids)
        self.assertEqual((sale.amount_total, sale.order_line[0].hub_qty_returned), (55.08, 2))

    @staticmethod
    def delivered():
        items = sample("order")["items"]
        items[0]["detail"] = {"fulfilled_quantity": 2, "shipped_quantity": 2, "delivered_quantity": 2}
        return {"items": items}

    def test_stock_is_told_again_after_an_order(self):
        self.medusa.push_stock = True
        touched = []

        def touch(products, flow, trigger):
            touched.append((products.ids, flow, trigger))

        with self.patched(type(self.env["product.product"]), "_hub_touch", touch):
            self.take()
        self.assertIn((self.tee.ids, "stock", "order_created"), [(ids[:1], flow, why) for ids, flow, why in touched])

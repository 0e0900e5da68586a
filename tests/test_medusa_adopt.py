from datetime import timedelta

from odoo import fields

from .medusa import MedusaCase, sample


class TestMedusaAdopt(MedusaCase):
    """Orders that Medusa's own client writes into Odoo, before and after we import them."""

    def written(self, quantity=2, email="jane@example.com", note="Order created from Medusa", extra=(), **values):
        """An order as the client writes it."""
        partner = self.env["res.partner"].search([("email", "=", email)], limit=1)
        partner = partner or self.env["res.partner"].create({"name": "Jane", "email": email})
        line = {"product_id": self.tee.id, "product_uom_qty": quantity, "price_unit": 20, "name": "Tee"}
        lines = [(0, 0, line), *((0, 0, {"product_id": product.id, "price_unit": 7}) for product in extra)]
        return self.env["sale.order"].create({"partner_id": partner.id, "order_line": lines, "note": note, **values})

    def recent(self, **changes):
        """The sample's order, placed now."""
        return self.take(sample("order", created_at=f"{fields.Datetime.now():%Y-%m-%dT%H:%M:%S.000Z}", **changes))

    def orders(self):
        return self.env["sale.order"].search_count([("order_line.product_id", "=", self.tee.id)])

    def test_order_that_medusa_names_is_taken_over(self):
        mine = self.written(note=False)
        sale = self.take(metadata={"odoo_order_id": mine.id})
        self.assertEqual(sale, mine)
        self.assertMoney(sale, 55.08)
        self.assertEqual((sale.client_order_ref, sale.hub_connector_id, self.orders()), ("#41", self.medusa, 1))
        row = self._rows(self.medusa, entity="order", action="read", direction="in")
        self.assertIn("Taken over", row.result)
        self.assertIn("Taken over", "".join(sale.message_ids.mapped("body")))

    def test_order_of_the_same_buyer_wares_and_day_is_taken_over_with_its_delivery_line(self):
        delivery = {"name": "Delivery", "default_code": "DELIVERY", "type": "service"}
        delivery = self.env["product.product"].create(delivery)
        mine = self.written(extra=[delivery])
        sale = self.recent()
        self.assertEqual((sale, self.orders()), (mine, 1))
        self.assertMoney(sale, 55.08)

    def test_confirmed_order_is_taken_over_and_comes_to_the_total(self):
        mine = self.written(extra=[self.env.ref("sync_hub.product_discount")])
        mine.action_confirm()
        sale = self.recent()
        self.assertEqual(sale, mine)
        self.assertMoney(sale, 55.08)
        self.assertEqual(len(sale.picking_ids), 1)

    def test_others_are_left_alone(self):
        for values in (
            {"quantity": 3},
            {"email": "other@example.com"},
            {"note": "By hand"},
        ):
            with self.subTest(values):
                mine = self.written(**values)
                sale = self.recent(id=f"order_{mine.id}", customer_id=f"cus_{mine.id}")
                self.assertTrue(sale)
                self.assertNotEqual(sale, mine)
                self.assertFalse(mine.hub_connector_id)

    def test_old_order_is_left_alone(self):
        mine = self.written()
        self.env.cr.execute(
            "UPDATE sale_order SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(hours=25), mine.id],
        )
        mine.invalidate_recordset()
        self.assertNotEqual(self.recent(), mine)

    def test_two_that_fit_are_left_alone(self):
        both = self.written() | self.written()
        sale = self.recent()
        self.assertTrue(sale)
        self.assertNotIn(sale, both)

    def test_named_order_of_another_odoo_is_left_alone(self):
        mine = self.written(quantity=9, email="nobody@example.com", note=False)
        self.assertNotEqual(self.take(metadata={"odoo_order_id": str(mine.id)}), mine)
        for number, nonsense in enumerate(("0", "-1", "S00077", "²", 10**12, {"a": 1})):
            self.assertTrue(self.take(sample("order", id=f"order_{number}", metadata={"odoo_order_id": nonsense})))

    def test_named_order_that_is_bound_is_left_alone(self):
        first = self.take()
        second = self.take(sample("order", id="order_2", metadata={"odoo_order_id": first.id}))
        self.assertNotEqual(first, second)

    def test_client_that_writes_after_us_is_noticed(self):
        sale = self.recent()
        late = self.written()
        self.assertIn(sale.name, late.activity_ids.summary)
        self.assertEqual(late.state, "draft")
        self.assertFalse(self.written(quantity=5).activity_ids)
        self.assertFalse(self.written(note="By hand").activity_ids)

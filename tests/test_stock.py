from .common import HubCase


class TestAvailableQuantity(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["stock.warehouse"].create({"name": "Second", "code": "SEC2", "company_id": cls.company.id})
        cls.cartona = cls._cartona(warehouse_ids=[(6, 0, (cls.warehouse | cls.second).ids)])
        cls.tea = cls._product("Tea", 300, cartona_id="TEA")

    def available(self, product=None):
        product = product or self.tea
        return self.env["sync.hub.exporter.stock"]._available(self.cartona, product)[product.id]

    def test_warehouses_add_up_and_one_in_debt_takes_nothing_from_another(self):
        self._set_stock(self.tea, 5, self.warehouse)
        self._set_stock(self.tea, 4, self.second)
        self.assertEqual(self.available(), 9)
        self._set_stock(self.tea, -20, self.second)
        self.env.invalidate_all()
        self.assertEqual(self.available(), 5)

    def test_only_the_connectors_warehouses_count(self):
        self._set_stock(self.tea, 5, self.warehouse)
        self._set_stock(self.tea, 4, self.second)
        self.cartona.warehouse_ids = self.second
        self.assertEqual(self.available(), 4)

    def test_buffer_is_held_back(self):
        self._set_stock(self.tea, 5, self.warehouse)
        self.cartona.stock_buffer = 2
        self.assertEqual(self.available(), 3)

    def test_whole_packs(self):
        packs = self.env["sync.hub.exporter.stock"]._packs
        from decimal import Decimal

        self.assertEqual(packs(Decimal("47"), 24), 1)
        self.assertEqual(packs(Decimal("0.9"), 1), 0)
        self.assertEqual(packs(Decimal("-3"), 1), 0)
        self.assertIsInstance(packs(Decimal("2.000"), 1), int)

    def test_service_has_no_stock_to_send(self):
        service = self.env["product.product"].create({"name": "S", "type": "service", "cartona_id": "SERVICE"})
        self.wake_and_drain()
        row = self._rows(self.cartona, flow="stock", res_id=service.id)
        self.assertStates(row, [("skipped", "ignored")])

    def test_oversold_order_is_flagged_on_the_youngest_with_one_activity(self):
        self._set_stock(self.tea, 1, self.warehouse)
        orders = self.env["sale.order"]
        for name in ("older", "younger"):
            orders |= self.env["sale.order"].create(
                {
                    "partner_id": self.env["res.partner"].create({"name": name}).id,
                    "warehouse_id": self.warehouse.id,
                    "order_line": [(0, 0, {"product_id": self.tea.id, "product_uom_qty": 1})],
                }
            )
        orders.action_confirm()
        # What two transactions leave that both took the last unit: one more reserved than there is.
        self.env["stock.quant"]._get_available_quantity(self.tea, self.warehouse.lot_stock_id)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.tea.id), ("location_id", "=", self.warehouse.lot_stock_id.id)]
        )
        quant.sudo().reserved_quantity = 2
        self.wake_and_drain()
        self.assertEqual(orders.mapped("hub_oversold"), [False, True])
        self.assertEqual(len(orders[1].activity_ids), 1)
        sent = [item for item in self.remote.items if "available_stock_quantity" in item]
        self.assertEqual(sent[-1]["available_stock_quantity"], 0)

    def test_orders_of_a_shop_beyond_the_stock_are_flagged_each(self):
        """Ten orders that came in together for four pieces; one that somebody entered may wait for goods."""
        self._set_stock(self.tea, 4, self.warehouse)
        orders = self.env["sale.order"]
        for number in range(10):
            orders |= self.env["sale.order"].create(
                {
                    "partner_id": self.env["res.partner"].create({"name": f"buyer {number}"}).id,
                    "warehouse_id": self.warehouse.id,
                    "hub_connector_id": number != 8 and self.cartona.id,
                    "order_line": [(0, 0, {"product_id": self.tea.id, "product_uom_qty": 1})],
                }
            )
        orders.action_confirm()
        orders._hub_look_again()
        orders._hub_look_again()
        self.assertEqual(orders.mapped("hub_oversold"), [False] * 4 + [True] * 4 + [False, True])
        self.assertEqual([len(order.activity_ids) for order in orders], [0] * 4 + [1] * 4 + [0, 1])

    def test_order_of_a_shop_that_is_told_no_stock_may_wait_for_goods(self):
        self.cartona.push_stock = False
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "buyer"}).id,
                "warehouse_id": self.warehouse.id,
                "hub_connector_id": self.cartona.id,
                "order_line": [(0, 0, {"product_id": self.tea.id, "product_uom_qty": 1})],
            }
        )
        order.action_confirm()
        order._hub_look_again()
        self.assertFalse(order.hub_oversold)

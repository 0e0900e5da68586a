from unittest.mock import patch

from .common import HubCase, bodies


class TestLoopGuards(HubCase):
    """An import must not come back to its sender, and must not be kept from anybody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._cartona(name="first")
        cls.second = cls._cartona(name="second")
        cls.tea = cls._product("Tea", 300, cartona_id="TEA")
        cls.env["sync.hub.log"].search([]).unlink()

    def imported(self, connector):
        return self.tea.with_context(sync_origin=connector.id)

    def test_guard_a_origin_alone_keeps_the_sender_out_and_tells_all_others(self):
        with patch.object(type(self.env["sync.hub.binding"]), "_agrees", lambda *args: False):
            self.imported(self.first).list_price = 310
            self.assertFalse(self._rows(self.first))
            self.assertEqual(len(self._rows(self.second)), 1)
            self.wake_and_drain()
        self.assertEqual(len(self.remote.items), 1)

    def test_guard_a_never_holds_for_stock(self):
        self._set_stock(self.imported(self.first), 5)
        self.assertEqual(self._rows(self.first).mapped("flow"), ["stock"])

    def test_guard_b_agreed_value_alone_stops_the_echo(self):
        # No sync_origin: as a cron, or a user who saves the form again, would write it.
        self.env["sync.hub.binding"]._bind(
            self.first,
            "product",
            "TEA",
            self.tea,
            agreed={"price": {"value": ["310.00", self.company.currency_id.name]}},
        )
        self.tea.list_price = 310
        self.assertEqual(len(self._rows(self.first)), 1)
        self.wake_and_drain()
        self.assertStates(self._rows(self.first), [("skipped", "unchanged")])
        self.assertStates(self._rows(self.second), [("done", "")])

    def test_order_from_prestashop_pushes_the_lowered_stock_to_cartona(self):
        shirt = self._product("T-shirt", default_code="TS-BLUE-M", cartona_id="SHIRT")
        self._product("Mug", default_code="MUG-KOALA")
        self._set_stock(shirt, 10)
        self.wake_and_drain()
        shop = self._prestashop()
        self.remote.calls.clear()
        self.receive(shop, bodies("contract-4.1")[0])
        self.wake_and_drain()
        self.assertEqual(self.order("XKBKNABJK").state, "sale")
        sent = [item for item in self.remote.items if item["internal_product_id"] == "SHIRT"]
        self.assertEqual({item["available_stock_quantity"] for item in sent}, {8})
        self.assertFalse(self._rows(shop, direction="out"))


class TestPromisedStock(HubCase):
    """What a shop has sold and Odoo has not imported yet must not be offered to that shop again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._prestashop()
        cls.shirt = cls._product("T-shirt", default_code="TS-BLUE-M")
        cls._set_stock(cls.shirt, 10)

    def available(self):
        return self.env["sync.hub.exporter.stock"]._available(self.shop, self.shirt)[self.shirt.id]

    def test_imported_order_forgets_what_was_agreed_about_its_stock(self):
        self._product("Mug", default_code="MUG-KOALA")
        agreed = {"stock": {"value": 10}, "price": {"value": ["1.00", "EUR"]}}
        binding = self.env["sync.hub.binding"]._bind(self.shop, "product", "5-23", self.shirt, agreed=agreed)
        self.receive(self.shop, bodies("contract-4.1")[0])
        self.wake_and_drain()
        self.assertFalse(binding._agrees("stock", 10))
        self.assertTrue(binding._agrees("price", ["1.00", "EUR"]))

    def test_open_and_failed_orders_are_subtracted_until_they_are_imported(self):
        self.assertEqual(self.available(), 10)
        row = self.receive(self.shop, bodies("contract-4.1")[0])
        self.assertEqual(self.available(), 8, "pending")
        self.wake_and_drain()
        self.assertEqual(row.state, "failed", "the mug is unknown")
        self.assertEqual(self.available(), 8, "failed")
        self._product("Mug", default_code="MUG-KOALA")
        row.action_retry()
        self.wake_and_drain()
        self.assertEqual(row.state, "done")
        self.assertEqual(self.available(), 8, "reserved by the order now, and counted once")

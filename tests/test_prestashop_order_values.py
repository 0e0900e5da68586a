from decimal import Decimal

from odoo.exceptions import UserError

from ..models import compat
from .common import event_of
from .prestashop_orders import PrestashopOrdersCase


class TestPrestashopOrderValues(PrestashopOrdersCase):
    """Which product, tax and currency an order of the shop is in, and that its total is the shop's."""

    def test_unknown_product_fails_with_its_reference_and_the_menu(self):
        self.mug.default_code = "OTHER"
        row = self.play(self.shop, "contract-4.1")
        self.assertStates(row, [("failed", "product_unknown")])
        self.assertIn("MUG-KOALA", row.error)
        self.assertIn("Sync Hub > Configuration > Bindings", row.error)
        self.assertFalse(self.order("XKBKNABJK"))
        self.mug.default_code = "MUG-KOALA"
        row.action_retry()
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])

    def test_placeholder_policy_takes_the_placeholder(self):
        self.mug.default_code = "OTHER"
        self.shop.write({"missing_product": "placeholder", "placeholder_product_id": self._product("Unknown").id})
        self.play(self.shop, "contract-4.1")
        line = self.order("XKBKNABJK").order_line[1]
        self.assertEqual(line.product_id.name, "Unknown")
        self.assertEqual(line.name, "Taza cerámica «Koala»")
        self.assertEqual(self.order("XKBKNABJK").amount_total, 104.06)

    def test_binding_wins_over_reference_and_barcode_is_third(self):
        other = self._product("Other")
        self.env["sync.hub.binding"]._bind(self.shop, "product", "8-0", other)
        self.shirt.write({"default_code": False, "barcode": "8412345678905"})
        self.play(self.shop, "contract-4.1")
        self.assertEqual(self.order("XKBKNABJK").order_line[:2].product_id, self.shirt | other)

    def test_reference_of_two_products_is_ambiguous(self):
        self._product("Second", default_code="MUG-KOALA")
        self.assertStates(self.play(self.shop, "contract-4.1"), [("failed", "product_ambiguous")])

    def test_unknown_tax_rate_names_rate_and_menu_and_leaves_a_row_to_fill_in(self):
        body = event_of("contract-4.1")
        for line in body["events"][0]["after_data"]["order_details"]:
            line.update(tax_rate=17.5, unit_price_tax_incl=29.375, total_price_tax_incl=58.75)
        row = self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertStates(row, [("failed", "mapping")])
        self.assertIn("17.5 %", row.error)
        missing = self.env["sync.hub.map"].search([("connector_id", "=", self.shop.id), ("is_missing", "=", True)])
        self.assertEqual(missing.mapped("remote_value"), ["17.5"])

    def test_tax_map_wins_over_rate(self):
        mapped = self._tax("21 special", 21, included=True)
        self.env["sync.hub.map"].create(
            {"connector_id": self.shop.id, "kind": "tax", "remote_value": "21", "tax_id": mapped.id}
        )
        self.play(self.shop, "contract-4.1")
        order = self.order("XKBKNABJK")
        self.assertEqual(order.order_line[0].price_unit, 30.25)
        self.assertEqual(order.amount_total, 104.06)

    def test_other_currency_goes_through_the_map(self):
        body = event_of("contract-4.1")
        body["events"][0]["after_data"]["id_currency"] = 2
        row = self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertStates(row, [("failed", "mapping")])
        other = self.env["res.currency"].with_context(active_test=False).search(
            [("id", "!=", self.company.currency_id.id), ("name", "in", ("EUR", "USD"))], limit=1
        )  # fmt: skip
        other.active = True
        self.env["product.pricelist"].create({"name": "Other", "currency_id": other.id})
        self.env["sync.hub.map"].search([("remote_value", "=", "2"), ("kind", "=", "currency")]).currency_id = other
        row.action_retry()
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])
        self.assertEqual(self.order("XKBKNABJK").currency_id, other)

    def test_small_difference_becomes_a_visible_rounding_line(self):
        body = self._changed(event_of("contract-4.1"), 170, total_paid_tax_incl=104.08)
        self.receive(self.shop, body)
        self.wake_and_drain()
        order = self.order("XKBKNABJK")
        self.assertEqual(order.amount_total, 104.08)
        self.assertEqual(order.order_line.filtered(lambda line: line.hub_line_id == "rounding").price_total, 0.02)

    def test_large_difference_holds_the_order_in_draft_with_one_activity(self):
        body = self._changed(event_of("contract-4.1"), 170, total_paid_tax_incl=99)
        self.receive(self.shop, body)
        self.wake_and_drain()
        order = self.order("XKBKNABJK")
        self.assertEqual(order.state, "draft")
        self.assertIn("99.00", order.hub_hold_reason)
        self.assertIn("104.06", order.hub_hold_reason)
        self.assertEqual(len(order.activity_ids), 1)
        with self.assertRaisesRegex(UserError, "is held"):
            order.action_confirm()
        # The next snapshot has the right total: the order goes on by itself.
        self.receive(self.shop, self._changed(body, 180, "2025-11-15 11:59:00", total_paid_tax_incl=104.06))
        self.wake_and_drain()
        self.assertFalse(order.hub_hold_reason)
        self.assertEqual(order.state, "sale")
        self.assertFalse(order.activity_ids)

    def test_discount_over_two_tax_rates_agrees_to_the_cent(self):
        self._tax("10 % sale", 10)
        body = event_of("contract-4.1")
        after = body["events"][0]["after_data"]
        after["order_details"][1].update(tax_rate=10, unit_price_tax_incl=44, total_price_tax_incl=44)
        # 60.50 + 44.00 = 104.50, 10 % off = 10.45; shipping 6.05.
        after.update(total_discounts_tax_incl=10.45, total_discounts_tax_excl=9, total_paid_tax_incl=100.10)
        self.receive(self.shop, body)
        self.wake_and_drain()
        order = self.order("XKBKNABJK")
        self.assertEqual(order.amount_total, 100.10)
        discounts = order.order_line.filtered(lambda line: line.price_unit < 0)
        self.assertEqual(sorted(discounts[compat.LINE_TAXES].mapped("amount")), [10, 21])
        self.assertFalse(order.order_line.filtered(lambda line: line.hub_line_id == "rounding"))

    def test_amounts_are_exact_decimals(self):
        message = self.shop._adapter().parse(self.shop, self.receive(self.shop, event_of("contract-4.1"))).message
        self.assertIsInstance(message.total_incl, Decimal)
        self.assertEqual(message.total_incl, Decimal("104.06"))

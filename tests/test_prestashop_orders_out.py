from ..models import compat
from .test_prestashop_out import SUCCESS, PrestashopOutCase


class TestPrestashopOrdersOut(PrestashopOutCase):
    def setUp(self):
        super().setUp()
        self.play(self.shop, "013-order-bankwire-created")
        rows = self._rows(self.shop, entity="order", direction="in")
        self.remote_id = rows[-1].remote_id
        self.sale = self.record("order", self.remote_id)

    def test_confirmed_order_tells_its_state(self):
        self.sale.action_confirm()
        self.wake_and_drain()
        self.assertEqual(self.sent(), [("order", "updated", {"id": int(self.remote_id), "id_order_state": 3})])
        self.assertEqual(self.sale.hub_remote_status, "3")

    def test_cancelled_order_is_cancelled_in_the_shop(self):
        self.sale.with_context(disable_cancel_warning=True).action_cancel()
        self.wake_and_drain()
        self.assertEqual(self.sent()[0][2]["id_order_state"], 6)

    def test_final_state_is_told_nothing(self):
        self.sale.hub_remote_status = "7"
        self.sale.action_confirm()
        self.wake_and_drain()
        self.assertFalse(self.sent())

    def test_delivery_sends_state_and_tracking_together_and_the_note_before(self):
        self.sale.action_confirm()
        self.wake_and_drain()
        self.sent()
        for product in self.sale.order_line.product_id.filtered(compat.is_storable):
            self._set_stock(product, 100)
        self.sale.picking_ids.action_assign()
        picking = self.sale.picking_ids[0]
        picking.carrier_tracking_ref = "1Z999"
        self.sale.hub_note = "Caja d'or\nsegunda"
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.assertEqual(picking.state, "done")
        self.wake_and_drain()
        note, progress = [call[2] for call in self.sent()]
        self.assertEqual(note, {"id": int(self.remote_id), "note": "Caja d’or / segunda"})
        self.assertEqual(progress, {"id": int(self.remote_id), "id_order_state": 4, "tracking_number": "1Z999"})

    def test_success_that_did_nothing_is_a_failure(self):
        self.remote.answer = lambda r, b: (200, {**SUCCESS, "updated_fields": []}, {})
        self.sale.action_confirm()
        self.wake_and_drain()
        row = self._rows(self.shop, flow="status")[-1]
        self.assertStates(row, [("failed", "not_taken")])

    def test_bad_tracking_is_never_sent(self):
        picking = self.sale.picking_ids
        self.sale.action_confirm()
        self.wake_and_drain()
        self.sent()
        for product in self.sale.order_line.product_id.filtered(compat.is_storable):
            self._set_stock(product, 100)
        picking = self.sale.picking_ids
        picking.action_assign()
        picking.carrier_tracking_ref = "<x>"
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.wake_and_drain()
        ((_entity, _action, data),) = self.sent()
        self.assertNotIn("tracking_number", data)
        self.assertEqual(data["id_order_state"], 4, "the state is told all the same")
        row = self._rows(self.shop, flow="tracking")[-1]
        self.assertStates(row, [("failed", "not_acceptable")])

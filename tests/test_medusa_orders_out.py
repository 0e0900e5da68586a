"""What Medusa is told of its orders: parcels, cancellations, money and people."""

from odoo import Command

from .medusa import MedusaCase, sample


class Backend:
    """Answers with one order and keeps what is written."""

    def __init__(self, order):
        self.order, self.said, self.customers = order, [], []
        self.refuse = ""

    def answer(self, request, body):
        path = request.url.partition("://")[2].partition("/")[2].partition("?")[0]
        if request.method == "GET":
            if path == "admin/customers":
                return 200, {"customers": self.customers, "count": len(self.customers)}, {}
            if path.startswith("admin/orders/"):
                return 200, {"order": self.order}, {}
            return 200, {"orders": [], "stock_locations": [], "count": 0}, {}
        self.said.append((path, body))
        if self.refuse:
            return 400, {"type": "not_allowed", "message": self.refuse}, {}
        if path.endswith("/fulfillments"):
            made = {"id": f"ful_{len(self.said)}", "metadata": body["metadata"], "shipped_at": None}
            self.order["fulfillments"].append(made)
        return 200, {"order": self.order, "customer": {"id": "cus_new"}, "payment": {}}, {}


class TestMedusaOrdersOut(MedusaCase):
    @classmethod
    def values(cls):
        return {**super().values(), "push_orders": True, "push_payments": True, "push_customers": True}

    def setUp(self):
        super().setUp()
        self.env["sync.hub.map"].create(
            {
                "connector_id": self.medusa.id,
                "kind": "location",
                "remote_value": "sloc_1",
                "warehouse_id": self.warehouse.id,
            }
        )
        self.sale = self._sale(3)
        line = {"id": "ordli_1", "quantity": 3, "detail": {"fulfilled_quantity": 0}}
        payment = {"id": "pay_1", "amount": 60, "captures": [], "refunds": []}
        self.backend = Backend(
            {
                **sample("order"),
                "id": "order_1",
                "status": "pending",
                "items": [line],
                "fulfillments": [],
                "payment_collections": [{"payments": [payment]}],
            }
        )
        self.line, self.payment = line, payment
        self.remote.answer = self.backend.answer
        self.env["sync.hub.log"].search([]).unlink()

    def _sale(self, quantity):
        partner = self.env["res.partner"].create({"name": "Jane"})
        sale = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "hub_connector_id": self.medusa.id,
                "hub_remote_status": "pending",
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.tee.id,
                            "product_uom_qty": quantity,
                            "price_unit": 20,
                            "hub_line_id": "ordli_1",
                        }
                    )
                ],
            }
        )
        sale.order_line.price_unit = 20
        self.env["sync.hub.binding"]._bind(self.medusa, "order", "order_1", sale)
        sale.action_confirm()
        return sale

    def ship(self, quantity=None, **values):
        picking = self.sale.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))
        picking.action_assign()
        picking.write(values)
        if quantity is not None:
            picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.wake_and_drain()
        return picking

    def told(self):
        """[(end of the address, body)] of what was written of the order."""
        return [(path.partition("admin/orders/order_1/")[2] or path, body) for path, body in self.backend.said]

    def failed(self):
        return self._rows(self.medusa, state="failed").mapped("error")

    # ------------------------------------------------------------ parcels

    def test_a_delivery_becomes_a_fulfilment_and_its_shipment(self):
        picking = self.ship(carrier_tracking_ref="T1, T2")
        (first, made), (second, shipped) = self.told()
        self.assertEqual((first, second), ("fulfillments", "fulfillments/ful_1/shipments"))
        self.assertEqual(made["items"], [{"id": "ordli_1", "quantity": 3}])
        self.assertEqual((made["location_id"], made["metadata"]), ("sloc_1", {"odoo_picking": picking.name}))
        self.assertEqual([label["tracking_number"] for label in shipped["labels"]], ["T1", "T2"])
        binding = self.env["sync.hub.binding"]._of_records(self.medusa, picking)
        self.assertEqual((binding.entity, binding.remote_id), ("parcel", "ful_1"))

    def test_a_parcel_waits_for_no_place(self):
        self.env["sync.hub.map"].search([("kind", "=", "location")]).unlink()
        self.ship()
        self.assertNotIn("location_id", self.told()[0][1])
        self.assertFalse(self.failed())

    def test_what_was_made_before_a_crash_is_not_made_again(self):
        name = self.sale.picking_ids.name
        self.backend.order["fulfillments"] = [{"id": "ful_9", "metadata": {"odoo_picking": name}, "shipped_at": None}]
        self.ship()
        self.assertEqual([path for path, _body in self.told()], ["fulfillments/ful_9/shipments"])

    def test_what_somebody_packed_there_is_shipped_and_not_packed_twice(self):
        self.line["detail"]["fulfilled_quantity"] = 3
        self.backend.order["fulfillments"] = [{"id": "ful_7", "metadata": None, "shipped_at": None}]
        self.ship()
        self.assertEqual([path for path, _body in self.told()], ["fulfillments/ful_7/shipments"])

    def test_no_more_is_shipped_than_somebody_packed(self):
        self.line["detail"]["fulfilled_quantity"] = 3
        packed = [{"line_item_id": "ordli_1", "quantity": 2}]
        self.backend.order["fulfillments"] = [{"id": "ful_7", "metadata": None, "shipped_at": None, "items": packed}]
        self.ship()
        self.assertEqual(self.told()[0][1]["items"], [{"id": "ordli_1", "quantity": 2}])

    def test_a_part_is_a_part(self):
        self.ship(1)
        self.assertEqual(self.told()[0][1]["items"], [{"id": "ordli_1", "quantity": 1}])
        self.assertFalse(self.failed())

    def test_delivered_is_told_when_somebody_says_so(self):
        picking = self.ship()
        self.backend.order["fulfillments"][0]["shipped_at"] = "2026-11-01T10:00:00Z"
        self.backend.said.clear()
        picking.action_hub_delivered()
        self.wake_and_drain()
        self.assertEqual([path for path, _body in self.told()], ["fulfillments/ful_1/mark-as-delivered"])

    def test_a_refused_parcel_says_why(self):
        self.backend.refuse = "No stock reservation found for item ordli_1"
        self.ship()
        self.assertIn("No stock reservation found", self.failed()[0])

    def test_what_the_shop_delivered_itself_is_not_told(self):
        picking = self.sale.picking_ids.with_context(sync_origin=self.medusa.id)
        picking.action_assign()
        picking.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.wake_and_drain()
        self.assertFalse(self._rows(self.medusa, flow="parcel"))

    def test_the_state_there_is_not_thought_to_be_what_it_is_not_yet(self):
        """As long as Medusa holds the pieces back, its stock counts them."""
        self.backend.refuse = "not now"
        self.ship()
        self.assertEqual(self.sale.hub_remote_status, "pending")
        self.assertEqual(self._rows(self.medusa, flow="status").mapped("result"), ["Its parcels tell how far it is."])

    # ------------------------------------------------------------ cancelling

    def test_a_cancelled_order_is_cancelled_there(self):
        self.sale._action_cancel()
        self.wake_and_drain()
        self.assertEqual([path for path, _body in self.told()], ["cancel"])
        self.assertEqual(self.sale.hub_remote_status, "canceled")

    def test_what_is_cancelled_there_already_is_left_alone(self):
        self.backend.order["status"] = "canceled"
        self.sale._action_cancel()
        self.wake_and_drain()
        self.assertEqual(self.told(), [])
        self.assertFalse(self.failed())

    # ------------------------------------------------------------ money

    def invoice(self):
        """A posted invoice of what was delivered that is paid."""
        self.tee.invoice_policy = "order"
        invoice = self.sale._create_invoices()
        invoice.action_post()
        self.pay(invoice)
        return invoice

    def pay(self, move):
        context = {"active_model": "account.move", "active_ids": move.ids}
        self.env["account.payment.register"].with_context(**context).create({}).action_create_payments()
        self.wake_and_drain()

    def test_a_paid_invoice_takes_the_money(self):
        self.invoice()
        self.assertEqual(self.told(), [("admin/payments/pay_1/capture", {"amount": 60})])

    def test_what_was_taken_already_is_not_taken_again(self):
        self.payment["captures"] = [{"id": "capt_1", "amount": 45}]
        self.invoice()
        self.assertEqual(self.told(), [("admin/payments/pay_1/capture", {"amount": 15})])
        self.payment["captures"].append({"id": "capt_2", "amount": 15})
        self.backend.said.clear()
        self._rows(self.medusa, flow="capture")._requeue("replay")
        self.wake_and_drain()
        self.assertEqual(self.told(), [])

    def test_money_that_is_not_there_is_for_a_person(self):
        self.payment["amount"] = 50
        self.invoice()
        self.assertIn("Of 60", self.failed()[0])

    def test_a_credit_note_that_is_paid_back_gives_the_money_back(self):
        invoice = self.invoice()
        self.payment["captures"] = [{"id": "capt_1", "amount": 60}]
        self.backend.said.clear()
        note = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        note.invoice_line_ids.write({"quantity": 1})
        note.action_post()
        self.wake_and_drain()
        self.assertEqual(self.told(), [])
        self.pay(note)
        self.assertEqual(self.told(), [("admin/payments/pay_1/refund", {"amount": 20})])

    def test_a_credit_note_settled_with_its_invoice_moves_no_money(self):
        self.tee.invoice_policy = "order"
        invoice = self.sale._create_invoices()
        invoice.action_post()
        invoice._reverse_moves([{"invoice_date": invoice.invoice_date}], cancel=True)
        self.wake_and_drain()
        self.assertEqual(self.told(), [])

    # ------------------------------------------------------------ people

    def test_a_changed_customer_is_told(self):
        partner = self.sale.partner_id
        self.env["sync.hub.binding"]._bind(self.medusa, "customer", "cus_1", partner)
        partner.write({"name": "Jane Doe", "email": "jane@example.com"})
        self.wake_and_drain()
        ((path, body),) = self.told()
        self.assertEqual(path, "admin/customers/cus_1")
        self.assertEqual((body["first_name"], body["last_name"], body["email"]), ("Jane", "Doe", "jane@example.com"))

    def test_a_new_customer_is_made_once(self):
        self.medusa.push_new_customers = True
        self.env["res.partner"].create({"name": "New Person", "email": "new@example.com"})
        self.wake_and_drain()
        self.assertEqual([path for path, _body in self.told()], ["admin/customers"])
        self.backend.said.clear()
        self.backend.customers = [{"id": "cus_5", "email": "old@example.com", "has_account": True}]
        partner = self.env["res.partner"].create({"name": "Old Person", "email": "old@example.com"})
        self.wake_and_drain()
        self.assertEqual(self.told(), [])
        binding = self.env["sync.hub.binding"]._of_records(self.medusa, partner)
        self.assertEqual(binding.remote_id, "cus_5")

import json

from .medusa import ORDER, MedusaCase, sample


class TestMedusaOrders(MedusaCase):
    def test_hint_makes_us_read_the_order_and_import_it(self):
        rows = self.hint(id=ORDER)
        self.assertStates(rows, [("done", "")])
        sale = self.sale()
        self.assertMoney(sale, 55.08)
        self.assertEqual((sale.client_order_ref, sale.state, sale.currency_id.name), ("#41", "sale", "EUR"))
        self.assertEqual(sale.order_line.mapped("product_id.default_code")[0], "TEE-S")
        self.assertEqual(sale.order_line[0].name, "Tee (S)")
        self.assertEqual(sale.hub_connector_id, self.medusa)

    def test_hints_make_no_bindings_of_their_own(self):
        for event in ("order.placed", "order.updated", "payment.captured"):
            self.hint(event, id=ORDER)
        bindings = self.env["sync.hub.binding"].search([("connector_id", "=", self.medusa.id)])
        self.assertNotIn("sync.hub.connector", bindings.mapped("res_model"))
        self.assertEqual(len(bindings.filtered(lambda b: b.entity == "order")), 1)

    def test_several_hints_that_wait_make_one_reading(self):
        self.medusa.action_pause()
        for event in ("order.placed", "payment.captured", "order.updated"):
            self.hint(event, order_id=ORDER, id=ORDER)
        self.medusa.action_activate()
        self.wake_and_drain()
        self.assertEqual(len(self._rows(self.medusa, flow="fetch").filtered(lambda r: r.state == "done")), 1)
        self.assertTrue(self.sale())

    def test_hint_of_a_connector_that_cannot_read_fails_and_names_the_menu(self):
        self.medusa.reconcile = False
        rows = self.hint(id=ORDER)
        self.assertStates(rows, [("failed", "mapping")])
        self.assertIn("Configuration > Connectors", rows.error)

    def test_record_that_is_gone_is_no_failure(self):
        for event, entity in (("order.placed", "order_gone"), ("customer.updated", "cus_gone"),
                              ("payment.captured", "pay_gone"), ("shipment.created", "ful_gone")):  # fmt: skip
            with self.subTest(entity):
                self.assertStates(self.hint(event, id=entity), [("done", "")])
        self.assertEqual(set(self._rows(self.medusa, flow="fetch").mapped("state")), {"done"})

    def test_payment_and_parcel_lead_to_their_order(self):
        payment = {"id": "pay_1", "updated_at": "2026-03-02", "payment_collection": {"order": {"id": ORDER}}}
        self.there["payments"] = [payment]
        self.hint("payment.captured", id="pay_1")
        self.assertTrue(self.sale())
        self.there["orders"][0].update(
            fulfillments=[{"id": "ful_1", "labels": [{"tracking_number": "T-77"}]}], fulfillment_status="shipped"
        )
        self.hint("shipment.created", id="ful_1")
        self.assertEqual(self.sale().hub_tracking, "T-77")

    def test_one_call_reads_the_orders_of_many_hints(self):
        other = sample("order", id="order_2", display_id=42)
        self.there["orders"].append(other)
        self.medusa.action_pause()
        self.hint(id=ORDER)
        self.hint(id="order_2")
        self.medusa.action_activate()
        self.wake_and_drain()
        self.assertEqual(len([r for r, _b in self.remote.calls if "/admin/orders" in r.url]), 1)
        self.assertTrue(self.sale() and self.sale("order_2"))

    # ------------------------------------------------------------ states

    def test_part_that_is_shipped_does_not_deliver_the_whole_order(self):
        items = sample("order")["items"]
        items[0]["detail"].update(fulfilled_quantity=1, shipped_quantity=1)
        sale = self.take(fulfillment_status="shipped", items=items)
        self.assertEqual((sale.state, sale.hub_remote_status), ("sale", "partially_shipped"))
        self.assertEqual(sale.picking_ids.mapped("state"), ["assigned"])
        items[0]["detail"].update(fulfilled_quantity=2, shipped_quantity=2)
        self.take(fulfillment_status="shipped", items=items)
        self.assertEqual(sale.picking_ids.mapped("state"), ["done"])

    def test_cancelled_order_is_cancelled(self):
        sale = self.take()
        self.take(status="canceled")
        self.assertEqual((sale.state, sale.hub_remote_status_label), ("cancel", "Cancelled"))

    def test_order_that_requires_action_is_held(self):
        sale = self.take(status="requires_action")
        self.assertEqual(sale.state, "draft")
        self.assertTrue(sale.hub_hold_reason)
        self.take(status="pending")
        self.assertEqual(sale.state, "sale")

    def test_of_states_only_a_cancellation_is_told(self):
        rows = self.env["sync.hub.map"].search([("connector_id", "=", self.medusa.id), ("kind", "=", "order_state")])
        events = {row.order_event: row.remote_value for row in rows if row.order_event}
        self.assertEqual(events, {"cancelled": "canceled"})
        self.assertEqual(rows.filtered("is_final").mapped("remote_value"), ["canceled"])

    # ------------------------------------------------------------ people and places

    def test_first_address_is_the_customers_own(self):
        sale = self.take()
        self.assertEqual(sale.partner_id.name, "Jane Doe")
        self.assertEqual((sale.partner_shipping_id, sale.partner_invoice_id), (sale.partner_id,) * 2)
        self.assertEqual((sale.partner_id.street, sale.partner_id.country_id.code), ("5 rue du Test", "FR"))
        self.assertFalse(sale.partner_id.child_ids)

    def test_other_addresses_are_contacts_each_once(self):
        away = {**sample("order")["shipping_address"], "address_1": "9 quai Nord", "id": "ordaddr_2"}
        first = self.take(shipping_address=away)
        self.assertEqual(first.partner_shipping_id.street, "9 quai Nord")
        self.assertEqual(first.partner_invoice_id, first.partner_id)
        second = self.take(sample("order", id="order_2", shipping_address={**away, "id": "ordaddr_3"}))
        self.assertEqual(second.partner_shipping_id, first.partner_shipping_id)
        third = self.take(sample("order", id="order_3", shipping_address={**away, "address_1": "1 rue Sud"}))
        self.assertNotEqual(third.partner_shipping_id, first.partner_shipping_id)
        # Each was used, and none takes the place of another.
        self.assertEqual(third.partner_id.child_ids.mapped("active"), [True, True])

    def test_present_for_somebody_else_goes_to_a_contact_of_his_name(self):
        gift = {**sample("order")["shipping_address"], "first_name": "Ann"}
        sale = self.take(shipping_address=gift)
        self.assertEqual((sale.partner_id.name, sale.partner_shipping_id.name), ("Jane Doe", "Ann Doe"))

    def test_correction_of_an_address_in_odoo_stays(self):
        away = {**sample("order")["shipping_address"], "address_1": "9 qai Nord"}
        sale = self.take(shipping_address=away)
        sale.partner_shipping_id.street = "9 quai Nord"
        self.take(sample("order", id="order_2", shipping_address=away))
        self.assertEqual(self.sale("order_2").partner_shipping_id.street, "9 quai Nord")

    def test_province_is_understood_by_code_and_by_name(self):
        us = {"country_code": "us", "postal_code": "12207", "city": "Albany"}
        for number, province in enumerate(("us-ny", "NY", "New York")):
            place = {**sample("order")["billing_address"], **us, "province": province}
            sale = self.take(sample("order", id=f"order_{number}", billing_address=place, customer_id=f"cus_{number}"))
            self.assertEqual(sale.partner_id.state_id.code, "NY", province)

    def test_unknown_country_fails_and_leaves_a_row_to_fill_in(self):
        place = {**sample("order")["billing_address"], "country_code": "zz"}
        self.take(billing_address=place)
        self.assertIn("zz", self.failed()[0])
        row = self.env["sync.hub.map"]._row(self.medusa, "country", "zz")
        row.country_id = self.env.ref("base.fr")
        self._rows(self.medusa, state="failed").action_retry()
        self.wake_and_drain()
        self.assertEqual(self.sale().partner_id.country_id.code, "FR")

    def test_guest_and_account_of_one_address_are_two_and_nobody_is_renamed(self):
        guest = self.take().partner_id
        account = {"id": "cus_acc", "email": "jane@example.com", "first_name": "Janet", "has_account": True}
        other = self.take(sample("order", id="order_2", customer_id="cus_acc", customer=account)).partner_id
        self.assertNotEqual(guest, other)
        self.assertEqual((guest.name, other.name), ("Jane Doe", "Janet"))
        place = {**sample("order")["billing_address"], "first_name": "Bob"}
        self.take(sample("order", id="order_3", billing_address=place, shipping_address=place))
        self.assertEqual(guest.name, "Jane Doe")

    def test_guest_without_an_id_is_known_by_his_address(self):
        first = self.take(customer_id=None, customer=None)
        second = self.take(sample("order", id="order_2", customer_id=None, customer=None, email="JANE@example.com"))
        self.assertEqual(first.partner_id, second.partner_id)

    def test_old_order_does_not_bring_the_buyers_old_address_back(self):
        partner = self.take().partner_id
        account = {**sample("order")["customer"], "email": "jane.new@example.com"}
        self.take(sample("order", id="order_2", email="jane.new@example.com", customer=account))
        self.assertEqual(partner.email, "jane.new@example.com")
        self.take(customer=account, fulfillment_status="shipped")
        self.assertEqual(partner.email, "jane.new@example.com")

    def test_buyer_of_an_order_that_was_read_before_he_was_told_is_told_again(self):
        partner = self.take().partner_id
        buyer = sample("order")["customer"]
        self.there["customers"] = [buyer]
        self.medusa.push_customers = True
        partner.email = "odoo@example.com"
        self.wake_and_drain()
        binding = (
            self.env["sync.hub.binding"]
            ._of_records(self.medusa, partner)
            .filtered(lambda found: found.entity == "customer")
        )
        state = binding.agreed["customer"]
        self.assertEqual(state["value"]["email"], "odoo@example.com")
        binding._write_agreed({binding.id: {"customer": {**state, "sent": state["sent"] + 60}}})
        self.remote.calls.clear()
        self.take(customer=buyer, fulfillment_status="shipped")
        told = [body for request, body in self.remote.calls if request.method == "POST"]
        self.assertEqual([body["email"] for body in told], [partner.email], "both sides hold the same in the end")

    def test_customer_is_read_and_made(self):
        self.hint("customer.created", id="cus_01K8ACME000000000000000001")
        partner = self.env["sync.hub.binding"]._record_of(self.medusa, "customer", "cus_01K8ACME000000000000000001")
        self.assertEqual((partner.name, partner.company_name, partner.phone), ("Ann Lee", "ACME", "+33100000000"))

    def test_customer_without_a_name_gets_the_one_of_his_order(self):
        self.there["customers"] = [{**sample("order")["customer"], "created_by": "user_1"}]
        self.hint("customer.created", id=sample("order")["customer_id"])
        partner = self.env["sync.hub.binding"]._record_of(self.medusa, "customer", sample("order")["customer_id"])
        self.assertEqual(partner.name, "jane@example.com")
        self.assertEqual((self.take().partner_id, partner.name), (partner, "Jane Doe"))
        partner.name = "Jane D."
        self.take(sample("order", id="order_2"))
        self.assertEqual(partner.name, "Jane D.")

    def test_guest_who_only_filled_a_cart_is_no_contact(self):
        self.there["customers"] = [
            sample("customer", id="cus_cart", has_account=False, updated_at="2999-01-01T00:00:00.000Z"),
            sample(
                "customer", id="cus_admin", has_account=False, created_by="user_1", updated_at="2999-01-01T00:00:00Z"
            ),
        ]
        self.poll()
        self.hint("customer.created", id="cus_cart")
        known = self.env["sync.hub.binding"].search(
            [("connector_id", "=", self.medusa.id), ("entity", "=", "customer")]
        )
        self.assertIn("cus_admin", known.mapped("remote_id"))
        self.assertNotIn("cus_cart", known.mapped("remote_id"))

    # ------------------------------------------------------------ reading

    def test_lost_webhook_is_found_by_the_poll(self):
        self.there["orders"][0]["updated_at"] = "2999-01-01T00:00:00.000Z"
        self.poll()
        self.assertTrue(self.sale())
        reads = self._rows(self.medusa, entity="order", action="read")
        self.poll()
        self.assertEqual(self._rows(self.medusa, entity="order", action="read"), reads)

    def test_money_that_moved_is_found_by_the_poll_although_the_order_says_nothing(self):
        sale = self.take(payment_collections=[])
        self.assertFalse(sale.hub_payment_ids)
        self.there["orders"] = [sample("order")]
        moved = {"updated_at": "2999-01-01T00:00:00.000Z", "order": {"id": ORDER}}
        self.there["payments"] = [{"id": "pay_1", "payment_collection": moved}]
        self.poll()
        self.assertEqual(sale.hub_payment_ids.mapped("amount"), [55.08])

    def test_payments_are_read_as_far_as_they_are_new(self):
        when = ["2999-01-01T00:00:00.000Z"] * 60 + ["2026-01-01T00:00:00.000Z"] * 90
        self.there["orders"] = [sample("order", id=f"order_{number}") for number in range(150)]
        self.there["payments"] = [
            {"id": f"pay_{number}", "payment_collection": {"updated_at": time, "order": {"id": f"order_{number}"}}}
            for number, time in enumerate(when)
        ]
        self.poll()
        known = self.env["sync.hub.binding"].search([("connector_id", "=", self.medusa.id), ("entity", "=", "order")])
        self.assertEqual(len(known), 60)
        self.assertEqual(len([r for r, _body in self.remote.calls if "/admin/payments" in r.url]), 2)

    def test_pages_go_on_from_the_last_time(self):
        self.there["orders"] = [
            sample("order", id=f"order_{number}", updated_at=f"2999-01-01T00:{number // 60:02}:{number % 60:02}.000Z")
            for number in range(120)
        ]
        self.poll()
        known = self.env["sync.hub.binding"].search([("connector_id", "=", self.medusa.id), ("entity", "=", "order")])
        self.assertEqual(len(known), 120)

    def test_nothing_of_the_payment_provider_is_stored(self):
        self.take()
        rows = self._rows(self.medusa)
        stored = json.dumps([rows.mapped("payload"), rows.mapped("result"), rows.mapped("private")])
        for secret in ("pi_secret_4711", "4242"):
            self.assertNotIn(secret, stored)
        asked = [request.url for request, _body in self.remote.calls if "/admin/orders" in request.url]
        self.assertTrue(asked)
        self.assertFalse([url for url in asked if "payments.data" in url or "*payment" in url])

    def test_same_order_read_again_is_no_news(self):
        self.take()
        self.there["orders"][0]["updated_at"] = "2026-03-03T00:00:00.000Z"
        self.hint("order.updated", id=ORDER)
        self.assertEqual(len(self._rows(self.medusa, entity="order", action="read", direction="in")), 1)

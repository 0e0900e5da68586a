from .common import HubCase, event_of


class TestPrestashopDetails(HubCase):
    """What an order or a customer brings besides lines and totals."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        placeholder = cls._product("Sold by the shop")
        cls.shop = cls._prestashop(missing_product="placeholder", placeholder_product_id=placeholder.id)
        cls.Map = cls.env["sync.hub.map"]

    def customer_event(self, number=600, **values):
        body = event_of("contract-4.3")
        event = body["events"][0]
        event.update(event_id=number, transaction_hash=f"{number:064x}", entity_id=values.get("id", 67))
        event["after_data"].update(values)
        return self.receive(self.shop, body)

    def record(self, entity, remote_id):
        return self.env["sync.hub.binding"]._record_of(self.shop, entity, str(remote_id))

    # ------------------------------------------------------------ customers

    def test_equal_email_makes_two_contacts_unless_matching_is_asked_for(self):
        known = self.env["res.partner"].create({"name": "María", "email": "MARIA@example.com"})
        self.customer_event()
        self.wake_and_drain()
        self.assertNotEqual(self.record("customer", 67), known)
        self.shop.match_email = True
        other = self.env["res.partner"].create({"name": "Noor", "email": "noor@example.com"})
        self.customer_event(601, id=68, email="noor@example.com", firstname="Noor", lastname="Haddad")
        self.customer_event(602, id=69, email="noor@example.com", firstname="Noor", lastname="Guest")
        self.wake_and_drain()
        self.assertEqual(self.record("customer", 68), other)
        self.assertNotEqual(self.record("customer", 69), other, "one contact is one customer of the shop")

    def test_two_contacts_of_one_address_are_not_guessed_between(self):
        self.shop.match_email = True
        twins = self.env["res.partner"].create([{"name": n, "email": "maria@example.com"} for n in ("One", "Two")])
        self.customer_event()
        self.wake_and_drain()
        self.assertNotIn(self.record("customer", 67), twins)

    def test_company_of_an_address_is_the_customers(self):
        self.customer_event()
        body = event_of("contract-4.4")
        body["events"][0]["after_data"]["company"] = "Koala S.L."
        before = self.env["res.partner"].search_count([])
        self.receive(self.shop, body)
        self.wake_and_drain()
        customer = self.record("customer", 67)
        self.assertEqual(customer.company_name, "Koala S.L.")
        self.assertEqual(self.record("address", 33).parent_id, customer)
        self.assertEqual(self.env["res.partner"].search_count([]), before + 2, "one customer and one address")

    def test_customer_group_becomes_a_tag(self):
        tag = self.env["res.partner.category"].create({"name": "Wholesale"})
        self.Map.create(
            {"connector_id": self.shop.id, "kind": "group", "remote_value": "3", "partner_category_id": tag.id}
        )
        self.customer_event()
        self.wake_and_drain()
        self.assertEqual(self.record("customer", 67).category_id, tag)

    # ------------------------------------------------------------ orders

    def play_order(self, number=700, action="updated", context=None, **values):
        body = event_of("contract-4.1")
        event = body["events"][0]
        event.update(
            event_id=number,
            transaction_hash=f"{number:064x}",
            action_type=action,
            context_data=context,
            hook_timestamp=f"2025-11-15 12:{number % 60:02d}:00",
        )
        event["after_data"].update(values)
        self.receive(self.shop, body)
        self.wake_and_drain()
        return self.record("order", 1001)

    def entries(self, order, text):
        return order.message_ids.filtered(lambda message: text in (message.body or ""))

    def test_carrier_gives_the_order_its_method_and_the_shipping_line_its_product(self):
        product = self.env["product.product"].create({"name": "Van", "type": "service", "taxes_id": [(5, 0, 0)]})
        carrier = self.env["delivery.carrier"].create({"name": "Van", "product_id": product.id})
        self.Map.create(
            {"connector_id": self.shop.id, "kind": "carrier", "remote_value": "2", "carrier_id": carrier.id}
        )
        order = self.play_order()
        self.assertEqual(order.carrier_id, carrier)
        line = order.order_line.filtered("is_delivery")
        self.assertEqual((line.product_id, f"{line.price_total:.2f}"), (product, "6.05"))
        self.assertEqual(f"{order.amount_total:.2f}", "104.06")

    def test_history_is_told_once_and_corrected_in_place(self):
        step = {"id_order_history": 501, "id_order_state": 2, "id_employee": 0, "date_add": "2025-11-15 11:42:58"}
        order = self.play_order(current_state=2, order_history=[{**step, "status_name": "Pago aceptado"}])
        self.assertEqual(len(self.entries(order, "Pago aceptado")), 1)
        self.play_order(701, note="again", order_history=[{**step, "status_name": "Payment accepted"}])
        self.assertFalse(self.entries(order, "Pago aceptado"))
        self.assertEqual(len(self.entries(order, "Payment accepted")), 1)

    def test_announced_state_becomes_the_step_once_it_has_a_number(self):
        order = self.play_order(current_state=0, order_history=[])
        context = {"new_status_id": 3, "new_status_name": "Preparación", "id_employee": 0}
        self.play_order(701, "status_changed", context, current_state=0, order_history=[])
        self.assertEqual(len(self.entries(order, "Preparación")), 1)
        step = {"id_order_history": 9, "id_order_state": 3, "status_name": "Preparación", "id_employee": 0}
        self.play_order(702, current_state=3, order_history=[{**step, "date_add": "2025-11-15 12:01:00"}])
        self.assertEqual(len(self.entries(order, "Preparación")), 1)

    def test_split_orders_share_a_reference_and_stay_two(self):
        first = self.play_order()
        body = event_of("contract-4.1")
        event = body["events"][0]
        event.update(event_id=800, transaction_hash="8" * 64, entity_id=1002)
        event["after_data"].update(id_order=1002)
        self.receive(self.shop, body)
        self.wake_and_drain()
        second = self.record("order", 1002)
        self.assertNotEqual(first, second)
        self.assertEqual(first.client_order_ref, second.client_order_ref)

    def test_refunded_and_returned_quantities_show(self):
        body = event_of("contract-4.1")
        details = body["events"][0]["after_data"]["order_details"]
        details[0].update(product_quantity_refunded=1, product_quantity_return=1)
        order = self.play_order(order_details=details)
        line = order.order_line.filtered(lambda line: line.hub_line_id == "5001")
        self.assertEqual((line.hub_qty_refunded, line.hub_qty_returned), (1, 1))

    def test_note_of_the_shop_and_note_of_odoo_do_not_undo_each_other(self):
        order = self.play_order(note="Shop")
        self.assertEqual(order.hub_note, "Shop")
        order.hub_note = "Odoo"
        self.play_order(701, note="Shop", payment="Bizum")
        self.assertEqual(order.hub_note, "Odoo", "the shop did not change it")
        self.play_order(702, note="Shop again")
        self.assertEqual(order.hub_note, "Shop again")

    def test_orders_are_found_by_what_a_shop_calls_them(self):
        self.env.cr.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'sale_order'")
        indexes = "\n".join(row[0] for row in self.env.cr.fetchall())
        for field in ("hub_connector_id", "hub_delivery_ref", "hub_cart_ref"):
            self.assertIn(f"({field})", indexes)

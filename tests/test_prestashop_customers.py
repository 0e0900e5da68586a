import copy

from .common import HubCase, event_of


class TestPrestashopCustomers(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._prestashop()

    def _partner(self, remote_id, entity="customer"):
        return self.env["sync.hub.binding"]._record_of(self.shop, entity, remote_id)

    def test_customers_of_one_email_stay_apart(self):
        body = event_of("contract-4.3")
        self.receive(self.shop, body)
        other = copy.deepcopy(body)
        other["events"][0].update(event_id=999, transaction_hash="9" * 64, entity_id=68)
        other["events"][0]["after_data"]["id"] = "68"
        self.receive(self.shop, other)
        self.wake_and_drain()
        self.assertNotEqual(self._partner("67"), self._partner("68"))
        self.assertEqual(self._partner("67").email, self._partner("68").email)

    def test_address_is_never_taken_for_the_customer(self):
        self.play(self.shop, "contract-4.3", "contract-4.4")
        self.assertEqual(self._partner("67").name, "María José D'Angelo")
        self.assertFalse(self._partner("67").hub_alias)
        self.assertEqual(self._partner("33", "address").parent_id, self._partner("67"))

    def test_address_before_its_customer(self):
        self.play(self.shop, "contract-4.4")
        self.assertEqual(self._partner("67").name, "María José D'Angelo")
        self.assertEqual(self._partner("33", "address").parent_id, self._partner("67"))

    def test_deleted_customer_is_archived(self):
        rows = self.play(self.shop, "009-customer-to-delete", "010-customer-deleted")
        self.assertEqual(set(rows.mapped("state")), {"done"})
        partner = self.env["res.partner"].with_context(active_test=False).browse(rows.mapped("res_id")[0])
        self.assertFalse(partner.active)

    def test_replaced_address_with_the_same_content_is_one_partner(self):
        self.play(self.shop, "contract-4.4")
        body = event_of("contract-4.4")
        event = body["events"][0]
        event.update(event_id=500, transaction_hash="5" * 64)
        event["after_data"]["id"] = event["context_data"]["address_id"] = 44
        self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertEqual(self._partner("44", "address"), self._partner("33", "address"))

    def test_used_address_that_was_edited_is_kept_for_its_orders_and_archived(self):
        self._product("T", default_code="TS-BLUE-M")
        self._product("M", default_code="MUG-KOALA")
        self.play(self.shop, "contract-4.4", "contract-4.1")
        old = self._partner("33", "address")
        self.assertEqual(self.order("XKBKNABJK").partner_shipping_id, old)
        body = event_of("contract-4.4")
        event = body["events"][0]
        event.update(event_id=500, transaction_hash="5" * 64)
        event["after_data"].update(id=44, address1="Another street 2")
        event["context_data"]["address_id"] = 44
        self.receive(self.shop, body)
        self.wake_and_drain()
        new = self._partner("44", "address")
        self.assertNotEqual(new, old)
        self.assertFalse(old.active)
        self.assertEqual(self.order("XKBKNABJK").partner_shipping_id, old)

    def address_event(self, number, remote_id, action="updated", **values):
        """Take a later event of an address; returns its partner."""
        body = event_of("contract-4.4")
        event = body["events"][0]
        event.update(event_id=number, transaction_hash=f"{number:064d}")
        event["hook_timestamp"] = f"2025-11-16 12:{number % 60:02d}:00"
        event["after_data"].update(id=remote_id, **values)
        event["context_data"].update(address_id=remote_id, address_action=action)
        row = self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertStates(row, [("done", "")])
        return self._partner(str(remote_id), "address")

    def test_address_that_is_edited_back_is_active_again(self):
        self._product("T", default_code="TS-BLUE-M")
        self._product("M", default_code="MUG-KOALA")
        self.play(self.shop, "contract-4.4", "contract-4.1")
        old = self._partner("33", "address")
        self.address_event(601, 44, address1="Another street 2")
        self.assertFalse(old.active)
        self.assertEqual(self.address_event(602, 45), old)
        self.assertTrue(old.active)

    def test_deleted_id_of_an_address_that_lives_on_under_another_archives_nothing(self):
        self.play(self.shop, "contract-4.4")
        partner = self._partner("33", "address")
        self.assertEqual(self.address_event(601, 44), partner)
        self.address_event(602, 33, "deleted")
        self.assertTrue(partner.active)
        self.address_event(603, 44, "deleted")
        self.assertFalse(partner.active)

    def test_unknown_country_names_the_menu(self):
        body = event_of("contract-4.4")
        body["events"][0]["after_data"]["id_country"] = "999"
        row = self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertStates(row, [("failed", "mapping")])
        self.assertIn("Sync Hub > Configuration > Value maps", row.error)

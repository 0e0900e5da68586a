from datetime import timedelta

import requests
from odoo import fields

from ..models.adapters.redaction import redact_xml
from .common import event_of
from .test_prestashop_out import PrestashopOutCase
from .test_prestashop_reading import KEY, PrestashopReadingCase


class TestPrestashopPeopleOut(PrestashopOutCase):
    """Contacts that go out while the shop says something too."""

    def event(self, number, hour=12, **values):
        body = event_of("contract-4.3")
        body["events"][0].update(
            event_id=number, transaction_hash=f"{number:064x}", hook_timestamp=f"2025-11-16 {hour}:00:00"
        )
        body["events"][0]["after_data"].update(values)
        rows = self.receive(self.shop, body)
        self.wake_and_drain()
        return rows

    def test_what_the_shop_changes_is_no_change_to_tell_it(self):
        partner = self.customer()
        self.event(899, firstname="Marta", email="marta@example.com")
        self.assertEqual(partner.email, "marta@example.com")
        self.assertFalse(self._rows(self.shop, direction="out"), "the hooks know where the change comes from")

    def test_shop_that_goes_back_to_an_old_value_is_heard(self):
        partner = self.customer(email="a@example.com")
        partner.email = "b@example.com"
        self.wake_and_drain()
        self.sent()
        self.event(900, email="a@example.com")
        self.assertEqual(partner.email, "a@example.com")

    def test_new_customer_takes_his_address_along(self):
        self.shop.push_new_customers = True
        spain = self.env.ref("base.es")
        values = {"name": "Noor Haddad", "email": "noor@example.com", "street": "C/ Sol 1", "city": "Madrid"}
        self.env["res.partner"].create({**values, "zip": "28001", "country_id": spain.id})
        numbers = iter(("900", "901"))
        self.remote.answer = lambda r, b: (200, {"success": True, "entity_id": next(numbers)}, {})
        self.wake_and_drain()
        customer, address = self.sent()
        self.assertEqual((customer[0], address[0]), ("customer", "address"))
        self.assertEqual(address[2]["id_customer"], 900)
        self.assertEqual(self.record("customer", "900"), self.record("address", "901"))

    def test_place_that_odoo_copies_to_the_customer_is_not_a_second_address(self):
        partner = self.customer()
        self.play(self.shop, "contract-4.4")
        address = self.record("address", "33")
        # 17.0 does this by itself.
        copied = {field: address[field] for field in ("street", "zip", "city")}
        partner.with_context(sync_origin=self.shop.id).write(copied)
        partner.vat = "ESB12345674"
        self.wake_and_drain()
        self.assertNotIn("created", [call[1] for call in self.sent()])

    def test_company_keeps_its_name_when_the_shop_speaks_of_its_buyer(self):
        partner = self.customer()
        partner.write({"is_company": True, "name": "Acme 3 (SL)"})
        self.wake_and_drain()
        ((_entity, _action, data),) = self.sent()
        self.assertEqual((data["company"], "lastname" in data), ("Acme 3 (SL)", False))
        self.event(901, newsletter="0")
        self.event(902, 13, firstname="Otra")
        self.assertEqual(partner.name, "Acme 3 (SL)")

    def test_second_contact_of_an_address_does_not_take_the_first_ones_customer(self):
        first = self.customer()
        self.shop.push_new_customers = True
        self.env["res.partner"].create({"name": "Twin", "email": first.email})
        self.wake_and_drain()
        self.assertFalse(self.sent())
        self.assertStates(self._rows(self.shop, flow="customer")[-1], [("failed", "taken")])
        self.assertEqual(self.record("customer", "67"), first)

    def test_number_of_another_contact_is_refused(self):
        self.customer()
        self.shop.push_new_customers = True
        self.remote.answer = lambda r, b: (200, {"success": True, "entity_id": 67}, {})
        self.env["res.partner"].create({"name": "Somebody Else", "email": "else@example.com"})
        self.wake_and_drain()
        self.assertStates(self._rows(self.shop, flow="customer")[-1], [("failed", "taken")])
        self.assertEqual(self.record("customer", "67").name, "María José D'Angelo")

    def test_message_of_something_just_being_made_waits(self):
        self.customer()
        values = {"connector_id": self.shop.id, "company_id": self.company.id, "direction": "out", "lane": 7}
        self.env["sync.hub.log"].create({**values, "state": "sending", "flow": "customer", "action": "create"})
        body = event_of("contract-4.3")
        body["events"][0].update(event_id=950, transaction_hash="9" * 64, entity_id=900)
        body["events"][0]["after_data"].update(id=900)
        row = self.receive(self.shop, body)
        self.env.flush_all()
        self.env["sync.hub.drain"]._work(self.shop.id, "in", 1)
        self.env.invalidate_all()
        self.assertStates(row, [("retrying", "being_made")])

    def test_cleared_field_is_cleared_in_the_shop(self):
        self.customer()
        self.play(self.shop, "contract-4.4")
        address = self.record("address", "33")
        address.phone = False
        self.wake_and_drain()
        ((_entity, _action, data),) = self.sent()
        self.assertEqual(data["phone"], "")

    def test_edit_of_an_address_leaves_the_halves_of_its_name_and_its_province(self):
        self.customer()
        self.play(self.shop, "contract-4.4")
        address = self.record("address", "33")
        self.assertFalse(address.state_id, "nobody mapped the shop's province")
        address.street2 = "2º"
        self.wake_and_drain()
        ((_entity, _action, data),) = self.sent()
        self.assertEqual(set(data) - {"address2", "id"}, set())

    def test_refused_connection_is_tried_again_and_no_unknown_outcome(self):
        partner = self.customer()

        def refused(request, body):
            raise requests.exceptions.ConnectTimeout()

        self.remote.answer = refused
        values = {"parent_id": partner.id, "type": "delivery", "name": "María", "street": "C/ Sol 1", "zip": "28001"}
        self.env["res.partner"].create({**values, "city": "Madrid", "country_id": self.env.ref("base.es").id})
        self.wake_and_drain()
        self.assertStates(self._rows(self.shop, flow="address")[-1], [("retrying", "no_connection")])

    def test_delivered_order_that_came_back_is_not_delivered_again(self):
        self.play(self.shop, "013-order-bankwire-created")
        order = self.env["sale.order"].search([("hub_connector_id", "=", self.shop.id)], limit=1)
        order.action_confirm()
        self.wake_and_drain()
        self.sent()
        order.write({"hub_was_shipped": True, "hub_remote_status": "10"})
        order.picking_ids.move_ids.quantity = 1
        order.picking_ids.move_ids.picked = True
        order.picking_ids.with_context(skip_backorder=True, skip_sms=True).button_validate()
        self.wake_and_drain()
        self.assertNotIn(4, [call[2].get("id_order_state") for call in self.sent()])

    def test_passwords_in_xml_are_masked(self):
        xml = "<a><passwd>x</passwd><secure_key><![CDATA[y]]></secure_key><name>z</name><token/></a>"
        self.assertEqual(
            redact_xml(xml), "<a><passwd>***</passwd><secure_key>***</secure_key><name>z</name><token/></a>"
        )


class TestPrestashopKeyThatMayOnlyRead(PrestashopReadingCase):
    def test_the_module_is_asked_instead(self):
        def only_read(request, body):
            if request.method != "GET" and "/api/" in request.url:
                return 405, {"errors": [{"code": 25, "message": "Method PATCH not allowed"}]}, {}
            return self.answer(request, body)

        self.put_order()
        self.poll()
        self.remote.answer = only_read
        self.remote.calls.clear()
        self.env["sync.hub.binding"]._record_of(self.shop, "customer", "67").email = "new@example.com"
        self.wake_and_drain()
        sent = [body["data"] for request, body in self.remote.calls if "reverse_webhook" in request.url]
        self.assertEqual(sent, [{"id": 67, "email": "new@example.com"}])

    def test_first_night_goes_no_further_back_than_the_connector_is_in_use(self):
        self.shop.activated_at = activated = fields.Datetime.now() - timedelta(hours=1)
        self.env["sync.hub.connector"]._cron_reconcile()
        cursor = self.shop.cursor_ids.filtered(lambda c: c.resource == "orders")
        self.assertGreaterEqual(cursor.since, self.local(activated))

    def test_order_of_the_time_before_is_taken_over_and_nothing_is_done_for_it(self):
        self.shop.activated_at = fields.Datetime.now()
        self.put_order(current_state="5")
        self.poll()
        sale = self.sale()
        self.assertEqual((sale.state, sale.hub_remote_status), ("draft", "5"))

    def test_tracking_of_the_shop_shows_on_the_order(self):
        self.put_order()
        self.poll()
        self.assertEqual(self.sale().hub_tracking, "1Z9")
        self.assertNotIn(KEY, str(self.shop.read()))

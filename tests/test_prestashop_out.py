from datetime import timedelta

import requests
from odoo import fields

from .common import HubCase, event_of

URL = "https://shop.test"
SUCCESS = {"success": True, "entity_id": 67, "message": "Customer updated successfully"}


class PrestashopOutCase(HubCase):
    """A shop with its reverse endpoint; without a Webservice key unless a test sets one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        placeholder = cls._product("Sold by the shop")
        cls.shop = cls._prestashop(
            url=URL, missing_product="placeholder", placeholder_product_id=placeholder.id, breaker_limit=0
        )

    def setUp(self):
        super().setUp()
        self.remote.answer = self.accept

    def accept(self, request, body):
        data = body["data"]
        asked = {"note": "note", "id_order_state": "status", "tracking_number": "tracking_number"}
        done = [name for key, name in asked.items() if key in data]
        return 200, {**SUCCESS, "entity_id": data.get("id", "900"), "updated_fields": done}, {}

    def sent(self):
        """What was sent to the endpoint so far: (entity, action, data); forgets it."""
        calls = [(body["entity_type"], body["action_type"], body["data"]) for _request, body in self.remote.calls]
        self.remote.calls.clear()
        return calls

    def customer(self, **values):
        """The partner of customer 67, imported with these values."""
        body = event_of("contract-4.3")
        body["events"][0]["after_data"].update(values)
        self.receive(self.shop, body)
        self.wake_and_drain()
        return self.record("customer", "67")

    def told(self, sequence, customer=67, ahead=0, **values):
        """The message in which the shop tells now that a customer has these values.

        :param int ahead: seconds by which the shop's clock is ahead.
        """
        body, now = event_of("contract-4.3"), fields.Datetime.now() + timedelta(seconds=ahead)
        local = fields.Datetime.context_timestamp(self.shop.with_context(tz="Europe/Madrid"), now)
        body["events"][0].update(
            transaction_hash=f"{sequence:064d}", event_id=sequence, entity_id=customer,
            hook_timestamp=f"{local:%Y-%m-%d %H:%M:%S}",
        )  # fmt: skip
        body["events"][0]["after_data"].update(id=customer, **values)
        return body

    def record(self, entity, remote_id):
        return self.env["sync.hub.binding"]._record_of(self.shop, entity, remote_id)

    def binding(self, entity, remote_id):
        return self.env["sync.hub.binding"]._find(self.shop, entity, remote_id)


class TestPrestashopCustomersOut(PrestashopOutCase):
    def test_an_import_is_never_sent_back(self):
        self.customer()
        self.play(self.shop, "contract-4.4", "contract-4.1")
        self.assertFalse(self.sent())

    def test_only_what_changed_is_sent(self):
        partner = self.customer()
        partner.email = "new@example.com"
        self.wake_and_drain()
        self.assertEqual(self.sent(), [("customer", "updated", {"id": 67, "email": "new@example.com"})])
        partner.phone = "+34 600"
        partner.email = "new@example.com"
        self.wake_and_drain()
        self.assertFalse(self.sent(), "nothing that the shop knows has changed")

    def test_name_keeps_its_halves_and_survives_the_escaping(self):
        partner = self.customer()
        partner.name = "María José D'Angelo y Ruiz"
        self.wake_and_drain()
        self.assertEqual(self.sent()[0][2], {"id": 67, "lastname": "D’Angelo y Ruiz"})

    def test_echo_of_our_own_value_with_backslashes_changes_nothing(self):
        partner = self.customer()
        partner.name = "María José D'Ambrosio"
        self.wake_and_drain()
        self.sent()
        body = event_of("contract-4.3")
        event = body["events"][0]
        event.update(transaction_hash="e" * 64, event_id=500, hook_timestamp="2025-11-16 11:41:02")
        event["after_data"].update(lastname="D\\\\\\'Ambrosio", newsletter="0")
        self.receive(self.shop, body)
        self.wake_and_drain()
        self.assertEqual(partner.name, "María José D'Ambrosio")
        self.assertFalse(self.sent())

    def test_unacceptable_name_names_the_field(self):
        partner = self.customer()
        partner.name = "María José 3"
        self.wake_and_drain()
        row = self._rows(self.shop, direction="out")[-1]
        self.assertStates(row, [("failed", "not_acceptable")])
        self.assertIn("field Name", row.error)
        self.assertFalse(self.sent())

    def test_snapshot_does_not_undo_what_the_shop_was_not_told_yet(self):
        partner = self.customer()
        self.shop.state = "paused"
        partner.email = "odoo@example.com"
        self.shop.state = "active"
        # The shop changes the name, and its snapshot carries the old e-mail address.
        body = event_of("contract-4.3")
        body["events"][0].update(transaction_hash="f" * 64, event_id=501, hook_timestamp="2025-11-16 11:41:02")
        body["events"][0]["after_data"].update(firstname="Marta")
        self.receive(self.shop, body)
        self.env.flush_all()
        self.env["sync.hub.drain"]._work(self.shop.id, "in", 1)
        self.env.invalidate_all()
        self.assertEqual((partner.name, partner.email), ("Marta D'Angelo", "odoo@example.com"))
        self.wake_and_drain()
        self.assertEqual(self.sent(), [("customer", "updated", {"id": 67, "email": "odoo@example.com"})])

    def test_message_that_crossed_ours_makes_us_say_it_again(self):
        partner = self.customer()
        partner.email = "odoo@example.com"
        self.wake_and_drain()
        self.sent()
        self.receive(self.shop, self.told(502, email="shop@example.com"))
        self.wake_and_drain()
        self.assertEqual(partner.email, "shop@example.com")
        (sent,) = self.sent()
        self.assertEqual(sent[2]["email"], "shop@example.com", "both sides hold the same in the end")

    def test_every_message_that_comes_during_a_call_has_crossed_it(self):
        partner = self.customer()
        answers = self.remote.answer

        def shop_changes_meanwhile(request, body):
            self.remote.answer = answers
            for number, name in ((503, "first"), (504, "second")):
                self.receive(self.shop, self.told(number, email=f"{name}@example.com"))
                self.env["sync.hub.drain"]._work(self.shop.id, "in", 1)
            return answers(request, body)

        self.remote.answer = shop_changes_meanwhile
        partner.email = "odoo@example.com"
        self.wake_and_drain()
        self.assertEqual(partner.email, "second@example.com")
        self.assertEqual(
            [data["email"] for _entity, _action, data in self.sent()],
            ["odoo@example.com", "second@example.com"],
            "nobody knows whether the shop got our value before or after",
        )

    def test_every_message_from_before_a_call_that_comes_after_it_has_crossed_it(self):
        partner = self.customer()
        partner.email = "odoo@example.com"
        self.wake_and_drain()
        self.sent()
        for number, name in ((503, "first"), (504, "second")):
            self.receive(self.shop, self.told(number, email=f"{name}@example.com"))
        self.wake_and_drain()
        self.assertEqual(partner.email, "second@example.com")
        self.assertEqual([data["email"] for _entity, _action, data in self.sent()], ["second@example.com"])

    def test_new_customer_is_created_only_when_the_connector_says_so(self):
        values = {"name": "Noor Haddad", "email": "noor@example.com"}
        self.env["res.partner"].create(values)
        self.wake_and_drain()
        self.assertFalse(self.sent())
        self.shop.push_new_customers = True
        partner = self.env["res.partner"].create(values)
        self.wake_and_drain()
        ((entity, action, data),) = self.sent()
        self.assertEqual((entity, action, data["lastname"]), ("customer", "created", "Haddad"))
        self.assertEqual(self.record("customer", "900"), partner)
        partner.email = "noor2@example.com"
        self.wake_and_drain()
        self.assertEqual(self.sent()[0][1:], ("updated", {"id": 900, "email": "noor2@example.com"}))

    def test_refusal_is_told_in_plain_text(self):
        partner = self.customer()
        self.remote.answer = lambda r, b: (
            500,
            {"success": False, "error": "Property Customer-&gt;email is not valid"},
            {},
        )
        partner.email = "x@example.com"
        self.wake_and_drain()
        row = self._rows(self.shop, direction="out")[-1]
        self.assertStates(row, [("failed", "rejected")])
        self.assertIn("Customer->email", row.error)

    def test_disabled_endpoint_lets_changes_wait_and_tells_once(self):
        partner = self.customer()
        self.remote.answer = lambda r, b: (403, {"success": False, "error": "Reverse synchronization is disabled"}, {})
        partner.email = "x@example.com"
        self.wake_and_drain()
        self.assertEqual(self.shop.state, "active")
        self.assertStates(self._rows(self.shop, direction="out"), [("retrying", "reverse_disabled")])
        self.assertIn("module's settings", self.shop.activity_ids.note)

    def test_refused_secret_stops_what_goes_out_and_not_what_comes_in(self):
        partner = self.customer()
        self.remote.answer = lambda r, b: (403, {"success": False, "error": "Invalid webhook secret"}, {})
        partner.email = "x@example.com"
        self.wake_and_drain()
        self.assertEqual(self.shop.state, "paused")
        self.assertIn("Invalid webhook secret", self.shop.pause_reason)
        rows = self.play(self.shop, "contract-4.1")
        self.assertStates(rows, [("done", "")])


class TestPrestashopAddressesOut(PrestashopOutCase):
    def address(self):
        self.customer()
        self.play(self.shop, "contract-4.4")
        return self.record("address", "33")

    def new_address(self):
        partner = self.customer()
        spain = self.env.ref("base.es")
        return self.env["res.partner"].create(
            {
                "parent_id": partner.id,
                "type": "delivery",
                "name": "María José D'Angelo",
                "street": "C/ Nueva 5",
                "zip": "28001",
                "city": "L'Hospitalet",
                "country_id": spain.id,
                "vat": "ESB12345674",
            }
        )

    def test_changed_street_is_sent(self):
        self.address().street = "C/ Menor 2"
        self.wake_and_drain()
        entity, action, data = self.sent()[0]
        self.assertEqual((entity, action), ("address", "updated"))
        self.assertEqual(data["address1"], "C/ Menor 2")
        self.assertNotIn("city", data)

    def test_new_address_of_a_bound_customer_is_created(self):
        self.new_address()
        self.wake_and_drain()
        ((entity, action, data),) = self.sent()
        self.assertEqual((entity, action), ("address", "created"))
        self.assertEqual((data["id_customer"], data["id_country"], data["city"]), (67, 6, "L’Hospitalet"))
        self.assertTrue(self.binding("address", "900"))

    def test_people_who_work_for_a_customer_are_no_addresses(self):
        partner = self.new_address()
        self.wake_and_drain()
        self.sent()
        for connector_wants_all in (False, True):
            self.shop.push_new_customers = connector_wants_all
            worker = partner.copy({"type": "contact", "parent_id": partner.parent_id.id})
            worker.write({"name": "Noor Haddad", "street": "C/ Otra 6"})
            self.assertFalse(self._rows(self.shop, flow="address", state="pending", res_id=worker.id))
        # 19.0 gives a worker's new street to the customer too, who has an address of his own by that.
        self.wake_and_drain()
        self.sent()
        worker.type = "other"
        self.wake_and_drain()
        self.assertEqual([call[:2] for call in self.sent()], [("address", "created")])

    def test_address_of_the_customer_himself_is_created(self):
        spain = self.env.ref("base.es")
        self.customer().write({"street": "C/ Propia 1", "zip": "28001", "city": "Madrid", "country_id": spain.id})
        self.wake_and_drain()
        self.assertEqual([call[:2] for call in self.sent()], [("address", "created")])

    def test_lost_answer_of_a_create_is_not_repeated(self):
        def lost(request, body):
            raise requests.exceptions.ReadTimeout

        self.remote.answer = lost
        self.new_address()
        self.wake_and_drain()
        row = self._rows(self.shop, flow="address")[-1]
        self.assertStates(row, [("failed", "outcome_unknown")])
        self.assertEqual(len(self.remote.calls), 1)
        self.remote.answer = self.accept
        self.sent()
        self.env["res.partner"].browse(row.res_id).street = "C/ Nueva 6"
        self.wake_and_drain()
        self.assertStates(self._rows(self.shop, flow="address")[-1], [("failed", "outcome_unknown")])
        self.assertFalse(self.sent(), "an edit must not make it a second time")
        row.action_retry()
        self.wake_and_drain()
        self.assertFalse(self.sent(), "nor must a retry of everything that failed")
        row.action_look_up()
        self.wake_and_drain()
        self.assertStates(row, [("failed", "outcome_unknown")])
        self.assertFalse(self.sent(), "without a key nothing is asked, and nothing is made")
        row.action_create_again()
        self.wake_and_drain()
        self.assertEqual([call[1] for call in self.sent()], ["created"])
        self.assertEqual(row.state, "done")

    def test_crash_during_a_create_is_an_unknown_outcome(self):
        self.new_address()
        row = self._rows(self.shop, flow="address", state="pending")
        row.write({"state": "sending", "action": "create"})
        self.wake_and_drain()
        self.assertStates(row, [("failed", "outcome_unknown")])
        self.assertFalse(self.sent())


class TestPrestashopCouponsOut(PrestashopOutCase):
    def program(self, **reward):
        values = {"reward_type": "discount", "discount_mode": "percent", "discount": 15, **reward}
        return self.env["loyalty.program"].create(
            {
                "name": "Winter 15 %",
                "program_type": "promo_code",
                "hub_connector_id": self.shop.id,
                "rule_ids": [(5, 0, 0), (0, 0, {"mode": "with_code", "code": "WINTER15"})],
                "reward_ids": [(5, 0, 0), (0, 0, values)],
            }
        )

    def test_new_coupon_is_made_and_then_followed(self):
        program = self.program()
        self.wake_and_drain()
        ((entity, action, data),) = self.sent()
        self.assertEqual((entity, action), ("coupon", "created"))
        self.assertEqual((data["code"], data["reduction_percent"], data["active"]), ("WINTER15", 15, True))
        self.assertNotIn("reduction_amount", data)
        program.active = False
        self.wake_and_drain()
        self.assertEqual(self.sent()[0][2], {"id": 900, "active": False})

    def test_taken_code_is_resolved_by_the_code(self):
        def taken(request, body):
            if body["action_type"] == "created":
                return 500, {"success": False, "error": "Coupon code already exists: WINTER15"}, {}
            return 200, {"success": True, "entity_id": 42}, {}

        self.remote.answer = taken
        self.program()
        self.wake_and_drain()
        self.assertEqual([(call[1], call[2].get("code")) for call in self.sent()][1], ("updated", "WINTER15"))
        self.assertTrue(self.binding("coupon", "42"))

    def test_what_the_shop_cannot_grant_is_not_sent(self):
        self.program(discount_applicability="cheapest")
        self.wake_and_drain()
        self.assertFalse(self.sent())
        self.assertIn("not for the whole order", self._rows(self.shop, flow="coupon").error)

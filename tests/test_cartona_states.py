import json
from datetime import date

from odoo.tests import HttpCase
from odoo.tools import mute_logger

from ..models.adapters.signature import hmac_sha256
from .cartona import CartonaCase, sample


class TestCartonaStates(CartonaCase):
    def status(self, word, **more):
        return self.webhook({"hashed_id": "Kp3TzQa9", "status": word, **more})

    def test_every_documented_state(self):
        expected = {
            "approved": "sale",
            "assigned_to_salesman": "sale",
            "cancelled_by_retailer": "cancel",
            "cancelled_by_supplier": "cancel",
            "cancelled": "cancel",
            "cancelled_by_cartona": "cancel",
            "pending": "draft",
        }
        for number, (word, state) in enumerate(expected.items()):
            with self.subTest(word):
                self.webhook(sample("order", hashed_id=f"S{number}"))
                self.webhook({"hashed_id": f"S{number}", "status": word, "cancellation_reason": "delayed_order"})
                self.assertEqual(self.sale(f"S{number}").state, state)
                self.assertEqual(
                    self.sale(f"S{number}").hub_status_reason, "delayed_order" if word != "pending" else False
                )

    def test_unknown_state_is_an_activity(self):
        self.webhook(sample("order"))
        self.status("frozen_by_bank")
        self.assertIn("frozen_by_bank", self.sale().activity_ids.note)

    def test_cancelled_after_the_delivery_is_an_activity(self):
        self.webhook(sample("order", status="approved", wallet_top_up=0))
        sale = self.sale()
        sale.picking_ids.move_ids.write({"picked": True})
        sale.picking_ids.button_validate()
        self.status("cancelled_by_retailer")
        self.assertEqual(sale.state, "sale")
        self.assertIn("make a return", " ".join(sale.activity_ids.mapped("note")))

    def test_delivered_by_us_asks_for_the_transfer_and_by_cartona_validates_it(self):
        self.webhook(sample("order", status="approved"))
        self.status("delivered")
        self.assertEqual(self.sale().picking_ids.state, "assigned")
        self.assertIn("validate", " ".join(self.sale().activity_ids.mapped("note")))
        self.webhook(sample("order-carried"))
        self.webhook({"hashed_id": "w7HnLc4X", "status": "delivered", "delivery_day": "2026-11-29"})
        sale = self.sale("w7HnLc4X")
        self.assertEqual((sale.picking_ids.state, sale.hub_delivery_day), ("done", date(2026, 11, 29)))

    def test_returned_is_an_activity(self):
        self.webhook(sample("order", status="approved"))
        self.status("return")
        self.assertIn("returned", " ".join(self.sale().activity_ids.mapped("note")))

    def test_a_state_before_its_order_waits_for_it_and_asks(self):
        rows = self.status("approved")
        self.assertStates(rows, [("retrying", "order_missing")])
        self.assertTrue(self.told("pull-orders"))
        self.webhook(sample("order"))
        self.wake_and_drain()
        self.assertEqual((rows.state, self.sale().state), ("done", "sale"))

    def test_a_state_that_is_passed_already_is_not_taken_back(self):
        self.webhook(sample("order", status="approved"))
        self.status("assigned_to_salesman")
        self.webhook(sample("order", status="approved", note_message="late echo"))
        self.assertEqual(self.sale().hub_remote_status, "assigned_to_salesman")


class TestCartonaRoute(CartonaCase, HttpCase):
    def post(self, path, body, **headers):
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        return self.url_open(path, raw, headers={"Content-Type": "application/json", **headers})

    def test_one_order_or_several_by_the_secret(self):
        token = {"AuthorizationToken": "secret-of-cartona"}
        path = "/cartona_integration/webhook/orders"
        reply = self.post(path, sample("order"), **token)
        self.assertEqual((reply.status_code, reply.json()["success"]), (200, True))
        reply = self.post(path, [sample("order", hashed_id="X"), {"nonsense": 1}], **token)
        first, second = reply.json()["results"]
        self.assertEqual((reply.status_code, first["success"], second["success"]), (200, True, False))
        self.assertIn("hashed_id", second["error"])
        reply = self.post("/cartona_integration/webhook/order_status", {"hashed_id": "X", "status": "editing"}, **token)
        self.assertEqual(reply.status_code, 200)
        self.wake_and_drain()
        self.assertEqual(self.sale("X").hub_remote_status, "editing")

    def test_signed_body(self):
        raw = json.dumps(sample("order")).encode()
        path = "/cartona_integration/webhook/orders"
        good = hmac_sha256("secret-of-cartona", raw)
        for header in ("X-Signature", "X-Hub-Signature-256", "AuthorizationToken"):
            self.assertEqual(self.post(path, raw, **{header: f"sha256={good}"}).status_code, 200, header)
        self.assertEqual(self.post(path, raw + b" ", **{"X-Signature": good}).status_code, 403)

    @mute_logger("odoo.http")
    def test_refused(self):
        path = "/cartona_integration/webhook/orders"
        token = {"AuthorizationToken": "secret-of-cartona"}
        self.assertEqual(self.post(path, sample("order")).status_code, 401)
        self.assertEqual(self.post(path, sample("order"), AuthorizationToken="wrong").status_code, 403)
        self.assertEqual(self.post(path, b"{", **token).status_code, 400)
        self.assertEqual(self.post(path, b"[]", **token).status_code, 400)
        self.assertEqual(self.post(path, b"[1]", **token).status_code, 400)
        self.assertFalse(self._rows(self.cartona))


class TestCartonaUpdate(CartonaCase):
    def test_a_connector_from_before_learns_the_states(self):
        self.cartona.map_ids.unlink()
        self.env["sync.hub.connector"]._keep_maps()
        self.assertEqual(self.env["sync.hub.map"]._lookup(self.cartona, "order_state", "approved"), "confirm")
        self.cartona.map_ids.filtered(lambda row: row.remote_value == "editing").unlink()
        self.env["sync.hub.connector"]._keep_maps()
        self.assertFalse(self.env["sync.hub.map"]._row(self.cartona, "order_state", "editing"))

    def test_an_order_that_is_asked_for_by_hand(self):
        self.webhook(sample("order"))
        self.sale().action_hub_read()
        self.wake_and_drain()
        self.assertEqual(self._rows(self.cartona, flow="fetch").state, "done")
        self.feed = [sample("order", status="approved")]
        self.sale().action_hub_read()
        self.wake_and_drain()
        self.assertEqual(self.sale().state, "sale")

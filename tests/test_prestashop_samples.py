from odoo.tests import tagged

from .common import SAMPLES, HubCase, bodies

#: What each recording of customers, addresses and orders may end in.
CLEAN = {"done", "skipped"}
#: Orders whose own sums disagree: the module sent old totals with new lines.
HELD = set()
LABELS = sorted(path.stem for path in SAMPLES.glob("*.json"))


class TestPrestashopSamples(HubCase):
    """Every recording of the real module, and every sample of the contract, in the order they were made."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        placeholder = cls._product("Sold by the shop")
        cls.shop = cls._prestashop(missing_product="placeholder", placeholder_product_id=placeholder.id)
        for rate in (10, 4):
            cls._tax(f"{rate} % sale", rate)
        currency = cls.env["res.currency"].with_context(active_test=False).search([("name", "=", "EUR")])
        currency.active = True
        cls.env["product.pricelist"].create({"name": "Second currency", "currency_id": currency.id})
        cls.env["sync.hub.map"].create(
            {"connector_id": cls.shop.id, "kind": "currency", "remote_value": "2", "currency_id": currency.id}
        )

    def test_all_recordings_import_in_their_order(self):
        for label in LABELS:
            with self.subTest(label):
                for body in bodies(label):
                    rows = self.receive(self.shop, body)
                    self.wake_and_drain()
                    wrong = [f"{r.entity} {r.remote_id}: {r.state} {r.error}" for r in rows if r.state not in CLEAN]
                    self.assertFalse(wrong)

    def test_every_complete_order_has_the_shops_total(self):
        totals = {}
        for label in LABELS:
            for body in bodies(label):
                for event in body.get("events", ()):
                    after = event["after_data"]
                    if event["entity_type"] == "order" and after:
                        totals[str(after["id_order"])] = after["total_paid_tax_incl"]
                self.receive(self.shop, body) if "events" in body else None
                self.wake_and_drain()
        self.assertGreater(len(totals), 10)
        held = {}
        for remote_id, total in totals.items():
            order = self.env["sync.hub.binding"]._record_of(self.shop, "order", remote_id)
            self.assertTrue(order, remote_id)
            if order.hub_hold_reason and not order.hub_state_hold:
                held[remote_id] = order.hub_hold_reason
            else:
                self.assertEqual(f"{order.amount_total:.2f}", f"{total:.2f}", remote_id)
        self.assertEqual(set(held), HELD, held)

    def test_identical_batches_at_once_are_one(self):
        first, *others = bodies("097-self-trigger-slow-duplicate-batches")
        self.assertTrue(self.receive(self.shop, first))
        self.assertFalse(any(self.receive(self.shop, other) for other in others if other == first))


@tagged("post_install", "-at_install")
class TestEveryEventIsAnswered(HubCase):
    def test_each_event_of_each_sample_has_one_result(self):
        adapter = self.env["sync.hub.adapter.prestashop"]
        for label in LABELS:
            for body in bodies(label):
                inbox = adapter.receive(body)
                with self.subTest(label):
                    self.assertEqual(len(inbox.results), len(body.get("events", ())))

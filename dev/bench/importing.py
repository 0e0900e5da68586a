"""Orders of PrestaShop that wait in the inbox, imported by the drain: against `sale.order.create` of the same orders
one by one, each in a transaction of its own as people's requests are, both timed in Odoo's processes. The orders wait
for a bank wire, so that both sides end with quotations; their customer is known before.
"""

import json

from bench.measure import interleaved, median, timed
from bench.report import Figure
from bench.stage import ORDERS, held, live_hub, wake

ROUNDS = 3
LINES = [
    {
        "product_id": 5 + number,
        "product_attribute_id": 0,
        "reference": f"BENCH-{number}",
        "name": f"Item {number}",
        "quantity": 1 + number,
        "price_excl": 10 + number,
        "tax_rate": 21,
    }
    for number in range(3)
]


def run(odoo):
    """The figures."""
    with live_hub(odoo) as hub:
        shop = Shop(hub)
        size = max(ORDERS // ROUNDS, 20)
        turns = interleaved(ROUNDS, lambda: shop.imported(size), shop.one_by_one, shop.batched)
        ours, single, batched = (size / median(times) for times in turns)
        return [
            Figure("one by one, plain", f"{single:.1f} orders/s"),
            Figure("imported", f"{ours:.1f} orders/s", f"{ours / single:.2f}x", ">= 1x", ours >= single),
            Figure("one create of all, plain", f"{batched:.1f} orders/s"),
            Figure("imported against one create of all", "", f"{ours / batched:.2f}x"),
        ]


class Shop:
    """Delivers orders and has them made."""

    def __init__(self, hub):
        self.hub, self.odoo = hub, hub.odoo
        for number in range(len(LINES)):
            hub.product(f"Bench {number}", default_code=f"BENCH-{number}")
        self.connector = hub.prestashop(timezone="Europe/Madrid")
        (first,) = self.compose(1)
        self.customer = first["id_customer"]
        assert hub.post(first["batch"]).ok
        hub.quiet(60)
        self.last = []

    def compose(self, number, **more):
        """Checkouts of the simulated shop, not sent."""
        body = {"lines": LINES, "state": 10, "send": False, "count": number, **more}
        made = self.hub.sims.request("POST", "prestashop/_order", json=body)
        return made.get("orders", [made])

    def deliver(self, number):
        """Put new orders into the inbox."""
        for order in self.compose(number, customer={"id": self.customer}):
            batch = order["batch"]
            batch["events"] = [
                e for e in batch["events"] if (e["entity_type"], e["action_type"]) == ("order", "created")
            ]
            answer = self.hub.post(json.dumps(batch).encode())
            assert answer.ok and len(batch["events"]) == 1, answer.text

    def imported(self, number):
        """Seconds from when the drain may begin until it is done with new orders."""
        (newest,) = self.odoo.sql("SELECT coalesce(max(id), 0) FROM sale_order")[0]
        with held(self.odoo, (self.connector, "in", 1)):
            self.deliver(number)
        seconds = timed(self.drain)
        found = self.odoo.sql("SELECT id FROM sale_order WHERE id > %s AND state = 'draft' ORDER BY id", [newest])
        self.last = [row[0] for row in found]
        failed = self.odoo.sql("SELECT error FROM sync_hub_log WHERE state = 'failed' LIMIT 1")
        assert len(self.last) == number and not failed, f"{len(self.last)} orders of {number}: {failed}"
        return seconds

    def drain(self):
        """Let the drain work until nothing is left."""
        wake(self.odoo)
        self.hub.quiet(300)

    def one_by_one(self):
        """Seconds of the orders imported last, made by plain Odoo."""
        return self.odoo.rpc("hub.bench", "create_orders", self.last)

    def batched(self):
        """The same with one create of all."""
        return self.odoo.rpc("hub.bench", "create_orders", self.last, True)

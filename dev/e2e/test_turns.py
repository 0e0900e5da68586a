"""On a small server all drains share one place: none waits until another one has worked off all that it has."""

import json
import time

from bench.importing import LINES
from e2e.shop import Shop

ORDERS = 80
#: Seconds: a turn, the chunk that is under way, and the push; without turns it is more than eight.
BUDGET = 6


def test_a_price_does_not_wait_behind_a_long_inbox(hub):
    for number in range(len(LINES)):
        hub.product(f"Turn {number}", default_code=f"BENCH-{number}")
    ((name, variant),) = hub.linked_products(1).items()
    hub.cartona()
    shop = Shop(hub)
    hub.quiet()
    body = {"lines": LINES, "state": 10, "send": False, "count": ORDERS}
    for order in hub.sims.request("POST", "prestashop/_order", json=body)["orders"]:
        assert hub.post(json.dumps(order["batch"]).encode()).ok
    left = "SELECT count(*) FROM sync_hub_log WHERE connector_id = %s AND direction = 'in' AND state = 'pending'"
    started = time.monotonic()
    hub.set_price(variant, 77)
    hub.odoo.wait(lambda: hub.shown_price(name) == 77, timeout=60, every=0.02)
    took, waiting = time.monotonic() - started, hub.odoo.sql(left, [shop.connector])[0][0]
    hub.quiet(120)
    assert waiting, "the inbox was too short to tell"
    assert took < BUDGET
    print(f"\na price was visible after {took:.1f} s, {waiting} messages still waiting")

"""Prices that reach a remote which takes 100 in one call: many at once, and the same products again and again while
the connector is busy.
"""

import math

from bench.measure import ms, timed
from bench.report import Figure, at_most
from bench.stage import PRODUCTS, held, live_hub, wake

#: Products in one call; how often the fewer products change, and how many they are.
BATCH, TIMES, AGAIN = 100, 100, PRODUCTS // 2


def run(odoo):
    """The figures."""
    with live_hub(odoo) as hub:
        linked = hub.linked_products(PRODUCTS)
        names, variants = list(linked), list(linked.values())
        connector = hub.cartona(batch_size=BATCH, rate_limit=0)
        hub.quiet(300)
        some = variants[:AGAIN]
        many, many_seconds = change(hub, connector, variants, [51])
        once, once_seconds = change(hub, connector, some, [52])
        often, often_seconds = change(hub, connector, some, [100 + number for number in range(TIMES)])
        shown = hub.shown_prices()
        assert {shown[name] for name in names[:AGAIN]} == {99 + TIMES}, "a price is not the last one"
        least, few = math.ceil(len(variants) / BATCH), math.ceil(AGAIN / BATCH)
        return [
            Figure(f"calls for {len(variants):,} prices", str(many), "", f"<= {least}", many <= least),
            Figure("time until both sides are equal", ms(many_seconds)),
            Figure(f"calls for {AGAIN:,} prices", str(once), "", f"<= {few}", once <= few),
            Figure("time until both sides are equal", ms(once_seconds)),
            at_most(f"calls for {AGAIN * TIMES:,} changes on {AGAIN:,} products", str(often), often / once, 1.1),
            Figure("time until both sides are equal, the writes included", ms(often_seconds)),
        ]


def change(hub, connector, variants, prices):
    """Give the variants one price after the other while the connector is busy, then let it go on; (calls, seconds
    from the first write until both sides are equal)."""
    before = pushes(hub)

    def work():
        with held(hub.odoo, (connector, "out", 0)):
            hub.odoo.rpc("hub.bench", "write_often", variants, prices)
        wake(hub.odoo)
        hub.quiet(500)

    seconds = timed(work)
    return pushes(hub) - before, seconds


def pushes(hub):
    """Calls with prices that the remote has had."""
    return sum(call["path"].endswith("bulk-update") for call in hub.sims.request("GET", "cartona/_calls"))

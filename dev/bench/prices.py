"""Prices that reach a remote which takes 100 in one call: many at once, and the same products again and again while
the connector is busy.
"""

import math

from bench.measure import ms, timed
from bench.report import Figure
from bench.stage import PRODUCTS, held, live_hub, wake

#: Products in one call; how often the fewer products change, and how many they are.
BATCH, TIMES, AGAIN = 100, 100, PRODUCTS // 2


def run(odoo):
    """The figures."""
    with live_hub(odoo) as hub:
        variants = list(hub.linked_products(PRODUCTS).values())
        connector = hub.cartona(batch_size=BATCH, rate_limit=0)
        hub.quiet(300)
        some = variants[:AGAIN]
        many, many_seconds, _said = change(hub, connector, variants, 1)
        once, once_seconds, _said = change(hub, connector, some, 1)
        often, often_seconds, said = change(hub, connector, some, TIMES)
        assert {price for price in hub.shown_prices().values() if price > 50} == {100.0 + TIMES}, "a price is old"
        least, few = math.ceil(len(variants) / BATCH), math.ceil(AGAIN / BATCH)
        return [
            Figure(f"calls for {len(variants):,} prices", str(many), "", f"<= {least}", many <= least),
            Figure("time until both sides are equal", ms(many_seconds)),
            Figure(f"calls for {AGAIN:,} prices", str(once), "", f"<= {few}", once <= few),
            Figure("time until both sides are equal", ms(once_seconds)),
            Figure(
                f"calls for {AGAIN * TIMES:,} changes on {AGAIN:,} products",
                str(often),
                f"{often / once:.2f}x",
                "<= 1.1x",
                often <= once * 1.1,
            ),
            Figure("time until both sides are equal", ms(often_seconds)),
            Figure("of which Odoo's own writes took", ms(said)),
        ]


def change(hub, connector, variants, times):
    """Change prices while the connector is busy, then let it go on; (calls, seconds from the first change, seconds of
    the writes)."""
    before = pushes(hub)
    hub.odoo.sql("DELETE FROM sync_hub_log")
    written = []

    def work():
        with held(hub.odoo, (connector, "out", 0)):
            prices = [100 + number for number in range(2, times + 1)] + [100 + times + len(variants) % 7 * 0]
            written.append(write(hub.odoo, variants, [50 + times, *prices] if times == 1 else prices))
        wake(hub.odoo)
        hub.quiet(500)

    seconds = timed(work)
    return pushes(hub) - before, seconds, written[0]


def write(odoo, variants, prices):
    """Seconds of the writes, each of them a transaction."""
    return odoo.rpc("hub.bench", "write_often", variants, prices)


def pushes(hub):
    """Calls with prices that the remote has had."""
    return sum(call["path"].endswith("bulk-update") for call in hub.sims.request("GET", "cartona/_calls"))

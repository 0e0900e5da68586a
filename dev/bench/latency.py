"""A new price saved in Odoo while nothing else happens, until the simulated remote shows it: from the moment when the
user's request begins, the request itself included.
"""

import time

from bench.measure import median, ms, percentile
from bench.report import Figure
from bench.stage import live_hub

#: Seconds, of the middle one and of 95 in 100.
MEDIAN, P95 = 0.2, 1
ROUNDS = 60


def run(odoo):
    """The figures."""
    with live_hub(odoo) as hub:
        ((name, variant),) = hub.linked_products(1).items()
        hub.cartona()
        hub.quiet()
        whole, after = [], []
        for number in range(ROUNDS + 1):
            begun = time.time()
            hub.set_price(variant, 200 + number)
            saved = time.time()
            odoo.wait(lambda price=200 + number: hub.shown_price(name) == price, every=0.02)
            hub.quiet()
            shown = hub.remote(name)["price_history"][-1][0]
            whole.append(shown - begun)
            after.append(shown - saved)
        middle, slow = median(whole[1:]), percentile(whole[1:], 0.95)
        return [
            Figure("saved and visible, median", ms(middle), "", f"< {ms(MEDIAN)}", middle < MEDIAN),
            Figure("saved and visible, 95 of 100 within", ms(slow), "", f"< {ms(P95)}", slow < P95),
            Figure("visible after the answer to the user, median", ms(median(after[1:]))),
        ]

"""The other design, one job per record, made in the user's transaction, against the drain: as many changed prices,
one `write()` each time. Each job sends its record alone, by the same code; this switch is the benchmark's, not the
product's.
"""

from bench.measure import interleaved, median, ms, timed
from bench.report import Figure
from bench.stage import PRODUCTS, live_hub

#: Products; and how often both designs take turns.
COUNT, ROUNDS = max(PRODUCTS // 20, 10), 2
SWITCH = "hub_bench.one_job_per_record"


def run(odoo):
    """The figures."""
    with live_hub(odoo) as hub:
        linked = hub.linked_products(COUNT)
        hub.cartona(rate_limit=0)
        hub.quiet(60)
        both = Both(hub, linked)
        drain, jobs = interleaved(ROUNDS, lambda: both.change(False), lambda: both.change("1"))
        saved = {switch: median(times) for switch, times in both.saved.items()}
        calls = {switch: both.calls[switch] // (ROUNDS + 1) for switch in both.calls}
        return [
            Figure(f"{COUNT} prices, the drain: until both sides are equal", ms(median(drain))),
            Figure("one job per record", ms(median(jobs)), f"{median(jobs) / median(drain):.1f}x"),
            Figure("the drain: the user's write", ms(saved[False])),
            Figure("one job per record", ms(saved["1"]), f"{saved['1'] / saved[False]:.1f}x"),
            Figure("the drain: calls", str(calls[False])),
            Figure("one job per record", str(calls["1"])),
        ]


class Both:
    """Changes prices by one design or the other."""

    def __init__(self, hub, linked):
        self.hub, self.names, self.price = hub, set(linked), 100
        variants = list(linked.values())
        found = hub.odoo.sql("SELECT product_tmpl_id FROM product_product WHERE id = ANY(%s)", [variants])
        self.templates = [row[0] for row in found]
        self.saved, self.calls = {}, {}

    def change(self, switch):
        """Seconds until both sides are equal."""
        self.hub.odoo.rpc("ir.config_parameter", "set_param", SWITCH, switch)
        before = self.pushes()
        seconds = timed(lambda: self.work(switch))
        self.calls[switch] = self.calls.get(switch, 0) + self.pushes() - before
        return seconds

    def work(self, switch):
        """Save the prices and wait until the remote shows them."""
        self.price += 1
        self.saved.setdefault(switch, []).append(timed(self.save))
        self.hub.quiet(120)
        self.hub.odoo.wait(lambda: self.shown() == {self.price}, timeout=30)

    def save(self):
        self.hub.odoo.rpc("product.template", "write", self.templates, {"list_price": self.price})

    def shown(self):
        """The prices that the remote has."""
        return {price for name, price in self.hub.shown_prices().items() if name in self.names}

    def pushes(self):
        """Calls with prices that the remote has had."""
        calls = self.hub.sims.request("GET", "cartona/_calls")
        return sum(call["path"].endswith("bulk-update") for call in calls)

"""What takes how much longer with ten times as much: work on records may take twelve times as long, what should not
depend on the size of the log three times (it is a matter of milliseconds).
"""

from itertools import count

from bench.acknowledgement import Sender
from bench.dashboard import load
from bench.importing import Shop
from bench.measure import median, ms, timed
from bench.report import at_most
from bench.stage import ORDERS, PRODUCTS, ROWS, held, live_hub, wake

LINEAR, CONSTANT, TIMES = 12, 3, 10
#: How often each size is measured; and how often what takes milliseconds only.
ROUNDS, OFTEN = 3, 20


def run(odoo):
    """The figures."""
    with live_hub(odoo) as hub:
        prices = Prices(hub)
        for number in (PRODUCTS // TIMES, PRODUCTS):
            for _round in range(ROUNDS):
                prices.change(number)
        orders, shop = {}, Shop(hub)
        shop.imported(ORDERS // TIMES)
        for number in (ORDERS // TIMES, ORDERS):
            orders[number] = [shop.imported(number)]
        return [
            grown(f"write() on {PRODUCTS:,} products", prices.written, LINEAR),
            grown(f"push of {PRODUCTS:,} prices", prices.pushed, LINEAR),
            grown(f"import of {ORDERS:,} orders", orders, LINEAR),
            *with_a_full_log(hub, prices),
        ]


def grown(what, times, limit):
    """A line of {size: seconds, several times} of two sizes."""
    small, large = (median(times[size]) for size in sorted(times))
    return at_most(f"{what}, against a tenth", f"{ms(large)}, {ms(small)}", large / small, limit)


class Prices:
    """Changes prices and pushes them; keeps the seconds by the number of products."""

    def __init__(self, hub):
        self.hub, self.values = hub, count(100)
        variants = list(hub.linked_products(PRODUCTS).values())
        found = hub.odoo.sql("SELECT product_tmpl_id FROM product_product WHERE id = ANY(%s)", [variants])
        self.variants, self.templates = variants, [row[0] for row in found]
        self.connector = hub.cartona(rate_limit=0)
        hub.quiet(300)
        self.written, self.pushed = {}, {}

    def change(self, number):
        """Change so many prices while the drain is held, then let it go on."""
        values = {"list_price": next(self.values)}
        with held(self.hub.odoo, (self.connector, "out", 0)):
            done = self.hub.odoo.rpc("hub.bench", "write_all", "product.template", self.templates[:number], values)
        self.written.setdefault(number, []).append(done["seconds"])
        self.pushed.setdefault(number, []).append(timed(self.drain))

    def drain(self):
        """Until both sides are equal."""
        wake(self.hub.odoo)
        self.hub.quiet(300)

    def change_one(self):
        """Seconds until a single new price is at the remote and all is quiet."""

        def work():
            self.hub.set_price(self.variants[0], next(self.values))
            self.hub.quiet()

        return timed(work)


def with_a_full_log(hub, prices):
    """A webhook and a change of one price, with a tenth of the rows in the log and with all of them."""
    sender = Sender(hub)
    tasks = {
        "acknowledgement": lambda: sender.post(sender.WEBHOOK),
        "change of one price": prices.change_one,
    }
    times = {what: {} for what in tasks}
    few = ROWS // TIMES
    for more, rows in ((few, few), (ROWS - few, ROWS)):
        # Rows that wait would be worked off.
        load(hub.odoo, [prices.connector] * 5, more, waiting=False)
        for what, task in tasks.items():
            task()
            times[what][rows] = [task() for _number in range(OFTEN)]
            hub.quiet(120)
    return [grown(f"{what} with {ROWS:,} rows in the log", times[what], CONSTANT) for what in tasks]

"""`write()` of a new sales price on many products in one transaction, commit and wake included: with two connectors on,
against a database without the addon. No drain works meanwhile, so that only the user's own transaction is measured.
"""

from bench.measure import interleaved, median, ms
from bench.report import Figure, at_most
from bench.stage import PRODUCTS, held, live_hub, products, started

#: Times of the write with two connectors, compared with the write of Odoo alone.
BUDGET = 1.3
ROUNDS = 9


def run(odoo):
    """The figures."""
    plain = started(odoo.tree, "write_plain", plain=True)
    try:
        with live_hub(odoo) as hub:
            return compare(hub, plain)
    finally:
        plain.destroy()


def compare(hub, plain):
    """Write in turn in both databases."""
    connectors = [hub.cartona(name=f"Cartona {number}") for number in range(2)]
    hub.quiet()
    with held(hub.odoo, *[(connector, "out", 0) for connector in connectors]):
        ours, theirs = sellable(hub, PRODUCTS), products(plain, PRODUCTS)
        hub.odoo.sql("DELETE FROM sync_hub_log")
        jobs = count_jobs(hub.odoo)
        told = Writer(hub.odoo, ours, "list_price", 20.0)
        alone = Writer(plain, theirs, "list_price", 20.0)
        with_hub, without = interleaved(ROUNDS, told.write, alone.write)
        rows = hub.odoo.sql("SELECT count(*) FROM sync_hub_log")[0][0]
        made, calls = count_jobs(hub.odoo) - jobs, ROUNDS + 1
        other, plain_other = interleaved(
            ROUNDS, Writer(hub.odoo, ours, "sequence", 1).write, Writer(plain, theirs, "sequence", 1).write
        )
    statements = told.inserts.get("sync_hub_log", 0)
    assert rows == PRODUCTS * 2 * calls, f"{rows} rows of {calls} writes"
    return [
        Figure("write of Odoo alone", ms(median(without))),
        at_most("write, two connectors are told", ms(median(with_hub)), median(with_hub) / median(without), BUDGET),
        at_most(
            "write of a field that no connector sends", ms(median(other)), median(other) / median(plain_other), BUDGET
        ),
        Figure("INSERTs of one write into the log", str(statements), "", "2, one per connector", statements == 2),
        Figure("jobs per write", f"{made / calls:.1f}", "", "<= 2, one per connector", made <= 2 * calls),
    ]


class Writer:
    """Writes another value each time."""

    def __init__(self, odoo, ids, field, value):
        self.odoo, self.ids, self.field, self.value = odoo, ids, field, value
        self.inserts = {}

    def write(self):
        """Seconds in the server's process."""
        self.value += 1
        done = self.odoo.rpc("hub.bench", "write_all", self.ids, {self.field: self.value})
        self.inserts = done["inserts"]
        return done["seconds"]


def sellable(hub, count):
    """Variants with an id at the remote."""
    variants = products(hub.odoo, count)
    hub.odoo.sql("UPDATE product_product SET cartona_id = 'BENCH-' || id WHERE id = ANY(%s)", [variants])
    return variants


def count_jobs(odoo):
    """Jobs that were ever made."""
    return odoo.sql("SELECT count(*) FROM queue_job")[0][0]

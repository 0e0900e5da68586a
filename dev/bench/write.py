"""`write()` on many products in one transaction, commit and wake included: with two connectors on, against a database
without the addon. No drain works meanwhile, so that only the user's own transaction is measured.
"""

from bench.measure import interleaved, median, ms
from bench.report import Figure, at_most
from bench.stage import PRODUCTS, held, live_hub, products, started

#: Times of the write with two connectors, compared with the write of Odoo alone.
BUDGET = 1.3
ROUNDS = 5
#: (model, field, what is written)
WRITES = (
    ("product.template", "list_price", "prices of products"),
    ("product.product", "list_price", "prices of variants, which Odoo writes one by one"),
    ("product.template", "sequence", "a field that no connector sends"),
)


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
    figures = []
    with held(hub.odoo, *[(connector, "out", 0) for connector in connectors]):
        ours, theirs = sellable(hub, PRODUCTS), products(plain, PRODUCTS)
        for model, field, what in WRITES:
            figures += one(hub, plain, Writer(hub.odoo, ours, model, field), Writer(plain, theirs, model, field), what)
    return figures


def one(hub, plain, told, alone, what):
    """Figures of one kind of write."""
    hub.odoo.sql("DELETE FROM sync_hub_log")
    jobs, calls = count(hub.odoo, "queue_job"), ROUNDS + 1
    with_hub, without = map(median, interleaved(ROUNDS, told.write, alone.write))
    made = count(hub.odoo, "queue_job") - jobs
    figures = [
        at_most(f"{PRODUCTS:,} {what}", f"{ms(with_hub)}, alone {ms(without)}", with_hub / without, BUDGET),
    ]
    if told.field == "list_price":
        figures += [
            Figure("its INSERTs into the log", str(told.inserts), "", "2, one per connector", told.inserts == 2),
            Figure("its jobs", f"{made / calls:.1f}", "", "<= 2, one per connector", made <= 2 * calls),
        ]
    return figures


class Writer:
    """Writes another value each time."""

    def __init__(self, odoo, variants, model, field):
        self.odoo, self.model, self.field, self.value = odoo, model, field, 20
        column = {"product.product": "id", "product.template": "product_tmpl_id"}[model]
        found = odoo.sql(f"SELECT {column} FROM product_product WHERE id = ANY(%s) ORDER BY id", [variants])
        self.ids = [row[0] for row in found]
        #: INSERT statements into the log that the last write has made.
        self.inserts = 0

    def write(self):
        """Seconds in the server's process."""
        self.value += 1 if self.model == "product.template" else -0.5
        done = self.odoo.rpc("hub.bench", "write_all", self.model, self.ids, {self.field: self.value})
        self.inserts = done["inserts"].get("sync_hub_log", 0)
        return done["seconds"]


def sellable(hub, number):
    """Variants with an id at the remote."""
    variants = products(hub.odoo, number)
    hub.odoo.sql("UPDATE product_product SET cartona_id = 'BENCH-' || id WHERE id = ANY(%s)", [variants])
    return variants


def count(odoo, table):
    """Rows of a table."""
    return odoo.sql(f"SELECT count(*) FROM {table}")[0][0]

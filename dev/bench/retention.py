"""What is older than a connector keeps it, put away by the nightly action: half of a million rows are old, of which 2 %
failed and 1 % wait and stay. How long one statement takes is how long anybody may have to wait for it.
"""

import threading
import time

from bench.dashboard import load
from bench.measure import ms, timed
from bench.report import Figure
from bench.stage import ROWS

#: Seconds of the longest statement.
BUDGET = 2.0
#: Days, more than any row is kept.
OLD = 100
LONGEST = """
    SELECT coalesce(max(extract(epoch FROM clock_timestamp() - query_start)), 0) FROM pg_stat_activity
     WHERE datname = current_database() AND state = 'active' AND query LIKE '%WITH next AS%' AND pid <> pg_backend_pid()
"""


def run(odoo):
    """The figures."""
    connectors = odoo.rpc("sync.hub.connector", "search", [], limit=5)
    odoo.sql("DELETE FROM sync_hub_log")
    for age in (0, OLD):
        load(odoo, connectors, ROWS // 2, age)
    settled = f"state IN ('done', 'skipped') AND done_at < now() - interval '{OLD} days'"
    old, others = counted(odoo, settled), counted(odoo, f"NOT ({settled}) OR done_at IS NULL")
    with Watch(odoo) as watch:
        seconds = timed(lambda: odoo.rpc("ir.cron", "method_direct_trigger", cron(odoo)))
    left, kept = counted(odoo, settled), counted(odoo, "true")
    return [
        Figure(f"{old:,} of {old + others:,} rows put away", ms(seconds), f"{old / seconds:,.0f} rows a second"),
        Figure("of them left", str(left), "", "0", left == 0),
        Figure("others lost", str(others - kept), "", "0", others == kept),
        Figure("longest statement", ms(watch.longest), "", f"< {ms(BUDGET)}", watch.longest < BUDGET),
    ]


def counted(odoo, condition):
    """Rows of the log."""
    return odoo.sql(f"SELECT count(*) FROM sync_hub_log WHERE {condition}")[0][0]


def cron(odoo):
    """The nightly action."""
    found = odoo.sql("SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND name = 'cron_tidy'")
    return [found[0][0]]


class Watch:
    """Looks every 20 ms for how long a statement of the housekeeping has been running."""

    def __init__(self, odoo):
        self.odoo, self.longest, self.over = odoo, 0.0, threading.Event()
        self.thread = threading.Thread(target=self.look)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.over.set()
        self.thread.join()

    def look(self):
        """Until it is over."""
        while not self.over.is_set():
            self.longest = max(self.longest, float(self.odoo.sql(LONGEST)[0][0]))
            time.sleep(0.02)

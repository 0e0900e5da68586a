"""How long the dashboard and the log take to open with a million rows in the log."""

import os
import statistics
import time

ROWS = int(os.environ.get("HUB_BENCH_ROWS") or 1_000_000)
#: Seconds within which each screen has its data.
BUDGET = 1.0
TRIES = 7
CARD = ["name", "kind", "state", "company_id", "card"]
LIST = ["create_date", "connector_id", "direction", "entity", "flow", "action", "remote_id", "record_name", "state",
        "reason", "error", "trigger"]  # fmt: skip
#: Of a thousand rows: this many failed, wait and wait for a retry.
FAILED, PENDING, RETRYING = 20, 5, 5

LOAD = """
    INSERT INTO sync_hub_log (connector_id, company_id, direction, lane, priority, state, trigger, entity, flow, action,
                              remote_id, payload, attempts, duration_ms, error_code, error, done_at,
                              create_uid, create_date, write_uid, write_date)
    SELECT c.id, c.company_id, direction, 0, 50, r.state, 'changed', entity, 'price', 'update', n::text,
           repeat('{"some": "payload"} ', 10), 1, (random() * 500)::int,
           CASE WHEN r.state = 'failed' THEN 'mapping' END,
           CASE WHEN r.state = 'failed' THEN 'A field is not mapped' END,
           CASE WHEN r.state IN ('done', 'skipped', 'failed') THEN made END, 1, made, 1, made
      FROM (SELECT n, now() AT TIME ZONE 'UTC' - random() * interval '7 days' AS made,
                   CASE WHEN n %% 1000 < %(failed)s THEN 'failed' WHEN n %% 1000 < %(pending)s THEN 'pending'
                        WHEN n %% 1000 < %(retrying)s THEN 'retrying' WHEN n %% 10 = 9 THEN 'skipped'
                        ELSE 'done' END AS state,
                   (ARRAY['in', 'out'])[1 + n %% 2] AS direction,
                   (ARRAY['order', 'product', 'customer', 'stock', 'payment'])[1 + n %% 5] AS entity,
                   (%(connectors)s)[1 + n %% 5] AS connector
              FROM generate_series(1, %(rows)s) n) r
      JOIN sync_hub_connector c ON c.id = r.connector
"""


def run(odoo):
    """Load the rows, open the screens, print the medians; True when all are within the budget."""
    connectors = odoo.rpc("sync.hub.connector", "search", [], limit=5)
    odoo.sql("DELETE FROM sync_hub_log")
    screens = {
        "dashboard": lambda: odoo.rpc("sync.hub.connector", "search_read", [], CARD),
        "log, list": lambda: odoo.rpc("sync.hub.log", "search_read", [], LIST, limit=80),
        "log, failed": lambda: odoo.rpc("sync.hub.log", "search_read", [("state", "=", "failed")], LIST, limit=80),
        "failed, counted": lambda: odoo.rpc("sync.hub.log", "search_count", [("state", "=", "failed")]),
    }
    empty = {name: median(screen) for name, screen in screens.items()}
    until = (FAILED, FAILED + PENDING, FAILED + PENDING + RETRYING)
    odoo.sql(LOAD, {"rows": ROWS, "connectors": connectors, "failed": until[0], "pending": until[1],
                    "retrying": until[2]})  # fmt: skip
    odoo.sql("ANALYZE sync_hub_log")
    live = median(screens["dashboard"])
    print(f"  dashboard, no hour counted yet: {live * 1000:.0f} ms with {ROWS:,} rows of 7 days")
    odoo.rpc("ir.cron", "method_direct_trigger", cron(odoo))
    full = {name: median(screen) for name, screen in screens.items()}
    for name, seconds in full.items():
        print(f"  {name}: {seconds * 1000:.0f} ms with {ROWS:,} rows, {seconds / empty[name]:.1f}x of an empty log")
    kept = max(live, *full.values()) < BUDGET
    print(f"  within {BUDGET:.0f} s: {'yes' if kept else 'NO'}")
    return kept


def cron(odoo):
    """The scheduled action that counts the hours that are over."""
    found = odoo.sql("SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND name = 'cron_count'")
    return [found[0][0]]


def median(call):
    """Seconds of a call as its median; the first one, which warms caches, is not counted."""
    call()
    times = []
    for _number in range(TRIES):
        begin = time.monotonic()
        call()
        times.append(time.monotonic() - begin)
    return statistics.median(times)

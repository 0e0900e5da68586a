"""The dashboard and the log, opened over HTTP with a million rows of the last seven days in the log, five connectors,
2 % failed and 1 % waiting; the ratio is to an empty log.
"""

from bench.measure import median, ms, timed
from bench.report import Figure
from bench.stage import ROWS

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
      FROM (SELECT n, now() AT TIME ZONE 'UTC' - (%(age)s + random() * 7) * interval '1 day' AS made,
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
    """The figures."""
    connectors = odoo.rpc("sync.hub.connector", "search", [], limit=5)
    odoo.sql("DELETE FROM sync_hub_log")
    screens = {
        "dashboard": lambda: odoo.rpc("sync.hub.connector", "search_read", [], CARD),
        "log, newest 80 rows": lambda: odoo.rpc("sync.hub.log", "search_read", [], LIST, limit=80),
        "log, newest 80 failed rows": lambda: odoo.rpc(
            "sync.hub.log", "search_read", [("state", "=", "failed")], LIST, limit=80
        ),
        "failed rows, counted": lambda: odoo.rpc("sync.hub.log", "search_count", [("state", "=", "failed")]),
    }
    empty = {name: usual(screen) for name, screen in screens.items()}
    load(odoo, connectors, ROWS)
    live = usual(screens["dashboard"])
    odoo.rpc("ir.cron", "method_direct_trigger", cron(odoo))
    full = {name: usual(screen) for name, screen in screens.items()}
    figures = [within("dashboard, before any hour was counted", live)]
    return figures + [within(name, seconds, f"{seconds / empty[name]:.1f}x") for name, seconds in full.items()]


def load(odoo, connectors, rows, age=0, waiting=True):
    """Fill the log with so many rows of the seven days that ended so many days ago, some of them waiting."""
    pending, retrying = (PENDING, RETRYING) if waiting else (0, 0)
    values = {"failed": FAILED, "pending": FAILED + pending, "retrying": FAILED + pending + retrying}
    odoo.sql(LOAD, {"rows": rows, "connectors": connectors, "age": age, **values})
    odoo.sql("ANALYZE sync_hub_log")


def within(what, seconds, ratio=""):
    """A line of one screen."""
    return Figure(f"{what}, {ROWS:,} rows", ms(seconds), ratio, f"< {ms(BUDGET)}", seconds < BUDGET)


def cron(odoo):
    """The scheduled action that counts the hours that are over."""
    found = odoo.sql("SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND name = 'cron_count'")
    return [found[0][0]]


def usual(call):
    """Seconds of a call as its median; the first one, which warms caches, is not counted."""
    call()
    return median([timed(call) for _number in range(TRIES)])

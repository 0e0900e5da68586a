"""What the benchmarks play on: a live hub with its simulators, a database without the addon, drains that are held."""

import os
from contextlib import closing, contextmanager
from pathlib import Path
from zlib import crc32

from e2e.hub import Hub
from e2e.live import LiveOdoo, Simulators
from environment import database
from environment import odoo as environment

ADDONS = Path(__file__).parent / "addons"
#: Sizes; each can be made smaller by the variable of its name.
PRODUCTS = int(os.environ.get("HUB_BENCH_PRODUCTS") or 2000)
ORDERS = int(os.environ.get("HUB_BENCH_ORDERS") or 300)
ROWS = int(os.environ.get("HUB_BENCH_ROWS") or 1_000_000)
#: Seconds that one call over RPC may take here.
PATIENCE = 600


def link(series):
    """Let Odoo find the addons of the benchmarks."""
    folder = environment.addon_folder(series)
    for addon in ADDONS.iterdir():
        target = folder / addon.name
        if not target.is_symlink():
            target.symlink_to(addon)


def started(tree, name, plain=False):
    """A LiveOdoo with the benchmarks' addons, started.

    :param bool plain: without Sync Hub, with all that it depends on.
    """
    link(tree.series)
    template = database.dependencies(tree) if plain else database.installed(tree)
    odoo = LiveOdoo(tree, name=f"sync_hub_bench_{name}", fill=lambda made: database.copy(template, made))
    environment.install(tree, odoo.db, ["hub_bench_plain" if plain else "hub_bench"])
    odoo.start()
    odoo.admin.timeout = PATIENCE
    return odoo


@contextmanager
def live_hub(odoo):
    """A Hub on this server, with simulators of its own."""
    sims = Simulators(odoo.tree, odoo.url)
    try:
        yield Hub(odoo, sims)
    finally:
        sims.stop()


@contextmanager
def held(odoo, *lanes):
    """Meanwhile no drain gets these lanes, (connector, direction, number) each: wakes are as ever, rows wait."""
    with closing(database.connect(odoo.db)) as connection, connection.cursor() as cursor:
        for connector, direction, number in lanes:
            key = crc32(f"sync_hub {direction} {number}".encode()) - 2**31
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [connector, key])
        yield


def wake(odoo):
    """Let the scheduled action wake every lane that has work."""
    (cron,) = odoo.sql("SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND name = 'cron_sweep'")
    odoo.rpc("ir.cron", "method_direct_trigger", list(cron))


def products(odoo, count, price=10.0, **values):
    """Storable variants; their ids."""
    kind = {"detailed_type": "product"} if odoo.tree.series == "17.0" else {"type": "consu", "is_storable": True}
    rows = [
        {"name": f"Bench {number}", "list_price": price, "taxes_id": [(5, 0, 0)], **kind, **values}
        for number in range(count)
    ]
    return odoo.rpc("product.product", "create", rows)

"""Two servers on one database, and two databases behind one: one takes over from the other, none disturbs the other."""

import threading

import pytest

from e2e.hub import FULL, Hub, count
from e2e.live import Client, LiveOdoo
from environment import database

AMOUNT = 40

pytestmark = pytest.mark.skipif(not FULL, reason="takes over two minutes: HUB_E2E_FULL=1")


@pytest.fixture
def nodes(new_odoo, sims):
    """Two servers with a runner each, on one database; (the hub, the other one)."""
    first = new_odoo().start()
    second = first.node().start()
    yield Hub(first, sims), second
    second.stop()


def runner_of(odoo):
    """The session that holds the lock of queue_job's runner, if there is one."""
    return odoo.sql(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND mode = 'ExclusiveLock'"
        " AND ((classid::bigint << 32) | objid::bigint) = 2293787760715711918"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )


def test_one_of_two_nodes_is_killed_and_the_other_takes_over(nodes):
    hub, second = nodes
    variants = hub.linked_products(AMOUNT)
    hub.cartona(batch_size=5)
    hub.quiet(60)
    assert len(runner_of(second)) == 1
    hub.sims.fault("cartona", delay=0.2)
    ids = list(variants.values())
    client = second.admin
    for turn in range(count(1, 5)):
        client.rpc("product.product", "write", ids, {"list_price": 50 + turn})
        second.wait(lambda: hub.rows("state = 'sending'"), timeout=20, every=0.01)
        if turn:
            continue
        # The first one was started first and has the runner; it dies with a job that it has begun.
        hub.odoo.kill9_all()
        client.rpc("product.product", "write", ids[: AMOUNT // 2], {"list_price": 70})
    second.wait(lambda: runner_of(second), timeout=60)
    second.sql("UPDATE ir_cron SET active = true, nextcall = now() AT TIME ZONE 'UTC' WHERE id = %s", [hub.cron])
    second.wait(lambda: not hub.rows("state IN ('pending', 'sending', 'retrying')"), timeout=150, every=0.2)
    wanted = second.rpc("product.product", "read", ids, ["cartona_id", "lst_price"])
    shown = hub.shown_prices()
    assert {row["cartona_id"]: row["lst_price"] for row in wanted} == {key: shown[key] for key in variants}
    assert not hub.rows("state = 'failed'")


def test_no_row_is_worked_twice_by_two_nodes(nodes):
    """Both servers take edits and orders at the same time; each change is told once, each order is there once."""
    hub, second = nodes
    variants = hub.linked_products(AMOUNT)
    hub.cartona(batch_size=5)
    shop = hub.prestashop()
    hub.quiet(60)
    before = {key: len(hub.remote(key)["price_history"]) for key in variants}
    bodies = hub.events(count(30, 200))

    def edit(part):
        client = Client((hub.odoo, second)[part % 2].url, hub.odoo.db)
        for number, variant in enumerate(variants.values()):
            if number % 4 == part:
                hub.set_price(variant, 60 + number, client)

    threads = [threading.Thread(target=edit, args=[part]) for part in range(4)]
    for thread in threads:
        thread.start()
    for body in bodies.values():
        assert hub.post(body).ok
    for thread in threads:
        thread.join()
    hub.quiet(120)
    after = {key: len(hub.remote(key)["price_history"]) - before[key] for key in variants}
    assert set(after.values()) == {1}, after
    assert hub.odoo.rpc("sale.order", "search_count", [("hub_connector_id", "=", shop)]) == len(bodies)
    assert not hub.rows("attempts > 1"), hub.log()


def test_two_databases_behind_one_runner_do_not_disturb_each_other(new_odoo, odoo_tree, sims):
    """The same connector ids and the same lanes in both: one's remote hangs, the other's rows go on."""
    odoo = new_odoo(workers=4)
    other = f"{odoo.db.rpartition('_')[0]}_b_{odoo.db.rpartition('_')[2]}"
    database.copy(database.installed(odoo_tree), other)
    odoo.dbs = f"{odoo.db},{other}"
    try:
        channels = "root:3,root.sync_hub:3,root.sync_hub.in:1,root.sync_hub.out:2"
        first = Hub(odoo.start(ODOO_QUEUE_JOB_CHANNELS=channels), sims)
        second = Hub(Neighbour(odoo, other), sims)
        ((name, variant),) = first.linked_products(1).items()
        twin = second.product("Twin", 10, cartona_id=name)
        hangs, works = first.cartona(), second.cartona(url=f"{sims.url}/cartona/api/v1/")
        assert hangs == works
        first.quiet()
        second.quiet()
        # Both lanes have the same name; only the path tells their calls apart.
        sims.fault("cartona", hold=True, times=1)
        first.set_price(variant, 71)
        odoo.wait(lambda: sims.request("GET", "cartona/_fault")["held_now"])
        second.set_price(twin, 72)
        second.quiet(10)
        assert first.shown_price(name) == 72
        assert first.rows("state = 'sending'") and not second.rows("state IN ('sending', 'pending')")
        sims.fault("cartona", release=True)
        first.quiet(20)
        assert first.shown_price(name) == 71
    finally:
        odoo.stop()
        database.drop(other)


class Neighbour(LiveOdoo):
    """The same server, seen from its other database."""

    def __init__(self, odoo, db):
        self.__dict__.update(vars(odoo))
        self.db, self.admin = db, Client(odoo.url, db)

"""Processes are killed amid their work, at every point of a push: nothing is lost, nothing done twice.

Nobody helps: what heals is the scheduled action, which the server runs each minute; the tests only let that minute be
over sooner. queue_job's runner gives dead jobs up for itself, later.
"""

import time

import pytest
import requests

from e2e.hub import Hub, Points, count
from e2e.live import LiveOdoo, Simulators

BEFORE_CALL, AFTER_CALL, BEFORE_COMMIT = 2, 3, 4
DURING_CALL, BEFORE_RECORD, AFTER_RECORD, BEFORE_WAKE, BEFORE_LOOK = range(5, 10)
#: Point -> calls that the remote gets of one change, the one that the kill lost included.
DEATHS = {BEFORE_CALL: 1, DURING_CALL: 2, AFTER_CALL: 2, BEFORE_RECORD: 2, AFTER_RECORD: 1}
#: Seconds after which queue_job's runner takes a job for dead whose process is gone.
DEAD_AFTER = 10
CHANNELS = "root:6,root.sync_hub:6,root.sync_hub.in:1,root.sync_hub.out:6"
#: Products of one change.
PRODUCTS = 5


class Victims:
    """A server with a connector for each point, each with a remote of its own, that may all be worked at once."""

    def __init__(self, odoo, sims):
        self.odoo = odoo
        self.points = Points(odoo)
        self.hub = Hub(odoo, sims[0])
        self.variants = self.hub.linked_products(PRODUCTS)
        self.remotes = {}
        for remote in sims:
            remote.request("POST", "cartona/_reset", json={"generate": PRODUCTS})
            connector = self.hub.cartona(url=f"{remote.url}/cartona/api/v1")
            self.remotes[connector] = remote
        self.hub.quiet(60)

    def write(self, price, client=None):
        rpc = (client or self.odoo).rpc
        rpc("product.product", "write", list(self.variants.values()), {"list_price": price})

    def shown(self):
        """{connector: every price that its remote shows}."""
        return {
            connector: {
                p["selling_price"]
                for p in remote.state("cartona")["products"]
                if p["internal_product_id"][:4] == "GEN-"
            }
            for connector, remote in self.remotes.items()
        }

    def all_show(self, price):
        return all(prices == {price} for prices in self.shown().values())

    def calls(self):
        """{connector: calls that change prices so far}."""
        return {
            connector: sum(call["path"].endswith("bulk-update") for call in remote.request("GET", "cartona/_calls"))
            for connector, remote in self.remotes.items()
        }

    def dead_jobs(self):
        return self.odoo.sql("SELECT 1 FROM queue_job WHERE state = 'started' AND eta IS NULL")


@pytest.fixture(scope="module")
def victims(odoo_tree):
    """Five connectors to die at a point each, and a sixth one."""
    odoo, sims = LiveOdoo(odoo_tree, name="sync_hub_e2e_kill", workers=8), []
    try:
        odoo.start(ODOO_QUEUE_JOB_CHANNELS=CHANNELS)
        sims += [Simulators(odoo_tree, odoo.url) for _n in range(len(DEATHS) + 1)]
        yield Victims(odoo, sims)
    finally:
        for remote in sims:
            remote.stop()
        odoo.destroy()


@pytest.mark.timeout(1200)
def test_killed_at_each_point_of_a_push_nothing_is_lost_and_nothing_sent_twice(victims):
    """To and fro between two prices: what was agreed before the crash equals what is to be sent after it."""
    odoo, hub, points = victims.odoo, victims.hub, victims.points
    doomed = dict(zip(victims.remotes, DEATHS, strict=False))
    bystander = list(victims.remotes)[-1]
    seconds = []
    for number in range(count(1, 20)):
        price, before = (80.0, 90.0)[number % 2], victims.calls()
        for connector, point in doomed.items():
            points.kill(point, connector)
            # A process that is to die in the midst of a call needs one that lasts.
            victims.remotes[connector].fault("cartona", **({"delay": 1, "apply": True} if point == DURING_CALL else {}))
        victims.write(price)
        odoo.wait(points.killed, timeout=20)
        time.sleep(1)
        assert len(victims.dead_jobs()) == len(DEATHS)
        time.sleep(DEAD_AFTER)
        started = time.monotonic()
        hub.minute()
        odoo.wait(lambda price=price: victims.all_show(price), timeout=30)
        seconds.append(time.monotonic() - started)
        odoo.wait(lambda: not victims.dead_jobs(), timeout=90)
        hub.quiet(30)
        spent = {connector: calls - before[connector] for connector, calls in victims.calls().items()}
        assert spent == {**{connector: DEATHS[point] for connector, point in doomed.items()}, bystander: 1}, number
        states = odoo.sql("SELECT DISTINCT state FROM sync_hub_log WHERE flow = 'price'")
        assert {state for (state,) in states} <= {"done", "skipped"}, hub.log()
    print(f"\n{len(seconds)} rounds of {len(DEATHS)} kills; all is there at most {max(seconds):.1f} s after the minute")


def test_killed_between_a_commit_and_the_wake(victims):
    """The user's own process dies before it wakes anybody, then a drain's before it looks once more."""
    odoo, hub, points = victims.odoo, victims.hub, victims.points
    last = list(victims.remotes)[-1]
    for number in range(count(2, 20)):
        price, client = 100.0 + number, hub.client()
        points.kill(BEFORE_WAKE, last)
        with pytest.raises(requests.ConnectionError):
            victims.write(price, client)
        # It was saved, whatever the user got to see; and nobody is on the way.
        assert len(hub.rows("state = 'pending' AND flow = 'price'")) == PRODUCTS * len(victims.remotes)
        assert not odoo.sql("SELECT 1 FROM queue_job WHERE state IN ('pending', 'enqueued', 'started')")
        hub.minute()
        odoo.wait(lambda price=price: victims.all_show(price), timeout=20)
        hub.quiet()
        # The wake for what comes in now ends before the lane, which is busy; the holder dies before it looks.
        points.kill(BEFORE_LOOK, last)
        with points.held(BEFORE_COMMIT, last) as waiting:
            victims.write(200.0 + number)
            odoo.wait(waiting)
            odoo.wait(lambda number=number: victims.all_show(200.0 + number))
            victims.write(price)
            odoo.wait(
                lambda: (
                    odoo.sql("SELECT 1 FROM queue_job WHERE result = 'lane busy' AND state = 'done'")
                    and len(odoo.sql("SELECT 1 FROM queue_job WHERE state IN ('pending', 'enqueued', 'started')")) == 1
                )
            )
        odoo.wait(points.killed)
        assert victims.shown()[last] == {200.0 + number}
        hub.minute()
        odoo.wait(lambda price=price: victims.all_show(price), timeout=20)
        hub.quiet()
        odoo.sql("DELETE FROM queue_job WHERE state = 'done'")

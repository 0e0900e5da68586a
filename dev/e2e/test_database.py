"""PostgreSQL is stopped hard amid a burst of messages: what was acknowledged is there, once."""

import queue
import threading
import time

import pytest
import requests

from e2e.cluster import Cluster
from e2e.hub import FULL, Hub, count
from e2e.live import LiveOdoo
from environment import database, postgres

SENDERS = 6


@pytest.fixture
def cluster(odoo_tree, sims, monkeypatch):
    """A PostgreSQL of our own; until the end of the test everything connects with it."""
    source, link = database.installed(odoo_tree), postgres.connection()
    made = Cluster(odoo_tree.series)
    for name, value in made.environment().items():
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    made.template = made.fill(source, link)
    yield made
    made.destroy()


@pytest.fixture
def hub(cluster, odoo_tree, sims):
    odoo = LiveOdoo(odoo_tree, name="sync_hub_e2e_database", fill=cluster.template)
    try:
        yield Hub(odoo.start(), sims)
    finally:
        odoo.destroy()


class Senders:
    """Threads that send each message until it is acknowledged, as the shops' modules do."""

    def __init__(self, hub, bodies):
        self.hub, self.acknowledged, self.refused = hub, {}, 0
        self.waiting = queue.Queue()
        for item in bodies.items():
            self.waiting.put(item)
        self.total = len(bodies)
        self.threads = [threading.Thread(target=self._send) for _n in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def done(self, part):
        """Whether this part of the messages is acknowledged; a server that is gone is started again meanwhile."""
        self.hub.odoo.revive()
        return len(self.acknowledged) >= part * self.total

    def _send(self):
        while len(self.acknowledged) < self.total:
            try:
                hash_, body = self.waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                answer = self.hub.post(body)
            except requests.RequestException:
                answer = None
            if answer is not None and answer.status_code == 200 and answer.json()["results"][0]["success"]:
                self.acknowledged[hash_] = answer.json()["results"][0]
            else:
                self.refused += 1
                self.waiting.put((hash_, body))
                time.sleep(0.1)


@pytest.mark.timeout(1200)
def test_stopped_hard_amid_a_burst_everything_acknowledged_is_stored_once(hub, cluster):
    odoo, shop = hub.odoo, hub.prestashop()
    odoo.sql("UPDATE ir_cron SET active = true, nextcall = now() AT TIME ZONE 'UTC' WHERE id = %s", [hub.cron])
    assert [
        v for (v,) in odoo.sql("SELECT setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')")
    ] == ["on"] * 2
    bodies = hub.events(count(150, 2000))
    started = time.monotonic()
    senders = Senders(hub, bodies)
    survived = []
    for part in (0.3, 0.6):
        odoo.wait(lambda part=part: senders.done(part), timeout=200, every=0.01)
        cluster.crash()
        known = set(senders.acknowledged)
        time.sleep(1)
        cluster.start()
        survived.append((known, stored(odoo, shop)))
    odoo.wait(lambda: senders.done(1), timeout=400)
    for thread in senders.threads:
        thread.join(timeout=400)
    took = time.monotonic() - started
    # What had its 2xx before the crash was there right after it.
    for known, there in survived:
        assert known <= set(there), f"{len(known - set(there))} acknowledged messages are gone"
    rows = stored(odoo, shop)
    assert rows == dict.fromkeys(bodies, 1)
    print(f"\n{len(bodies)} messages, PostgreSQL stopped hard {len(survived)} times: {senders.refused} answers were no"
          f" 2xx; {len(rows)} stored, each once, in {took:.0f} s")  # fmt: skip
    if FULL:
        # A job that died with the server blocks its channel for up to 70 s.
        hub.quiet(600)
        orders = odoo.rpc("sale.order", "search_read", [("hub_connector_id", "=", shop)], ["client_order_ref"])
        assert len(orders) == len({order["client_order_ref"] for order in orders}) == len(bodies)
        assert not hub.rows("state = 'failed'"), hub.rows("state = 'failed'")[:3]


def stored(odoo, shop):
    """{transaction hash: how often it is stored}."""
    condition = "connector_id = %s AND direction = 'in' GROUP BY 1"
    return dict(odoo.sql(f"SELECT idempotency_key, count(*) FROM sync_hub_log WHERE {condition}", [shop]))

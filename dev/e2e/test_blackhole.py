"""The runner's connection with the database goes dead without a word: somebody is told, and the work goes on."""

import time

import pytest
import requests

from e2e.blackhole import BlackHole
from e2e.hub import FULL, Hub

#: Seconds within which a monitor has to know.
KNOWN_AFTER = 120


@pytest.fixture
def hole():
    made = BlackHole()
    yield made
    made.close()


@pytest.mark.skipif(not FULL, reason="takes three minutes: HUB_E2E_FULL=1")
def test_runner_whose_connection_is_swallowed(new_odoo, sims, hole):
    way = {"HOST": "127.0.0.1", "PORT": str(hole.port)}
    odoo = new_odoo().start(**{f"ODOO_QUEUE_JOB_JOBRUNNER_DB_{key}": value for key, value in way.items()})
    hub = Hub(odoo, sims)
    ((name, variant),) = hub.linked_products(1).items()
    hub.cartona()
    hub.quiet()
    odoo.sql("UPDATE ir_cron SET active = true, nextcall = now() AT TIME ZONE 'UTC' WHERE id = %s", [hub.cron])
    health = lambda: requests.get(f"{odoo.url}/sync_hub/health", timeout=10)  # noqa: E731
    assert health().status_code == 200
    hole.swallow()
    started = time.monotonic()
    hub.set_price(variant, 81)
    time.sleep(3)
    assert hub.shown_price(name) == 10, "the runner's way is not swallowed"
    odoo.wait(lambda: health().status_code == 503, timeout=KNOWN_AFTER + 10, every=0.5)
    known = time.monotonic() - started
    assert "runner" in health().json()["problems"][0]
    assert known < KNOWN_AFTER
    # The scheduled action works in its place, minute by minute.
    odoo.wait(lambda: hub.shown_price(name) == 81, timeout=90, every=0.2)
    worked = time.monotonic() - started
    hole.end()
    back = time.monotonic()
    hub.set_price(variant, 82)
    odoo.wait(lambda: hub.shown_price(name) == 82, timeout=30, every=0.05)
    took = time.monotonic() - back
    odoo.wait(lambda: health().status_code == 200, timeout=90, every=0.5)
    well = time.monotonic() - back
    hub.quiet()
    print(f"\nhealth says so after {known:.0f} s, the scheduled action has worked after {worked:.0f} s; once the"
          f" network is back a change arrives after {took:.1f} s, health is well after {well:.0f} s")  # fmt: skip

"""The server's clock jumps an hour ahead and back again: nothing waits, is lost or is done twice."""

import glob
import os
import time

import pytest
import requests

from e2e.hub import FULL, ONCE, Hub

#: Debian's package `faketime`; PostgreSQL keeps its own clock, as on a machine of its own.
LIBRARIES = glob.glob("/usr/lib/*/faketime/libfaketime.so.1") + glob.glob("/usr/lib*/faketime/libfaketime.so.1")
#: Seconds within which what the jump held up has to be done.
SOON = 30


#: The library takes Python's sleep, which is until a time of the monotonic clock, for one until a time of the day.
SLEEP = "import select, time\ntime.sleep = lambda seconds: select.select([], [], [], seconds)\n"


def ahead(hours, tree, folder):
    """What makes a server's clock go ahead; time that has passed is measured rightly.

    :param Path folder: an empty one.
    """
    (folder / "sitecustomize.py").write_text(SLEEP)
    return {
        "LD_PRELOAD": LIBRARIES[0],
        "FAKETIME": f"+{hours}h",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": os.pathsep.join([str(folder), str(tree.package.parent)]),
    }


def health(odoo):
    answer = requests.get(f"{odoo.url}/sync_hub/health", timeout=10)
    return answer.status_code, " ".join(answer.json()["problems"])


@pytest.mark.skipif(not LIBRARIES, reason="no libfaketime: install the package faketime")
@ONCE
def test_clock_goes_an_hour_ahead_and_back(new_odoo, sims, tmp_path):
    odoo = new_odoo().start()
    hub = Hub(odoo, sims)
    ((name, variant),) = hub.linked_products(1).items()
    hub.cartona(retry_schedule="5, 5, 5*")
    shop = hub.prestashop()
    hub.quiet()
    told = lambda: len(hub.remote(name)["price_history"])  # noqa: E731
    first, second, third = (hub.events(4) for _jump in range(3))
    again = lambda bodies: all(hub.post(body).ok for body in bodies.values())  # noqa: E731
    orders = lambda: odoo.rpc("sale.order", "search_count", [("hub_connector_id", "=", shop)])  # noqa: E731
    before = told()
    assert again(first)
    odoo.wait(lambda: orders() == 4)

    def refused(price):
        """A price that the remote does not take now, and that waits for a long time."""
        sims.fault("cartona", status=429, retry_after=600, times=1)
        hub.set_price(variant, price)
        odoo.wait(lambda: hub.rows("state = 'retrying'"))
        sims.fault("cartona")

    # Ahead: what waits for a time is due at once.
    refused(21)
    odoo.stop()
    odoo.start(**ahead(1, odoo.tree, tmp_path))
    assert again(first) and again(second)
    odoo.wait(lambda: orders() == 8)
    hub.sweep()
    odoo.wait(lambda: hub.shown_price(name) == 21, timeout=SOON)
    hub.quiet()
    assert told() == before + 1

    # Back: it would be due in an hour, and so would the scheduled action that looks after all.
    refused(22)
    odoo.sql("UPDATE ir_cron SET active = true, nextcall = now() AT TIME ZONE 'UTC' WHERE id = %s", [hub.cron])
    planned = "SELECT 1 FROM ir_cron WHERE id = %s AND nextcall > now() AT TIME ZONE 'UTC' + interval '50 minutes'"
    if FULL:
        odoo.wait(lambda: odoo.sql(planned, [hub.cron]), timeout=90, every=0.5)
    # As Odoo plans it, which looks only once a minute.
    hour = "now() AT TIME ZONE 'UTC' + interval '61 minutes'"
    odoo.sql(f"UPDATE ir_cron SET nextcall = {hour}, lastcall = {hour} WHERE id = %s", [hub.cron])
    odoo.stop()
    odoo.start()
    status, problems = health(odoo)
    assert status == 503 and "clock was set back" in problems, problems
    assert hub.shown_price(name) == 21
    started = time.monotonic()
    assert again(first) and again(second) and again(third)
    odoo.wait(lambda: hub.shown_price(name) == 22, timeout=SOON)
    odoo.wait(lambda: orders() == 12, timeout=SOON)
    hub.quiet()
    took = time.monotonic() - started
    assert told() == before + 2
    assert not odoo.sql(planned, [hub.cron])
    odoo.wait(lambda: health(odoo)[0] == 200, timeout=90, every=0.5)
    assert not hub.rows("state NOT IN ('done', 'skipped')"), hub.log()
    print(f"\nan hour back: with the next message all was done within {took:.1f} s")

"""A webhook of PrestaShop with one order, from the sender's side, its drain at work: against a controller that does
nothing but create one record with the same body. Then 50 a second, each timed from the moment when it was due.
"""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from urllib.parse import urlsplit

from bench.measure import interleaved, median, ms, percentile
from bench.report import Figure, at_most
from bench.stage import live_hub

#: Times of the bare controller; seconds that 99 of 100 do not exceed at this many requests a second.
BUDGET, P99, RATE = 2, 0.1, 50
ROUNDS, SECONDS, CLIENTS = 150, 20, 32
numbers = count(1)


def run(odoo):
    """The figures."""
    with live_hub(odoo) as hub:
        hub.prestashop()
        hub.quiet()
        sender = Sender(hub)
        ours, bare = interleaved(ROUNDS, lambda: sender.post(sender.WEBHOOK), lambda: sender.post(sender.BARE))
        hub.quiet(300)
        loaded = at_rate(lambda: sender.post(sender.WEBHOOK))
        stored = odoo.sql("SELECT count(*) FROM sync_hub_log WHERE direction = 'in'")[0][0]
        assert stored == sender.orders, f"{stored} rows of {sender.orders} orders"
        p99 = percentile(loaded, 0.99)
        figures = [
            at_most(
                "acknowledged", f"{ms(median(ours))}, bare {ms(median(bare))}", median(ours) / median(bare), BUDGET
            ),
            Figure(f"{RATE} a second, median", ms(median(loaded))),
            Figure(f"{RATE} a second, 99 of 100 within", ms(p99), "", f"< {ms(P99)}", p99 < P99),
        ]
        hub.quiet(300)
        return figures


class Sender:
    """Posts orders that differ from each other."""

    WEBHOOK, BARE = "/prestashop/webhook", "/hub_bench/bare"

    def __init__(self, hub):
        self.host = urlsplit(hub.odoo.url).netloc
        self.headers = {"X-Webhook-Secret": hub.secret, "Content-Type": "application/json; charset=utf-8"}
        self.body = hub.sample("contract-4.1")
        self.orders = 0

    def raw(self):
        """One more order."""
        number = next(numbers)
        (event,) = self.body["events"]
        event.update(event_id=number, entity_id=number, transaction_hash=f"{number:064d}")
        event["after_data"].update(id_order=number, reference=f"B{number:08d}")
        return json.dumps(self.body).encode()

    def post(self, path):
        """Seconds until the whole answer is here."""
        raw = self.raw()
        self.orders += path == self.WEBHOOK
        begun = time.perf_counter()
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("POST", path, raw, self.headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status == 200, text
        return time.perf_counter() - begun


def at_rate(call):
    """Seconds of each call from when it was due: whoever waits behind a slow one counts the wait."""
    begun = time.perf_counter() + 0.2

    def due(number):
        at = begun + number / RATE
        time.sleep(max(at - time.perf_counter(), 0))
        call()
        return time.perf_counter() - at

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(due, range(RATE * SECONDS)))

"""A fresh hub for one test: connectors that point at the simulators, products, and words for what tests do."""

import itertools
import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from e2e.live import Client
from environment import database
from environment import odoo as environment

ADDONS = Path(__file__).parent / "addons"
SAMPLES = Path(__file__).parents[2] / "tests" / "samples" / "prestashop"
LOCKS = 7700
OPEN = "state IN ('pending', 'sending', 'retrying')"
SECRET = "secret-of-e2e-prestashop"
numbers = itertools.count(int(time.time()) % 10**6 * 1000)
#: Whether the counts that the product is held to are run, not the fewer ones that each change is tried with.
FULL = bool(os.environ.get("HUB_E2E_FULL"))
#: Of what takes long and is the same on each series: the reference series alone, unless all is wanted in full.
ONCE = pytest.mark.skipif(
    os.environ.get("HUB_SERIES", "17.0") != "17.0" and not FULL, reason="takes long: on 17.0, or HUB_E2E_FULL=1"
)


def count(usual, full):
    """How often to do something: `full` times when HUB_E2E_FULL is set."""
    return full if FULL else usual


class Hub:
    """One live Odoo and the simulators, with what was left of the last test put away."""

    def __init__(self, odoo, sims):
        self.odoo, self.sims = odoo, sims
        sims.fault("cartona")
        sims.reset("cartona")
        sims.request("POST", "prestashop/_reset", json={"first_id": next(numbers) * 100})
        connectors = odoo.rpc("sync.hub.connector", "search", [])
        odoo.rpc("sync.hub.connector", "write", connectors, {"active": False, "state": "draft"})
        # What they still do ends; what waits for a remote that is not there would not.
        self.quiet(30)
        odoo.sql("DELETE FROM sync_hub_log")
        odoo.sql("DELETE FROM sync_hub_exchange")
        odoo.sql("UPDATE product_product SET cartona_id = NULL")
        # What a crash leaves is the sweeper's; no other test may be healed by it without saying so. Nor does one count
        # on anything that is done by schedule while it runs.
        odoo.sql(
            "UPDATE ir_cron SET active = false WHERE id IN"
            " (SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND model = 'ir.cron')"
        )

    @property
    def cron(self):
        return self.odoo.sql("SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND name = 'cron_sweep'")[0][0]

    # ------------------------------------------------------------ making

    def cartona(self, **values):
        """An active Cartona connector; returns its id."""
        values = {
            "name": "Cartona",
            "kind": "cartona",
            "url": f"{self.sims.url}/cartona/api/v1",
            "token": "demo-cartona-token",
            "push_publication": False,
            **values,
        }
        connector = self.odoo.rpc("sync.hub.connector", "create", values)
        self.odoo.rpc("sync.hub.connector", "action_activate", [connector])
        return connector

    def prestashop(self, **values):
        """An active PrestaShop connector that takes any product; returns its id."""
        secret = f"{SECRET}-{next(numbers)}"
        placeholder = self.product("Sold by the shop")
        values = {
            "name": "PrestaShop",
            "kind": "prestashop",
            "webhook_secret": secret,
            "missing_product": "placeholder",
            "placeholder_product_id": placeholder,
            **values,
        }
        connector = self.odoo.rpc("sync.hub.connector", "create", values)
        self.odoo.rpc("sync.hub.connector", "action_activate", [connector])
        self.secret = secret
        if not self.odoo.rpc(
            "account.tax", "search", [("amount", "=", 21), ("type_tax_use", "=", "sale"), ("company_id", "=", 1)]
        ):
            self.odoo.rpc("account.tax", "create", {"name": "21 % e2e", "amount": 21, "type_tax_use": "sale"})
        return connector

    def product(self, name="Product", price=10.0, **values):
        """A storable variant; returns its id."""
        kind = (
            {"detailed_type": "product"} if self.odoo.tree.series == "17.0" else {"type": "consu", "is_storable": True}
        )
        values = {"name": name, "list_price": price, "taxes_id": [(5, 0, 0)], **kind, **values}
        return self.odoo.rpc("product.product", "create", values)

    def linked_products(self, count, price=10.0):
        """Products that the Cartona simulator sells too; returns {cartona id: variant id}."""
        self.sims.request("POST", "cartona/_reset", json={"generate": count})
        names = sorted(n for n in self.shown_prices() if n.startswith("GEN-"))
        kind = (
            {"detailed_type": "product"} if self.odoo.tree.series == "17.0" else {"type": "consu", "is_storable": True}
        )
        rows = [{"name": n, "cartona_id": n, "list_price": price, "taxes_id": [(5, 0, 0)], **kind} for n in names]
        return dict(zip(names, self.odoo.rpc("product.product", "create", rows), strict=True))

    def client(self):
        """Another connection of the administrator, for a thread of its own."""
        return Client(self.odoo.url, self.odoo.db)

    # ------------------------------------------------------------ doing

    def set_price(self, product, price, client=None):
        (client or self.odoo).rpc("product.product", "write", [product], {"list_price": price})

    def post(self, body, secret=None):
        """Post a batch to the fixed PrestaShop address."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"X-Webhook-Secret": secret or self.secret, "Content-Type": "application/json; charset=utf-8"}
        return requests.post(f"{self.odoo.url}/prestashop/webhook", data=raw, headers=headers, timeout=60)

    def events(self, amount, first=None):
        """Batch bodies with one order each, all different: {transaction hash: body}."""
        template, first = self.sample("contract-4.1"), first or next(numbers) * 1000
        bodies = {}
        for number in range(first, first + amount):
            event = {**template["events"][0], "event_id": number, "entity_id": number}
            event["transaction_hash"] = f"{number:064x}"
            event["after_data"] = {**event["after_data"], "id_order": number, "reference": f"R{number}"}
            bodies[event["transaction_hash"]] = {**template, "batch_id": f"batch_{number}", "events": [event]}
        return bodies

    @staticmethod
    def sample(label):
        """The first body of a recorded message."""
        return json.loads(json.loads((SAMPLES / f"{label}.json").read_text())["posts"][0]["body_raw"])

    def sweep(self):
        """Run the scheduled action once."""
        self.odoo.rpc("ir.cron", "method_direct_trigger", [self.cron])

    def minute(self):
        """The minute of the scheduled action is over: the server itself runs it, once."""
        self.odoo.sql(
            "UPDATE ir_cron SET active = true, nextcall = now() AT TIME ZONE 'UTC', lastcall = NULL WHERE id = %s",
            [self.cron],
        )
        # What Odoo tells its cron processes, which look once a minute without it.
        database.query("postgres", "SELECT pg_notify('cron_trigger', %s)", [self.odoo.db])
        ran = "SELECT 1 FROM ir_cron WHERE id = %s AND lastcall IS NOT NULL"
        self.odoo.wait(lambda: self.odoo.sql(ran, [self.cron]), timeout=90)
        self.odoo.sql("UPDATE ir_cron SET active = false WHERE id = %s", [self.cron])

    @staticmethod
    def together(work, arguments):
        """Run work(argument) for all arguments at the same moment; their results."""
        arguments = list(arguments)
        barrier = threading.Barrier(len(arguments))

        def start(argument):
            barrier.wait()
            return work(argument)

        with ThreadPoolExecutor(len(arguments)) as pool:
            return list(pool.map(start, arguments))

    # ------------------------------------------------------------ seeing

    def rows(self, condition="true", *parameters):
        """(id, state, reason, error) of log rows, oldest first."""
        return self.odoo.sql(
            f"SELECT id, state, reason, error FROM sync_hub_log WHERE {condition} ORDER BY id", parameters or None
        )

    def log(self):
        """The log as one reads it when a test fails."""
        columns = "id, connector_id, flow, res_id, trigger, state, reason, result, payload, create_date, done_at"
        return "\n".join(map(str, self.odoo.sql(f"SELECT {columns} FROM sync_hub_log ORDER BY id")))

    def quiet(self, timeout=30):
        """Wait until no row of an active connector is open and no job of ours is waiting or running."""
        self.odoo.wait(
            lambda: (
                not self.odoo.sql(
                    "SELECT 1 FROM sync_hub_log l"
                    " JOIN sync_hub_connector c ON c.id = l.connector_id AND c.state = 'active'"
                    f" WHERE l.{OPEN}"
                    " UNION ALL SELECT 1 FROM queue_job WHERE state IN ('pending', 'enqueued', 'started')"
                    " AND model_name = 'sync.hub.drain' AND eta IS NULL LIMIT 1"
                )
            ),
            timeout=timeout,
            every=0.02,
        )

    def remote(self, cartona_id):
        """The simulated Cartona product."""
        products = self.sims.state("cartona", internal_product_id=cartona_id)["products"]
        return products[0]

    def shown_prices(self):
        """{cartona id: price} of everything that the simulated Cartona shows."""
        return {p["internal_product_id"]: p["selling_price"] for p in self.sims.state("cartona")["products"]}

    def shown_price(self, cartona_id):
        return self.remote(cartona_id)["selling_price"]


class Points:
    """Holds drains at the points of the test addon `sync_hub_points`."""

    def __init__(self, odoo):
        self.odoo = odoo
        folder = environment.addon_folder(odoo.tree.series)
        link = folder / "sync_hub_points"
        if not link.is_symlink():
            link.symlink_to(ADDONS / "sync_hub_points")
        odoo.rpc("ir.module.module", "update_list")
        module = odoo.rpc("ir.module.module", "search", [("name", "=", "sync_hub_points")])
        odoo.rpc("ir.module.module", "button_immediate_install", module)

    @contextmanager
    def held(self, number, connector=None):
        """Meanwhile a drain, of this connector if one is named, that comes to the point waits there.

        Yields a function that tells whether one does.
        """
        lock = [LOCKS, number] if connector is None else [LOCKS + number, connector]
        connection = database.connect(self.odoo.db)
        cursor = connection.cursor()
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", lock)

        def waiting():
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                " AND classid = %s AND objid = %s"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
                lock,
            )
            return cursor.fetchone()[0]

        try:
            yield waiting
        finally:
            connection.close()

    def kill(self, number, connector):
        """The next process that comes to the point with this connector dies there."""
        self.odoo.sql("INSERT INTO sync_hub_points_kill VALUES (%s, %s)", [number, connector])

    def killed(self):
        """Whether all have died that were to."""
        return not self.odoo.sql("SELECT 1 FROM sync_hub_points_kill")

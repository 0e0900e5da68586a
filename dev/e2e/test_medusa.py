"""The hub and the simulated Medusa over real HTTP: faults, kills, and what goes both ways at once."""

import statistics
import time

import pytest

from e2e.hub import ONCE

SECRET = "demo-medusa-secret"


class MedusaShop:
    """A connector to the simulated Medusa that sells what the test makes."""

    def __init__(self, hub):
        self.hub, self.odoo, self.sims = hub, hub.odoo, hub.sims
        self.sims.fault("medusa")
        self.sims.reset("medusa")
        (warehouse,) = self.odoo.rpc("stock.warehouse", "search_read", [], ["lot_stock_id"], limit=1)
        self.place = warehouse["lot_stock_id"][0]
        self.tag = f"e2e{time.time_ns() % 10**9}"
        values = {
            "name": "Medusa",
            "kind": "medusa",
            "url": f"{self.sims.url}/medusa",
            "token": "sk_demo_medusa",
            "webhook_secret": SECRET,
            "warehouse_ids": [(6, 0, [warehouse["id"]])],
            "product_domain": f"[('name', 'like', '{self.tag}')]",
            "retry_schedule": "0.5, 1*",
            "breaker_limit": 0,
        }
        self.connector = self.odoo.rpc("sync.hub.connector", "create", values)
        self.odoo.rpc("sync.hub.connector", "action_activate", [self.connector])
        hub.quiet()

    def product(self, name, price=10.0, stock=0):
        """A storable variant with a SKU of its own; (variant, template, sku)."""
        sku = f"{name}-{self.tag}"
        variant = self.hub.product(f"{name} {self.tag}", price, default_code=sku)
        (row,) = self.odoo.rpc("product.product", "read", [variant], ["product_tmpl_id"])
        if stock:
            self.stock(variant, stock)
        return variant, row["product_tmpl_id"][0], sku

    def stock(self, variant, quantity):
        values = {"product_id": variant, "location_id": self.place, "inventory_quantity": quantity}
        quant = self.odoo.rpc("stock.quant", "create", values, context={"inventory_mode": True})
        self.odoo.rpc("stock.quant", "action_apply_inventory", [quant])

    def products(self):
        """What the simulator has of ours."""
        return [p for p in self.sims.state("medusa")["products"] if p["external_id"]]

    def shown(self, sku):
        """(price, pieces for sale) of a SKU; None when it is not there."""
        for product in self.sims.state("medusa", sku=sku)["products"]:
            for variant in product["variants"]:
                if variant["sku"] == sku:
                    levels = [lv for item in variant["inventory_items"] for lv in item["inventory"]["location_levels"]]
                    return variant["prices"][0]["amount"], sum(level["available_quantity"] for level in levels)
        return None

    def buy(self, **wish):
        currency = self.products()[0]["variants"][0]["prices"][0]["currency_code"]
        return self.sims.request("POST", "medusa/_buyer", json={"currency": currency, "tax_rate": 0, **wish})

    def sales(self):
        return self.odoo.rpc("sale.order", "search", [("hub_connector_id", "=", self.connector)])

    def failed(self):
        return self.hub.rows(f"connector_id = {self.connector} AND state = 'failed'")


@pytest.fixture
def shop(hub):
    made = MedusaShop(hub)
    yield made
    hub.sims.fault("medusa")
    hub.odoo.rpc("sync.hub.connector", "write", [made.connector], {"active": False, "state": "draft"})


def test_lost_answers_make_no_product_twice(shop):
    """Half of the calls are carried out and never answered."""
    shop.sims.fault("medusa", apply=True, drop=True, rate=0.5, seed=3, path="/admin/products", method="POST")
    goods = [shop.product(f"Good{n}", 5 + n, stock=n + 1) for n in range(8)]
    shop.odoo.wait(lambda: len(shop.products()) == 8, timeout=40)
    shop.sims.fault("medusa")
    shop.hub.quiet(60)
    assert sorted(p["external_id"] for p in shop.products()) == sorted(str(template) for _v, template, _s in goods)
    assert [shop.shown(sku) for _v, _t, sku in goods] == [(5 + n, n + 1) for n in range(8)]
    assert shop.failed() == []


def test_killed_workers_make_no_product_twice(shop):
    shop.sims.fault("medusa", hold_before_answer=True, path="/admin/products", method="POST", times=1)
    shop.product("Killed", 7, stock=3)
    shop.odoo.wait(lambda: shop.sims.request("GET", "medusa/_fault")["held_now"], timeout=30)
    shop.odoo.kill9_workers()
    shop.sims.fault("medusa", release=True)
    shop.sims.fault("medusa")
    sku = f"Killed-{shop.tag}"

    def healed():
        shop.hub.sweep()
        return shop.shown(sku) == (7, 3)

    shop.odoo.wait(healed, timeout=150, every=1)
    assert len(shop.products()) == 1 and shop.failed() == []


def test_an_order_is_there_at_once_and_once(shop):
    _variant, _template, sku = shop.product("Fast", 10, stock=50)
    shop.hub.quiet()
    times = []
    for number in range(1, 11):
        begun = time.monotonic()
        shop.buy(lines={sku: 1})
        shop.odoo.wait(lambda n=number: len(shop.sales()) == n, every=0.02)
        times.append((time.monotonic() - begun) * 1000)
    print(f"\n10 orders in Medusa to Odoo: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
    shop.hub.quiet()
    shop.odoo.wait(lambda: shop.shown(sku) == (10, 40), timeout=20)
    assert len(shop.sales()) == 10 and shop.failed() == []


def test_each_form_of_sender_is_understood(shop):
    _variant, _template, sku = shop.product("Forms", 10, stock=50)
    shop.hub.quiet()
    for number, form in enumerate(("timed", "plain", "base64", "bare"), start=1):
        shop.sims.request("POST", "medusa/_sender", json={"form": form})
        shop.buy(lines={sku: 1})
        shop.odoo.wait(lambda n=number: len(shop.sales()) == n, timeout=20)
    shop.sims.request("POST", "medusa/_sender", json={"form": "timed", "secret": "wrong"})
    shop.buy(lines={sku: 1})
    shop.odoo.wait(lambda: 403 in {event["status"] for event in shop.sims.state("medusa")["events"]})
    assert len(shop.sales()) == 4
    log = shop.odoo.log_text()
    assert SECRET not in log and "token=" in log


def test_refused_credentials_stop_the_calls_and_nothing_is_lost(shop):
    variant, _template, sku = shop.product("Key", 10, stock=5)
    shop.hub.quiet()
    shop.odoo.rpc("sync.hub.connector", "write", [shop.connector], {"token": "sk_wrong"})
    shop.hub.set_price(variant, 12)
    shop.odoo.wait(
        lambda: shop.odoo.rpc("sync.hub.connector", "read", [shop.connector], ["state"])[0]["state"] == "paused"
    )
    assert shop.shown(sku)[0] == 10
    shop.odoo.rpc("sync.hub.connector", "write", [shop.connector], {"token": "sk_demo_medusa"})
    shop.odoo.rpc("sync.hub.connector", "action_activate", [shop.connector])
    shop.odoo.wait(lambda: shop.shown(sku)[0] == 12, timeout=30)


@ONCE
def test_edits_that_follow_one_another_become_few_calls(shop):
    goods = [shop.product(f"Many{n}", 10) for n in range(60)]
    shop.hub.quiet(60)
    variants = [variant for variant, _template, _sku in goods]
    shop.odoo.rpc("sync.hub.connector", "action_pause", [shop.connector])
    for price in range(20, 25):
        shop.odoo.rpc("product.product", "write", variants, {"list_price": price})
    shop.odoo.rpc("sync.hub.connector", "write", [shop.connector], {"state": "active"})
    shop.hub.sweep()
    shop.odoo.wait(lambda: all(shop.shown(sku)[0] == 24 for _v, _t, sku in goods), timeout=30)
    shop.hub.quiet(30)
    calls = [
        call
        for call in shop.sims.request("GET", "medusa/_calls")
        if call["method"] == "POST" and call["path"].split("?")[0].endswith("/variants/batch")
    ]
    print(f"\n60 products, 5 edits each: {len(calls)} calls that write prices")
    assert len(calls) == 60

"""A vendor's own shop, simulated: what he has is read, orders go to him once, and how they stand comes back."""

import pytest

KEY = "demo-vendor-key"


class VendorShop:
    """A connector to the simulated vendor's shop."""

    def __init__(self, hub):
        self.hub, self.odoo, self.sims = hub, hub.odoo, hub.sims
        hub.sims.fault("vendor")
        self.partner = self.odoo.rpc("res.partner", "create", {"name": "Vendor with a shop"})
        self.connector = self.odoo.rpc("sync.hub.connector", "create", {
            "name": "Vendor's shop",
            "kind": "vendor_api",
            "shop_url": f"{hub.sims.url}/vendor/api/sales-channels/integration",
            "shop_key": KEY,
            "vendor_partner_id": self.partner,
            "match_sku": False,
            "rate_limit": 0,
        })  # fmt: skip
        (made,) = self.odoo.rpc("sync.hub.connector", "read", [self.connector], ["key"])
        self.webhook = f"{self.odoo.url}/sync_hub/{made['key']}/webhook"
        hub.sims.request("POST", "vendor/_reset", json={"webhook_url": self.webhook})
        self.odoo.rpc("sync.hub.connector", "action_activate", [self.connector])
        hub.quiet()

    def stock(self):
        """{SKU: quantity} as Odoo knows it of this vendor."""
        rows = self.odoo.rpc(
            "sync.hub.vendor.product", "search_read", [("partner_id", "=", self.partner)], ["sku", "quantity"]
        )
        return {row["sku"]: row["quantity"] for row in rows}

    def shown(self):
        """The same as the shop itself says it."""
        return {row["sku"]: max(row["quantity"], 0) for row in self.sims.state("vendor")["shop"]["inventory"]}

    def orders(self):
        return self.sims.state("vendor")["shop"]["orders"]

    def sell(self, sku="BPC-5", quantity=2):
        """A confirmed sale order of what the vendor has, with an order to him prepared; (sale, vendor order)."""
        (row,) = self.odoo.rpc("sync.hub.vendor.product", "search_read",
                               [("partner_id", "=", self.partner), ("sku", "=", sku)], ["product_id"])  # fmt: skip
        (country,) = self.odoo.rpc("res.country", "search", [("code", "=", "US")])
        place = {"street": "Main 1", "city": "Austin", "zip": "73301", "country_id": country}
        customer = self.odoo.rpc("res.partner", "create", {"name": "Ana López", "email": "ana@example.com", **place})
        line = {"product_id": row["product_id"][0], "product_uom_qty": quantity, "price_unit": 60}
        sale = self.odoo.rpc("sale.order", "create", {"partner_id": customer, "order_line": [(0, 0, line)]})
        self.odoo.rpc("sale.order", "action_confirm", [sale])
        return sale, self.odoo.rpc("sale.order", "action_hub_order", [sale])["res_id"]

    def read(self, order, *fields):
        return self.odoo.rpc("sync.hub.vendor.order", "read", [order], list(fields))[0]

    def becomes(self, order, state, timeout=20):
        self.odoo.wait(lambda: self.read(order, "state")["state"] == state, timeout)


@pytest.fixture
def shop(hub):
    return VendorShop(hub)


def test_what_the_vendor_has_is_read_and_followed(shop):
    assert shop.stock() == shop.shown() and len(shop.stock()) > 4
    told = shop.sims.request("POST", "vendor/_stock", json={"sku": "BPC-5", "quantity": 41, "push": True})
    assert told["push"]["status"] == 200, told
    shop.odoo.wait(lambda: shop.stock()["BPC-5"] == 41, timeout=5)
    # A message that lies makes us read, and nothing else.
    answer = shop.hub.sims.request("POST", "vendor/_stock", json={"sku": "BPC-10", "quantity": -3})
    assert answer["quantity"] == -3
    (cron,) = shop.odoo.sql("SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND name = 'cron_poll'")
    shop.odoo.rpc("ir.cron", "method_direct_trigger", list(cron))
    shop.hub.quiet()
    assert shop.stock()["BPC-10"] == 0 and not shop.hub.rows("state = 'failed'")


def test_the_life_of_an_order_at_the_vendor(shop):
    sale, order = shop.sell()
    shop.odoo.rpc("sync.hub.vendor.order", "action_send", [order])
    shop.becomes(order, "sent")
    (there,) = shop.orders()
    here = shop.read(order, "name", "remote_number", "total")
    shop.hub.quiet()
    here = shop.read(order, "name", "remote_number", "total")
    assert (there["partnerOrderId"], there["orderNumber"]) == (here["name"], here["remote_number"])
    assert here["total"] == there["totalAmount"]
    parcel = {"carrier": "UPS", "trackingNumber": "1Z999", "trackingUrl": "https://ups.example.com/1Z999"}
    shop.sims.request("POST", "vendor/_order", json={"order": here["name"], "status": "SHIPPED", "shipments": [parcel]})
    shop.odoo.rpc("sync.hub.vendor.order", "action_read", [order])
    shop.becomes(order, "shipped")
    assert "1Z999" in shop.read(order, "tracking")["tracking"]


def test_lost_answers_and_a_killed_worker_make_one_order(shop):
    shop.odoo.rpc("sync.hub.connector", "write", [shop.connector], {"retry_schedule": "1*", "breaker_limit": 0})
    _sale, order = shop.sell()
    shop.sims.fault("vendor", drop=True, apply=True, times=1, path="orders", method="POST")
    shop.odoo.rpc("sync.hub.vendor.order", "action_send", [order])
    shop.becomes(order, "sent")
    assert len(shop.orders()) == 1
    _sale, second = shop.sell("BPC-5", 1)
    shop.sims.fault("vendor", hold_before_answer=True, path="orders", method="POST")
    shop.odoo.rpc("sync.hub.vendor.order", "action_send", [second])
    shop.odoo.wait(lambda: len(shop.orders()) == 2)
    shop.odoo.kill9_workers()
    shop.sims.fault("vendor", release=True)
    shop.sims.fault("vendor")

    def sent():
        shop.hub.sweep()
        return shop.read(second, "state")["state"] == "sent"

    shop.odoo.wait(sent, timeout=110, every=1)
    # The job runner gives the dead worker's job free after a while.
    shop.hub.quiet(110)
    assert len(shop.orders()) == 2


def test_cancelled_at_both_ends(shop):
    before = shop.shown()["BPC-5"]
    _sale, order = shop.sell()
    shop.odoo.rpc("sync.hub.vendor.order", "action_send", [order])
    shop.becomes(order, "sent")
    shop.hub.quiet()
    assert shop.shown()["BPC-5"] == before - 2
    shop.odoo.rpc("sync.hub.vendor.order", "action_cancel", [order])
    shop.becomes(order, "cancelled")
    shop.hub.quiet()
    (there,) = shop.orders()
    assert there["status"] == "CANCELLED" and shop.shown()["BPC-5"] == before
    assert not shop.hub.rows("state = 'failed'")

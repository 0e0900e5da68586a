"""Orders of a real Medusa arrive in a real Odoo: told by the subscriber for merchants, or found by the poll."""

import itertools

import pytest

from e2e_medusa.medusa import ADDRESSES
from e2e_medusa.merchant import ensure_tax, storable
from environment.medusa import install

SECRET = "secret-of-e2e-medusa"
#: What is not to be sent: these tests are about the way in.
QUIET = ("push_price", "push_stock", "push_publication", "push_catalogue", "push_customers", "push_orders")
numbers = itertools.count(1)


class Shop:
    """A Medusa and the connector of the live Odoo that reads it, with one product that both of them know."""

    def __init__(self, medusa, odoo):
        self.medusa, self.odoo = medusa, odoo
        connectors = odoo.rpc("sync.hub.connector", "search", [])
        odoo.rpc("sync.hub.connector", "write", connectors, {"active": False, "state": "draft"})
        self._money()
        known = odoo.rpc("sync.hub.connector", "fields_get", list(QUIET), ["type"])
        values = {"url": medusa.url, "token": medusa.shop["secret"], "webhook_secret": f"{SECRET}-{next(numbers)}"}
        values.update(dict.fromkeys(known, False), name=f"Medusa {medusa.version}", kind="medusa", reconcile=True)
        self.secret = values["webhook_secret"]
        self.connector = odoo.rpc("sync.hub.connector", "create", values)
        odoo.rpc("sync.hub.connector", "action_activate", [self.connector])
        self.sku = f"TEE-{next(numbers)}"
        self.product = odoo.rpc("product.product", "create", {
            "name": "Tee", "default_code": self.sku, "taxes_id": [(5, 0, 0)], **storable(odoo),
        })  # fmt: skip
        self._stock(1000)

    def _money(self):
        """Both currencies with a pricelist each, and the taxes that the shop knows."""
        currencies = self.odoo.rpc(
            "res.currency", "search_read", [("name", "in", ("EUR", "USD")), ("active", "in", (True, False))], ["name"]
        )
        for currency in currencies:
            self.odoo.rpc("res.currency", "write", [currency["id"]], {"active": True})
            self.odoo.rpc("product.pricelist", "create", {"name": currency["name"], "currency_id": currency["id"]})
        for rate, included in itertools.product((20, 8.875), (False, True)):
            ensure_tax(self.odoo, rate, included)

    def _stock(self, quantity):
        (warehouse,) = self.odoo.rpc(
            "stock.warehouse", "search_read", [("company_id", "=", 1)], ["lot_stock_id"], limit=1
        )
        values = {"product_id": self.product, "location_id": warehouse["lot_stock_id"][0]}
        values["inventory_quantity"] = quantity
        quant = self.odoo.rpc("stock.quant", "create", values, context={"inventory_mode": True})
        self.odoo.rpc("stock.quant", "action_apply_inventory", [quant])

    def tee(self, eur=20, usd=25.5):
        """A variant on sale at these prices; its id."""
        facts = {"prices": {"eur": eur, "usd": usd}, "stock": 500}
        title = f"Tee {next(numbers)}"
        if self.sku in getattr(self, "sold", ()):
            self.sku = f"{self.sku}-{next(numbers)}"
            self.odoo.rpc(
                "product.product", "create", {"name": title, "default_code": self.sku, "taxes_id": [(5, 0, 0)]}
            )
        self.sold = {*getattr(self, "sold", ()), self.sku}
        return self.medusa.create_product(title, {self.sku: facts})["variants"][0]["id"]

    def sale_id(self, order):
        rows = self.odoo.sql(
            "SELECT res_id FROM sync_hub_binding WHERE connector_id = %s AND entity = 'order' AND remote_id = %s",
            [self.connector, order["id"]],
        )
        return rows[0][0] if rows else None

    def sale(self, order, *fields):
        """Fields of the sale order."""
        fields = [*fields, "amount_total", "state", "hub_hold_reason", "currency_id", "partner_id", "hub_remote_status"]
        return self.odoo.rpc("sale.order", "read", [self.sale_id(order)], fields)[0]

    def wait_sale(self, order):
        try:
            self.odoo.wait(lambda: self.sale_id(order), timeout=30)
        except AssertionError as error:
            raise AssertionError(f"{self.log()}\n{error}") from None
        return self.sale(order)

    def log(self):
        """The log as one reads it when a test fails."""
        columns = "direction, entity, flow, remote_id, state, reason, result, error, payload"
        query = f"SELECT {columns} FROM sync_hub_log WHERE connector_id = %s ORDER BY id"
        return "\n".join(map(str, self.odoo.sql(query, [self.connector])))

    def paid(self, order):
        """Amounts of the payments that the sale order shows."""
        domain = [("connector_id", "=", self.connector), ("order_ids", "in", [self.sale_id(order)])]
        rows = self.odoo.rpc("sync.hub.payment", "search_read", domain, ["amount"])
        return sorted(row["amount"] for row in rows)

    def rounding(self, order):
        domain = [("order_id", "=", self.sale_id(order)), ("hub_line_id", "=", "rounding")]
        return sum(r["price_total"] for r in self.odoo.rpc("sale.order.line", "search_read", domain, ["price_total"]))

    def assert_equal(self, order):
        """Odoo's total is Medusa's to the cent, in its currency, and nobody has to look at it."""
        sale = self.wait_sale(order)
        now = self.medusa.admin.get(f"/admin/orders/{order['id']}", fields="total,currency_code")["order"]
        assert f"{sale['amount_total']:.2f}" == f"{now['total']:.2f}", self.log()
        assert sale["currency_id"][1] == now["currency_code"].upper()
        assert not sale["hub_hold_reason"]
        print(f"  {now['total']} {now['currency_code']}, rounding line {self.rounding(order):.2f}")
        return sale

    def poll(self):
        (cron,) = self.odoo.sql("SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND name = 'cron_poll'")
        self.odoo.rpc("ir.cron", "method_direct_trigger", list(cron))

    def quiet(self):
        """Wait until nothing of the connector is open."""
        query = "SELECT 1 FROM sync_hub_log WHERE connector_id = %s AND state IN ('pending', 'sending', 'retrying')"
        self.odoo.wait(lambda: not self.odoo.sql(query, [self.connector]), timeout=30)

    def taken_in(self):
        """What has come in, oldest first."""
        query = "SELECT entity, remote_id, payload FROM sync_hub_log WHERE connector_id = %s AND direction = 'in'"
        return self.odoo.sql(f"{query} ORDER BY id", [self.connector])


@pytest.fixture(params=install.VERSIONS)
def told(request, new_medusa, odoo):
    """A shop whose Medusa tells us what happens by the subscriber for merchants."""
    secret = f"{SECRET}-{next(numbers)}"
    medusa = new_medusa(request.param).start(SYNC_HUB_URL=f"{odoo.url}/medusa/webhook", SYNC_HUB_SECRET=secret)
    shop = Shop(medusa, odoo)
    odoo.rpc("sync.hub.connector", "write", [shop.connector], {"webhook_secret": secret})
    return shop


@pytest.fixture(params=install.VERSIONS)
def silent(request, new_medusa, odoo):
    """A shop whose Medusa tells nothing."""
    return Shop(new_medusa(request.param).start(), odoo)


def test_orders_are_told_and_come_to_the_cent(told):
    medusa, odoo = told.medusa, told.odoo
    print(f"\nMedusa {medusa.version}")
    variant = told.tee(eur=19.99, usd=19.99)
    first = medusa.place_order({variant: 3})
    sale = told.assert_equal(first)
    assert (sale["state"], sale["partner_id"][1]) == ("sale", "Jane Doe"), told.log()
    # A capture does not change the order's own time: it is told as an event of the payment.
    medusa.capture(first["id"])
    odoo.wait(lambda: told.paid(first) == [round(medusa.order(first["id"])["total"], 2)])

    # New York: a rate with three decimals, and two guests of one address.
    parent = next(
        region["id"]
        for region in medusa.admin.get("/admin/tax-regions", limit=100)["tax_regions"]
        if region["country_code"] == "us"
    )
    medusa.admin.post(
        "/admin/tax-regions",
        country_code="us",
        province_code="us-ny",
        parent_id=parent,
        default_tax_rate={"rate": 8.875, "code": "NY", "name": "NY"},
    )
    second = medusa.place_order({variant: 3}, currency="usd", address={"province": "us-ny"}, email="john@example.com")
    told.assert_equal(second)
    (partner,) = odoo.rpc("res.partner", "read", [told.sale(second)["partner_id"][0]], ["state_id", "city"])
    assert partner["state_id"][1].startswith("New York") and partner["city"] == ADDRESSES["usd"]["city"]

    # A promotion that applies by itself.
    promotion = {"type": "percentage", "target_type": "items", "allocation": "across", "value": 10}
    promotion["currency_code"] = "eur"
    made = medusa.admin.post(
        "/admin/promotions",
        code="TEN",
        type="standard",
        status="active",
        is_automatic=True,
        application_method=promotion,
    )["promotion"]
    third = medusa.place_order({variant: 3})
    assert third["discount_total"] > 0
    told.assert_equal(third)
    notes = [("model", "=", "sale.order"), ("res_id", "=", told.sale_id(third)), ("body", "ilike", "TEN")]
    assert odoo.rpc("mail.message", "search_count", notes) == 1
    medusa.admin.request("DELETE", f"/admin/promotions/{made['id']}")

    # Prices with tax in them.
    for preference in medusa.admin.get("/admin/price-preferences", limit=100)["price_preferences"]:
        medusa.admin.post(f"/admin/price-preferences/{preference['id']}", is_tax_inclusive=True)
    fourth = medusa.place_order({variant: 7})
    assert round(fourth["item_total"], 2) == 139.93
    told.assert_equal(fourth)
    fifth = medusa.place_order({variant: 3}, currency="usd", address={"province": "us-ny"})
    told.assert_equal(fifth)

    # A price of more decimals than Odoo keeps.
    sixth = medusa.place_order({told.tee(eur=0.335): 3})
    told.assert_equal(sixth)


def test_parcels_refunds_and_cancellations_are_followed(told):
    medusa, odoo = told.medusa, told.odoo
    print(f"\nMedusa {medusa.version}")
    variant = told.tee()
    order = medusa.place_order({variant: 2})
    told.wait_sale(order)
    medusa.capture(order["id"])
    odoo.wait(lambda: told.paid(order))
    line = medusa.order(order["id"])["items"][0]["id"]
    for expected, state in (("partially_shipped", "assigned"), ("shipped", "done")):
        path = f"/admin/orders/{order['id']}/fulfillments"
        items = [{"id": line, "quantity": 1}]
        known = {parcel["id"] for parcel in medusa.order(order["id"])["fulfillments"]}
        medusa.admin.post(path, items=items, location_id=medusa.shop["location"])
        (parcel,) = {parcel["id"] for parcel in medusa.order(order["id"])["fulfillments"]} - known
        label = {"tracking_number": parcel[-6:], "tracking_url": "https://parcels.test", "label_url": "#"}
        medusa.admin.post(f"{path}/{parcel}/shipments", items=items, labels=[label])
        odoo.wait(lambda now=expected: told.sale(order)["hub_remote_status"] == now)
        domain = [("sale_id", "=", told.sale_id(order)), ("state", "=", state)]
        odoo.wait(lambda found=domain: odoo.rpc("stock.picking", "search", found))
        assert parcel[-6:] in told.sale(order, "hub_tracking")["hub_tracking"]

    other = medusa.place_order({variant: 1}, currency="usd")
    told.assert_equal(other)
    if medusa.version != install.RECIPE:
        # The older one gives nothing back while the order stands.
        captured = medusa.capture(other["id"])
        (payment,) = captured["payment_collections"][0]["payments"]
        medusa.admin.post(f"/admin/payments/{payment['id']}/refund", amount=5)
        odoo.wait(lambda: told.paid(other) == [-5, 32])
        # Medusa writes the refund first and lowers the order a moment later: a reading may fall in between.
        odoo.wait(lambda: told.sale(other)["amount_total"] == 27)
        told.assert_equal(other)
    third = medusa.place_order({variant: 1})
    told.wait_sale(third)
    medusa.admin.post(f"/admin/orders/{third['id']}/cancel")
    odoo.wait(lambda: told.sale(third)["state"] == "cancel")
    bound = (
        "SELECT entity FROM sync_hub_binding WHERE connector_id = %s AND entity IN ('order', 'payment', 'fulfillment')"
    )
    assert set(odoo.sql(bound, [told.connector])) == {("order",)}
    assert not odoo.sql("SELECT 1 FROM sync_hub_log WHERE connector_id = %s AND state = 'failed'", [told.connector])


def test_accounts_are_customers_and_their_news_arrives(told):
    customer = {"email": "ann@acme.example", "first_name": "Ann", "last_name": "Lee", "company_name": "ACME"}
    made = told.medusa.admin.post("/admin/customers", **customer)["customer"]["id"]
    query = "SELECT res_id FROM sync_hub_binding WHERE connector_id = %s AND entity = 'customer' AND remote_id = %s"
    found = told.odoo.wait(lambda: told.odoo.sql(query, [told.connector, made]))[0][0]
    told.medusa.admin.post(f"/admin/customers/{made}", phone="+33100000099")
    read = lambda: told.odoo.rpc("res.partner", "read", [found], ["name", "phone", "company_name"])[0]  # noqa: E731
    told.odoo.wait(lambda: read()["phone"] == "+33100000099")
    assert (read()["name"], read()["company_name"]) == ("Ann Lee", "ACME")


def test_what_no_webhook_told_is_found_by_the_poll(silent):
    medusa, odoo = silent.medusa, silent.odoo
    print(f"\nMedusa {medusa.version}")
    variant = silent.tee()
    order = medusa.place_order({variant: 2})
    silent.poll()
    silent.assert_equal(order)
    # The capture leaves the order's own time as it is.
    before = medusa.admin.get(f"/admin/orders/{order['id']}", fields="updated_at")["order"]["updated_at"]
    medusa.capture(order["id"])
    assert medusa.admin.get(f"/admin/orders/{order['id']}", fields="updated_at")["order"]["updated_at"] == before
    silent.poll()
    odoo.wait(lambda: silent.paid(order) == [55.08])
    # A return changes the order; the money that is given back for it changes neither the order nor its payment.
    other = medusa.place_order({variant: 2})
    medusa.capture(other["id"])
    medusa.fulfil(other["id"])
    line = medusa.order(other["id"])["items"][0]["id"]
    (parcel,) = (parcel["id"] for parcel in medusa.order(other["id"])["fulfillments"])
    path = f"/admin/orders/{other['id']}/fulfillments/{parcel}"
    medusa.admin.post(f"{path}/shipments", items=[{"id": line, "quantity": 2}], labels=[])
    back = medusa.admin.post("/admin/returns", order_id=other["id"], location_id=medusa.shop["location"])["return"][
        "id"
    ]
    for step, items in (
        ("request-items", 1),
        ("request", 0),
        ("receive", 0),
        ("receive-items", 1),
        ("receive/confirm", 0),
    ):
        medusa.admin.post(
            f"/admin/returns/{back}/{step}", **({"items": [{"id": line, "quantity": 1}]} if items else {})
        )
    silent.poll()
    silent.assert_equal(other)
    (payment,) = (payment["id"] for payment in medusa.order(other["id"])["payment_collections"][0]["payments"])
    medusa.admin.post(f"/admin/payments/{payment}/refund", amount=24)
    silent.poll()
    odoo.wait(lambda: silent.paid(other) == [-24, 55.08])

    medusa.admin.post(f"/admin/orders/{order['id']}/cancel")
    silent.poll()
    odoo.wait(lambda: silent.sale(order)["state"] == "cancel")
    # And nothing is taken in twice.
    silent.quiet()
    known = silent.taken_in()
    silent.poll()
    silent.quiet()
    assert silent.taken_in() == known

import json

import requests
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .common import HubCase

SHOP = "https://vendor.example.com/api/sales-channels/integration"


def product(name, *variants):
    rows = [
        {"id": f"id-{sku}", "sku": sku, "name": sku, "regularPrice": price, "salePrice": None, "inventory": quantity,
         "options": [{"name": n, "value": v} for n, v in options.items()], "images": []}
        for sku, price, quantity, options in variants
    ]  # fmt: skip
    return {"id": f"id-{name}", "name": name, "status": "ACTIVE", "description": "long", "variants": rows}


class Shop:
    """A vendor's shop of the tests."""

    def __init__(self):
        self.products = [
            product("BPC", ("BPC-5", 29.99, 10, {"Strength": "5mg"}), ("BPC-10", "49.50", 3, {"Strength": "10mg"})),
            product("Solo", ("SOLO", 12, 7, {})),
        ]
        self.orders = {}
        self.refuse = {}

    def __call__(self, request, body):
        path = request.url.rpartition("/integration/")[2]
        method = request.method
        for part, answer in self.refuse.items():
            if part == f"{method} {path.partition('/')[0]}":
                return answer
        if path == "products":
            return 200, {"success": True, "data": {"products": self.products}}, {}
        if path == "inventory":
            rows = [{"variantId": v["id"], "sku": v["sku"], "quantity": v["inventory"]}
                    for p in self.products for v in p["variants"]]  # fmt: skip
            return 200, {"success": True, "data": {"inventory": rows}}, {}
        if path == "shipping-tiers":
            return 200, {"success": True, "data": [{"id": "t1", "name": "Express"}]}, {}
        return self.order(method, path.partition("/")[2], body)

    def order(self, method, ref, body):
        if method == "POST":
            ref = body["partnerOrderId"]
            if ref in self.orders:
                known = self.orders[ref]
                return 400, {"success": False, "error": "Duplicate", "orderId": known["orderId"]}, {}
            self.orders[ref] = {"orderId": f"o-{ref}", "orderNumber": "SO-1", "status": "PENDING", "body": body,
                                "totalAmount": 59.98, "shippingAmount": 5, "shipments": []}  # fmt: skip
            return 201, {"success": True, "data": self.orders[ref]}, {}
        found = next((o for r, o in self.orders.items() if ref in (r, o["orderId"])), None)
        if not found:
            return 404, {"success": False, "error": "Order not found"}, {}
        if method == "DELETE":
            found["status"] = "CANCELLED"
            return 200, {"success": True, "message": "cancelled"}, {}
        return 200, {"success": True, "data": {key: found[key] for key in found if key != "body"}}, {}


class VendorShopCase(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Vendor"})
        cls.vendor = cls._connector(
            "vendor_api", shop_url=f"{SHOP}/", shop_key="key-of-the-shop", vendor_partner_id=cls.partner.id,
            rate_limit=0, breaker_limit=0, url=False)  # fmt: skip

    def setUp(self):
        super().setUp()
        self.shop = self.remote.answer = Shop()

    def look(self, *lists):
        self.vendor._read_lists(lists or ("shop_products", "inventory"), "manual_full")
        self.wake_and_drain()

    def stock(self):
        rows = self.env["sync.hub.vendor.product"].search([("partner_id", "=", self.partner.id)])
        return {row.sku: (row.quantity, round(row.price, 2)) for row in rows}

    def row(self, sku):
        return self.env["sync.hub.vendor.product"].search([("partner_id", "=", self.partner.id), ("sku", "=", sku)])


@tagged("post_install", "-at_install")
class TestVendorShop(VendorShopCase):
    def test_products_and_stock_are_read(self):
        self.look()
        self.assertEqual(self.stock(), {"BPC-5": (10, 29.99), "BPC-10": (3, 49.5), "SOLO": (7, 12)})
        template = self.row("BPC-5").product_tmpl_id
        self.assertEqual((template.name, template.product_variant_count, template.sale_ok), ("BPC", 2, False))
        self.assertEqual(self.remote.calls[0][0].headers["X-API-Key"], "key-of-the-shop")
        kept = self.env["sync.hub.exchange"].search([("connector_id", "=", self.vendor.id)])
        self.assertNotIn("key-of-the-shop", str(kept.read()))

    def test_what_changes_is_followed_and_what_is_gone_has_none_left(self):
        self.look()
        self.shop.products[0]["variants"][0]["inventory"] = -4
        self.shop.products.pop()
        self.look("inventory")
        self.assertEqual(self.stock()["BPC-5"][0], 0)
        self.assertEqual(self.stock()["SOLO"][0], 7)
        self.shop.products[0]["variants"][1]["regularPrice"] = 51
        self.look("shop_products")
        self.assertEqual(self.stock(), {"BPC-5": (0, 29.99), "BPC-10": (3, 51), "SOLO": (0, 12)})

    def test_nothing_new_makes_no_rows(self):
        self.look()
        count = len(self._rows(self.vendor, direction="in"))
        self.look()
        self.assertEqual(len(self._rows(self.vendor, direction="in")), count)

    def test_a_product_of_ours_is_known_by_its_reference(self):
        mine = self._product("Mine", 20, default_code="SOLO")
        self.look()
        self.assertEqual(self.row("SOLO").product_id, mine)
        self.assertEqual(mine.hub_vendor_qty, 7)

    def test_half_a_set_of_combinations_becomes_single_products(self):
        red, blue = {"Size": "S", "Colour": "Red"}, {"Size": "M", "Colour": "Blue"}
        self.shop.products = [product("Half", ("H-1", 1, 1, red), ("H-2", 1, 2, blue))]
        self.look()
        self.assertEqual(self.stock(), {"H-1": (1, 1), "H-2": (2, 1)})
        self.assertEqual(self.row("H-1").product_id.name, "Half - S - Red")

    def test_a_price_that_is_none(self):
        self.shop.products = [product("Free", ("F-1", None, 1, {}))]
        self.look()
        self.assertEqual(self.stock(), {"F-1": (1, 0)})
        self.assertFalse(self.row("F-1").supplierinfo_id)

    def test_shipping_tiers_are_carriers(self):
        self.look("shipping_tiers")
        row = self.vendor.map_ids.filtered(lambda r: r.kind == "carrier")
        self.assertEqual((row.remote_value, row.remote_label), ("t1", "Express"))

    def test_the_test_of_the_connection(self):
        self.assertIn("3 variants", self.vendor.action_test()["params"]["message"])
        self.shop.refuse["GET inventory"] = 401, {"success": False, "error": "Invalid API key"}, {}
        self.assertEqual(self.vendor.action_test()["params"]["type"], "danger")

    def test_what_is_missing_for_activation_is_named(self):
        with self.assertRaisesRegex(UserError, "Vendor"):
            self._connector("vendor_api", state="draft", shop_url=SHOP).action_activate()
        with self.assertRaisesRegex(UserError, "URL"):
            self._connector("vendor_api", state="draft").action_activate()


@tagged("post_install", "-at_install")
class TestVendorOrder(VendorShopCase):
    def setUp(self):
        super().setUp()
        self.look()
        place = {"street": "Main 1", "city": "Madrid", "zip": "28001", "country_id": self.env.ref("base.es").id}
        self.customer = self.env["res.partner"].create({"name": "Ana López", "email": "ana@example.com", **place})
        self.sale = self.env["sale.order"].create({
            "partner_id": self.customer.id,
            "order_line": [(0, 0, {"product_id": self.row("BPC-5").product_id.id, "product_uom_qty": 2,
                                   "price_unit": 60})],
        })  # fmt: skip
        self.sale.action_confirm()
        self._clear_rows()

    def order_it(self):
        self.assertTrue(self.sale.hub_can_order)
        return self.env["sync.hub.vendor.order"].browse(self.sale.action_hub_order()["res_id"])

    def send(self):
        order = self.order_it()
        order.action_send()
        self.wake_and_drain()
        return order

    def test_an_order_is_sent_and_followed(self):
        order = self.send()
        body = self.shop.orders[self.sale.name]["body"]
        self.assertEqual(body["items"], [{"variantId": "BPC-5", "quantity": 2}])
        self.assertEqual(body["customer"]["firstName"], "Ana")
        self.assertEqual(body["shippingAddress"]["country"], "ES")
        self.assertEqual((order.state, order.remote_number, order.total), ("sent", "SO-1", 59.98))
        self.assertFalse(self.sale.hub_can_order)
        parcel = {"carrier": "DHL", "trackingNumber": "JD01", "trackingUrl": "https://dhl.example.com/JD01"}
        self.shop.orders[self.sale.name].update(status="SHIPPED", shipments=[parcel])
        self.vendor._start_reading("schedule")
        self.wake_and_drain()
        self.assertEqual((order.state, order.tracking), ("shipped", "DHL JD01 https://dhl.example.com/JD01"))
        self.assertIn("JD01", self.sale.message_ids[0].body)
        with self.assertRaisesRegex(UserError, "shipped"):
            order.action_cancel()

    def test_a_lost_answer_makes_no_second_order(self):

        def lost(request, body):
            self.shop(request, body)
            raise requests.exceptions.ReadTimeout("lost")

        order = self.order_it()
        self.remote.answer = lost
        order.action_send()
        self.wake_and_drain()
        self.assertEqual(order.state, "sending")
        self.assertTrue(order.error)
        self.remote.answer = self.shop
        self._rows(self.vendor, state="retrying").action_retry()
        self.wake_and_drain()
        self.assertEqual((order.state, order.remote_id), ("sent", f"o-{self.sale.name}"))
        self.assertEqual(len(self.shop.orders), 1)

    def test_cancelled_there_too(self):
        order = self.send()
        order.action_cancel()
        self.wake_and_drain()
        self.assertEqual((order.state, self.shop.orders[self.sale.name]["status"]), ("cancelled", "CANCELLED"))
        # It can be ordered once more, under another reference.
        self.assertTrue(self.sale.hub_can_order)
        again = self.send()
        self.assertEqual(again.name, f"{self.sale.name}-2")
        self.assertEqual(len(self.shop.orders), 2)

    def test_cancelled_before_it_got_there(self):
        order = self.order_it()
        self.shop.refuse["POST orders"] = 400, {"success": False, "error": "Price not configured"}, {}
        order.action_send()
        self.wake_and_drain()
        self.assertIn("Price not configured", order.error)
        self.assertTrue(self.sale.activity_ids)
        order.action_cancel()
        self.wake_and_drain()
        self.assertEqual((order.state, self.shop.orders), ("cancelled", {}))

    def test_the_vendor_cancels(self):
        order = self.send()
        self.shop.orders[self.sale.name]["status"] = "CANCELLED"
        order.action_read()
        self.wake_and_drain()
        self.assertEqual(order.state, "cancelled")
        self.assertIn("vendor cancelled", self.sale.activity_ids.summary)

    def test_what_cannot_be_sent_is_named(self):
        self.row("BPC-5")._tell(1)
        with self.assertRaisesRegex(UserError, "only 1"):
            self.order_it().action_send()
        self.row("BPC-5")._tell(10)
        self.sale.hub_vendor_order_ids.action_cancel()
        self.customer.city = False
        order = self.send()
        self.assertIn("City", order.error)

    def test_one_reading_row_for_all_times(self):
        self.send()
        for _time in range(3):
            self.vendor._start_reading("schedule")
            self.wake_and_drain()
        self.assertEqual(len(self._rows(self.vendor, flow="fetch")), 1)


@tagged("post_install", "-at_install")
class TestVendorShopWebhook(VendorShopCase, HttpCase):
    def test_an_unsigned_message_makes_us_read_and_is_not_believed(self):
        self.look()
        self.shop.products[1]["variants"][0]["inventory"] = 5
        self.env.flush_all()
        body = {"type": "inventory_update", "inventory": [{"sku": "SOLO", "quantity": 999}]}
        url = f"{self.base_url()}/sync_hub/{self.vendor.key}/webhook"
        answer = self.opener.post(url, data=json.dumps(body), headers={"Content-Type": "application/json"}, timeout=20)
        self.assertEqual(answer.status_code, 200, answer.text)
        self.env.invalidate_all()
        self.wake_and_drain()
        self.assertEqual(self.stock()["SOLO"][0], 5)

"""Audits of the other kinds: what each of them can show."""

from odoo.tests import tagged

from ..models import compat
from .medusa_shop import MedusaShopCase
from .vendor import VendorCase
from .webservice import WebserviceCase


def lines(audit):
    return {(x.remote_id, x.part or "", x.field): (x.odoo_value, x.remote_value, x.kind) for x in audit.line_ids}


def run(case, connector):
    audit = case.env["sync.hub.audit"].browse(connector.action_audit()["res_id"])
    case.wake_and_drain()
    case.assertEqual(audit.state, "done", audit.log_id.error or audit.error)
    return audit


class TestAuditPrestashop(WebserviceCase):
    def setUp(self):
        super().setUp()
        self.currency = self.company.currency_id.name
        for remote_id, name, price, quantity in (
            ("8-0", "Mug", 40, 3),
            ("5-24", "Shirt L", 27, 5),
            ("9-0", "Book", 9, 1),
        ):
            product = self._product(name, price)
            self.link(remote_id, product)
            self._set_stock(product, quantity)
        self.wake_and_drain()
        self.fake.written.clear()

    def test_prices_of_combinations_and_stock_are_compared(self):
        self.assertFalse(run(self, self.shop).line_ids.mapped("name"))
        # The shirt's own price moves those of its combinations.
        self.fake.tables["products"][5]["price"] = "26.500000"
        self.fake.stock(8, 0, quantity="11")
        audit = run(self, self.shop)
        self.assertEqual(
            lines(audit),
            {
                ("5-24", "", "price"): (f"27.00 {self.currency}", f"28.50 {self.currency}", "differs"),
                ("8-0", "", "stock"): ("3", "11", "differs"),
            },
        )
        self.assertEqual((audit.checked_count, audit.unknown_count, self.fake.written), (3, 1, []))
        audit.action_fix_all()
        self.wake_and_drain()
        self.assertEqual(len(self.fake.written), 2)
        self.assertFalse(run(self, self.shop).line_ids)

    def test_a_product_that_was_deleted_is_missing(self):
        for resource, number in (("products", 9), ("stock_availables", 9)):
            del self.fake.tables[resource][number]
        self.assertEqual(lines(run(self, self.shop)), {("9-0", "", "product"): ("Book", "nothing", "missing_remote")})

    def test_pages_go_by_blocks_of_numbers(self):
        self.fake.product(1250, "FAR", "3.000000")
        far = self._product("Far", 3)
        self.link("1250-0", far)
        self.wake_and_drain()
        self.fake.tables["products"][1250]["price"] = "4.000000"
        self.assertEqual(lines(run(self, self.shop)).keys(), {("1250-0", "", "price")})


class TestAuditMedusa(MedusaShopCase):
    def setUp(self):
        super().setUp()
        self.shirt = self.shirt(**compat.storable({}))
        self.wake_and_drain()
        self.product = self.shown_of(self.shirt)
        self.small, self.medium = self.product["variants"]
        self.shop.said.clear()

    def shown_of(self, template):
        return next(p for p in self.shop.products.values() if p["external_id"] == str(template.id))

    def test_names_references_prices_and_stock_are_compared(self):
        self.assertFalse(lines(run(self, self.medusa)))
        self.product["title"], self.product["status"] = "Blouse", "draft"
        self.small["sku"] = "OTHER"
        self.small["prices"][0]["amount"] = 12
        item = self.medium["inventory_items"][0]["inventory"]["id"]
        self.shop.levels[item]["sloc_1"]["stocked_quantity"] = 4
        audit = run(self, self.medusa)
        currency, place = self.company.currency_id.name, self.warehouse.name
        self.assertEqual(
            lines(audit),
            {
                (self.product["id"], "", "name"): ("Shirt", "Blouse", "differs"),
                (self.product["id"], "", "published"): ("yes", "no", "differs"),
                (self.product["id"], "S", "sku"): ("SHIRT-S", "OTHER", "differs"),
                (self.small["id"], "", "price"): (f"10.00 {currency}", f"12.00 {currency}", "differs"),
                (self.medium["id"], "", "stock"): (f"{place}: 0", f"{place}: 4", "differs"),
            },
        )
        self.assertFalse(self.shop.said)
        audit.action_fix_all()
        self.wake_and_drain()
        self.assertEqual((self.product["title"], self.small["sku"]), ("Shirt", "SHIRT-S"), self.failed())
        self.assertEqual(self.stocked(self.product, 1), {"sloc_1": 0})
        self.assertFalse(lines(run(self, self.medusa)))

    def test_pieces_that_an_order_holds_back_are_no_difference(self):
        variant = self.shirt.product_variant_ids.filtered(lambda v: v.default_code == self.small["sku"])
        self._set_stock(variant, 5)
        self.wake_and_drain()
        item = self.small["inventory_items"][0]["inventory"]["id"]
        row = {"inventory_item_id": item, "location_id": "sloc_1", "line_item_id": "line_1", "quantity": 2}
        self.shop.reservations.append({"id": "res_1", **row})
        held = self.env["sync.hub.exporter.stock"]
        with self.patched(type(held), "_held", lambda *args: {variant.id: ["line_1"]}):
            # Given away here too: of seven that lie there five can be sold.
            self.shop.levels[item]["sloc_1"]["stocked_quantity"] = 7
            self.assertFalse(lines(run(self, self.medusa)))
            self.shop.levels[item]["sloc_1"]["stocked_quantity"] = 5
            self.assertEqual(lines(run(self, self.medusa))[self.small["id"], "", "stock"][1][-1], "3")

    def test_a_variant_and_a_product_that_were_taken_away_are_missing_once(self):
        self.product["variants"].remove(self.small)
        self.assertEqual(
            lines(run(self, self.medusa)), {(self.product["id"], "S", "product"): ("S", "nothing", "missing_remote")}
        )
        self.shop.products.clear()
        audit = run(self, self.medusa)
        self.assertEqual([(x.kind, x.name) for x in audit.line_ids], [("missing_remote", "Shirt")])
        audit.action_fix_all()
        self.wake_and_drain()
        self.assertEqual(len(self.shown_of(self.shirt)["variants"]), 2, self.failed())
        self.assertEqual(audit.line_ids.state, "fixed")


@tagged("post_install", "-at_install")
class TestAuditVendor(VendorCase):
    def setUp(self):
        super().setUp()
        self.retailer.on_read = self.on_read
        self.send()
        self.remote.calls.clear()

    def on_read(self, body):
        if body["default_code"] not in self.retailer.skus:
            return {"error": "product_not_found"}
        rows = [
            {"default_code": sku, "vendor_on_hand_qty": quantity, "price": price}
            for sku, (quantity, price) in self.retailer.skus.items()
        ]
        return {"product": {"default_code": body["default_code"], "variants": rows}}

    def test_each_product_is_read_and_its_variants_compared(self):
        self.assertFalse(lines(run(self, self.vendor)))
        self.retailer.skus["BPC-10"] = (70, 50.5)
        audit = run(self, self.vendor)
        self.assertEqual(
            lines(audit),
            {
                ("BPC-5", "BPC-10", "stock"): ("7", "70", "differs"),
                ("BPC-5", "BPC-10", "price"): ("49.99", "50.50", "differs"),
            },
        )
        self.assertEqual({operation for operation, _body in self.asked()}, {"read"})
        audit.action_fix_all()
        self.wake_and_drain()
        self.assertEqual(self.retailer.skus["BPC-10"], (7, 49.99))
        self.assertEqual(set(audit.line_ids.mapped("state")), {"fixed"})
        self.assertFalse(lines(run(self, self.vendor)))

    def test_what_the_retailer_does_not_have_is_missing(self):
        self.retailer.skus.clear()
        self.assertEqual(
            lines(run(self, self.vendor)), {("BPC-5", "", "product"): ("BPC-157", "nothing", "missing_remote")}
        )

    def test_an_answer_without_figures_is_counted_as_not_comparable(self):
        self.retailer.on_read = lambda body: {"product": {"id": 1}}
        audit = run(self, self.vendor)
        self.assertFalse(audit.difference_count)
        self.assertTrue(audit.unreadable)

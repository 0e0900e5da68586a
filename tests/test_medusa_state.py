"""What Medusa shows of its products and stock: changes of others are told again, our own are no news."""

from ..models.adapters.canonical import Fetch
from ..models.adapters.medusa import products_in
from ..models.adapters.medusa.api import Api
from ..models.adapters.transport import Transport
from .medusa_shop import MedusaShopCase, prices_of


class TestMedusaState(MedusaShopCase):
    def look(self, entity, remote_id):
        """Ask for a record as a hint of the shop makes us do."""
        self.medusa._ask_for(entity, remote_id, "told", "manual_single")
        self.wake_and_drain()

    def goods(self, **values):
        template, shown = self.sell("Cup", 4, default_code="CUP", **values)
        self._set_stock(template.product_variant_ids, 5)
        self.wake_and_drain()
        self.shop.said.clear()
        return template, shown, shown["variants"][0]

    def last(self, entity):
        return self._rows(self.medusa, direction="in", entity=entity)[-1]

    def test_what_was_told_is_no_news(self):
        _template, shown, _variant = self.goods()
        self.look("product", shown["id"])
        self.assertEqual(self.last("catalogue").result, "It is as it was told.")
        self.assertEqual(self.shop.said, [])

    def test_a_price_that_was_changed_there_is_told_again(self):
        _template, shown, variant = self.goods()
        own = self.company.currency_id.name.lower()
        self.shop.set(variant, {"prices": prices_of({own: 99})})
        self.look("product", shown["id"])
        self.assertEqual([price["amount"] for price in variant["prices"]], [4])
        self.assertIn("1 prices were changed there", self.last("catalogue").result)

    def test_an_event_of_a_variant_leads_to_its_product(self):
        _template, _shown, variant = self.goods()
        own = self.company.currency_id.name.lower()
        self.shop.set(variant, {"prices": prices_of({own: 99})})
        self.look("product", variant["id"])
        self.assertEqual([price["amount"] for price in variant["prices"]], [4])

    def test_a_deleted_product_is_unbound_and_a_person_told(self):
        template, shown, _variant = self.goods()
        del self.shop.products[shown["id"]]
        self.look("product", shown["id"])
        bindings = self.env["sync.hub.binding"].search([("connector_id", "=", self.medusa.id)])
        self.assertFalse(bindings.filtered(lambda b: b.entity in ("catalogue", "product")))
        self.assertIn("A product was deleted in the shop", template.activity_ids.mapped("summary"))
        self.assertEqual(self.shop.said, [])

    def test_a_variant_that_was_taken_away_is_unbound(self):
        template = self.shirt()
        self.wake_and_drain()
        shown = self.shown(template)
        lost = shown["variants"].pop()
        self.look("product", shown["id"])
        self.assertFalse(self.env["sync.hub.binding"].search([("remote_id", "=", lost["id"])]))
        template.description_sale = "Changed"
        self.wake_and_drain()
        self.assertEqual({variant["sku"] for variant in shown["variants"]}, {"SHIRT-S", "SHIRT-M"})

    def test_products_of_others_can_be_tied_by_hand(self):
        theirs = self.shop.add("Pen", {"PEN-S": {"eur": 1}, "PEN-M": {"eur": 2}})
        self.look("product", theirs["id"])
        rows = self.env["sync.hub.remote.product"].search([("connector_id", "=", self.medusa.id)])
        self.assertEqual(
            {(row.kind, row.sku, row.parent_remote_id) for row in rows},
            {("parent", False, False), ("combination", "PEN-S", theirs["id"]), ("combination", "PEN-M", theirs["id"])},
        )

    def fetch_stock(self, variant, stocked, reserved=0):
        """A row of what an inventory item shows, as the reading makes it."""
        item = variant["inventory_items"][0]["inventory_item_id"]
        level = {"id": "ilev_1", "location_id": "sloc_1", "stocked_quantity": stocked, "reserved_quantity": reserved}
        row = {"id": item, "sku": "CUP", "location_levels": [level], "variants": [{"id": variant["id"]}]}
        answer = self.shop.answer
        self.remote.answer = lambda request, body: (
            (200, {"inventory_items": [row], "count": 1}, {})
            if "/admin/inventory-items?" in request.url
            else answer(request, body)
        )
        self.look("inventory", "ilev_1")
        return self.last("stock")

    def test_stock_that_was_changed_there_is_told_again(self):
        _template, shown, variant = self.goods()
        item = variant["inventory_items"][0]["inventory_item_id"]
        self.shop.levels[item]["sloc_1"]["stocked_quantity"] = 50
        row = self.fetch_stock(variant, 50)
        self.assertIn("is told again", row.result)
        self.assertEqual(self.stocked(shown), {"sloc_1": 5})

    def test_what_can_be_sold_counts_not_what_lies_there(self):
        _template, _shown, variant = self.goods()
        self.assertEqual(self.fetch_stock(variant, 8, reserved=3).result, "It is as it was told.")

    def test_many_are_read_with_one_call_and_each_product_once(self):
        first, second = self.sell("One", default_code="ONE"), self.sell("Two", default_code="TWO")
        ids = [first[1]["id"], second[1]["id"], *(variant["id"] for variant in first[1]["variants"]), "price_1"]
        items = [Fetch(key=remote_id, entity="product", remote_id=remote_id) for remote_id in ids]
        calls = len(self.remote.calls)
        found = products_in.fetch(Api(self.medusa._push_config(), Transport()), items)
        self.assertEqual(len(self.remote.calls) - calls, 2)
        self.assertEqual([len(found[remote_id].events) for remote_id in ids], [1, 1, 1, 0])

    def test_what_we_may_have_caused_ourselves_is_looked_at_later(self):
        _template, shown, _variant = self.goods()
        self.medusa._ask_for("product", shown["id"], "told", "webhook")
        self.wake_and_drain()
        row = self._rows(self.medusa, flow="fetch")
        self.assertEqual((row.state, row.priority), ("pending", 58))
        self.assertTrue(row.next_try_at)

    def test_all_products_are_read_page_by_page(self):
        for number in range(3):
            self.shop.add(f"Pen {number}", {f"PEN-{number}": {"eur": 1}})
        self.medusa._read_lists(["products"], "manual_full")
        self.wake_and_drain()
        rows = self.env["sync.hub.remote.product"].search([("connector_id", "=", self.medusa.id)])
        self.assertEqual(len(rows.filtered(lambda row: row.kind == "simple")), 3)
        self.shop.products.popitem()
        self.medusa._read_lists(["products"], "manual_full")
        self.wake_and_drain()
        self.assertEqual(len(rows.filtered("gone")), 2)

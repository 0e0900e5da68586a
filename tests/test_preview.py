"""What would be sent, shown before it is: for each kind, and without a trace."""

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .cartona import CartonaOutCase
from .medusa_shop import MedusaShopCase
from .vendor import VendorCase
from .webservice import WebserviceCase


def counts(case):
    """How much is written anywhere."""
    models = ("log", "exchange", "binding", "audit")
    return {model: case.env[f"sync.hub.{model}"].search_count([]) for model in models}


def shown(case, record, connector=None):
    """The preview of a record; nothing else was written meanwhile."""
    case.env.flush_all()
    before, agreed = counts(case), case.env["sync.hub.binding"].search([]).mapped("agreed")
    preview = case.env["sync.hub.preview"].browse(record.action_hub_preview()["res_id"])
    if connector:
        preview.connector_id = connector
        preview.action_show()
    case.env.invalidate_all()
    case.assertEqual(counts(case), before)
    case.assertEqual(case.env["sync.hub.binding"].search([]).mapped("agreed"), agreed)
    return preview


def sent(preview):
    """[(method, end of the address, body)] of what would be sent."""
    return [(call.method, call.url.rpartition("/")[2], call.body) for call in preview.call_ids if call.held]


def differing(preview):
    return {line.field: (line.now, line.agreed) for line in preview.line_ids if line.differs}


class TestPreviewCartona(CartonaOutCase):
    def test_price_that_changed_beside_the_one_that_was_agreed(self):
        self.wake_and_drain()
        self.sugar.list_price = 50
        self._clear_rows()
        self.remote.calls.clear()
        preview = shown(self, self.sugar)
        self.assertFalse(self.remote.calls)
        ((method, path, body),) = sent(preview)
        self.assertEqual((method, path), ("POST", "bulk-update"))
        self.assertIn('"selling_price": 50', body)
        self.assertNotIn("available_stock_quantity", body)
        call = preview.call_ids
        self.assertIn("AuthorizationToken: ***", call.headers)
        self.assertNotIn("token-of-cartona", str(call.read()))
        currency = self.company.currency_id.name
        self.assertEqual(differing(preview), {"Price": (f"50.00 {currency}", f"42.50 {currency}")})
        self.assertEqual(preview.line_ids.filtered(lambda line: line.flow == "stock").differs, False)

    def test_what_is_equal_is_not_sent_and_it_says_so(self):
        self.wake_and_drain()
        preview = shown(self, self.sugar.product_tmpl_id)
        self.assertFalse(sent(preview))
        self.assertIn("already has this", preview.said)

    def test_packs_are_shown_each_under_its_own_id(self):
        self.tea.write({"cartona_id": "TEA-1", "list_price": 13})
        self._clear_rows()
        preview = shown(self, self.tea)
        self.assertEqual(set(preview.line_ids.mapped("remote_id")), {"TEA-1", "TEA-25#C"})
        self.assertEqual(len(sent(preview)), 1)

    def test_flow_that_is_off_and_connector_that_is_not_active_are_named(self):
        self.cartona.push_stock = False
        self.cartona.state = "paused"
        preview = shown(self, self.sugar)
        self.assertIn("'Stock' is switched off", preview.said)
        self.assertIn("is paused", preview.said)
        self.cartona.state = "draft"
        self.assertIn("not active", shown(self, self.sugar).said)

    def test_a_failed_operation_and_one_that_waits_are_named(self):
        self.wake_and_drain()
        self.sugar.list_price = 60
        self.assertIn("on its way", shown(self, self.sugar).said)
        self.refuse["bulk-update"] = (422, {"error": "too dear"}, {})
        self.wake_and_drain()
        self.assertIn("too dear", shown(self, self.sugar).said)

    def test_a_value_that_cannot_be_told_says_why(self):
        self.sugar.list_price = 0
        self._clear_rows()
        preview = shown(self, self.sugar)
        self.assertIn("not given away", preview.said)

    def test_what_no_connector_knows_says_where_to_link_it(self):
        with self.assertRaises(UserError):
            self._product("Nobody's").action_hub_preview()

    def test_a_sync_user_sees_it_without_further_rights_and_only_of_his_companies(self):
        self.sugar.list_price = 50
        self._clear_rows()
        user = new_test_user(self.env, "preview_user", groups="sync_hub.group_user")
        self.assertTrue(sent(shown(self, self.sugar.with_user(user))))
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env, "stranger", groups="sync_hub.group_user", company_id=other.id, company_ids=[(6, 0, other.ids)]
        )
        with self.assertRaises(UserError):
            self.sugar.with_user(stranger).with_company(other).action_hub_preview()

    def test_next_step_of_an_order(self):
        self.sent.action_confirm()
        self._clear_rows()
        self.remote.calls.clear()
        preview = shown(self, self.sent)
        ((method, path, body),) = sent(preview)
        self.assertEqual((method, path), ("POST", "Kp3TzQa9"))
        self.assertIn('"status": "approved"', body)
        self.assertEqual(self.sent.hub_remote_status, "pending")
        self.assertFalse(self.remote.calls)

    def test_an_order_that_is_not_settled_says_so(self):
        preview = shown(self, self.sent)
        self.assertFalse(sent(preview))
        self.assertTrue(preview.said)


class TestPreviewPrestashop(WebserviceCase):
    def test_the_shop_is_asked_and_only_told_on_paper(self):
        mug = self._product("Mug", 40)
        self.link("8-0", mug)
        self.wake_and_drain()
        mug.list_price = 44
        self._set_stock(mug, 3)
        self._clear_rows()
        self.fake.written.clear()
        preview = shown(self, mug)
        self.assertFalse(self.fake.written)
        self.assertEqual([call[:2] for call in sent(preview)], [("PATCH", "8"), ("PATCH", "8")])
        self.assertIn("<quantity>3</quantity>", sent(preview)[0][2])
        self.assertIn("<price>44.000000</price>", sent(preview)[1][2])
        self.assertTrue(preview.call_ids.filtered(lambda call: call.method == "GET" and call.answer))
        self.assertIn("Authorization: ***", preview.call_ids[0].headers)
        self.assertEqual(self.price("products", 8), 40)

    def test_what_the_shop_shows_already_would_not_be_written(self):
        mug = self._product("Mug", 40)
        self.link("8-0", mug)
        self._set_stock(mug, 5)
        self._clear_rows()
        preview = shown(self, mug)
        self.assertFalse(sent(preview))
        self.assertIn("shows this already", preview.said)

    def test_a_shop_that_does_not_answer_says_so(self):
        mug = self._product("Mug", 40)
        self.link("8-0", mug)
        self._clear_rows()
        self.remote.answer = lambda request, body: (503, b"", {})
        self.assertIn("503", shown(self, mug).said)


class TestPreviewMedusa(MedusaShopCase):
    def test_a_new_product_and_a_changed_one(self):
        cup = self.template()
        self._clear_rows()
        preview = shown(self, cup)
        self.assertFalse(self.shop.products)
        first = sent(preview)[0]
        self.assertEqual((first[0], first[1].partition("?")[0]), ("POST", "products"))
        self.assertIn('"title": "Cup"', first[2])
        template, product = self.sell("Bowl", 7)
        template.write({"name": "Bowl, blue", "list_price": 8})
        self._clear_rows()
        self.shop.said.clear()
        preview = shown(self, template.product_variant_ids)
        self.assertFalse(self.shop.said)
        self.assertEqual(differing(preview)["Product: title"], ("Bowl, blue", "Bowl"))
        bodies = "".join(body for _method, _path, body in sent(preview))
        self.assertIn("Bowl, blue", bodies)
        self.assertIn('"amount": 8', bodies)
        self.assertEqual(product["title"], "Bowl")


@tagged("post_install", "-at_install")
class TestPreviewVendor(VendorCase):
    def test_a_product_is_looked_for_and_not_made(self):
        self._clear_rows()
        preview = shown(self, self.template)
        self.assertEqual({operation for operation, _body in self.asked()}, {"read"})
        self.assertFalse(self.retailer.skus)
        ((method, path, body),) = sent(preview)
        self.assertEqual((method, path.partition("?")[0]), ("POST", "create"))
        self.assertIn('"default_code": "BPC-10"', body)
        self.assertNotIn("token-of-vendor", str(preview.call_ids.read()))
        self.send()
        self.five.list_price = 31
        self._clear_rows()
        preview = shown(self, self.five)
        self.assertEqual(sent(preview)[0][1].partition("?")[0], "update")
        self.assertEqual(differing(preview)["Offer: BPC-5"], ("135 31.00", "135 29.99"))

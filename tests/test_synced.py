from lxml import etree
from odoo.tests import Form, new_test_user

from .common import HubCase


class TestSynced(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona(name="Cairo")
        cls.shop = cls._prestashop(name="Madrid", url="https://shop.test", token="key-of-the-webservice")
        cls.tea = cls._product("Tea", cartona_id="TEA")
        cls.cup = cls._product("Cup")
        cls.env["sync.hub.log"].search([]).unlink()
        cls.desk = new_test_user(
            cls.env, "desk", "sync_hub.group_user,sales_team.group_sale_manager,stock.group_stock_user"
        )

    def _row(self, record, state, connector=None, **values):
        return self.env["sync.hub.log"].create(
            {
                "connector_id": (connector or self.cartona).id,
                "company_id": self.company.id,
                "direction": "out",
                "entity": "product",
                "state": state,
                "res_model": record._name,
                "res_id": record.id,
                **values,
            }
        )

    def _found(self, model, *domain):
        return self.env[model].with_user(self.desk).search([*domain, ("id", "in", (self.tea | self.cup).ids)])

    def test_state_of_a_product_and_its_variants(self):
        template = self.tea.product_tmpl_id
        self.assertFalse(template.hub_sync_state)
        done = self._row(self.tea, "done", done_at="2026-01-02 03:04:05")
        template.invalidate_recordset()
        self.assertEqual(template.hub_sync_state, "synced")
        self.assertEqual(template.hub_sync_at, done.done_at)
        self._row(template, "pending")
        for record in (template, self.tea):
            record.invalidate_recordset()
            self.assertEqual(record.hub_sync_state, "waiting")
        self._row(self.tea, "failed")
        template.invalidate_recordset()
        self.assertEqual(template.hub_sync_state, "failed")
        action = template.action_hub_log()
        self.assertEqual(self.env["sync.hub.log"].search_count(action["domain"]), 3)

    def test_filters_by_state(self):
        self._row(self.tea, "failed")
        self._row(self.cup.product_tmpl_id, "retrying")
        failed, waiting = [("hub_sync_state", "=", "failed")], [("hub_sync_state", "=", "waiting")]
        self.assertEqual(self._found("product.product", *failed), self.tea)
        self.assertEqual(self._found("product.product", *waiting), self.cup)
        templates = self.env["product.template"].with_user(self.desk)
        self.assertEqual(templates.search([*failed, ("name", "in", ("Tea", "Cup"))]), self.tea.product_tmpl_id)
        self.assertNotIn(self.tea, self._found("product.product", ("hub_sync_state", "!=", "failed")))

    def test_filters_by_connector(self):
        self.env["sync.hub.binding"]._bind(self.shop, "product", "7", self.cup)
        self.env["sync.hub.binding"]._bind(self.cartona, "product", "TEA", self.tea)
        linked = lambda *term: self._found("product.product", ("hub_linked_ids", *term))  # noqa: E731
        self.assertEqual(linked("in", self.shop.ids), self.cup)
        self.assertEqual(linked("not in", self.shop.ids), self.tea)
        self.assertEqual(linked("ilike", "cairo"), self.tea)
        self.assertFalse(linked("=", False))
        self.assertEqual(linked("!=", False), self.tea | self.cup)
        self.assertEqual(self.cup.hub_linked_ids, self.shop)

    def test_a_filter_for_each_connector(self):
        def names(model, user):
            view = self.env[model].with_user(user).get_view(view_type="search")
            return {node.get("string") for node in etree.fromstring(view["arch"]).iter("filter")}

        told = names("product.template", self.desk)
        self.assertLessEqual({"Not linked to Cairo", "Not linked to Madrid", "Failed to sync"}, told)
        self.cartona.name = "Giza"
        self.assertIn("Not linked to Giza", names("product.product", self.desk))
        self.assertNotIn("Not linked to Giza", names("res.partner", self.desk))
        self.assertIn("Not linked to Madrid", names("res.partner", self.desk))
        plain = new_test_user(self.env, "seller", "sales_team.group_sale_salesman")
        self.assertFalse({"Not linked to Giza", "Failed to sync"} & names("product.template", plain))

    def test_who_has_no_part_in_it_sees_nothing_and_may_work(self):
        seller = new_test_user(self.env, "seller", "sales_team.group_sale_salesman,product.group_product_variant")
        self._row(self.tea, "failed")
        with Form(self.tea.product_tmpl_id.with_user(seller)) as form:
            self.assertNotIn("hub_sync_state", form._view["fields"])
        with Form(self.tea.product_tmpl_id.with_user(self.desk)) as form:
            self.assertIn("hub_sync_state", form._view["fields"])

    def test_the_chatter_says_where_an_order_came_from(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.company.partner_id.id,
                "hub_connector_id": self.shop.id,
                "client_order_ref": "XKBKNABJK",
            }
        )
        self.assertIn("Order XKBKNABJK came from Madrid.", order.message_ids.mapped("body")[0])
        partner = self.env["res.partner"].with_context(sync_origin=self.shop.id).create({"name": "Ana"})
        self.assertIn("Madrid", partner.message_ids.mapped("body")[0])

"""The screens load, with what they show, for everybody who may open them."""

from lxml import etree
from odoo.exceptions import UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from ..models import compat

MODELS = (
    *("connector", "log", "failure", "exchange", "binding", "map", "run", "remote.product"),
    *("replay.wizard", "secret.wizard", "link.wizard", "edit.wizard"),
)
PAYLOAD = '{"after_data": {"id_order": 7}}'


@tagged("-at_install", "post_install")
class TestViews(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(cls.env, "hub_manager", "sync_hub.group_manager,base.group_no_one")
        cls.user = new_test_user(cls.env, "hub_user", "sync_hub.group_user")
        cls.seller = new_test_user(cls.env, "hub_seller", "sales_team.group_sale_salesman_all_leads")
        cls.stocker = new_test_user(cls.env, "hub_stocker", "stock.group_stock_user")
        cls.people = cls.manager | cls.user | cls.seller | cls.stocker
        cls.connectors = cls.env["sync.hub.connector"].create(
            [
                {"name": "Shop", "kind": "prestashop", "webhook_secret": "a secret"},
                {"name": "Market", "kind": "cartona", "token": "a token"},
            ]
        )
        cls.shop, cls.market = cls.connectors
        cls.product = cls.env["product.product"].create({"name": "Lamp", "cartona_id": "VIEW-1"})
        colour = cls.env["product.attribute"].create(
            {"name": "Shade", "value_ids": [(0, 0, {"name": "Red"}), (0, 0, {"name": "Blue"})]}
        )
        line = {"attribute_id": colour.id, "value_ids": [(6, 0, colour.value_ids.ids)]}
        cls.variants = cls.env["product.template"].create({"name": "Shirt", "attribute_line_ids": [(0, 0, line)]})
        cls.order = cls.env["sale.order"].create(
            {
                "partner_id": cls.env.user.partner_id.id,
                "hub_connector_id": cls.shop.id,
                "hub_remote_status": "2",
                "hub_remote_status_label": "Paid",
                "hub_hold_reason": "Totals disagree",
                "hub_oversold": True,
            }
        )
        exchange = cls.env["sync.hub.exchange"].create(
            {"connector_id": cls.shop.id, "direction": "in", "url": "/webhook", "status": 200}
        )
        cls.replay = cls.env["sync.hub.run"].create({"name": "Replay of 3", "kind": "replay", "total": 3})
        row = {
            "connector_id": cls.shop.id,
            "company_id": cls.shop.company_id.id,
            "direction": "in",
            "entity": "order",
            "exchange_id": exchange.id,
        }
        cls.rows = cls.env["sync.hub.log"].create(
            [
                {**row, "state": "done", "payload": PAYLOAD, "res_model": "sale.order", "res_id": cls.order.id},
                {**row, "state": "failed", "error": "It broke", "error_code": "bug", "traceback": "line 1"},
                {**row, "state": "skipped", "reason": "stale", "run_id": cls.replay.id},
                # The record of this one is gone.
                {**row, "state": "retrying", "res_model": "product.product", "res_id": 2**30},
            ]
        )
        cls.binding = cls.env["sync.hub.binding"].create(
            {
                "connector_id": cls.market.id,
                "entity": "product",
                "remote_id": "VIEW-1",
                "res_model": "product.product",
                "res_id": cls.product.id,
                "agreed": {"price": {"value": ["1.00", "USD"]}},
            }
        )

    def _views(self, model):
        return self.env["ir.ui.view"].search([("model", "=", model), ("mode", "=", "primary")])

    def _open(self, record, view=None):
        """Read everything that the form shows, as the web client does."""
        return Form(record, view=view)

    def test_every_view_of_the_hub_loads(self):
        for name in MODELS:
            model = f"sync.hub.{name}"
            views = self._views(model)
            self.assertTrue(views, f"{model} has no view")
            for user in (self.env.ref("base.user_admin"), self.manager, self.user):
                if name in ("secret.wizard", "link.wizard", "edit.wizard") and user == self.user:
                    continue
                loaded = self.env[model].with_user(user).get_views([(view.id, view.type) for view in views])
                self.assertEqual(set(loaded["views"]), set(views.mapped("type")))

    def test_every_form_of_the_hub_opens(self):
        records = [
            *self.connectors,
            *self.rows,
            *self.env["sync.hub.failure"].search([]),
            self.replay,
            self.binding,
            self.rows[0].exchange_id,
        ]
        for user in (self.manager, self.user):
            for record in records:
                with self.subTest(user=user.login, record=record):
                    self._open(record.with_user(user))

    def test_lists_can_be_read(self):
        list_type = "list" if compat.SERIES >= 18 else "tree"
        for model in (f"sync.hub.{name}" for name in MODELS if not name.endswith("wizard")):
            loaded = self.env[model].with_user(self.user).get_views([(False, list_type)])
            arch = etree.fromstring(loaded["views"][list_type]["arch"])
            spec = {field.get("name"): {} for field in arch.findall("field")}
            self.env[model].with_user(self.user).web_search_read([], spec)

    def test_filters_and_groups_are_valid(self):
        for model in (f"sync.hub.{name}" for name in MODELS if not name.endswith("wizard")):
            Model = self.env[model].with_user(self.user)
            search = etree.fromstring(Model.get_views([(False, "search")])["views"]["search"]["arch"])
            self.assertTrue(search.findall(".//filter"), f"{model} has no filter")
            for node in search.findall(".//filter"):
                # What depends on today is worked out by the browser.
                if node.get("domain") and "context_today" not in node.get("domain"):
                    Model.search_count(safe_eval(node.get("domain")))
                if node.get("context"):
                    self._group(Model, safe_eval(node.get("context"))["group_by"])

    def _group(self, Model, field):
        fields = {} if compat.SERIES >= 19 else {"fields": []}
        return Model.web_read_group([], groupby=[field], **fields)

    def test_secrets_are_not_read_back(self):
        for connector in self.connectors:
            form = self._open(connector.with_user(self.manager))
            self.assertFalse(form.webhook_secret)
            self.assertFalse(form.token)
        self.assertTrue(self._open(self.shop).webhook_secret_set)
        self.assertTrue(self._open(self.market).token_set)

    def test_manager_makes_a_connector(self):
        with Form(self.env["sync.hub.connector"].with_user(self.manager)) as form:
            form.name = "New market"
            form.kind = "cartona"
            form.url = "https://cartona.example.com/api/v1"
            form.token = "another token"
        connector = form.record
        self.assertTrue(connector.token_set)
        self.assertEqual(connector.state, "draft")

    def test_menus_by_group(self):
        def menus(user):
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            return {
                name
                for name in ("root", "log", "connector", "map")
                if self.env.ref(f"sync_hub.menu_{name}").id in visible
            }

        self.assertEqual(menus(self.manager), {"root", "log", "connector", "map"})
        self.assertEqual(menus(self.user), {"root", "log"})
        self.assertEqual(menus(self.seller), set())

    def test_products_open_for_everybody(self):
        for user in self.people - self.manager - self.user:
            with self.subTest(user=user.login):
                self._open(self.product.with_user(user))
                self._open(self.product.with_user(user), "product.product_variant_easy_edit_view")
                self._open(self.product.product_tmpl_id.with_user(user))
                self._open(self.variants.with_user(user))

    def test_rows_name_their_record(self):
        done, failed, _skipped, retrying = self.rows.with_user(self.user)
        self.assertEqual(done.record_name, self.order.name)
        self.assertEqual(done.action_open_record()["res_id"], self.order.id)
        self.assertEqual(done.exchange_status, 200)
        for row in (failed, retrying):
            self.assertFalse(row.record_name)
            with self.assertRaises(UserError):
                row.action_open_record()

    def test_binding_tells_the_newest_operation(self):
        row = {
            "connector_id": self.market.id,
            "company_id": self.market.company_id.id,
            "direction": "out",
            "res_model": "product.product",
        }
        self.env["sync.hub.log"].create(
            [
                {**row, "res_id": self.product.id, "state": "done"},
                {**row, "res_id": self.product.id, "state": "failed", "error": "No such product"},
            ]
        )
        self.assertEqual(self.binding.agreed_text, "price: 1.00 USD")
        self.assertEqual(self.binding.record_name, self.product.display_name)
        self.assertEqual((self.binding.last_state, self.binding.last_error), ("failed", "No such product"))
        self.assertEqual(self.product.product_tmpl_id.hub_binding_ids, self.binding)

    def test_product_page_shows_what_was_agreed(self):
        self.stocker.write({compat.USER_GROUPS: [(4, self.env.ref("sync_hub.group_user").id)]})
        form = self._open(self.product.with_user(self.stocker))
        self.assertEqual(form.cartona_id, "VIEW-1")
        self.assertEqual(len(form.hub_binding_ids), 1)

    def test_product_form_edits_the_id(self):
        with Form(self.product.product_tmpl_id) as form:
            form.cartona_id = "VIEW-2"
        self.assertEqual(self.product.cartona_id, "VIEW-2")
        found = self.env["product.template"].search([("cartona_id", "=", "VIEW-2")])
        self.assertEqual(found, self.product.product_tmpl_id)

    def test_orders_open_for_a_seller(self):
        order = self.order.with_user(self.seller)
        form = self._open(order)
        self.assertEqual(form.hub_hold_reason, "Totals disagree")
        spec = {"hub_connector_id": {"fields": {"display_name": {}}}}
        self.assertEqual(order.web_read(spec)[0]["hub_connector_id"]["display_name"], "Shop")
        self._group(order, "hub_connector_id")

    def test_orders_can_be_found(self):
        Order = self.env["sale.order"].with_user(self.seller)
        for domain in ([("hub_hold_reason", "!=", False)], [("hub_oversold", "=", True)]):
            self.assertIn(self.order, Order.search(domain))

    def test_order_page_is_hidden_without_a_shop(self):
        arch = etree.fromstring(self.env["sale.order"].get_view(view_type="form")["arch"])
        page = arch.find(".//page[@name='sync_hub']")
        self.assertEqual(page.get("invisible"), "not hub_connector_id")

    def test_settings_open(self):
        settings = self.env["res.config.settings"].with_user(self.env.ref("base.user_admin"))
        with Form(settings) as form:
            form.hub_body_limit = 20
        form.record.execute()
        self.assertEqual(self.env["ir.config_parameter"].sudo().get_param("sync_hub.body_limit_mb"), "20")

    def test_replay_counts_live(self):
        with Form(self.env["sync.hub.replay.wizard"].with_user(self.user)) as form:
            form.connector_id = self.shop
            self.assertEqual(form.count, 1)
            form.state = "done"
            self.assertEqual(form.count, 1)
            form.entity = "customer"
            self.assertEqual(form.count, 0)
            form.entity = "order"

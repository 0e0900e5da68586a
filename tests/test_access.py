from lxml import etree
from odoo.exceptions import AccessError

from ..models import compat
from .common import HubCase
from .money import MoneyCase


class TestGroups(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona()
        cls.tea = cls._product("Tea", 300, cartona_id="TEA")

    def _user(self, *groups):
        return self.env["res.users"].create(
            {
                "name": "u",
                "login": "-".join(groups),
                compat.USER_GROUPS: [(6, 0, [self.env.ref(group).id for group in groups])],
            }
        )

    def test_sync_user_sees_and_retries_and_cannot_configure(self):
        user = self._user("sync_hub.group_user")
        self.remote.answer = lambda request, body: (422, {"error": "no"}, {})
        self.wake_and_drain()
        row = self._rows(self.cartona, state="failed")[:1].with_user(user)
        self.assertTrue(row.error)
        row.action_retry()
        self.assertEqual(row.state, "pending")
        for change in (
            lambda: self.cartona.with_user(user).write({"name": "x"}),
            lambda: row.write({"state": "done"}),
            lambda: row.unlink(),
            lambda: (
                self.env["sync.hub.map"]
                .with_user(user)
                .create({"connector_id": self.cartona.id, "kind": "tax", "remote_value": "1"})
            ),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_sync_user_cannot_replace_the_secret_and_a_stranger_cancels_no_run(self):
        user = self._user("sync_hub.group_user")
        with self.assertRaises(AccessError):
            self.cartona.with_user(user).action_new_secret()
        run = self.env["sync.hub.run"].create({"name": "r", "kind": "replay"})
        with self.assertRaises(AccessError):
            run.with_user(self._user("base.group_user")).action_cancel()

    def test_sync_manager_configures(self):
        user = self._user("sync_hub.group_manager")
        connector = self.cartona.with_user(user)
        connector.write({"name": "Renamed", "token": "new-token", "stock_buffer": 1})
        connector.action_pause()
        connector.action_activate()
        self.assertEqual(self.cartona._push_config()["token"], "new-token")

    def test_internal_user_without_a_group_sees_nothing_of_the_hub(self):
        user = self._user("base.group_user")
        for model in (
            "sync.hub.connector",
            "sync.hub.log",
            "sync.hub.failure",
            "sync.hub.edit",
            "sync.hub.exchange",
            "sync.hub.binding",
            "sync.hub.map",
            "sync.hub.run",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(user).search([])

    def test_run_as_user_without_rights_fails_the_row_with_a_clear_word(self):
        from .common import bodies

        user = self._user("base.group_user")
        shop = self._prestashop(run_as_id=user.id)
        row = self.receive(shop, bodies("contract-4.3")[0])
        self.wake_and_drain()
        self.assertStates(row, [("failed", "odoo")])
        self.assertIn("Contact", row.error)


class TestStandardForms(MoneyCase):
    """Our fields in Odoo's own forms keep nobody from opening them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tea = cls.product
        cls.sale = cls.env["sale.order"].create(
            {
                "partner_id": cls.env["res.partner"].create({"name": "Buyer"}).id,
                "hub_connector_id": cls.shop.id,
                "order_line": [(0, 0, {"product_id": cls.tea.id, "hub_line_id": "1"})],
            }
        )
        cls.program = cls.env["loyalty.program"].create({"name": "Winter", "hub_connector_id": cls.shop.id})
        cls.env["sync.hub.binding"]._bind(cls.shop, "coupon", "5", cls.program)
        cls.env["sync.hub.binding"]._bind(cls.shop, "product", "9-0", cls.tea)
        cls.env["sync.hub.coupon.use"]._put(cls.shop, "1", "5", code="WINTER", order_id=cls.sale.id)
        payment = {"remote_id": "1", "amount": 5, "currency_id": cls.company.currency_id.id, "order_id": cls.sale.id}
        cls.payment = cls.env["sync.hub.payment"].create({"connector_id": cls.shop.id, **payment})
        cls.sale.hub_payment_ids = cls.payment

    def open(self, record, group):
        """What the client reads to show the record's form to a user of the group: our fields, and what is in them."""
        login = f"{group} {record}"
        groups = [(6, 0, [self.env.ref(group).id])]
        user = self.env["res.users"].create(
            {"name": "u", "login": login, compat.USER_GROUPS: groups, "company_id": self.company.id,
             "company_ids": [(6, 0, self.company.ids)]}
        )  # fmt: skip
        record = record.with_user(user)
        arch = etree.fromstring(record.get_view(view_type="form")["arch"])
        self.env.invalidate_all()
        return record.web_read(self.asked(record, arch))[0]

    def asked(self, record, node):
        """The specification that the client makes of a view: fields outside of another field's own views."""
        spec = {}
        for field in node.xpath(".//field[not(ancestor::field)]"):
            name = field.get("name")
            if name not in record._fields:
                continue
            kind = record._fields[name]
            ours = name.startswith("hub_") or name == "cartona_id"
            if not ours and not field.xpath(".//field[starts-with(@name, 'hub_')]"):
                continue
            spec[name] = {}
            if kind.type == "many2one":
                spec[name] = {"fields": {"display_name": {}}}
            elif kind.relational:
                spec[name] = {"fields": self.inside(record[name], field)}
        return spec

    def inside(self, lines, field):
        spec = {}
        for view in field:
            for inner in view.xpath(".//field"):
                kind = lines._fields.get(inner.get("name"))
                if kind is not None and not (kind.relational and kind.type != "many2one"):
                    spec[kind.name] = {"fields": {"display_name": {}}} if kind.relational else {}
        return spec

    def test_orders_open_in_the_warehouse_in_invoicing_and_in_sales(self):
        self.sale.user_id = False
        for group in ("stock.group_stock_user", "account.group_account_invoice", "sales_team.group_sale_salesman"):
            with self.subTest(group):
                values = self.open(self.sale, group)
                self.assertEqual(values["hub_connector_id"]["display_name"], self.shop.name)
                self.assertEqual([line["amount"] for line in values["hub_payment_ids"]], [5])
                self.assertEqual(values["hub_coupon_ids"][0]["program_id"]["display_name"], "Winter")
                self.assertTrue(values["order_line"])

    def test_products_open_for_everybody(self):
        for group in ("base.group_user", "stock.group_stock_user", "account.group_account_invoice"):
            for record in (self.tea, self.tea.product_tmpl_id):
                with self.subTest(group, record=record):
                    self.assertIn("cartona_id", self.open(record, group))

    def test_programs_open_for_who_may_see_them(self):
        self.program.hub_terms = "Priority 3."
        values = self.open(self.program, "sales_team.group_sale_manager")
        self.assertEqual(values["hub_terms"], "Priority 3.")

    def test_invoices_and_payments_open_in_invoicing(self):
        values = {"move_type": "out_invoice", "partner_id": self.sale.partner_id.id, "hub_invoice_number": "7"}
        invoice = self.env["account.move"].create(values)
        self.assertEqual(self.open(invoice, "account.group_account_invoice")["hub_invoice_number"], "7")
        values = {"journal_id": self.bank.id, "amount": 5, "hub_order_id": self.sale.id}
        payment = self.env["account.payment"].create({**values, "partner_id": self.sale.partner_id.id})
        values = self.open(payment, "account.group_account_invoice")
        self.assertEqual(values["hub_order_id"]["display_name"], self.sale.name)

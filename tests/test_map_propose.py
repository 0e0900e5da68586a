from odoo.exceptions import UserError

from ..models import compat
from ..models.map import KINDS
from .common import HubCase


class TestProposals(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop = cls._prestashop(state="draft")
        rates = [("company_id", "=", cls.company.id), ("amount", "=", 21), ("id", "!=", cls.tax21.id)]
        cls.env["account.tax"].search(rates).active = False
        cls.tax21.sequence = 500
        values = {"type_tax_use": "sale", "company_id": cls.company.id}
        cls.net = cls.env["account.tax"].create({"name": "Net 21", "amount": 21, **values})
        cls.gross = cls.env["account.tax"].create(
            {"name": "Gross 21", "amount": 21, **values, **compat.included_tax(True)}
        )

    def row(self, kind, value, label=False, **values):
        own = {"connector_id": self.shop.id, "kind": kind, "remote_value": value, "remote_label": label}
        return self.env["sync.hub.map"].create({**own, **values})

    def test_tax_of_the_rate_as_the_prices_are(self):
        rows = self.row("tax", "21") | self.row("tax_id", "7", "IVA 21,0 %") | self.row("tax_id", "8", remote_code="21")
        self.shop.price_tax = "excluded"
        self.assertEqual(rows.mapped("proposal"), [self.net.display_name] * 3)
        self.shop.price_tax = "included"
        rows.invalidate_recordset()
        self.assertEqual(rows.mapped("proposal"), [self.gross.display_name] * 3)
        self.assertFalse(self.row("tax", "99").proposal)
        self.assertFalse(self.row("tax_id", "9", "Exempt").proposal)

    def test_company_s_own_tax_comes_before_others_of_its_rate(self):
        self.shop.price_tax = "excluded"
        own = self.net.copy({"name": "Services 21", "sequence": 99})
        self.company.account_sale_tax_id = own
        self.assertEqual(self.row("tax", "21")._proposed(), own)

    def test_currency_country_and_language_by_their_codes(self):
        self.assertEqual(self.row("currency", "77", remote_code="EUR")._proposed(), self.env.ref("base.EUR"))
        self.assertEqual(self.row("country", "777", remote_code="es")._proposed(), self.env.ref("base.es"))
        self.assertEqual(self.row("country", "PT")._proposed(), self.env.ref("base.pt"))
        self.assertEqual(self.row("language", "1", remote_code="en-US")._proposed().code, "en_US")
        spain = self.row("country", "60", country_id=self.env.ref("base.es").id)
        province = self.row("state", "383", "Madrid", remote_code="ES-M", remote_group=spain.remote_value)
        self.assertEqual(province._proposed(), self.env.ref("base.state_es_m"))

    def test_journals_and_carriers_by_their_names(self):
        Journal = self.env["account.journal"]
        wire = Journal.create({"name": "Bank wire", "code": "WIRE", "type": "bank", "company_id": self.company.id})
        self.assertEqual(self.row("payment_method", "ps_wire", "Payments by bank wire")._proposed(), wire)
        self.assertFalse(self.row("payment_method", "stripe", "Card")._proposed())
        self.shop.payment_journal_id = wire
        self.assertEqual(self.row("payment_method", "paypal")._proposed(), wire)
        service = self.env.ref("sync_hub.product_shipping")
        van = self.env["delivery.carrier"].create({"name": "The Van", "product_id": service.id})
        self.assertEqual(self.row("carrier", "4", "the van")._proposed(), van)
        self.assertEqual(self.row("carrier", "6", "With the van tomorrow")._proposed(), van)
        for other in ("Vanilla", "Van"):
            self.assertFalse(self.row("carrier", other)._proposed())

    def test_stock_location_by_name_or_the_only_one(self):
        self.shop.warehouse_ids = self.warehouse
        row = self.row("location", "sloc_1", "Somewhere")
        self.assertEqual(row._proposed(), self.warehouse)
        other = self.row("location", "sloc_2", self.warehouse.name.upper())
        self.assertFalse(row._proposed())
        self.assertEqual(other._proposed(), self.warehouse)

    def test_a_proposal_counts_when_it_is_accepted_and_never_replaces_a_choice(self):
        Map = self.env["sync.hub.map"]
        row, chosen = self.row("tax", "21"), self.row("tax_id", "7", "IVA 21%", tax_id=self.tax21.id)
        self.assertTrue(row.proposal and row.is_missing)
        self.assertIsNone(Map._lookup(self.shop, "tax", "21"))
        self.assertFalse(chosen.proposal)
        self.shop.action_accept_proposals()
        self.assertTrue(Map._lookup(self.shop, "tax", "21"))
        self.assertEqual(chosen.tax_id, self.tax21)
        self.assertFalse(row.proposal or row.is_missing or row.when_empty)
        with self.assertRaisesRegex(UserError, "Value maps"):
            self.shop.action_accept_proposals()

    def test_every_kind_says_what_happens_when_it_is_left_empty(self):
        self.assertEqual(set(self.env["sync.hub.map"]._told_when_empty()), set(KINDS))
        self.assertIn("fail", self.row("currency", "99").when_empty)

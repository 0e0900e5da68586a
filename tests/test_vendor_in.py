import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import HubCase

TOKEN = "token-of-the-vendor-0123456789abcdef"
VARIANTS = [
    {"default_code": "BPC-5", "vendor_on_hand_qty": 135, "price": 29.99, "attributes": {"Strength": "5mg"}},
    {"default_code": "BPC-10", "vendor_on_hand_qty": 7, "price": 49.5, "attributes": {"Strength": "10mg"}},
]
V2 = {
    "product": {"name": "BPC-157", "default_code": "BPC-5", "vendor_on_hand_qty": 142},
    "supplier": {"price": 29.99},
    "variants": VARIANTS,
}
V1 = {
    "product": {"name": "BPC-157 - 5mg", "default_code": "BPC-5", "vendor_on_hand_qty": 135},
    "supplier": {"price": 0},
}
CHANGES = {"variants": [{"default_code": "BPC-5", "vendor_on_hand_qty": 90, "price": 30.25},
                        {"default_code": "BPC-10", "vendor_on_hand_qty": 0, "price": 49.5}]}  # fmt: skip


class VendorInCase(HubCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.token = cls._token(cls.vendor, TOKEN)

    @classmethod
    def _token(cls, partner, text, **values):
        return cls.env["sync.hub.vendor.token"].create({"partner_id": partner.id, "token": text, **values})

    def call(self, operation, body, token=TOKEN, partner=None, prefix="/vendor_api"):
        """The raw response of a call as the real client makes it."""
        self.env.flush_all()
        headers = {"Content-Type": "application/json", "Accept": "application/json, text/plain, */*"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        partner = str(self.vendor.id) if partner is None else partner
        url = f"{self.base_url()}{prefix}/product/{operation}" + (f"?partner_id={partner}" if partner else "")
        data = body if isinstance(body, bytes) else json.dumps(body)
        response = self.opener.post(url, data=data, headers=headers, timeout=20, allow_redirects=False)
        self.env.invalidate_all()
        return response

    def ask(self, operation, body, **kwargs):
        """The result of a call that is answered with 200."""
        response = self.call(operation, body, **kwargs)
        self.assertEqual(response.status_code, 200, response.text)
        answer = response.json()
        self.assertEqual((answer["jsonrpc"], answer["id"]), ("2.0", None))
        return answer["result"]

    def rows(self, partner=None):
        found = self.env["sync.hub.vendor.product"].search([("partner_id", "=", (partner or self.vendor).id)])
        return {row.sku: row for row in found}

    def assertRefused(self, operation, body, word, **kwargs):
        result = self.ask(operation, body, **kwargs)
        self.assertEqual(result["error"], word, result)
        self.assertIsInstance(result["message"], str)
        return result


@tagged("post_install", "-at_install")
class TestVendorIn(VendorInCase):
    def test_the_clients_way_with_a_new_product(self):
        self.assertRefused("read", {"default_code": "BPC-5"}, "product_not_found")
        created = self.ask("create", V2)
        self.assertNotIn("error", created)
        template = self.env["product.template"].browse(created["product_id"])
        self.assertEqual(template.product_variant_count, 2)
        self.assertEqual(set(created["variant_ids"]), {"BPC-5", "BPC-10"})
        product = self.ask("read", {"default_code": "BPC-5"})["product"]
        self.assertEqual((product["name"], product["vendor_on_hand_qty"]), ("BPC-157", 142))
        self.assertEqual(product["variants"][1]["attributes"], {"Strength": "10mg"})
        self.assertEqual(product["supplier"], {"price": 29.99, "partner_id": self.vendor.id})
        self.assertEqual(self.ask("update", CHANGES)["updated"], ["BPC-10", "BPC-5"])
        rows = self.rows()
        self.assertEqual([(rows[s].quantity, rows[s].price) for s in ("BPC-5", "BPC-10")], [(90, 30.25), (0, 49.5)])

    def test_what_becomes_of_it_in_odoo(self):
        template = self.env["product.template"].browse(self.ask("create", V2)["product_id"])
        five = template.product_variant_ids.filtered(lambda v: v.default_code == "BPC-5")
        self.assertEqual(five.product_template_attribute_value_ids.mapped("name"), ["5mg"])
        self.assertFalse(self.env["stock.quant"].search([("product_id", "in", template.product_variant_ids.ids)]))
        self.assertEqual((five.qty_available, five.hub_vendor_qty, template.hub_vendor_qty), (0, 135, 142))
        self.assertFalse(template.sale_ok)
        seller = five._select_seller(partner_id=self.vendor, quantity=1)
        self.assertEqual((seller.price, seller.product_code, seller.product_id), (29.99, "BPC-5", five))

    def test_the_simple_form(self):
        self.ask("create", V1)
        change = {"default_code": "BPC-5", "product": {"vendor_on_hand_qty": 90}, "supplier": {"price": 12.5}}
        self.ask("update", change)
        self.assertEqual((self.rows()["BPC-5"].quantity, self.rows()["BPC-5"].price), (90, 12.5))
        # The old client sends 0 because it knows no price.
        self.ask("update", {**change, "supplier": {"price": 0}})
        self.ask("update", {"default_code": "BPC-5", "product": {"vendor_on_hand_qty": 80}})
        self.assertEqual((self.rows()["BPC-5"].quantity, self.rows()["BPC-5"].price), (80, 12.5))

    def test_the_product_may_have_a_sku_of_its_own(self):
        body = {"product": {"name": "One", "default_code": "P-1"}, "supplier": {"price": 5},
                "variants": [{"default_code": "P-1-S", "vendor_on_hand_qty": 3, "price": 5,
                              "attributes": {"Size": "S", "Purity": "99%"}}]}  # fmt: skip
        self.ask("create", body)
        self.assertEqual(self.ask("read", {"default_code": "P-1"})["product"]["variants"][0]["default_code"], "P-1-S")

    def test_again_is_told_so_that_the_client_updates(self):
        self.ask("create", V2)
        self.assertRefused("create", V2, "variant_default_code_exists")
        self.assertRefused("create", V1, "variant_default_code_exists")
        self.assertEqual(len(self.rows()), 2)

    def test_missing_combinations_are_spelled_out(self):
        variants = [{**row, "attributes": {**row["attributes"], "Colour": colour}}
                    for row, colour in zip(VARIANTS, ("Red", "Blue"), strict=True)]  # fmt: skip
        result = self.assertRefused("create", {**V2, "variants": variants}, "variants_incomplete")
        self.assertIn({"Strength": "5mg", "Colour": "Blue"}, result["expected_combinations"])
        self.assertEqual(len(result["expected_combinations"]), 4)
        self.assertFalse(self.rows())

    def test_known_ones_are_updated_beside_an_unknown_one(self):
        self.ask("create", V2)
        body = {"variants": [*CHANGES["variants"], {"default_code": "NEW", "vendor_on_hand_qty": 1}]}
        result = self.assertRefused("update", body, "variant_not_found")
        self.assertEqual(result["missing"], ["NEW"])
        self.assertEqual(self.rows()["BPC-5"].quantity, 90)

    def test_what_makes_no_sense_is_named(self):
        self.ask("create", V2)
        first = VARIANTS[0]
        cases = [
            ("update", {}, "invalid_request"),
            ("update", {"variants": []}, "invalid_request"),
            ("update", [], "invalid_request"),
            ("update", {"variants": [{"default_code": "BPC-5", "vendor_on_hand_qty": -1}]}, "invalid_request"),
            ("update", {"variants": [{"default_code": "BPC-5", "vendor_on_hand_qty": "7"}]}, "invalid_request"),
            ("update", {"variants": [{"default_code": "BPC-5", "vendor_on_hand_qty": 1.5}]}, "invalid_request"),
            ("update", {"variants": [{"default_code": "BPC-5", "vendor_on_hand_qty": True}]}, "invalid_request"),
            ("update", {"variants": [{"default_code": "BPC-5", "vendor_on_hand_qty": 10**12}]}, "invalid_request"),
            ("update", {"variants": [{"default_code": "BPC-5", "price": -0.01}]}, "invalid_request"),
            ("update", {"variants": [first, first]}, "invalid_request"),
            ("update", {"variants": [{"vendor_on_hand_qty": 1}]}, "missing_fields"),
            ("update", b'{"variants": [{"default_code": "BPC-5", "price": NaN}]}', "invalid_request"),
            ("update", b"{", "invalid_request"),
            ("update", b"\xff", "invalid_request"),
            ("update", b"", "invalid_request"),
            ("update", {"variants": [{"default_code": "A\x00"}]}, "invalid_request"),
            ("update", b'{"variants": [{"default_code": "\\ud800"}]}', "invalid_request"),
            ("read", {}, "missing_fields"),
            ("read", {"default_code": 5}, "invalid_request"),
            ("read", b"[" * 100000, "invalid_request"),
            ("create", {"product": {"default_code": "X"}}, "missing_fields"),
            ("create", {"product": {"name": "X", "default_code": "X"}, "variants": [
                {"default_code": "X"}, {"default_code": "Y"}]}, "invalid_request"),
            ("create", {"product": {"name": "X", "default_code": "X"}, "variants": [
                {"default_code": "X", "attributes": {"A": "1"}}, {"default_code": "Y", "attributes": {"B": "1"}}]},
             "invalid_request"),
            ("create", {"product": {"name": "X", "default_code": "X"}, "variants": [
                {"default_code": "X", "attributes": {"A": "1"}}, {"default_code": "Y", "attributes": {"A": "1 "}}]},
             "invalid_request"),
        ]  # fmt: skip
        for operation, body, word in cases:
            with self.subTest(str(body)[:100]):
                self.assertRefused(operation, body, word)
        self.assertEqual({sku: row.quantity for sku, row in self.rows().items()}, {"BPC-5": 135, "BPC-10": 7})

    def test_too_many_combinations_make_nothing(self):
        row = {"default_code": "X", "attributes": {}}
        variants = [{**row, "default_code": f"X{n}", "attributes": {f"A{a}": str(n % 7 * (a + 1)) for a in range(5)}}
                    for n in range(7)]  # fmt: skip
        body = {"product": {"name": "X", "default_code": "X0"}, "variants": variants}
        self.assertRefused("create", body, "invalid_request")

    def test_the_same_three_times_changes_nothing(self):
        self.ask("create", V2)
        for _again in range(3):
            self.ask("update", CHANGES)
        stamps = self.rows()["BPC-5"].told_at
        rows = self.env["sync.hub.log"].search([("vendor_id", "=", self.vendor.id)], order="id")
        self.assertStates(rows, [("done", ""), ("done", ""), ("skipped", "unchanged"), ("skipped", "unchanged")])
        self.assertTrue(stamps)

    def test_one_sku_of_two_vendors(self):
        other = self.env["res.partner"].create({"name": "Other vendor"})
        self._token(other, "token-of-the-other-vendor")
        own = {"token": "token-of-the-other-vendor", "partner": other.id}
        self.ask("create", V2)
        self.assertRefused("read", {"default_code": "BPC-5"}, "not_your_product", **own)
        self.assertRefused("update", {"default_code": "BPC-5", "product": {"vendor_on_hand_qty": 1}},
                           "not_your_product", **own)  # fmt: skip
        self.assertNotIn("error", self.ask("create", V2, **own))
        self.ask("update", CHANGES, **own)
        self.assertEqual((self.rows()["BPC-5"].quantity, self.rows(other)["BPC-5"].quantity), (135, 90))
        self.assertFalse(self.rows(other)["BPC-5"].product_id.default_code)

    def test_a_persons_link_holds(self):
        self.ask("create", V1)
        mine = self._product("Mine", 50)
        self.rows()["BPC-5"].product_id = mine
        change = {"default_code": "BPC-5", "product": {"vendor_on_hand_qty": 4}, "supplier": {"price": 31}}
        self.ask("update", change)
        self.assertEqual(mine.hub_vendor_qty, 4)
        self.assertEqual(mine.seller_ids.price, 31)


@tagged("post_install", "-at_install")
class TestVendorDoor(VendorInCase):
    def assertStatus(self, response, status, word):
        self.assertEqual((response.status_code, response.json()["error"]), (status, word))

    def test_who_may_not_come_in(self):
        for token in (None, "", "wrong", TOKEN.upper()):
            self.assertStatus(self.call("read", {"default_code": "X"}, token=token), 401, "invalid_token")
        for partner in ("", "0", "x", str(self.env.company.partner_id.id)):
            self.assertStatus(self.call("read", {"default_code": "X"}, partner=partner), 403, "partner_mismatch")
        self.assertFalse(self.env["sync.hub.log"].search([("vendor_id", "=", self.vendor.id)]))

    def test_revoked_and_expired_tokens(self):
        self.token.expires_on = fields.Date.today() - timedelta(days=1)
        self.assertStatus(self.call("read", {"default_code": "X"}), 401, "invalid_token")
        self.token.expires_on = fields.Date.today()
        self.assertRefused("read", {"default_code": "X"}, "product_not_found")
        self.token.action_revoke()
        self.assertStatus(self.call("read", {"default_code": "X"}), 401, "invalid_token")

    def test_only_from_allowed_addresses(self):
        self.token.allowed_ips = "192.0.2.0/24"
        self.assertStatus(self.call("read", {"default_code": "X"}), 403, "address_not_allowed")
        self.assertStatus(self.call("read", {"default_code": "X"}, token="wrong"), 401, "invalid_token")
        self.token.allowed_ips = "127.0.0.1"
        self.assertRefused("read", {"default_code": "X"}, "product_not_found")

    def test_a_new_token_is_shown_once_and_replaces_the_old_one(self):
        shown = self.token.action_new_token()["context"]
        self.assertEqual(shown["default_partner_number"], str(self.vendor.id))
        self.assertStatus(self.call("read", {"default_code": "X"}), 401, "invalid_token")
        self.assertRefused("read", {"default_code": "X"}, "product_not_found", token=shown["default_token"])
        self.env.cr.execute("SELECT * FROM sync_hub_vendor_token")
        self.assertNotIn(shown["default_token"], str(self.env.cr.fetchall()))
        with self.assertRaises(UserError):
            self.token.partner_id = self.env.company.partner_id

    def test_a_token_is_written_and_never_read(self):
        self.assertFalse(self.token.token)
        self.assertNotIn(TOKEN, str(self.token.sudo().read()))
        with self.assertRaisesRegex(ValidationError, "20 characters"):
            self.token.token = "short"

    def test_the_address_in_all_its_forms(self):
        for prefix in ("//vendor_api", "/vendor_api"):
            response = self.call("read", {"default_code": "X"}, prefix=prefix)
            self.assertEqual(response.status_code, 200, response.headers)
            self.assertEqual(response.json()["result"]["error"], "product_not_found")

    def test_the_token_is_nowhere(self):
        self.ask("create", V2)
        self.assertRefused("create", {**V2, "token": TOKEN}, "variant_default_code_exists")
        for row in self.env["sync.hub.log"].search([("vendor_id", "=", self.vendor.id)]):
            self.assertNotIn(TOKEN, str(row.read()))

    def test_our_own_fault_is_a_string_as_well(self):
        def broken(*_args):
            raise KeyError("bug")

        service = type(self.env["sync.hub.vendor.service"])
        with patch.object(service, "_do_update", broken), mute_logger("odoo.addons.sync_hub.controllers.vendor_api"):
            self.assertRefused("update", CHANGES, "internal_error")
        row = self.env["sync.hub.log"].search([("vendor_id", "=", self.vendor.id)])
        self.assertEqual((row.state, row.error_code), ("failed", "internal_error"))
        self.assertIn("KeyError", row.traceback)
        with self.assertRaisesRegex(UserError, "send it again"):
            row.action_retry()

    def test_it_is_the_tokens_company(self):
        company = self.env["res.company"].create({"name": "Second"})
        self.token.company_id = company
        self.ask("create", V2)
        row = self.rows()["BPC-5"]
        self.assertEqual((row.company_id, row.product_tmpl_id.company_id), (company, company))
        self.assertEqual((row.supplierinfo_id.company_id, row.currency_id), (company, company.currency_id))
        log = self.env["sync.hub.log"].search([("vendor_id", "=", self.vendor.id)])
        self.assertEqual(log.company_id, company)

"""The vendor API where the app Website with two languages looks at every address first."""

import pytest

from e2e.live import LiveOdoo
from e2e.test_vendor import Vendor


@pytest.fixture(scope="module")
def shopfront(odoo_tree):
    """A server with Website and two languages."""
    server = LiveOdoo(odoo_tree, name="sync_hub_e2e_website")
    server.start()
    try:
        module = server.rpc("ir.module.module", "search", [("name", "=", "website")])
        if not module:
            pytest.skip("this Odoo has no Website")
        server.rpc("ir.module.module", "button_immediate_install", module)
        language = server.rpc("base.language.install", "create", {"lang_ids": [(6, 0, server.rpc(
            "res.lang", "search", [("code", "=", "fr_FR")], context={"active_test": False}))]})  # fmt: skip
        server.rpc("base.language.install", "lang_install", [language])
        languages = server.rpc("res.lang", "search", [("code", "in", ["en_US", "fr_FR"])])
        website = server.rpc("website", "search", [], limit=1)
        server.rpc("website", "write", website, {"language_ids": [(6, 0, languages)]})
        yield server
    finally:
        server.destroy()


def test_nothing_is_redirected(shopfront):
    vendor = Vendor(shopfront)
    assert vendor.call("read", {"default_code": "NONE"})["error"] == "product_not_found"
    assert "error" not in vendor.make("WEB-1")
    body = {"variants": [{"default_code": "WEB-1", "vendor_on_hand_qty": 4, "price": 2}]}
    vendor.http.headers["Accept-Language"] = "fr-FR,fr"
    assert vendor.call("update", body)["updated"] == ["WEB-1"]
    assert vendor.call("read", {"default_code": "WEB-1"})["product"]["vendor_on_hand_qty"] == 4

"""Audits of the other three remotes: what was not told is found by reading them, and mended when asked."""

import pytest

from e2e.shop import Shop
from e2e.test_medusa import MedusaShop
from e2e.test_vendor import Offer


def audit(odoo, connector):
    """The report of an audit, and {field} of what differs."""
    number = odoo.rpc("sync.hub.connector", "action_audit", [connector])["res_id"]
    fields = ["state", "checked_count", "difference_count", "unreadable", "error", "compared"]
    odoo.wait(lambda: odoo.rpc("sync.hub.audit", "read", [number], ["state"])[0]["state"] != "running", timeout=40)
    (report,) = odoo.rpc("sync.hub.audit", "read", [number], fields)
    assert (report["state"], report["unreadable"]) == ("done", 0), report
    domain = [("audit_id", "=", number), ("kind", "!=", "unknown_here")]
    lines = odoo.rpc("sync.hub.audit.line", "search_read", domain, ["field", "odoo_value", "remote_value", "kind"])
    return number, report, lines


def prestashop(hub):
    shop = Shop(hub, push_stock=True, push_price=True)
    hub.odoo.sql("UPDATE product_product SET default_code = NULL, barcode = NULL")
    mug = hub.product("Mug", 12.5, default_code="MUG-KOALA")
    binding = {"connector_id": shop.connector, "entity": "product", "remote_id": "8-0"}
    hub.odoo.rpc("sync.hub.binding", "create", {**binding, "res_model": "product.product", "res_id": mug})
    return shop.connector, mug


def medusa(hub):
    shop = MedusaShop(hub)
    return shop.connector, shop.product("Audited", 12.5, stock=4)[0]


def vendor(hub):
    offer = Offer(hub, 1)
    offer.activate()
    return offer.connector, next(iter(offer.products.values()))


@pytest.mark.parametrize("kind", [prestashop, medusa, vendor], ids=lambda kind: kind.__name__)
def test_what_was_not_told_is_found_and_fixed(hub, kind):
    connector, product = kind(hub)
    odoo = hub.odoo
    hub.quiet(60)
    _number, report, lines = audit(odoo, connector)
    assert report["checked_count"] and not lines, (report, lines)
    # Past every hook: nobody is told of it.
    odoo.sql(
        "UPDATE product_template SET list_price = 77 FROM product_product p"
        " WHERE p.product_tmpl_id = product_template.id AND p.id = %s",
        [product],
    )
    number, report, lines = audit(odoo, connector)
    assert [(line["field"], line["kind"]) for line in lines] == [("price", "differs")], lines
    assert "77" in lines[0]["odoo_value"], lines
    odoo.rpc("sync.hub.audit", "action_fix_all", [number])
    hub.quiet(60)
    assert odoo.rpc("sync.hub.audit", "read", [number], ["fixed_count"])[0]["fixed_count"] == 1
    assert not audit(odoo, connector)[2]
    odoo.rpc("sync.hub.connector", "write", [connector], {"active": False, "state": "draft"})

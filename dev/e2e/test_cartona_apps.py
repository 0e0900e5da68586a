"""Cartona beside other apps: what is sold at the till, and kits."""

import itertools
import time

import pytest

from e2e.hub import Hub
from e2e.market import Market
from environment import odoo as environment

numbers = itertools.count(1)


@pytest.fixture(scope="module")
def shop(odoo_tree, sims):
    """A server that has a till and manufacturing too."""
    if odoo_tree.series != "17.0":
        pytest.skip("the till's way of sending orders is that of 17.0 here")
    from e2e.live import LiveOdoo

    server = LiveOdoo(odoo_tree, name="sync_hub_e2e_apps")
    try:
        environment.install(odoo_tree, server.db, ["point_of_sale", "mrp"])
        yield Market(Hub(server.start(), sims))
    finally:
        server.destroy()


def sell(shop, product, quantity, price):
    """Sell at the till, paid in cash; the goods leave at once."""
    odoo = shop.odoo
    odoo.rpc("res.company", "write", [1], {"point_of_sale_update_stock_quantities": "real"})
    (config,) = odoo.rpc("pos.config", "search_read", [("company_id", "=", 1)], ["payment_method_ids"], limit=1)
    sessions = [("config_id", "=", config["id"]), ("state", "!=", "closed")]
    if not odoo.rpc("pos.session", "search", sessions):
        odoo.rpc("pos.session", "create", {"config_id": config["id"], "user_id": 2})
    (session,) = odoo.rpc("pos.session", "search", sessions, limit=1)
    odoo.rpc("pos.session", "set_cashbox_pos", [session], 0, "")
    cash = [("id", "in", config["payment_method_ids"]), ("is_cash_count", "=", True)]
    (method,) = odoo.rpc("pos.payment.method", "search", cash, limit=1)
    total, number = quantity * price, f"{time.time_ns() % 10**9:05d}-001-{next(numbers):04d}"
    line = {"product_id": product, "qty": quantity, "price_unit": price, "price_subtotal": total, "discount": 0}
    line.update(price_subtotal_incl=total, tax_ids=[(6, 0, [])], id=1, pack_lot_ids=[])
    now = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
    data = {
        "name": f"Order {number}",
        "uid": number,
        "amount_paid": total,
        "amount_total": total,
        "amount_tax": 0,
        "amount_return": 0,
        "lines": [[0, 0, line]],
        "statement_ids": [[0, 0, {"amount": total, "name": now, "payment_method_id": method}]],
        "pos_session_id": session,
        "pricelist_id": False,
        "partner_id": False,
        "user_id": 2,
        "sequence_number": 1,
        "fiscal_position_id": False,
        "date_order": now,
        "to_invoice": False,
    }
    odoo.rpc("pos.order", "create_from_ui", [{"id": number, "data": data, "to_invoice": False}])


def test_a_sale_at_the_till_lowers_what_cartona_shows(shop):
    shop.stock(shop.tea, 100)
    shop.hub.quiet()
    assert shop.hub.remote("TEA-25#C")["available_stock_quantity"] == 4
    sell(shop, shop.tea, 30, 12.5)
    shop.hub.quiet()
    assert shop.hub.remote("TEA-25")["available_stock_quantity"] == 70
    assert shop.hub.remote("TEA-25#C")["available_stock_quantity"] == 2


def test_a_bundle_has_the_stock_of_its_parts_where_it_is_a_kit(shop):
    kit = shop.hub.product("Office starter set", 2990)
    binding = {"connector_id": shop.connector, "entity": "product", "remote_id": "SET-OFFICE", "bundle": True}
    shop.odoo.rpc("sync.hub.binding", "create", {**binding, "res_model": "product.product", "res_id": kit})
    shop.hub.quiet()
    (row,) = shop.odoo.sql(
        "SELECT state, result FROM sync_hub_log WHERE flow = 'stock' AND res_id = %s ORDER BY id DESC LIMIT 1", [kit]
    )
    assert row[0] == "skipped" and "kit" in row[1]
    (template,) = shop.odoo.rpc("product.product", "read", [kit], ["product_tmpl_id"])
    lines = [(0, 0, {"product_id": shop.sugar, "product_qty": 4}), (0, 0, {"product_id": shop.tea, "product_qty": 10})]
    bom = {"product_tmpl_id": template["product_tmpl_id"][0], "type": "phantom", "bom_line_ids": lines}
    shop.odoo.rpc("mrp.bom", "create", bom)
    shop.stock(shop.sugar, 30)
    shop.stock(shop.tea, 65)
    shop.hub.quiet()
    assert shop.hub.remote("SET-OFFICE")["available_stock_quantity"] == 6

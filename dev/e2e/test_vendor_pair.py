"""Two Odoo with a database each: one is the other's vendor."""

import pytest


@pytest.fixture
def pair(hub, new_odoo):
    """(our Odoo, the retailer's, the id of the connector between them)."""
    retailer = new_odoo().start()
    partner = retailer.rpc("res.partner", "create", {"name": "Our vendor"})
    token = retailer.rpc("sync.hub.vendor.token", "create", {"partner_id": partner})
    shown = retailer.rpc("sync.hub.vendor.token", "action_new_token", [token])["context"]
    connector = hub.odoo.rpc("sync.hub.connector", "create", {
        "name": "Retailer's Odoo",
        "kind": "vendor_api",
        "url": f"{shown['default_url']}/" if "127.0.0.1" in shown["default_url"] else f"{retailer.url}/",
        "token": shown["default_token"],
        "remote_partner": shown["default_partner_number"],
        "product_domain": "[('name', 'like', 'PAIR ')]",
        "rate_limit": 0,
    })  # fmt: skip
    return hub, retailer, connector


def test_vendor_and_retailer(pair):
    hub, retailer, connector = pair
    odoo = hub.odoo
    assert odoo.rpc("sync.hub.connector", "action_test", [connector])["params"]["type"] == "success"
    attribute = odoo.rpc("product.attribute", "create", {"name": "Strength", "create_variant": "always"})
    values = [odoo.rpc("product.attribute.value", "create", {"name": name, "attribute_id": attribute})
              for name in ("5mg", "10mg")]  # fmt: skip
    line = {"attribute_id": attribute, "value_ids": [(6, 0, values)]}
    single = hub.product("PAIR single", 12.5, default_code="PAIR-1")
    (kind,) = odoo.rpc("product.product", "read", [single], ["type"])
    storable = (
        {"detailed_type": "product"} if odoo.tree.series == "17.0" else {"type": kind["type"], "is_storable": True}
    )
    template = odoo.rpc("product.template", "create", {
        "name": "PAIR double", "list_price": 30, "taxes_id": [(5, 0, 0)], "attribute_line_ids": [(0, 0, line)],
        **storable})  # fmt: skip
    variants = odoo.rpc("product.product", "search", [("product_tmpl_id", "=", template)], order="id")
    for variant, sku in zip(variants, ("PAIR-5", "PAIR-10"), strict=True):
        odoo.rpc("product.product", "write", [variant], {"default_code": sku})
    for variant, quantity in zip([single, *variants], (4, 135, 7), strict=True):
        stock(odoo, variant, quantity)
    odoo.rpc("sync.hub.connector", "action_activate", [connector])
    hub.quiet()

    def told():
        rows = retailer.rpc("sync.hub.vendor.product", "search_read", [], ["sku", "quantity", "price"])
        return {row["sku"]: (row["quantity"], row["price"]) for row in rows}

    assert told() == {"PAIR-1": (4, 12.5), "PAIR-5": (135, 30.0), "PAIR-10": (7, 30.0)}, hub.log()
    # The retailer has the product with its variants, and nothing in his own warehouses.
    (found,) = retailer.rpc(
        "product.template", "search_read", [("name", "=", "PAIR double")], ["product_variant_count", "qty_available"]
    )
    assert (found["product_variant_count"], found["qty_available"]) == (2, 0)
    stock(odoo, variants[0], 90)
    odoo.rpc("product.template", "write", [template], {"list_price": 31})
    odoo.wait(lambda: told() == {"PAIR-1": (4, 12.5), "PAIR-5": (90, 31.0), "PAIR-10": (7, 31.0)})
    # Taken off the offer: the retailer sees that there is none.
    odoo.rpc("product.template", "write", [template], {"hub_offer": False})
    odoo.wait(lambda: [told()[sku][0] for sku in ("PAIR-5", "PAIR-10")] == [0, 0])
    hub.quiet()
    assert not hub.rows("state = 'failed'")
    states = retailer.sql("SELECT state, count(*) FROM sync_hub_log WHERE vendor_id IS NOT NULL GROUP BY state")
    assert "failed" not in dict(states), states


def stock(odoo, product, quantity):
    """Set what is on hand, as an inventory does."""
    (warehouse,) = odoo.rpc("stock.warehouse", "search_read", [("company_id", "=", 1)], ["lot_stock_id"], limit=1)
    values = {"product_id": product, "location_id": warehouse["lot_stock_id"][0], "inventory_quantity": quantity}
    quant = odoo.rpc("stock.quant", "create", values, context={"inventory_mode": True})
    odoo.rpc("stock.quant", "action_apply_inventory", [quant])

"""The shop's products: read, tied to Odoo's by their references, and told their stock and prices from then on."""

import pytest

from e2e.shop import Shop

GENERATED = 300


@pytest.fixture(params=["8.2.1", "1.7.8.11"])
def shop(hub, request):
    """A shop with 300 more products; the older version has no PATCH."""
    shop = Shop(hub, push_stock=True, push_price=True)
    hub.sims.request(
        "POST",
        "prestashop/_reset",
        json={"secret": hub.secret, "generate": GENERATED, "version": request.param},
    )
    # What other tests left may bear the same references.
    hub.odoo.sql("UPDATE product_product SET default_code = NULL, barcode = NULL")
    return shop


def read(shop):
    """Read the catalogue; the rows by remote id."""
    shop.odoo.rpc("sync.hub.connector", "action_read_catalogue", [shop.connector])
    shop.hub.quiet(60)
    fields = ["remote_id", "sku", "name", "price", "kind", "match_state", "confidence", "gone", "product_id"]
    rows = shop.odoo.rpc("sync.hub.remote.product", "search_read", [("connector_id", "=", shop.connector)], fields)
    return {row["remote_id"]: row for row in rows}


def products(shop, count):
    """Products with the references of generated ones; returns their ids."""
    rows = [
        {"name": f"Ours {n}", "default_code": f"PS-GEN-{n:05d}", "list_price": 50, "taxes_id": [(5, 0, 0)]}
        for n in range(1, count + 1)
    ]
    return shop.odoo.rpc("product.product", "create", rows)


def link(shop, **values):
    """Confirm the wizard for all products of the connector; what it answers."""
    wizard = shop.odoo.rpc("sync.hub.link.wizard", "create", {"connector_id": shop.connector, **values})
    shown = shop.odoo.rpc("sync.hub.link.wizard", "read", [wizard], ["count", "count_certain", "preview_ids"])[0]
    assert not shop.odoo.sql(
        "SELECT id FROM sync_hub_binding WHERE connector_id = %s AND entity = 'product'", [shop.connector]
    ), "nothing before it is confirmed"
    return shown, shop.odoo.rpc("sync.hub.link.wizard", "action_link", [wizard])


def test_catalogue_is_read_linked_by_reference_and_told_stock_and_prices(shop):
    hub = shop.hub
    shirt = hub.product("Shirt M", 30.25, default_code="TS-BLUE-M")
    mug = hub.product("Mug", 12.5, default_code="MUG-KOALA")
    rows = read(shop)
    assert len(rows) == GENERATED + 6, hub.log()
    assert (rows["5-23"]["kind"], rows["5-0"]["match_state"]) == ("combination", "not_sellable")
    assert rows["5-24"]["price"] == 27
    assert {rows[i]["confidence"] for i in ("5-23", "8-0")} == {"certain"}
    shown, _answer = link(shop)
    assert (shown["count"], len(shown["preview_ids"])) == (2, 2)
    stocks(hub, {shirt: 17, mug: 4})
    hub.quiet(60)
    assert not hub.rows("state = 'failed'"), hub.log()
    assert float(shop.row("combinations", "id", 23)["price"]) == 5.25
    assert float(shop.row("products", "id", 5)["price"]) == 25
    assert float(shop.row("products", "id", 8)["price"]) == 12.5
    assert [quantity(shop, number) for number in (50023, 50024, 8)] == [17, 60, 4]
    # The rest of the record is as it was.
    assert shop.row("products", "id", 8)["reference"] == "MUG-KOALA"
    assert str(stock_row(shop, 8)["id_shop"]) == "1"
    rows = read(shop)
    assert rows["8-0"]["product_id"][0] == mug
    assert rows["5-23"]["match_state"] == "linked"


def test_base_price_that_changes_in_the_shop_leaves_ours_as_they_are(shop):
    shirt = shop.hub.product("Shirt M", 30, default_code="TS-BLUE-M")
    read(shop)
    link(shop)
    shop.hub.quiet(60)
    assert float(shop.row("combinations", "id", 23)["price"]) == 5
    shop.act(price={"reference": "TS", "price": 20})
    read(shop)
    assert float(shop.row("combinations", "id", 23)["price"]) == 10, (shirt, shop.hub.log())


def test_many_are_linked_by_a_run_that_shows_how_far_it_is(shop):
    products(shop, 250)
    read(shop)
    shown, answer = link(shop)
    assert (shown["count"], answer["res_model"]) == (250, "sync.hub.run")
    run = answer["res_id"]
    shop.odoo.wait(lambda: shop.odoo.rpc("sync.hub.run", "read", [run], ["state"])[0]["state"] == "done", timeout=60)
    shop.hub.quiet(180)
    assert not shop.hub.rows("state = 'failed'"), shop.hub.log()
    shown = shop.sims.state("prestashop", full=1)["products"]
    prices = [float(row["price"]) for row in shown if str(row["reference"]).startswith("PS-GEN-")]
    assert (prices.count(50), len(prices)) == (250 + sum(1 for n in range(251, 301) if 10 + n % 90 == 50), GENERATED)


def test_product_that_the_shop_deletes_is_gone_and_keeps_its_link(shop):
    mug = shop.hub.product("Mug", 12.5, default_code="MUG-KOALA")
    read(shop)
    link(shop)
    shop.hub.quiet(60)
    shop.act(delete={"product": 8})
    row = read(shop)["8-0"]
    assert (row["gone"], row["product_id"][0]) == (True, mug)


def stocks(hub, quantities):
    (location,) = hub.odoo.rpc("stock.warehouse", "search_read", [], ["lot_stock_id"], limit=1)
    values = [
        {"product_id": product, "location_id": location["lot_stock_id"][0], "inventory_quantity": count}
        for product, count in quantities.items()
    ]
    hub.odoo.rpc("stock.quant", "action_apply_inventory", hub.odoo.rpc("stock.quant", "create", values))


def quantity(shop, number):
    """What a row of stock holds."""
    return int(stock_row(shop, number)["quantity"])


def stock_row(shop, number):
    rows = shop.sims.state("prestashop", full=1)["stock_availables"]
    return next(row for row in rows if str(row["id"]) == str(number))

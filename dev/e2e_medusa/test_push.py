"""Odoo keeps the products of a real Medusa: made, matched, and changed without losing anything there."""

import base64
import io
import statistics
import time

import pytest
from PIL import Image

from e2e_medusa.merchant import Merchant


@pytest.fixture
def merchant(odoo, each_medusa):
    made = Merchant(odoo, each_medusa).activate()
    made.quiet()
    yield made
    made.write(active=False, state="draft")


@pytest.fixture
def newest(odoo, medusa):
    made = Merchant(odoo, medusa).activate()
    made.quiet()
    yield made
    made.write(active=False, state="draft")


def picture(colour, size=64):
    """A picture as Odoo takes it."""
    buffer = io.BytesIO()
    Image.new("RGB", (size, size), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def test_product_is_made_with_all_that_odoo_knows(merchant):
    category = merchant.odoo.rpc("product.category", "create", {"name": f"Tools {merchant.tag}"})
    template = merchant.product(
        "Hammer",
        price=20,
        default_code=f"HAM-{merchant.tag}",
        barcode=f"77{merchant.tag[1:]}",
        weight=1.25,
        hs_code="8205",
        description_sale="Drives nails.",
        categ_id=category,
        image_1920=picture("red"),
    )
    (variant,) = merchant.variants(template)
    merchant.stock(variant, 7)
    merchant.quiet()
    assert merchant.failed() == []
    shown = merchant.shown(template)
    assert (shown["status"], shown["description"], shown["hs_code"]) == ("published", "Drives nails.", "8205")
    assert shown["title"] == f"Hammer {merchant.tag}" and shown["handle"].startswith("hammer-")
    assert [category["name"] for category in shown["categories"]] == [f"Tools {merchant.tag}"]
    assert [channel["id"] for channel in shown["sales_channels"]] == [merchant.medusa.shop["channel"]]
    assert len(shown["images"]) == 1 and shown["thumbnail"] == shown["images"][0]["url"]
    (made,) = shown["variants"]
    assert (made["sku"], made["barcode"]) == (f"HAM-{merchant.tag}", f"77{merchant.tag[1:]}")
    assert float(made["weight"]) == 1250 and made["manage_inventory"]
    assert made["metadata"]["external_id"] == str(variant)
    assert merchant.prices(template) == {f"HAM-{merchant.tag}": {"eur": 20, "usd": 25}}
    assert merchant.for_sale(f"HAM-{merchant.tag}") == 7


def test_variants_and_their_options(merchant):
    template = merchant.shirt()
    merchant.quiet()
    assert merchant.failed() == []
    shown = merchant.shown(template)
    assert {o["title"]: {v["value"] for v in o["values"]} for o in shown["options"]} == {
        f"Size {merchant.tag}": {"S", "M"},
        f"Colour {merchant.tag}": {"Red", "Blue"},
    }
    assert {v["title"] for v in shown["variants"]} == {"S / Red", "S / Blue", "M / Red", "M / Blue"}
    # A further size makes further variants, and takes none away.
    lines = merchant.odoo.rpc("product.template.attribute.line", "search", [("product_tmpl_id", "=", template)])
    more = merchant.attribute(f"Size {merchant.tag}", ("S", "M", "L"))
    merchant.odoo.rpc("product.template.attribute.line", "write", lines[:1], {"value_ids": more["value_ids"]})
    merchant.quiet()
    assert merchant.failed() == []
    after = merchant.shown(template)
    assert {v["title"] for v in after["variants"]} == {f"{s} / {c}" for s in "SML" for c in ("Red", "Blue")}
    assert {v["id"] for v in shown["variants"]} < {v["id"] for v in after["variants"]}


def test_products_get_their_first_choice(merchant):
    """Two of them the same one: an option belongs to its product, not to the shop."""
    templates = [merchant.product(f"Plain{n}", price=5) for n in range(2)]
    merchant.quiet()
    line = merchant.attribute(f"Finish {merchant.tag}", ("Matt", "Gloss"))
    for template in templates:
        merchant.odoo.rpc("product.template", "write", [template], {"attribute_line_ids": [(0, 0, line)]})
    merchant.quiet()
    assert merchant.failed() == []
    for template in templates:
        assert {"Matt", "Gloss"} <= {variant["title"] for variant in merchant.shown(template)["variants"]}


def test_what_others_keep_in_medusa_stays(merchant):
    template = merchant.product("Cup", price=4, default_code=f"CUP-{merchant.tag}", image_1920=picture("blue"))
    merchant.quiet()
    admin, shown = merchant.medusa.admin, merchant.shown(template)
    variant, path = shown["variants"][0], f"/admin/products/{shown['id']}"
    region = {"region_id": merchant.medusa.shop["regions"]["eur"]}
    prices = [{"currency_code": p["currency_code"], "amount": p["amount"]} for p in variant["prices"]]
    extra = [
        {"currency_code": "gbp", "amount": 3},
        {"currency_code": "eur", "amount": 3.5, "min_quantity": 10},
        {"currency_code": "eur", "amount": 3.9, "rules": region},
    ]
    admin.post(f"{path}/variants/{variant['id']}", prices=[*prices, *extra], material="clay")
    url = "https://pictures.example.com/detail.png"
    admin.post(path, images=[*({"url": image["url"]} for image in shown["images"]), {"url": url}], subtitle="By hand")
    own = admin.post("/admin/product-categories", name=f"Sale {merchant.tag}")["product_category"]["id"]
    admin.post(path, categories=[{"id": own}, *({"id": c["id"]} for c in shown["categories"])])
    merchant.odoo.rpc("product.template", "write", [template], {"list_price": 5, "name": f"Mug {merchant.tag}"})
    merchant.odoo.rpc("product.template", "write", [template], {"image_1920": picture("green")})
    merchant.quiet()
    assert merchant.failed() == []
    after = merchant.shown(template)
    assert (after["title"], after["subtitle"], after["handle"]) == (f"Mug {merchant.tag}", "By hand", shown["handle"])
    assert after["variants"][0]["material"] == "clay" and after["variants"][0]["id"] == variant["id"]
    told = {
        (p["currency_code"], p["amount"], p["min_quantity"], bool(p["rules"])) for p in after["variants"][0]["prices"]
    }
    assert told == {
        ("eur", 5, None, False),
        ("usd", 6.25, None, False),
        ("gbp", 3, None, False),
        ("eur", 3.5, 10, False),
        ("eur", 3.9, None, True),
    }
    urls = [image["url"] for image in after["images"]]
    assert len(urls) == 2 and url in urls and shown["images"][0]["url"] not in urls
    assert after["thumbnail"] in urls
    assert own in [category["id"] for category in after["categories"]]


def test_products_that_are_there_are_taken_over(merchant):
    medusa, tag = merchant.medusa, merchant.tag
    by_sku = medusa.create_product(f"Old {tag}", {f"OLD-{tag}": {"prices": {"eur": 1}, "stock": 3}})
    by_barcode = medusa.create_product(f"Bar {tag}", {f"BAR-{tag}": {"prices": {"eur": 1}}})
    path = f"/admin/products/{by_barcode['id']}/variants/{by_barcode['variants'][0]['id']}"
    medusa.admin.post(path, barcode=f"88{tag[1:]}")
    first = merchant.product("Old", price=9, default_code=f"OLD-{tag}")
    second = merchant.product("Bar", price=8, default_code=f"NEW-{tag}", barcode=f"88{tag[1:]}")
    merchant.quiet()
    assert merchant.failed() == []
    assert merchant.shown(first)["id"] == by_sku["id"] and merchant.shown(second)["id"] == by_barcode["id"]
    assert merchant.prices(first) == {f"OLD-{tag}": {"eur": 9, "usd": 11.25}}
    assert merchant.shown(second)["variants"][0]["sku"] == f"NEW-{tag}"
    # Odoo has none: what was there is not for sale.
    assert merchant.for_sale(f"OLD-{tag}") == 0


def test_a_refused_product_stops_no_other(merchant):
    tag = merchant.tag
    merchant.write(state="paused")
    good = [merchant.product(f"Good {n}", default_code=f"G{n}-{tag}") for n in range(3)]
    bad = merchant.product("Bad", default_code=f"BAD-{tag}", country_of_origin=False)
    taken = merchant.medusa.create_product(f"X {tag}", {f"X-{tag}": {"prices": {"eur": 1}}})
    handle = merchant.odoo.rpc("product.template", "read", [bad], ["hub_handle"])[0]["hub_handle"]
    merchant.medusa.admin.post(f"/admin/products/{taken['id']}", handle=handle)
    merchant.write(state="active")
    merchant.odoo.rpc("sync.hub.connector", "action_activate", [merchant.connector])
    merchant.quiet()
    assert all(merchant.shown(template) for template in good)
    ((flow, error),) = merchant.failed()
    assert flow == "catalogue" and "already exists" in error
    merchant.medusa.admin.post(f"/admin/products/{taken['id']}", handle=f"elsewhere-{tag}")
    merchant.odoo.rpc("product.template", "write", [bad], {"description_sale": "Now"})
    merchant.quiet()
    assert merchant.shown(bad) and merchant.failed() == []


def test_taken_off_sale_and_back(merchant):
    template = merchant.shirt("Tee", colours=("Red", "Blue"))
    variants = merchant.variants(template)
    for variant in variants:
        merchant.stock(variant, 5)
    merchant.quiet()
    skus = {
        row["id"]: row["default_code"]
        for row in merchant.odoo.rpc("product.product", "read", variants, ["default_code"])
    }
    merchant.odoo.rpc("product.product", "action_archive", variants[:1])
    merchant.quiet()
    assert merchant.for_sale(skus[variants[0]]) == 0 and merchant.for_sale(skus[variants[1]]) == 5
    assert len(merchant.shown(template)["variants"]) == 4
    merchant.odoo.rpc("product.product", "action_unarchive", variants[:1])
    merchant.quiet()
    assert merchant.for_sale(skus[variants[0]]) == 5
    merchant.odoo.rpc("product.template", "write", [template], {"sale_ok": False})
    merchant.quiet()
    assert merchant.shown(template)["status"] == "draft"
    merchant.odoo.rpc("product.template", "write", [template], {"sale_ok": True})
    merchant.quiet()
    assert merchant.shown(template)["status"] == "published"
    gone = merchant.product("Gone")
    merchant.quiet()
    merchant.odoo.rpc("product.template", "unlink", [gone])
    merchant.quiet()
    assert merchant.shown(gone)["status"] == "draft" and merchant.failed() == []


def test_body_limit_is_kept_with_many_variants(newest):
    sizes = [f"Size number {n} with a long name {'x' * 300}" for n in range(12)]
    template = newest.shirt("Many", sizes=sizes, colours=[f"Colour {n} {'y' * 300}" for n in range(8)])
    newest.quiet(timeout=120)
    assert newest.failed() == []
    assert len(newest.shown(template)["variants"]) == 96
    assert max(len(body) for _url, body in newest.calls()) < 100_000


def test_first_export_is_a_run(newest):
    newest.write(state="paused")
    templates = [newest.product(f"First {n}", price=n + 1, default_code=f"F{n}-{newest.tag}") for n in range(40)]
    newest.odoo.rpc("sync.hub.connector", "action_activate", [newest.connector])
    begun = time.monotonic()
    newest.quiet(timeout=120)
    took = time.monotonic() - begun
    runs = newest.odoo.rpc(
        "sync.hub.run",
        "search_read",
        [("connector_id", "=", newest.connector)],
        ["state", "progress", "total", "failed_count"],
    )
    print(f"\n40 products made with prices and stock in {took:.1f} s; {runs[0]}")
    assert newest.failed() == [] and all(newest.shown(template) for template in templates)
    assert (runs[0]["state"], runs[0]["progress"], runs[0]["failed_count"]) == ("done", 100, 0)
    assert runs[0]["total"] >= 120


def test_a_changed_price_is_there_within_a_second(newest):
    template = newest.product("Quick", price=1, default_code=f"Q-{newest.tag}")
    newest.quiet()
    times = []
    for price in range(2, 22):
        begun = time.monotonic()
        newest.odoo.rpc("product.template", "write", [template], {"list_price": price})
        newest.medusa.wait(lambda p=price: newest.prices(template)[f"Q-{newest.tag}"]["eur"] == p)
        times.append((time.monotonic() - begun) * 1000)
    print(f"\nprice in Odoo to Medusa: median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms")
    assert statistics.median(times) < 1000


def test_nothing_is_written_that_is_there_already(newest):
    template = newest.product("Same", price=3, default_code=f"S-{newest.tag}")
    newest.quiet()
    newest.odoo.sql("DELETE FROM sync_hub_exchange WHERE connector_id = %s", [newest.connector])
    newest.odoo.rpc("sync.hub.connector", "action_push_all", [newest.connector])
    newest.quiet()
    assert newest.failed() == [] and newest.calls() == []
    assert newest.shown(template)["variants"][0]["sku"] == f"S-{newest.tag}"


def test_customers_of_odoo_are_customers_there(merchant):
    email = f"new-{merchant.tag}@example.com"
    merchant.write(
        push_customers=True, push_new_customers=True, customer_domain=f"[('name', 'like', '{merchant.tag}')]"
    )
    person = merchant.odoo.rpc("res.partner", "create", {"name": f"Ann {merchant.tag}", "email": email})

    def there():
        found = merchant.medusa.admin.get("/admin/customers", email=email)["customers"]
        assert len(found) < 2
        return found and (found[0]["first_name"], found[0]["last_name"], found[0]["company_name"])

    merchant.medusa.wait(lambda: there() == ("Ann", merchant.tag, None))
    merchant.odoo.rpc("res.partner", "write", [person], {"name": f"Anna {merchant.tag}", "company_name": "ACME"})
    merchant.medusa.wait(lambda: there() == ("Anna", merchant.tag, "ACME"))
    merchant.quiet()
    assert merchant.failed() == []

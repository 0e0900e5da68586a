"""The other Odoo client that Medusa shops run: plain `read` instead of `web_read`, and orders that it writes itself."""

import pytest

from e2e.live import Client, RpcError
from e2e_medusa.merchant import Merchant

#: Fields that its versions read.
TEMPLATE = [
    *("name", "display_name", "list_price", "default_code", "description_sale", "currency_id", "categ_id"),
    *("product_variant_ids", "product_variant_count", "attribute_line_ids", "qty_available", "image_512", "weight"),
    *("volume", "write_date"),
]
VARIANT = [
    *("display_name", "list_price", "lst_price", "code", "default_code", "currency_id", "barcode", "qty_available"),
    "product_template_variant_value_ids",
]


class PlainClient(Client):
    """Its calls in its own order, with the API key of Medusa's user."""

    def rpc(self, model, method, *args, **kwargs):
        """Everything is positional there, options are the keyword dictionary."""
        return super().rpc(model, method, *args, **kwargs)

    def pages(self, domain=()):
        """All products as it pages them: without an order, ten at a time, until a page is empty."""
        offset = 0
        while ids := self.rpc("product.template", "search", list(domain), offset=offset, limit=10):
            yield self.rpc("product.template", "read", ids, fields=TEMPLATE)
            offset += 10

    def details(self, template):
        """The variants and the values of one product."""
        variants = self.rpc("product.product", "read", template["product_variant_ids"], fields=VARIANT)
        lines = self.rpc(
            "product.template.attribute.line",
            "read",
            template["attribute_line_ids"],
            fields=["attribute_id", "value_ids"],
        )
        for variant in variants:
            ids = variant["product_template_variant_value_ids"]
            fields = ["name", "attribute_id", "product_attribute_value_id"]
            variant["values"] = self.rpc("product.template.attribute.value", "read", ids, fields=fields)
        return variants, lines

    def write_order(self, email, lines):
        """An order as it writes one: no reference, no look whether it did so before."""
        found = self.rpc("res.partner", "search", [("email", "=", email)], limit=1)
        address = {"name": "Jane Doe", "email": email, "street": "5 rue du Test", "city": "Lyon", "zip": "69001"}
        (partner,) = found or [self.rpc("res.partner", "create", address)]
        rows = []
        for sku, quantity, price in lines:
            (product,) = self.rpc("product.product", "search", [("default_code", "=", sku)], limit=1)
            row = {"product_id": product, "product_uom_qty": quantity, "price_unit": price, "name": sku}
            rows.append((0, 0, row))
        order = {"partner_id": partner, "order_line": rows, "note": "Order created from Medusa"}
        number = self.rpc("sale.order", "create", order)
        self.rpc("sale.order", "action_confirm", [number])
        return number


@pytest.fixture
def merchant(odoo, medusa):
    made = Merchant(odoo, medusa).activate()
    made.quiet()
    yield made
    made.write(active=False, state="draft")


@pytest.fixture
def client(merchant):
    """The client with the key that the connector has made, and nothing but the right to read products."""
    odoo = merchant.odoo
    odoo.rpc("sync.hub.connector", "action_make_reader", [merchant.connector])
    shown = odoo.rpc("sync.hub.connector", "action_new_key", [merchant.connector])["context"]
    plain = PlainClient.__new__(PlainClient)
    Client.__init__(plain, odoo.url, shown["default_database"])
    plain.password = shown["default_key"]
    plain.uid = plain.call(
        "common", "authenticate", shown["default_database"], shown["default_login"], shown["default_key"], {}
    )
    assert plain.uid
    return plain


def test_every_product_is_read_once(client, merchant):
    merchant.shirt()
    seen = [row["id"] for page in client.pages() for row in page]
    assert len(seen) == len(set(seen)) > 10
    assert set(merchant.odoo.rpc("product.template", "search", [])) <= set(seen)
    assert client.rpc("product.template", "search_count", []) > 10
    assert client.rpc("product.template", "read", [], fields=TEMPLATE) == []


def test_variants_and_their_values_are_read(client, merchant):
    template = merchant.shirt()
    (row,) = client.rpc("product.template", "read", [template], fields=TEMPLATE)
    variants, lines = client.details(row)
    assert row["product_variant_count"] == len(variants) == 4 and len(lines) == 2
    assert {tuple(sorted(value["name"] for value in v["values"])) for v in variants} == {
        ("Red", "S"),
        ("Blue", "S"),
        ("M", "Red"),
        ("Blue", "M"),
    }
    found = client.rpc(
        "product.product", "search", [("product_tmpl_id", "=", template)], context={"active_test": False}
    )
    assert sorted(found) == sorted(row["product_variant_ids"])


def test_categories_and_fields_of_apps_that_are_not_there(client):
    categories = client.rpc("product.category", "search", [])
    rows = client.rpc("product.category", "read", categories, fields=["name", "parent_id"])
    assert rows
    assert client.rpc("product.template", "search", [["categ_id", "child_of", rows[0]["id"]]], limit=1) is not None
    for field in ("brand_id", "ept_image_ids"):
        # It asks once more without a field whose name the error tells.
        with pytest.raises(RpcError, match=f"(?i)invalid field.*{field}"):
            client.rpc("product.template", "read", [1], fields=["name", field])


def test_an_order_that_it_wrote_is_taken_over_and_not_imported_twice(client, merchant):
    odoo, medusa = merchant.odoo, merchant.medusa
    sku = f"OWN-{merchant.tag}"
    template = merchant.product("Own", price=12, default_code=sku)
    (variant,) = merchant.variants(template)
    merchant.stock(variant, 9)
    merchant.quiet()
    (group,) = odoo.rpc("ir.model.data", "search_read", [("name", "=", "group_medusa_writer")], ["res_id"])
    field = "groups_id" if odoo.tree.series == "17.0" else "group_ids"
    odoo.rpc("res.users", "write", [client.uid], {field: [(4, group["res_id"])]})
    placed = medusa.place_order(
        {merchant.shown(template)["variants"][0]["id"]: 2}, email=f"own-{merchant.tag}@x.example"
    )
    number = client.write_order(f"own-{merchant.tag}@x.example", [(sku, 2, 12)])
    medusa.admin.post(f"/admin/orders/{placed['id']}", metadata={"odoo_order_id": number})
    (cron,) = odoo.sql("SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND name = 'cron_poll'")
    odoo.rpc("ir.cron", "method_direct_trigger", list(cron))
    bound = "SELECT 1 FROM sync_hub_binding WHERE connector_id = %s AND remote_id = %s AND res_id = %s"
    odoo.wait(lambda: odoo.sql(bound, [merchant.connector, placed["id"], number]), timeout=30)
    merchant.quiet()
    domain = [("order_line.product_id", "=", variant)]
    (order,) = odoo.rpc("sale.order", "search_read", domain, ["client_order_ref", "amount_total"])
    assert order["id"] == number and f"{order['amount_total']:.2f}" == f"{placed['total']:.2f}"
    assert order["client_order_ref"] and merchant.for_sale(sku) == 7

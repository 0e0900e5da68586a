"""Medusa reads Odoo: a client with the recipe's calls, in the real Medusa of the recipe's version."""

import json
import shutil
from pathlib import Path

import pytest

from environment.medusa import install
from environment.say import run

CLIENT = Path(__file__).parent / "client" / "read_odoo.ts"


class Reader:
    """A Medusa that reads the live Odoo's products."""

    def __init__(self, medusa, odoo):
        self.medusa, self.odoo = medusa, odoo
        shutil.copy(CLIENT, medusa.home / "src" / "scripts")
        connectors = odoo.rpc("sync.hub.connector", "search", [])
        odoo.rpc("sync.hub.connector", "write", connectors, {"state": "draft"})
        self.connector = odoo.rpc("sync.hub.connector", "create", {"name": "Medusa reads", "kind": "medusa"})
        odoo.rpc("sync.hub.connector", "action_make_reader", [self.connector])
        shown = odoo.rpc("sync.hub.connector", "action_new_key", [self.connector])["context"]
        odoo.rpc("sync.hub.connector", "action_activate", [self.connector])
        self.settings = {
            "ODOO_URL": odoo.url,
            "ODOO_DB": shown["default_database"],
            "ODOO_LOGIN": shown["default_login"],
            "ODOO_KEY": shown["default_key"],
        }

    def read(self):
        """Read everything once; what the client says of it."""
        said = run(
            self.medusa.command("exec", "./src/scripts/read_odoo.ts"),
            "medusa exec",
            f"see {self.medusa.home}",
            env=self.medusa.environment(**self.settings),
            cwd=self.medusa.home,
        )
        line = next(line for line in said.splitlines() if "READ {" in line)
        return json.loads(line[line.index("{") :])

    def shown(self):
        """{external id: product} of everything that Medusa has from Odoo."""
        fields = "+external_id,*variants,*variants.prices,*options,*options.values"
        products = self.medusa.admin.get("/admin/products", limit=1000, fields=fields)["products"]
        return {product["external_id"]: product for product in products if product["external_id"]}

    def in_odoo(self):
        """The templates that can be read, with what they cost."""
        fields = ["display_name", "sale_ok", "product_variant_ids", "hub_handle"]
        return self.odoo.rpc("product.template", "search_read", [], fields)


@pytest.fixture
def reader(old_medusa, odoo):
    return Reader(old_medusa, odoo)


def test_every_product_twice_and_no_page_lost(reader):
    # Some may be there: they were pushed.
    before, templates = set(reader.shown()), reader.in_odoo()
    new = {str(row["id"]) for row in templates} - before
    first = reader.read()
    print(f"\n{install.RECIPE}: first {first}")
    assert first["failed"] == [] and first["created"] == len(new) > 25
    shown = reader.shown()
    assert set(shown) == before | new
    for row in templates:
        product = shown[str(row["id"])]
        assert (product["title"], product["handle"]) == (row["display_name"], row["hub_handle"])
        assert len(product["variants"]) == len(row["product_variant_ids"])
        assert product["status"] == ("published" if row["sale_ok"] else "draft")
    second = reader.read()
    print(f"{install.RECIPE}: second {second}")
    assert second["failed"] == [] and (second["created"], second["updated"]) == (0, len(templates))
    assert set(reader.shown()) == set(shown)


def test_what_changes_and_what_goes_is_followed(reader):
    cheap, gone = reader.odoo.rpc("product.template", "create", [{"name": name, "list_price": 5} for name in "XY"])
    reader.read()
    reader.odoo.rpc("product.template", "write", [cheap], {"list_price": 77.25, "name": "Another name"})
    reader.odoo.rpc("product.template", "action_archive", [gone])
    before = reader.shown()
    assert reader.read()["failed"] == []
    after = reader.shown()
    assert after[str(cheap)]["title"] == "Another name"
    assert after[str(cheap)]["handle"] == before[str(cheap)]["handle"]
    assert [price["amount"] for price in after[str(cheap)]["variants"][0]["prices"]] == [77.25]
    assert after[str(gone)]["status"] == "draft" and len(after[str(gone)]["variants"]) == 1

"""An upgrade keeps every row, an uninstall leaves a working Odoo; both on a database of their own.

Run by the environment (`make test`, `ONLY=lifecycle`); exit status 0 only if all of it held.
"""

import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager

from environment import database, odoo, tree

NAME = f"sync_hub_test_lifecycle_{os.getpid()}"
COUNTED = ("connector", "log", "exchange", "binding", "map", "secret")

#: Makes one row of each kind, as a merchant would have them.
FILL = """
shop = env["sync.hub.connector"].create({"name": "Shop", "kind": "prestashop", "webhook_secret": "lifecycle"})
market = env["sync.hub.connector"].create(
    {"name": "Market", "kind": "cartona", "url": "http://127.0.0.1:1", "token": "t", "state": "active"})
product = env["product.product"].create({"name": "Kept", "cartona_id": "KEPT-1"})
exchange = env["sync.hub.exchange"].create({"connector_id": market.id, "direction": "out"})
env["sync.hub.binding"]._bind(market, "product", "KEPT-1", product, agreed={"price": {"value": ["1.00", "EUR"]}})
order = env["sale.order"].create({"partner_id": env["res.partner"].create({"name": "Buyer"}).id,
    "hub_connector_id": shop.id, "order_line": [(0, 0, {"product_id": product.id, "hub_line_id": "1"})]})
env.cr.commit()
"""

#: What an Odoo without the addon must still do.
WORK = """
product = env["product.product"].search([("name", "=", "Kept")])
assert product and "cartona_id" not in product._fields
product.list_price = 12
order = env["sale.order"].search([("order_line.product_id", "=", product.id)])
order.order_line.product_uom_qty = 2
order.action_confirm()
assert order.state == "sale"
assert not env["ir.model"].search([("model", "like", "sync.hub.%")])
assert not env["ir.cron"].search([("name", "like", "Sync Hub")])
env["product.product"].get_view(view_type="form")
env["sale.order"].get_view(view_type="form")
env.cr.commit()
"""


@contextmanager
def scratch(here):
    """A database with the addon that goes when this ends."""
    database.copy(database.installed(here), NAME)
    try:
        yield
    finally:
        database.drop(NAME)


def shell(here, code):
    """Run Python in `odoo shell`; its errors end the run."""
    config = odoo.configuration(here, NAME, odoo.free_port(), workers=0)
    with tempfile.NamedTemporaryFile("w+") as script:
        script.write(
            f"try:\n    exec({code!r})\nexcept BaseException:\n    import traceback, os\n    traceback.print_exc()\n"
        )
        script.write("    os._exit(1)\n")
        script.seek(0)
        command = odoo.command(here, "shell", "-c", config, "--no-http", "--log-level=critical")
        done = subprocess.run(command, env=odoo.environment(here), stdin=script)
    if done.returncode:
        raise SystemExit("a step of the lifecycle failed")


def counts():
    """How many rows each of our tables has."""
    return {table: database.query(NAME, f"SELECT count(*) FROM sync_hub_{table}")[0][0] for table in COUNTED}


def module_state():
    return database.query(NAME, "SELECT state FROM ir_module_module WHERE name = 'sync_hub'")[0][0]


def main():
    here = tree.current()
    with scratch(here):
        shell(here, FILL)
        before = counts()
        odoo.install(here, NAME, ["sync_hub"], flag="-u")
        after = counts()
        if before != after:
            raise SystemExit(f"the upgrade changed rows: {json.dumps(before)} -> {json.dumps(after)}")
        print(f"upgrade kept {json.dumps(after)}")
        shell(here, "env['ir.module.module'].search([('name', '=', 'sync_hub')]).button_immediate_uninstall()")
        if module_state() != "uninstalled":
            raise SystemExit(f"after the uninstall the module is {module_state()}")
        left = database.query(NAME, "SELECT count(*) FROM pg_tables WHERE tablename LIKE 'sync\\_hub\\_%%'")[0][0]
        if left:
            raise SystemExit(f"the uninstall left {left} tables")
        shell(here, WORK)
        print("uninstall left a working Odoo")
    return 0


if __name__ == "__main__":
    sys.exit(main())

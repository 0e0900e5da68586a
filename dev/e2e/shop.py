"""A simulated PrestaShop that is connected with a live hub both ways, and words for what happens in it."""

import itertools

KEY = "DEMOPRESTASHOPWEBSERVICEKEY00001"
people = itertools.count(1)
PATH = "prestashop"


class Shop:
    """One connector of the live Odoo and the simulated shop behind it.

    :param bool key: whether the connector has a Webservice key.
    """

    def __init__(self, hub, key=True, **values):
        self.hub, self.odoo, self.sims = hub, hub.odoo, hub.sims
        mine = {"url": f"{hub.sims.url}/{PATH}", "token": KEY if key else False, "timezone": "Europe/Madrid"}
        self.connector = hub.prestashop(**mine, **values)
        # Numbers go on where the last test stopped: a shop never gives one twice.
        self.sims.request("POST", f"{PATH}/_reset", json={"secret": hub.secret})
        hub.quiet()

    # ------------------------------------------------------------ what happens in the shop

    def order(self, state=10, **more):
        """A checkout with its messages; returns what the simulator says of it."""
        number = next(people)
        customer = {"firstname": "María", "lastname": "D'Angelo", "email": f"maria{number}@example.com"}
        body = {
            "customer": customer,
            "lines": [
                {
                    "product_id": 8,
                    "product_attribute_id": 0,
                    "reference": "MUG-KOALA",
                    "name": "Mug",
                    "quantity": 2,
                    "price_excl": 40,
                    "tax_rate": 21,
                }
            ],
            "state": state,
            **more,
        }
        return self.sims.request("POST", f"{PATH}/_order", json=body)

    def act(self, **what):
        """Something that somebody does in the shop (see the simulator's README)."""
        return self.sims.request("POST", f"{PATH}/_shop", json=what)

    # ------------------------------------------------------------ seeing

    def state(self):
        return self.sims.state(PATH)

    def row(self, table, key, value):
        """The shop's own record, as its table holds it."""
        return next((row for row in self.state()[table] if str(row[key]) == str(value)), None)

    def record(self, entity, remote_id):
        """(model, id) of what is bound to a remote id, None when nothing is."""
        rows = self.odoo.sql(
            "SELECT res_model, res_id FROM sync_hub_binding WHERE connector_id = %s AND entity = %s AND remote_id = %s",
            [self.connector, entity, str(remote_id)],
        )
        return rows[0] if rows else None

    def read(self, entity, remote_id, *fields):
        """Fields of the bound record."""
        model, record = self.record(entity, remote_id)
        (values,) = self.odoo.rpc(model, "read", [record], list(fields))
        return values

    def write(self, entity, remote_id, **values):
        model, record = self.record(entity, remote_id)
        self.odoo.rpc(model, "write", [record], values)

    def messages(self):
        """How many posts the shop has made to Odoo, and Odoo to the shop."""
        came = self.odoo.sql(
            "SELECT count(*) FROM sync_hub_exchange WHERE connector_id = %s AND direction = 'in'", [self.connector]
        )
        return came[0][0], len(self.sims.request("GET", f"{PATH}/_calls"))

"""A Cartona connector with two products, and the feed that a fake Cartona offers."""

import copy
import json
from pathlib import Path

from .common import HubCase

SAMPLES = Path(__file__).parent / "samples" / "cartona"


def sample(name, **changes):
    """A sample of an order, with other values for some of its keys."""
    return {**copy.deepcopy(json.loads((SAMPLES / f"{name}.json").read_text())), **changes}


class CartonaCase(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona(
            webhook_secret="secret-of-cartona", timezone="Africa/Cairo", salesperson_id=cls.env.user.id
        )
        cls.tea = cls._product("Tea", 12.5)
        cls.sugar = cls._product("Sugar", 42.5, cartona_id="SUG-1")
        cls.carton = cls.env["sync.hub.binding"].create(
            {
                "connector_id": cls.cartona.id,
                "entity": "product",
                "remote_id": "TEA-25#C",
                "res_model": "product.product",
                "res_id": cls.tea.id,
                "factor": 24,
                "unit": "box",
            }
        )
        cls._set_stock(cls.tea, 1000)
        cls._set_stock(cls.sugar, 1000)
        cls.env["sync.hub.drain"]._work(cls.cartona.id, "out", 0)
        cls.env["sync.hub.log"].search([]).unlink()

    def setUp(self):
        super().setUp()
        self.feed = []
        self.refuse = {}
        self.remote.answer = self.answer

    def answer(self, request, body):
        path = request.path_url.partition("?")[0].rpartition("/api/v1/")[2]
        for part, answer in self.refuse.items():
            if part in request.url and not (isinstance(answer, tuple) and len(answer) == 4 and answer[3] != body):
                return answer[:3]
        if path == "order/pull-orders":
            query = dict(pair.split("=") for pair in request.url.partition("?")[2].split("&"))
            start = (int(query["page"]) - 1) * int(query["per_page"])
            return 200, self.feed[start : start + int(query["per_page"])], {}
        return 200, {} if "update-order-status/" in path else [], {}

    def webhook(self, *orders):
        """Take orders or states in as the controller does, and work them off; returns the rows."""
        rows = self.receive(self.cartona, list(orders))
        self.wake_and_drain()
        return rows

    def poll(self):
        """Read the feed as the scheduled action does, and work off what comes."""
        self.cartona._start_reading("schedule")
        self.wake_and_drain()

    def told(self, part="update-order-status"):
        """What Cartona was told by calls whose address holds this."""
        return [body for request, body in self.remote.calls if part in request.url]

    def statuses(self):
        """The states of orders that Cartona was told, without acknowledgements."""
        return [body["status"] for body in self.told() if body["status"] != "synced"]

    def sale(self, number="Kp3TzQa9"):
        return self.order(number)


class CartonaOutCase(CartonaCase):
    order_changes = {}

    def setUp(self):
        super().setUp()
        self.webhook(sample("order", cartona_credit=0, wallet_top_up=0, **self.order_changes))
        self.sent = self.sale()
        self.remote.calls.clear()

    def confirm(self):
        self.sent.action_confirm()
        self.wake_and_drain()

    def deliver(self, **quantities):
        """Validate the transfer; quantities of products by their name, all of it where nothing is said."""
        picking = self.sent.picking_ids.filtered(lambda p: p.state not in ("done", "cancel"))[0]
        for move in picking.move_ids:
            if move.product_id.name in quantities:
                move.quantity = quantities[move.product_id.name]
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True, **self.context).button_validate()
        self.wake_and_drain()

    context = {"picking_ids_not_to_backorder": []}

    def line(self, number):
        return self.sent.order_line.filtered(lambda line: line.hub_line_id == number)

    def lines_told(self):
        return [body[0]["order_details"] for body in self.told("update-order-details")]

"""A simulated Cartona that is connected with a live hub both ways, and words for what happens in it."""

import requests

SECRET = "demo-cartona-secret"
#: The code that a retailer of the simulator reads out at the door.
OTP = "739104"
LADDER = ["pending", "approved", "assigned_to_salesman", "delivered"]


class Market:
    """One connector of the live Odoo and the simulated marketplace behind it, with two products of one's own.

    `tea` is sold by the piece (`TEA-25`) and by the carton of 24 (`TEA-25#C`), `sugar` as `SUG-1`.
    """

    def __init__(self, hub, **values):
        self.hub, self.odoo, self.sims = hub, hub.odoo, hub.sims
        # Secrets of archived connectors do not count, but only one of this kind may be in use.
        self.connector = hub.cartona(webhook_secret=SECRET, timezone="Africa/Cairo", **values)
        self.tea = hub.product("شاي 25 فتلة", 12.5, cartona_id="TEA-25")
        self.sugar = hub.product("سكر 1 كجم", 42.5, cartona_id="SUG-1")
        self.odoo.rpc(
            "sync.hub.binding",
            "create",
            {
                "connector_id": self.connector,
                "entity": "product",
                "remote_id": "TEA-25#C",
                "res_model": "product.product",
                "res_id": self.tea,
                "factor": 24,
                "unit": "box",
                "unit_count": 24,
                "base_ref": "7001",
            },
        )
        for product in (self.tea, self.sugar):
            self.stock(product, 2000)
        hub.quiet()

    def stock(self, product, quantity):
        """Set what is on hand, as an inventory does."""
        (warehouse,) = self.odoo.rpc(
            "stock.warehouse", "search_read", [("company_id", "=", 1)], ["lot_stock_id"], limit=1
        )
        values = {"product_id": product, "location_id": warehouse["lot_stock_id"][0], "inventory_quantity": quantity}
        quant = self.odoo.rpc("stock.quant", "create", values, context={"inventory_mode": True})
        self.odoo.rpc("stock.quant", "action_apply_inventory", [quant])

    # ------------------------------------------------------------ what happens at Cartona

    def act(self, **what):
        """Something that a retailer or Cartona does (see the simulator's README)."""
        return self.sims.request("POST", "cartona/_retailer", json=what)

    def change(self, number, choose, push=True):
        """A retailer edits one line that he sees, chosen by `choose(lines)`.

        What he sees may be gone when his edit arrives, since Odoo's own goes on meanwhile: he looks and chooses again.
        """
        for _look in range(10):
            edit = {"hashed_id": number, "lines": [choose(self.order(number)["order_details"])]}
            answer = requests.post(f"{self.sims.url}/cartona/_retailer", json={"edit": edit, "push": push}, timeout=60)
            if answer.ok or "line not found" not in answer.text:
                break
        assert answer.ok, answer.text

    def place(self, lines=None, push=True, **order):
        """A retailer orders; returns the order's id."""
        lines = lines or [
            {"internal_product_id": "TEA-25#C", "amount": 5, "offer": {"amount": 2, "price": 280}},
            {"internal_product_id": "SUG-1", "amount": 10},
        ]
        return self.act(place={"lines": lines, **order}, push=push)["hashed_id"]

    def post(self, body, secret=SECRET):
        """Post to the webhook of orders by hand."""
        return requests.post(
            f"{self.odoo.url}/cartona_integration/webhook/orders",
            json=body,
            headers={"AuthorizationToken": secret},
            timeout=60,
        )

    def poll(self):
        self.odoo.rpc("sync.hub.connector", "action_reconcile", [self.connector])
        self.hub.quiet(60)

    def scheduled_poll(self):
        """What the scheduled action does every few minutes."""
        (cron,) = self.odoo.sql("SELECT res_id FROM ir_model_data WHERE module = 'sync_hub' AND name = 'cron_poll'")
        self.odoo.rpc("ir.cron", "method_direct_trigger", list(cron))

    # ------------------------------------------------------------ seeing

    def calls(self, path):
        """Bodies and queries of what Cartona was asked, oldest first."""
        return [call for call in self.sims.request("GET", "cartona/_calls") if path in call["path"]]

    def told_lines(self, hashed_id):
        """Every change of a line that Cartona was told, answered or not."""
        told = [item for call in self.calls("update-order-details") for item in call["body"]]
        return [line for item in told if item["hashed_id"] == hashed_id for line in item["order_details"]]

    def order(self, hashed_id):
        """The order as Cartona has it."""
        return next(order for order in self.sims.state("cartona")["orders"] if order["hashed_id"] == hashed_id)

    def sale_id(self, hashed_id):
        rows = self.odoo.sql(
            "SELECT res_id FROM sync_hub_binding WHERE connector_id = %s AND entity = 'order' AND remote_id = %s",
            [self.connector, hashed_id],
        )
        return rows[0][0] if rows else None

    def sale(self, hashed_id, *fields):
        """Fields of the sale order, waited for."""
        sale = self.odoo.wait(lambda: self.sale_id(hashed_id), every=0.01)
        (values,) = self.odoo.rpc(
            "sale.order", "read", [sale], list(fields) or ["state", "amount_total", "picking_ids"]
        )
        return values

    def lines(self, hashed_id):
        """{Cartona's line id: (packs, price of a pack)} of the sale order."""
        fields = ["hub_line_id", "product_uom_qty", "price_unit"]
        domain = [("order_id", "=", self.sale_id(hashed_id)), ("hub_line_id", "not in", (False, "rounding"))]
        rows = self.odoo.rpc("sale.order.line", "search_read", domain, fields)
        return {r["hub_line_id"]: (r["product_uom_qty"], r["price_unit"]) for r in rows if r["product_uom_qty"]}

    def shown_lines(self, hashed_id):
        """The same of Cartona's order."""
        return {str(x["id"]): (x["amount"], x["selling_price"]) for x in self.order(hashed_id)["order_details"]}

    def equal(self, hashed_id):
        """Whether both sides have the same lines and total."""
        total = self.sale(hashed_id, "amount_total")["amount_total"]
        same_total = abs(total - self.order(hashed_id)["total_price"]) < 0.005
        return same_total and self.lines(hashed_id) == self.shown_lines(hashed_id)

    # ------------------------------------------------------------ what is done in Odoo

    def confirm(self, hashed_id):
        self.odoo.rpc("sale.order", "action_confirm", [self.sale_id(hashed_id)])

    def picking(self, hashed_id):
        """The open transfer of an order, with all of it picked."""
        (picking,) = self.odoo.rpc(
            "stock.picking",
            "search",
            [("sale_id", "=", self.sale_id(hashed_id)), ("state", "not in", ("done", "cancel"))],
        )
        moves = self.odoo.rpc("stock.move", "search", [("picking_id", "=", picking)])
        self.odoo.rpc("stock.move", "write", moves, {"picked": True})
        return picking

    def validate(self, picking):
        return self.odoo.rpc("stock.picking", "button_validate", [picking], context={"skip_sms": True})

"""Steps with the simulated Cartona."""

import statistics
import time

from talk import PATIENCE, Missed, demo, rpc, simulator, wait


def cartona(product):
    """The product as the simulated Cartona shows it."""
    return simulator("GET", f"cartona/_state?internal_product_id={product}")["products"][0]


def price(memory):
    template = demo("demo_chair")
    old = cartona("CHAIR-001")["selling_price"]
    (row,) = rpc("product.template", "read", [template], ["list_price"])
    rpc("product.template", "write", [template], {"list_price": row["list_price"] + 1.5})
    new = wait(lambda: (p := cartona("CHAIR-001")["selling_price"]) != old and p, "the new price")
    return (
        f"Chair {row['list_price']} -> {row['list_price'] + 1.5} in Odoo; Cartona shows {old} -> {new} (tax included)"
    )


def stock(memory):
    variant = demo("demo_lamp_red")
    old = cartona("LAMP-RED")["available_stock_quantity"]
    incoming = [("code", "=", "incoming"), ("company_id", "=", 1)]
    (kind,) = rpc("stock.picking.type", "search_read", incoming, ["default_location_dest_id"], limit=1)
    (supplier,) = rpc("stock.location", "search", [("usage", "=", "supplier")], limit=1)
    places = {"location_id": supplier, "location_dest_id": kind["default_location_dest_id"][0]}
    move = {"name": "Receipt", "product_id": variant, "product_uom_qty": 7, **places}
    picking = rpc("stock.picking", "create", {"picking_type_id": kind["id"], **places, "move_ids": [(0, 0, move)]})
    rpc("stock.picking", "action_confirm", [picking])
    (receipt,) = rpc("stock.picking", "read", [picking], ["name", "move_ids"])
    rpc("stock.move", "write", receipt["move_ids"], {"quantity": 7, "picked": True})
    rpc("stock.picking", "button_validate", [picking], context={"skip_sms": True})
    (product,) = rpc("product.product", "read", [variant], ["free_qty"])
    free = int(product["free_qty"])
    new = wait(lambda: (q := cartona("LAMP-RED")["available_stock_quantity"]) == free and q, f"{free} lamps")
    return f"receipt {receipt['name']} of 7 red lamps validated; Cartona shows {old} -> {new}"


def outage(memory):
    connector = demo("demo_cartona")
    (settings,) = rpc("sync.hub.connector", "read", [connector], ["retry_schedule"])
    rpc("sync.hub.connector", "write", [connector], {"retry_schedule": "1, 2*"})
    try:
        simulator("POST", "cartona/_fault", json={"status": 503})
        template = demo("demo_chair")
        (row,) = rpc("product.template", "read", [template], ["list_price"])
        rpc("product.template", "write", [template], {"list_price": row["list_price"] + 1})
        old = cartona("CHAIR-001")["selling_price"]
        domain = [("connector_id", "=", connector), ("state", "=", "retrying")]
        (waiting,) = wait(
            lambda: rpc("sync.hub.log", "search_read", domain, ["error", "attempts"], limit=1), "a retrying row"
        )
        simulator("POST", "cartona/_fault", json={})
        new = wait(lambda: (p := cartona("CHAIR-001")["selling_price"]) != old and p, "the price after the outage")
        wait(lambda: not rpc("sync.hub.log", "search_count", domain), "no row retrying any more")
    finally:
        simulator("POST", "cartona/_fault", json={})
        rpc("sync.hub.connector", "write", [connector], {"retry_schedule": settings["retry_schedule"]})
    said = waiting["error"][:8]
    return f"row {waiting['id']} was retrying ({said}), then healed by itself: Cartona shows {old} -> {new}"


def cartona_order(hashed_id):
    """An order as the simulated Cartona shows it."""
    return next(o for o in simulator("GET", "cartona/_state")["orders"] if o["hashed_id"] == hashed_id)


def place(**order):
    """A retailer orders at Cartona, which tells Odoo: (Cartona's id, the sale order's, seconds until it was there)."""
    started = time.monotonic()
    lines = [{"internal_product_id": "CHAIR-001#4", "amount": 1}, {"internal_product_id": "SUG-1", "amount": 10}]
    placed = simulator("POST", "cartona/_retailer", json={"place": {"lines": lines, **order}, "push": True})
    number = placed["hashed_id"]
    found = [("client_order_ref", "=", number)]
    (sale,) = wait(lambda: rpc("sale.order", "search", found), f"order {number}")
    return number, sale, time.monotonic() - started


def marketplace(memory):
    number, sale, _seconds = place(cartona_credit=100)
    (order,) = rpc("sale.order", "read", [sale], ["name", "amount_total", "hub_cash_due", "hub_remote_due"])
    total = cartona_order(number)["total_price"]
    if abs(order["amount_total"] - total) > 0.005:
        raise Missed(f"the total is {order['amount_total']}, not {total}")
    rpc("sale.order", "action_confirm", [sale])
    wait(lambda: cartona_order(number)["status"] == "approved", "approved")
    (picking,) = rpc("stock.picking", "search", [("sale_id", "=", sale), ("state", "!=", "cancel")])
    moves = rpc("stock.move", "search_read", [("picking_id", "=", picking)], ["product_uom_qty"])
    for move in moves:
        rpc("stock.move", "write", [move["id"]], {"quantity": move["product_uom_qty"], "picked": True})
    rpc("stock.picking", "button_validate", [picking], context={"skip_sms": True})
    wait(lambda: cartona_order(number)["status"] == "delivered", "delivered")
    steps = " > ".join(cartona_order(number)["_status_history"])
    cash, due = order["hub_cash_due"], order["hub_remote_due"]
    return f"{number} is {order['name']}: total {total}, cash to collect {cash}, due from Cartona {due}; {steps}"


def spread(seconds):
    """Median and p95 in words."""
    ordered = sorted(seconds)
    return f"median {statistics.median(ordered) * 1e3:.0f} ms, p95 {ordered[int(len(ordered) * 0.95) - 1] * 1e3:.0f} ms"


def latency(memory):
    template, seconds = demo("demo_sugar"), []
    (row,) = rpc("product.template", "read", [template], ["list_price"])
    for number in range(100):
        started, old = time.monotonic(), cartona("SUG-1")["selling_price"]
        rpc("product.template", "write", [template], {"list_price": 30 + number / 4 + (row["list_price"] == 30)})
        until = started + PATIENCE
        while cartona("SUG-1")["selling_price"] == old:
            if time.monotonic() > until:
                raise Missed("a price was not seen")
            time.sleep(0.002)
        seconds.append(time.monotonic() - started)
    rpc("product.template", "write", [template], {"list_price": row["list_price"]})
    orders = [place()[2] for _number in range(20)]
    return f"100 prices in Odoo to Cartona: {spread(seconds)}; 20 orders at Cartona to Odoo: {spread(orders)}"

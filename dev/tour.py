"""The demo's tour: plays the hub's main jobs against the running server and prints one line per step.

Environment: HUB_URL, HUB_DB, HUB_SIM_URL. Exit status 0 only if every step held.
"""

import copy
import itertools
import json
import os
import statistics
import sys
import time
from pathlib import Path

import requests

URL, DATABASE, SIMULATORS = os.environ["HUB_URL"], os.environ["HUB_DB"], os.environ["HUB_SIM_URL"]
SAMPLE = Path(__file__).parents[1] / "tests" / "samples" / "prestashop" / "contract-4.1.json"
#: Longest that a step may take, in seconds.
PATIENCE = 30
numbers = itertools.count(1)


class Missed(Exception):
    """A step did not see what it should."""


# ---------------------------------------------------------------- Odoo and the simulators


def call(service, method, *args):
    body = {
        "jsonrpc": "2.0",
        "method": "call",
        "id": next(numbers),
        "params": {"service": service, "method": method, "args": args},
    }
    reply = requests.post(f"{URL}/jsonrpc", json=body, timeout=60).json()
    if "error" in reply:
        raise Missed(reply["error"].get("data", {}).get("message") or reply["error"]["message"])
    return reply.get("result")


def rpc(model, method, *args, **options):
    return call("object", "execute_kw", DATABASE, UID, "admin", model, method, args, options)


def simulator(method, path, **options):
    reply = requests.request(method, f"{SIMULATORS}/{path}", timeout=60, **options)
    reply.raise_for_status()
    return reply.json() if reply.text else None


def cartona(product):
    """The product as the simulated Cartona shows it."""
    return simulator("GET", f"cartona/_state?internal_product_id={product}")["products"][0]


def wait(see, what):
    """The first true value of see(), tried until patience ends."""
    until = time.monotonic() + PATIENCE
    while not (seen := see()):
        if time.monotonic() > until:
            raise Missed(f"{what}: not seen within {PATIENCE} s")
        time.sleep(0.02)
    return seen


def demo(name):
    """The id of a record of the demo data."""
    (row,) = rpc("ir.model.data", "search_read", [("module", "=", "sync_hub"), ("name", "=", name)], ["res_id"])
    return row["res_id"]


# ---------------------------------------------------------------- steps


def fresh_batch():
    """Contract sample 4.1; under new numbers when an earlier tour has played it in this database."""
    batch = json.loads(json.loads(SAMPLE.read_text())["posts"][0]["body_raw"])
    if not rpc("sale.order", "search_count", [("client_order_ref", "=", batch["events"][0]["entity_name"])]):
        return batch
    batch, shift = copy.deepcopy(batch), int(time.time()) - 1_700_000_000
    event = batch["events"][0]
    reference = f"T{shift}"
    event.update(event_id=shift, entity_id=shift, entity_name=reference, transaction_hash=f"{shift:064x}")
    event["after_data"].update(id_order=shift, reference=reference)
    return batch


def prestashop_order(memory):
    memory["batch"] = batch = fresh_batch()
    number = batch["events"][0]["entity_name"]
    # The customer and his address come in batches of their own, as the real module sends them.
    for sample in ("4.3", "4.4"):
        simulator("POST", "prestashop/_send", json={"sample": sample})
    sent = simulator("POST", "prestashop/_send", json={"batch": batch})
    if sent["status"] != 200:
        raise Missed(f"Odoo answered {sent['status']}: {sent['body']}")
    fields = ["name", "amount_total", "partner_id", "state", "order_line"]
    (order,) = wait(
        lambda: rpc("sale.order", "search_read", [("client_order_ref", "=", number)], fields), f"order {number}"
    )
    memory["number"] = number
    if order["amount_total"] != 104.06:
        raise Missed(f"the total is {order['amount_total']}, not 104.06")
    lines, customer = len(order["order_line"]), order["partner_id"][1]
    return f"{number} is {order['name']} of {customer}: total 104.06, {lines} lines, state {order['state']}"


def duplicate(memory):
    sent = simulator("POST", "prestashop/_send", json={"batch": memory["batch"]})
    if not (sent["status"] == 200 and sent["results"][0]["success"]):
        raise Missed(f"Odoo answered {sent['status']}: {sent['body']}")
    time.sleep(0.5)
    count = rpc("sale.order", "search_count", [("client_order_ref", "=", memory["number"])])
    if count != 1:
        raise Missed(f"{count} orders {memory['number']}")
    return f"answered 200 with success, and there is still one order {memory['number']}"


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


def bound(entity, remote_id):
    """The id of the record that is bound to a number of the demo's PrestaShop, None when there is none."""
    domain = [("connector_id", "=", demo("demo_prestashop")), ("entity", "=", entity), ("remote_id", "=", remote_id)]
    rows = rpc("sync.hub.binding", "search_read", domain, ["res_id"])
    return rows[0]["res_id"] if rows else None


def reverse(memory):
    partner = bound("customer", "67")
    (old,) = rpc("res.partner", "read", [partner], ["email"])
    address = f"maria{int(time.time())}@example.com"
    rpc("res.partner", "write", [partner], {"email": address})

    def shown():
        customers = simulator("GET", "prestashop/_state")["customers"]
        return any(c["id_customer"] == 67 and c["email"] == address for c in customers)

    wait(shown, "the new e-mail address in the shop")
    return f"customer 67: {old['email']} -> {address} in Odoo, and in the shop"


def lost_order(memory):
    line = {"product_id": 8, "reference": "MUG-KOALA", "name": "Mug", "quantity": 3, "price_excl": 40, "tax_rate": 21}
    customer = {"firstname": "Lucía", "lastname": "Tienda", "email": "lucia@example.com"}
    lost = simulator("POST", "prestashop/_order", json={"customer": customer, "lines": [line], "send": False})
    number = str(lost["id_order"])
    if bound("order", number):
        raise Missed(f"order {number} is here although its message was lost")
    rpc("sync.hub.connector", "action_reconcile", [demo("demo_prestashop")])
    order = wait(lambda: bound("order", number), f"order {number}")
    (found,) = rpc("sale.order", "read", [order], ["name", "amount_total", "partner_id"])
    if found["amount_total"] != lost["total_paid"]:
        raise Missed(f"the total is {found['amount_total']}, not {lost['total_paid']}")
    name, who = found["name"], found["partner_id"][1]
    return f"{lost['reference']} was never announced; read from the shop it is {name} of {who}: {lost['total_paid']}"


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


STEPS = [
    ("PrestaShop posts an order", prestashop_order),
    ("A customer is edited in Odoo", reverse),
    ("PrestaShop loses the message of an order", lost_order),
    ("A price is edited in Odoo", price),
    ("A stock receipt is validated", stock),
    ("PrestaShop posts the same batch again", duplicate),
    ("Cartona is down for a while", outage),
    ("A retailer orders at Cartona", marketplace),
    ("How long it takes", latency),
]


def main():
    global UID
    UID = call("common", "authenticate", DATABASE, "admin", "admin", {})
    # A shop never gives a number twice, and this one may have been started afresh.
    simulator("POST", "prestashop/_reset", json={"first_id": int(time.time()) - 1_700_000_000})
    # The simulators may have another port, and the database may be older than this tour.
    shop = {"url": f"{SIMULATORS}/prestashop", "token": "DEMOPRESTASHOPWEBSERVICEKEY00001"}
    rpc("sync.hub.connector", "write", [demo("demo_prestashop")], shop)
    rpc("sync.hub.connector", "write", [demo("demo_cartona")], {"url": f"{SIMULATORS}/cartona/api/v1"})
    memory, held = {}, True
    for number, (title, step) in enumerate(STEPS, start=1):
        started = time.monotonic()
        try:
            seen, mark = step(memory), "ok"
        except (Missed, requests.RequestException, ValueError, KeyError) as error:
            seen, mark, held = f"{type(error).__name__}: {error}", "MISSED", False
        print(f"{number}/{len(STEPS)} {mark:6} {time.monotonic() - started:5.2f} s  {title}: {seen}", flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

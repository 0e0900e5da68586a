"""Steps with the simulated PrestaShop."""

import copy
import json
import time
from pathlib import Path

from talk import Missed, demo, rpc, simulator, wait

SAMPLE = Path(__file__).parents[2] / "tests" / "samples" / "prestashop" / "contract-4.1.json"


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

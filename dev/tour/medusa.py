"""Steps with the simulated Medusa."""

from talk import Missed, demo, rpc, simulator, wait


def shown(sku):
    """A variant as the simulated Medusa shows it, None when it has none."""
    for product in simulator("GET", f"medusa/_state?sku={sku}")["products"]:
        for variant in product["variants"]:
            if variant["sku"] == sku:
                return variant
    return None


def for_sale(sku):
    """Pieces of a variant that a buyer can still have."""
    levels = [level for item in shown(sku)["inventory_items"] for level in item["inventory"]["location_levels"]]
    return sum(level["available_quantity"] for level in levels)


def order_there(number):
    return next(order for order in simulator("GET", "medusa/_state")["orders"] if order["id"] == number)


def shop(memory):
    """Make our products there, sell one, send it, and take the money when its invoice is paid."""
    run = rpc("sync.hub.connector", "action_push_all", [demo("demo_medusa")])["res_id"]
    wait(lambda: rpc("sync.hub.run", "read", [run], ["state"])[0]["state"] == "done", "the end of the first export")
    (figures,) = rpc("sync.hub.run", "read", [run], ["total", "failed_count"])
    if figures["failed_count"] or not shown("LAMP-RED"):
        raise Missed(f"{figures['failed_count']} of {figures['total']} operations failed")
    before = for_sale("LAMP-RED")
    wish = {"lines": {"LAMP-RED": 2}, "currency": shown("LAMP-RED")["prices"][0]["currency_code"], "tax_rate": 21}
    placed = simulator("POST", "medusa/_buyer", json=wish)
    number = f"#{placed['display_id']}"
    mine = [("client_order_ref", "=", number), ("hub_connector_id", "=", demo("demo_medusa"))]
    found = ["name", "amount_total", "state", "picking_ids"]
    (sale,) = wait(lambda: rpc("sale.order", "search_read", mine, found, order="id desc", limit=1), f"order {number}")
    if f"{sale['amount_total']:.2f}" != f"{placed['total']:.2f}":
        raise Missed(f"the total is {sale['amount_total']}, not {placed['total']}")
    (picking,) = sale["picking_ids"]
    rpc("stock.picking", "action_assign", [picking])
    rpc("stock.picking", "write", [picking], {"carrier_tracking_ref": "TOUR-1"})
    rpc("stock.picking", "button_validate", [picking], context={"skip_sms": True, "skip_backorder": True})
    wait(lambda: order_there(placed["id"])["fulfillment_status"] == "shipped", "shipped")
    after = wait(lambda: (left := for_sale("LAMP-RED")) == before - 2 and left, f"{before - 2} lamps")
    return (
        f"first export of {figures['total']} operations, none failed; order {number} is {sale['name']}: total "
        f"{sale['amount_total']}, shipped with TOUR-1; red lamps for sale there {before} -> {after}"
    )

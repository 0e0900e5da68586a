"""Steps of the vendor API: we are a vendor, and we have vendors."""

import time

import requests
from talk import URL, Missed, demo, rpc, simulator, wait


def offered(sku):
    """(quantity, price) of a variant as the simulated retailer has it, None when he has not."""
    for product in simulator("GET", f"vendor/_state?default_code={sku}")["products"]:
        for variant in product["variants"] or [product]:
            if variant["default_code"] == sku:
                return variant["vendor_on_hand_qty"], variant["price"]
    return None


def retailer(memory):
    run = rpc("sync.hub.connector", "action_push_all", [demo("demo_vendor_api")])["res_id"]
    wait(lambda: rpc("sync.hub.run", "read", [run], ["state"])[0]["state"] == "done", "the end of the full sync")
    (figures,) = rpc("sync.hub.run", "read", [run], ["total", "failed_count"])
    if figures["failed_count"]:
        raise Missed(f"{figures['failed_count']} of {figures['total']} products failed")
    template = demo("demo_mug")
    (row,) = rpc("product.template", "read", [template], ["list_price"])
    old = offered("MUG-KOALA")
    rpc("product.template", "write", [template], {"list_price": row["list_price"] + 0.5})
    new = wait(lambda: (now := offered("MUG-KOALA")) != old and now, "the new price at the retailer")
    rpc("product.template", "write", [template], {"list_price": row["list_price"]})
    return f"full sync of {figures['total']} products, none failed; the mug's (quantity, price) there {old} -> {new}"


def vendor_in(memory):
    sku, partner = f"TOUR-{int(time.time())}", demo("demo_vendor")

    def tell(operation, body):
        answer = requests.post(
            f"{URL}/vendor_api/product/{operation}?partner_id={partner}",
            json=body,
            headers={"Authorization": "Bearer demo-vendor-in-token"},
            timeout=30,
        )
        result = answer.json()["result"]
        if "error" in result:
            raise Missed(f"{operation}: {result['error']}: {result['message']}")
        return result

    variants = [{"default_code": f"{sku}-{size}", "vendor_on_hand_qty": 10, "price": 5.5, "attributes": {"Size": size}}
                for size in ("S", "L")]  # fmt: skip
    product = {"name": f"Tour shirt {sku}", "default_code": f"{sku}-S", "vendor_on_hand_qty": 20}
    made = tell("create", {"product": product, "supplier": {"price": 5.5}, "variants": variants})
    tell("update", {"variants": [{"default_code": f"{sku}-S", "vendor_on_hand_qty": 4, "price": 5.75}]})
    (found,) = rpc("product.template", "read", [made["product_id"]], ["name", "hub_vendor_qty", "qty_available"])
    if (found["hub_vendor_qty"], found["qty_available"]) != (14, 0):
        raise Missed(f"vendors have {found['hub_vendor_qty']}, in our warehouses {found['qty_available']}")
    return f"{found['name']} with 2 variants: the vendor has 14, our warehouses 0"


def vendor_order(memory):
    quantity = 50 + int(time.time()) % 1000
    simulator("POST", "vendor/_stock", json={"sku": "BPC-5", "quantity": quantity})
    connector, mine = demo("demo_vendor_shop"), [("partner_id", "=", demo("demo_shop_vendor")), ("sku", "=", "BPC-5")]
    rpc("sync.hub.connector", "action_read_catalogue", [connector])
    fields = ["product_id", "quantity"]
    (row,) = wait(lambda: rpc("sync.hub.vendor.product", "search_read", [*mine, ("quantity", "=", quantity)], fields),
                  "the vendor's stock")  # fmt: skip
    (country,) = rpc("res.country", "search", [("code", "=", "US")])
    place = {"street": "Main 1", "city": "Austin", "zip": "73301", "country_id": country}
    customer = rpc("res.partner", "create", {"name": "Tour customer", "email": "tour@example.com", **place})
    line = {"product_id": row["product_id"][0], "product_uom_qty": 2, "price_unit": 60}
    sale = rpc("sale.order", "create", {"partner_id": customer, "order_line": [(0, 0, line)]})
    rpc("sale.order", "action_confirm", [sale])
    order = rpc("sale.order", "action_hub_order", [sale])["res_id"]
    rpc("sync.hub.vendor.order", "action_send", [order])
    read = lambda *names: rpc("sync.hub.vendor.order", "read", [order], list(names))[0]  # noqa: E731
    wait(lambda: read("remote_number")["remote_number"], "the vendor's number")
    name = read("name")["name"]
    parcel = {"carrier": "UPS", "trackingNumber": "1Z999"}
    simulator("POST", "vendor/_order", json={"order": name, "status": "SHIPPED", "shipments": [parcel]})
    rpc("sync.hub.vendor.order", "action_read", [order])
    wait(lambda: read("state")["state"] == "shipped", "shipped")
    seen = read("remote_number", "tracking")
    return f"{name} is {seen['remote_number']} at the vendor, shipped by {seen['tracking']}"

"""The page: both faces as tables."""

VARIANT = ("default_code", "vendor_on_hand_qty", "price", "attributes")
GOOD = ("sku", "name", "regularPrice", "salePrice", "inventory", "options")
TIER = ("id", "uniqueTierId", "name", "minSubtotal", "maxSubtotal", "shippingRate", "serviceName")
ORDER = "orderNumber partnerOrderId status paymentStatus subtotal shippingAmount totalAmount items shipments".split()
PUSH = ("time", "url", "status", "body", "inventory")


def rows(records, columns):
    return [[record.get(key) for key in columns] for record in records]


def tables(state):
    shop = state["shop"]
    taken = [
        [product["id"], product["name"], *rows([one], VARIANT)[0]]
        for product in state["products"]
        for one in product["variants"]
    ]
    goods = [[product["name"], *rows([one], GOOD)[0]] for product in shop["products"] for one in product["variants"]]
    orders = [{**order, "items": [f"{i['quantity']} x {i['sku']}" for i in order["items"]]} for order in shop["orders"]]
    return [
        ("At the retailer", ["id", "name", *VARIANT], taken),
        ("In the shop", ["product", *GOOD], goods),
        ("Orders in the shop", ORDER, rows(reversed(orders), ORDER)),
        ("Shipping tiers", TIER, rows(shop["shipping_tiers"], TIER)),
        ("Webhooks sent", PUSH, rows(reversed(shop["pushes"]), PUSH)),
    ]

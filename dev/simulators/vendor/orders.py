"""The orders of the shop: placed, changed and cancelled by the partner."""

import datetime
import uuid

from .bodies import text, whole

STATUSES = "PENDING PROCESSING LABEL_CREATED SHIPPED DELIVERED CANCELLED REFUNDED ON_HOLD".split()
GONE = ("SHIPPED", "DELIVERED", "REFUNDED")  # the goods have left: a cancel brings nothing back
PEOPLE = {"firstName", "lastName", "email", "phone", "company"}
PLACE = {"address", "address1", "address2", "city", "state", "zip", "postalCode", "country"}
TIER_KEYS = {"shippingTierId": "id", "uniqueTierId": "uniqueTierId"}
ORDER = {"partnerOrderId", "customer", "items", "shippingAddress", "billingAddress", *TIER_KEYS}


class Problem(Exception):
    def __init__(self, message, status=400, **more):
        super().__init__(message)
        self.status, self.more = status, more


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def keyed(given, what, known=None):
    """An object, with no other keys than these."""
    if not isinstance(given, dict):
        raise Problem(f"{what} must be an object")
    if known is not None and set(given) - set(known):
        raise Problem(f"{what}: unknown {', '.join(sorted(set(given) - set(known)))}")
    return given


def person(given, what):
    """A customer or an address: texts."""
    for key, value in keyed(given, what, PEOPLE | PLACE).items():
        if not (value is None or isinstance(value, str)):
            raise Problem(f"{what}: {key} must be a text")
    return given


def address(given, customer):
    """The snapshot that the order keeps, with the shop's fillers for what is missing."""
    return {
        "firstName": given.get("firstName") or customer.get("firstName") or "Unknown",
        "lastName": given.get("lastName") or customer.get("lastName") or "Unknown",
        "address1": given.get("address1") or given.get("address") or "Unknown",
        "address2": given.get("address2") or None,
        "city": given.get("city") or "Unknown",
        "state": given.get("state") or "Unknown",
        "postalCode": given.get("zip") or given.get("postalCode") or "00000",
        "country": given.get("country") or "US",
    }


class Orders:
    """Mixed into the shop: self.orders is {id: order}, self.variants its goods, self.tiers its shipping."""

    def order(self, number, by_id=True):
        if by_id and number in self.orders:
            return self.orders[number]
        for order in self.orders.values():
            if order["partnerOrderId"] == number:
                return order
        raise Problem("Order not found", 404)

    # -- calls -------------------------------------------------------------------
    def place(self, body):
        partner_id = body.get("partnerOrderId")
        known = next((one for one in self.orders.values() if one["partnerOrderId"] == partner_id), None)
        if known:
            raise Problem(
                "An order with this partnerOrderId already exists for this channel.",
                orderId=known["orderId"],
                orderNumber=known["orderNumber"],
            )
        keyed(body, "the body", ORDER)
        if not text(partner_id):
            raise Problem("partnerOrderId is required")
        customer = person(body.get("customer"), "customer")
        shipping = person(body.get("shippingAddress") or customer, "shippingAddress")
        billing = person(body.get("billingAddress") or customer, "billingAddress")
        items = self._items(body.get("items"))
        subtotal = round(sum(item["totalPrice"] for item in items), 2)
        tier = self._tier(body, subtotal)
        self._take(items)
        rate = tier["shippingRate"] if tier else 0
        made = now()
        order = {
            "orderId": str(uuid.uuid4()),
            "orderNumber": f"ORD-{int(datetime.datetime.now().timestamp() * 1000)}-{len(self.orders) + 1}",
            "partnerOrderId": partner_id,
            "status": "PENDING",
            "trackingNumber": None,
            "subtotal": subtotal,
            "shippingAmount": rate,
            "totalAmount": round(subtotal + rate, 2),
            "createdAt": made,
            "updatedAt": made,
            "shippingAddress": address(shipping, customer),
            "billingAddress": address(billing, customer),
            "customer": customer,
            "items": items,
            "shipments": [],
            "trackingEvents": [],
            "paymentStatus": None,
        }
        self.orders[order["orderId"]] = order
        keys = ("orderId", "orderNumber", "status", "subtotal", "shippingAmount", "totalAmount")
        applied = {key: tier[key] for key in ("id", "uniqueTierId", "name", "serviceName")} if tier else None
        return {
            **{key: order[key] for key in keys},
            "shippingTierApplied": applied,
            "items": [{k: v for k, v in item.items() if not k.endswith("Name")} for item in items],
        }

    def shown(self, order):
        """An order as GET gives it."""
        hidden = ("customer", "billingAddress", "paymentStatus")
        shown = {key: value for key, value in order.items() if key not in hidden}
        return {**shown, "shipmentRequestStatus": None, "discountAmount": 0, "taxAmount": 0}

    def put(self, number, body):
        order = self.order(number, by_id=False)
        keyed(body, "the body", ("status", "paymentStatus"))
        if "status" in body and body["status"] not in STATUSES:
            raise Problem(f"status is one of {', '.join(STATUSES)}")
        if "paymentStatus" in body and not text(body["paymentStatus"]):
            raise Problem("paymentStatus must be a text")
        order["paymentStatus"] = body.get("paymentStatus", order["paymentStatus"])
        self.move(order, body.get("status", order["status"]))
        return {"orderId": order["orderId"], "status": order["status"]}

    def cancel(self, number):
        order = self.order(number, by_id=False)
        already = order["status"] == "CANCELLED"
        self.move(order, "CANCELLED")
        message = "Order is already cancelled" if already else "Order cancelled successfully"
        return {"message": message, "orderId": order["orderId"], "orderNumber": order["orderNumber"]}

    # -- steps -------------------------------------------------------------------
    def move(self, order, status):
        """Give an order another status; a cancel gives the goods back that have not left."""
        if status == order["status"]:
            return
        if status == "CANCELLED" and order["status"] not in GONE:
            for item in order["items"]:
                self.variant(item["variantId"])["inventory"] += item["quantity"]
        order.update(status=status, updatedAt=now())

    def _items(self, given):
        if not isinstance(given, list) or not given:
            raise Problem("Items array is required")
        return [self._item(keyed(item, "an item", ("variantId", "quantity"))) for item in given]

    def _item(self, given):
        name, quantity = given.get("variantId"), given.get("quantity")
        if not (whole(quantity) and quantity > 0):
            raise Problem(f"Invalid quantity for variant {name}")
        product, variant = next(
            ((product, one) for product, one in self.variants if name in (one["id"], one["sku"])), (None, None)
        )
        if variant is None or variant["regularPrice"] is None:
            raise Problem(f"Price not configured for variant {name} on this channel. Tried both ID and SKU lookup.")
        return {
            "variantId": variant["id"],
            "sku": variant["sku"],
            "productName": product["name"],
            "variantName": variant["name"],
            "quantity": quantity,
            "unitPrice": variant["regularPrice"],
            "totalPrice": round(variant["regularPrice"] * quantity, 2),
        }

    def _tier(self, body, subtotal):
        """The tier that was asked for, else the one whose range has the subtotal."""
        for key, field in TIER_KEYS.items():
            if body.get(key):
                for tier in self.tiers:
                    if tier[field] == body[key]:
                        return tier
                raise Problem(f"Shipping tier not found or inactive: {field}={body[key]}")
        for tier in reversed(self.tiers):
            if tier["minSubtotal"] <= subtotal and (tier["maxSubtotal"] is None or subtotal < tier["maxSubtotal"]):
                return tier
        return None

    def _take(self, items):
        """All of it or nothing."""
        wanted = {}
        for item in items:
            wanted[item["variantId"]] = wanted.get(item["variantId"], 0) + item["quantity"]
        for number, quantity in wanted.items():
            left = self.variant(number)["inventory"]
            if quantity > left:
                raise Problem(f"Insufficient inventory for variant {number}: {max(0, left)} available")
        for number, quantity in wanted.items():
            self.variant(number)["inventory"] -= quantity

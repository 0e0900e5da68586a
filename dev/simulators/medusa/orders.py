"""Orders with their money and parcels, and the people who buy."""

from .wire import Problem, listed, merged, missing, needed, not_allowed, strict

ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "city", "postal_code", "country_code")
ADDRESS += ("province", "phone")
CUSTOMER = ("email", "first_name", "last_name", "company_name", "phone", "metadata")
LABEL = ("tracking_number", "tracking_url", "label_url")
#: What has been done to all of it, the furthest first.
STEPS = (("delivered", "delivered_quantity"), ("shipped", "shipped_quantity"), ("fulfilled", "fulfilled_quantity"))


class Orders:
    """Mixed into the remote: self.orders and self.customers by id."""

    def order(self, number):
        if number not in self.orders:
            raise missing("Order", number)
        return self.orders[number]

    def shown_order(self, order):
        return {**order, "fulfillment_status": fulfilment_of(order), "payment_status": payment_of(order)}

    def list_orders(self, body, query):
        rows = [self.shown_order(order) for order in self.orders.values()]
        return listed("orders", rows, query, {"id": lambda row: [row["id"]]}, 15)

    def get_order(self, body, query, number):
        return {"order": self.shown_order(self.order(number))}

    def touch(self, order, event=None):
        order["updated_at"] = self.clock.now()
        if event:
            self.event(event, order["id"])
        return {"order": self.shown_order(order)}

    def update_order(self, body, query, number):
        order = self.order(number)
        strict(body, "metadata", "email")
        order["metadata"] = merged(order["metadata"], body)
        order["email"] = body.get("email") or order["email"]
        return self.touch(order, "order.updated")

    def cancel_order(self, body, query, number):
        order = self.order(number)
        if order["status"] == "canceled":
            raise Problem(f"Order with id {number} has been canceled.")
        if order["status"] == "completed":
            raise not_allowed("Order is completed")
        if any(not one["canceled_at"] for one in order["fulfillments"]):
            raise not_allowed("All fulfillments must be canceled before canceling an order")
        for _order, payment in [pair for pair in self.payments() if pair[0] is order]:
            left = total(payment, "captures") - total(payment, "refunds")
            if left > 0:
                self._give_back(order, payment, left, None)
        order.update(status="canceled", canceled_at=self.clock.now())
        for line in order["items"]:
            self.release(line["id"])
        return self.touch(order, "order.canceled")

    def complete_order(self, body, query, number):
        self.order(number)["status"] = "completed"
        return self.touch(self.order(number), "order.completed")

    # ------------------------------------------------------------ parcels

    def fulfil(self, body, query, number):
        order = self.order(number)
        strict(body, "items", "location_id", "shipping_option_id", "no_notification", "metadata")
        lines = {line["id"]: line for line in order["items"]}
        if not body.get("items") or any(wire.get("quantity", 0) <= 0 for wire in body["items"]):
            raise Problem("Invalid request: Field 'items' is required")
        for wire in body["items"]:
            line = lines.get(wire["id"])
            if line and line["detail"]["fulfilled_quantity"] + wire["quantity"] > line["quantity"]:
                raise Problem(f"Quantity to fulfill exceeds the reserved quantity for the item: {wire['id']}")
            held = sum(r["quantity"] for r in self.reservations.values() if r["line_item_id"] == wire["id"])
            counted = line and line["manage_inventory"]
            if line is None or (counted and wire["quantity"] > held):
                raise Problem(f"Quantity to fulfill exceeds the reserved quantity for the item: {wire['id']}")
        for wire in body["items"]:
            lines[wire["id"]]["detail"]["fulfilled_quantity"] += wire["quantity"]
            self.release(wire["id"], wire["quantity"], gone=True)
        place = body.get("location_id") or self.locations[0]["id"]
        made = {"id": self.clock.id("ful"), "location_id": place, "metadata": body.get("metadata"), "labels": []}
        made.update(packed_at=self.clock.now(), shipped_at=None, delivered_at=None, canceled_at=None)
        items = [{"line_item_id": wire["id"], "quantity": wire["quantity"]} for wire in body["items"]]
        order["fulfillments"].append({**made, "items": items, **self.clock.stamps()})
        self.event("order.fulfillment_created", made["id"], order["id"])
        return self.touch(order)

    def parcel(self, order, number):
        found = next((one for one in order["fulfillments"] if one["id"] == number), None)
        if found is None:
            raise missing("Fulfillment", number)
        return found

    def ship(self, body, query, number, parcel_id):
        order = self.order(number)
        parcel = self.parcel(order, parcel_id)
        strict(body, "items", "labels", "no_notification", "metadata")
        if parcel["shipped_at"]:
            raise not_allowed("Shipment has already been created")
        for label in body.get("labels") or ():
            needed(strict(label, *LABEL), *LABEL)
        parcel.update(shipped_at=self.clock.now(), labels=body.get("labels") or [])
        self._count_parcel(order, parcel, "shipped_quantity")
        self.event("shipment.created", parcel_id)
        return self.touch(order)

    def deliver(self, body, query, number, parcel_id):
        order = self.order(number)
        parcel = self.parcel(order, parcel_id)
        if parcel["delivered_at"]:
            raise not_allowed("Fulfillment has already been marked delivered")
        parcel["delivered_at"] = self.clock.now()
        self._count_parcel(order, parcel, "delivered_quantity")
        self.event("delivery.created", parcel_id)
        return self.touch(order)

    @staticmethod
    def _count_parcel(order, parcel, name):
        lines = {line["id"]: line for line in order["items"]}
        for item in parcel["items"]:
            lines[item["line_item_id"]]["detail"][name] += item["quantity"]

    # ------------------------------------------------------------ money

    def payments(self):
        for order in self.orders.values():
            for collection in order["payment_collections"]:
                for payment in collection["payments"]:
                    yield order, payment

    def payment(self, number):
        found = next((pair for pair in self.payments() if pair[1]["id"] == number), None)
        if found is None:
            raise missing("Payment", number)
        return found

    def shown_payment(self, order, payment):
        return {**payment, "payment_collection": {"id": payment["payment_collection_id"], "order": {"id": order["id"]}}}

    def list_payments(self, body, query):
        rows = [self.shown_payment(*pair) for pair in self.payments()]
        return listed("payments", rows, query, {"id": lambda row: [row["id"]]}, 20)

    def get_payment(self, body, query, number):
        return {"payment": self.shown_payment(*self.payment(number))}

    def capture(self, body, query, number):
        strict(body, "amount")
        order, payment = self.payment(number)
        taken = total(payment, "captures")
        if payment["captured_at"] and "amount" not in body:
            return {"payment": payment}
        if order["status"] == "canceled":
            raise Problem(f"Order with id {order['id']} has been canceled.")
        amount = body.get("amount", payment["amount"])
        if amount > payment["amount"] - taken + 1e-9:
            text = "You cannot capture more than the authorized amount substracted by what is already captured."
            raise Problem(text)
        payment["captures"].append({"id": self.clock.id("capt"), "amount": amount, "created_at": self.clock.now()})
        if total(payment, "captures") >= payment["amount"] - 1e-9:
            payment["captured_at"] = self.clock.now()
        payment["updated_at"] = self.clock.now()
        self.event("payment.captured", number)
        return {"payment": payment}

    def refund(self, body, query, number):
        strict(body, "amount", "note", "refund_reason_id")
        order, payment = self.payment(number)
        left = total(payment, "captures") - total(payment, "refunds")
        amount = body.get("amount", left)
        if amount <= 0 or amount > left + 1e-9:
            raise Problem(f"You are not allowed to refund more than the captured amount: {left}")
        self._give_back(order, payment, amount, body.get("note"))
        return {"payment": payment}

    def _give_back(self, order, payment, amount, note):
        """Note a refund; an order that stands owes so much less by a credit line."""
        row = {"id": self.clock.id("ref"), "amount": amount, "note": note, "created_at": self.clock.now()}
        payment["refunds"].append(row)
        payment["updated_at"] = self.clock.now()
        credit = {"id": self.clock.id("ordcl"), "amount": amount, "reference": "refund", "reference_id": row["id"]}
        order["credit_lines"].append(credit)
        order["credit_line_total"] = round(order["credit_line_total"] + amount, 10)
        order["total"] = round(order["total"] - amount, 10)
        order["updated_at"] = self.clock.now()
        self.event("payment.refunded", payment["id"])

    # ------------------------------------------------------------ people

    def list_customers(self, body, query):
        filters = {"id": lambda row: [row["id"]], "email": lambda row: [row["email"]]}
        return listed("customers", list(self.customers.values()), query, filters, 50)

    def get_customer(self, body, query, number):
        if number not in self.customers:
            raise missing("Customer", number)
        return {"customer": self.customers[number]}

    def create_customer(self, body, query, account=False):
        needed(strict(body, *CUSTOMER), "email")
        self._email_is_free(body["email"], account)
        row = {**dict.fromkeys(CUSTOMER), **body, "id": self.clock.id("cus"), "has_account": account, "addresses": []}
        self.customers[row["id"]] = {**row, "created_by": None if account else "apk", **self.clock.stamps()}
        self.event("customer.created", row["id"])
        return {"customer": self.customers[row["id"]]}

    def update_customer(self, body, query, number):
        customer = self.get_customer(body, query, number)["customer"]
        strict(body, *CUSTOMER)
        if body.get("email") and body["email"] != customer["email"]:
            self._email_is_free(body["email"], customer["has_account"])
        metadata = merged(customer["metadata"], body)
        customer.update(body, metadata=metadata, updated_at=self.clock.now())
        self.event("customer.updated", number)
        return {"customer": customer}

    def _email_is_free(self, email, account):
        if any((row["email"], row["has_account"]) == (email, account) for row in self.customers.values()):
            word = str(account).lower()
            raise Problem(f"Customer with email: {email}, has_account: {word}, already exists.")


def total(payment, kind):
    return sum(row["amount"] for row in payment[kind])


def fulfilment_of(order):
    """The word for how far all of it is, or a part of it."""
    wanted = sum(line["quantity"] for line in order["items"])
    for word, name in STEPS:
        done = sum(line["detail"][name] for line in order["items"])
        if done:
            return word if done >= wanted else f"partially_{word}"
    return "not_fulfilled"


def payment_of(order):
    rows = [payment for collection in order["payment_collections"] for payment in collection["payments"]]
    owed, taken, back = (
        sum(payment["amount"] for payment in rows),
        sum(total(payment, "captures") for payment in rows),
        sum(total(payment, "refunds") for payment in rows),
    )
    if order["status"] == "canceled" and not back:
        return "canceled"
    if back:
        return "refunded" if back >= taken else "partially_refunded"
    if taken:
        return "captured" if taken >= owed - 1e-9 else "partially_captured"
    return "authorized" if rows else "not_paid"

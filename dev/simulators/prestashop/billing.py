"""Payments and invoices of an order, with their events."""

from .constants import SHIPPED


def pay(shop, request, order, given, invoice_first=False):
    """A payment of the whole amount, twice as an event."""
    now = shop.local(request.epoch)
    transaction = given.get("transaction_id") or (None if invoice_first else f"pi_{order['id_order']}")
    payment = {
        "id_order_payment": shop.next("payment"),
        "order_reference": order["reference"],
        "payment_method": order["payment"],
        "amount": order["total_paid"],
        "transaction_id": transaction or "",
        "card_number": "",
        "card_brand": "",
        "card_expiration": "",
        "card_holder": "",
        "date_add": now,
        "conversion_rate": 1,
    }
    order["order_payments"] = [*order["order_payments"], payment]
    number_, name = payment["id_order_payment"], f"Payment #{transaction or payment['id_order_payment']}"
    after = {
        "id": str(number_),
        "order_reference": order["reference"],
        "id_currency": str(order["id_currency"]) if invoice_first else order["id_currency"],
        "amount": order["total_paid"],
        "payment_method": order["payment"],
        "transaction_id": transaction,
        "card_number": None,
        "card_brand": None,
        "card_expiration": None,
        "card_holder": None,
        "date_add": now,
        "conversion_rate": "1.000000" if invoice_first else 1,
    }
    context = {"order_reference": order["reference"], "payment_method": order["payment"]}
    for action, hook in (("received", "actionObjectOrderPaymentAddAfter"), ("confirmed", "actionPaymentCCAdd")):
        request.add(
            "payment",
            number_,
            name,
            action,
            hook,
            after,
            f"{action.capitalize()} payment: {name} ({order['payment']})",
            context,
        )


def invoice(shop, request, order, late):
    number_ = shop.next("invoice")
    shop.invoices[number_] = {"number": len(shop.invoices) + 1, "date_add": shop.local(request.epoch)}
    for line in order["order_details"]:
        line["id_order_invoice"] = number_
    keys = (
        "id_order_detail",
        "product_id",
        "product_attribute_id",
        "product_name",
        "product_reference",
        "product_ean13",
        "product_quantity",
        "unit_price_tax_incl",
        "unit_price_tax_excl",
        "total_price_tax_incl",
        "total_price_tax_excl",
        "reduction_percent",
        "reduction_amount",
        "reduction_amount_tax_incl",
        "reduction_amount_tax_excl",
        "product_weight",
        "ecotax",
    )
    amounts = {f"total_paid_tax_{kind}": order[f"total_paid_tax_{kind}"] for kind in ("incl", "excl")}
    if late:  # the order was loaded from the database
        amounts = {key: f"{value:.6f}" for key, value in amounts.items()}
    after = {
        "id": str(number_),
        "number": 0,
        "id_order": order["id_order"] if late else str(order["id_order"]),
        **amounts,
        "date_add": shop.local(request.epoch),
        "invoice_lines": [{key: line[key] for key in keys} for line in order["order_details"]],
    }
    request.add("invoice", number_, f"Invoice #{number_}", "created", "actionObjectOrderInvoiceAddAfter", after)


def deliver(shop, order, state):
    """A shipped order's invoice gets its delivery number."""
    number_ = next((line["id_order_invoice"] for line in order["order_details"] if line["id_order_invoice"]), None)
    row = shop.invoices.get(number_)
    if state in SHIPPED and row is not None and "delivery_number" not in row:
        given = [other["delivery_number"] for other in shop.invoices.values() if "delivery_number" in other]
        row.update(delivery_number=max(given, default=0) + 1, delivery_date=shop.local())

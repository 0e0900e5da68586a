"""Medusa's orders and customers as the hub's own messages."""

import hashlib
from datetime import timezone
from decimal import Decimal

from .. import canonical
from .tables_in import STATES, WHOLE

#: Decimal places to which the price of one is worked out; Medusa's own totals are not rounded.
PLACES = Decimal("0.0000000001")


def order_to_hub(order, words):
    """The canonical `Order` of a wire one, as it was read.

    :param dict words: what its credits and its promotion codes are called.
    """
    lines = [
        *(item_to_hub(item) for item in order.items if item.quantity),
        *(shipping_to_hub(method) for method in order.shipping_methods),
        *credits_to_hub(order, words["credit"]),
    ]
    total = order.total if order.total is not None else sum((line.total_incl for line in lines), Decimal(0))
    buyer = buyer_to_hub(order)
    method = order.shipping_methods[0] if order.shipping_methods else None
    return canonical.Order(
        id=order.id,
        number=order.custom_display_id or (f"#{order.display_id}" if order.display_id else order.id),
        customer=buyer,
        delivery_address=address_to_hub(order.shipping_address, buyer),
        invoice_address=address_to_hub(order.billing_address, buyer),
        carrier=method and method.shipping_option_id,
        tracking=tracking_of(order),
        read=True,
        currency=order.currency_code,
        time=utc(order.created_at),
        status=status_to_hub(order),
        total_incl=total,
        total_excl=None if order.tax_total is None else total - order.tax_total,
        lines=tuple(lines),
        notes=notes_to_hub(order, words["codes"]),
        payments=payments_to_hub(order),
        odoo_order_id=order.metadata.odoo_order_id,
    )


def utc(moment):
    """An aware time; Medusa's are UTC even where they do not say so."""
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def status_to_hub(order):
    """The one word for the state of an order, see `tables_in.STATES`."""
    if order.status in ("canceled", "requires_action", "draft"):
        return order.status
    word = order.fulfillment_status
    if word in WHOLE and not _is_whole(order, WHOLE[word]):
        return f"partially_{word}"
    # Not fulfilled, or its fulfilments were cancelled.
    return word if word in STATES and word != "canceled" else "pending"


def _is_whole(order, fields):
    """Whether one of these quantities covers all of every item."""
    sent = [item for item in order.items if item.requires_shipping] or order.items
    return all(max(getattr(item.detail, field) for field in fields) >= item.quantity for item in sent)


# ------------------------------------------------------------ lines


def item_to_hub(item):
    title = item.product_title or item.title or item.variant_sku or item.id
    variant = item.variant_title or item.subtitle
    name = f"{title} ({variant})" if variant and variant not in ("Default", "Default variant", title) else title
    returned = item.detail.return_received_quantity
    return canonical.OrderLine(
        # Medusa's totals are of what the customer has kept.
        **amounts_to_hub(item, max(item.quantity - returned, Decimal(0))),
        product=canonical.ProductRef(id=item.variant_id, sku=item.variant_sku, barcode=item.variant_barcode, name=name),
        quantity_returned=returned,
    )


def shipping_to_hub(method):
    name = method.name or "Shipping"
    return canonical.OrderLine(
        **amounts_to_hub(method, Decimal(1)), kind="shipping", product=canonical.ProductRef(name=name)
    )


def amounts_to_hub(wire, quantity):
    """Fields of an `OrderLine`. Totals are after discounts, so the price of one is what was really paid for it."""
    untaxed = wire.total - wire.tax_total
    return {
        "id": wire.id,
        "quantity": quantity,
        "unit_incl": (wire.total / (quantity or 1)).quantize(PLACES),
        "unit_excl": (untaxed / (quantity or 1)).quantize(PLACES),
        "total_incl": wire.total,
        "total_excl": untaxed,
        "tax_rate": sum((line.rate for line in wire.tax_lines), Decimal(0)),
        "tax_ids": tuple(line.code for line in wire.tax_lines if line.code),
    }


def credits_to_hub(order, name):
    """What lowers the order as a whole: a refund of Medusa is such a line too."""
    known = [(line.id, line.amount) for line in order.credit_lines if line.amount]
    amounts = known or ([("credit", order.credit_line_total)] if order.credit_line_total else [])
    return [
        canonical.OrderLine(
            id=line_id,
            kind="discount",
            product=canonical.ProductRef(name=name),
            unit_incl=-amount,
            unit_excl=-amount,
            total_incl=-amount,
            total_excl=-amount,
        )
        for line_id, amount in amounts
    ]


def notes_to_hub(order, text):
    codes = [adjustment.code for line in (*order.items, *order.shipping_methods) for adjustment in line.adjustments]
    codes = sorted({code for code in codes if code})
    return (canonical.OrderNote(id="codes", text=text % ", ".join(codes)),) if codes else ()


# ------------------------------------------------------------ people


def buyer_to_hub(order):
    """Who buys. A guest has an id of his own too, another one than an account of the same e-mail address."""
    customer, place = order.customer, order.billing_address
    if not (place.first_name or place.last_name):
        place = order.shipping_address
    # The order keeps the address that he had when he bought.
    email = customer.email or order.email
    mail_id = f"email:{email.lower()}" if email else None
    return canonical.Customer(
        id=order.customer_id or customer.id or mail_id or f"order:{order.id}",
        email=email,
        first_name=customer.first_name,
        last_name=customer.last_name,
        company=customer.company_name,
        phone=customer.phone,
        called=" ".join(filter(None, [place.first_name, place.last_name])) or place.company,
    )


def customer_to_hub(customer):
    return canonical.Customer(
        id=customer.id,
        email=customer.email,
        first_name=customer.first_name,
        last_name=customer.last_name,
        company=customer.company_name,
        phone=customer.phone,
    )


def address_to_hub(address, buyer):
    """The canonical `Address`, None for an empty one. An order holds a copy with an id of its own: equal ones are one
    place, which its content tells."""
    values = {
        "company": address.company,
        "first_name": address.first_name,
        "last_name": address.last_name,
        "street": address.address_1,
        "street2": address.address_2,
        "zip": address.postal_code,
        "city": address.city,
        "country": address.country_code and address.country_code.lower(),
        "state": address.province,
        "phone": address.phone,
    }
    if not any(values[field] for field in ("street", "zip", "city", "country")):
        return None
    content = "\n".join(" ".join((value or "").lower().split()) for value in values.values())
    mark = hashlib.sha256(content.encode()).hexdigest()[:16]
    return canonical.Address(id=f"{buyer.id}:{mark}", customer_id=buyer.id, **values)


# ------------------------------------------------------------ money and parcels


def payments_to_hub(order):
    """What was captured, and as negative amounts what was given back."""
    payments = [payment for collection in order.payment_collections for payment in collection.payments]
    return tuple(money for payment in payments for money in _money_of(payment))


def _money_of(payment):
    taken = [(capture.id, capture.amount, capture.created_at) for capture in payment.captures]
    if not taken and payment.captured_at:
        taken = [(payment.id, payment.amount, payment.captured_at)]
    back = [(refund.id, -refund.amount, refund.created_at) for refund in payment.refunds]
    return [
        canonical.Payment(
            id=money_id,
            amount=amount,
            method=payment.provider_id,
            transaction=payment.id,
            time=utc(time),
            currency=payment.currency_code,
        )
        for money_id, amount, time in (*taken, *back)
    ]


def tracking_of(order):
    parcels = [parcel for parcel in order.fulfillments if not parcel.canceled_at]
    numbers = [label.tracking_number for parcel in parcels for label in parcel.labels if label.tracking_number]
    return ", ".join(dict.fromkeys(numbers)) or None

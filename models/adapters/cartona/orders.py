"""Cartona's orders as the hub's own messages."""

import re
from decimal import Decimal

import pytz

from .. import canonical
from .products import remote_ids
from .tables import CARRIERS, STATES

#: Digits by which two telephone numbers are told apart; fewer are no number.
LEAST_DIGITS = 7
#: Telephone prefix of the country in which Cartona trades.
EGYPT = "20"


def status_to_hub(text):
    """A state in the spelling of the tables; unknown ways of being cancelled are being cancelled."""
    word = re.sub(r"[\s-]+", "_", (text or "").strip().lower())
    if word not in STATES and word.startswith("cancel"):
        return "cancelled"
    return word or None


def phone_key(number):
    """The digits of a number without country prefix and leading zeros, None where it is none.

    +201000000001, 00201000000001 and 01000000001 are one.
    """
    digits = re.sub(r"\D", "", (number or "").translate(WESTERN)).lstrip("0")
    if digits.startswith(EGYPT) and len(digits) - len(EGYPT) >= LEAST_DIGITS:
        digits = digits[len(EGYPT) :].lstrip("0")
    return digits if len(digits) >= LEAST_DIGITS else None


#: Arabic digits, as people type them in a telephone number.
WESTERN = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


def order_to_hub(order, zone, untaxed, read):
    """The canonical `Order` of a wire one.

    :param str zone: of Cartona's local times.
    :param bool untaxed: prices are without tax.
    """
    lines = tuple(line_to_hub(order, line) for line in order.order_details if line.amount and not line.cancelled)
    total = order.total_price if order.total_price is not None else sum((x.total_incl for x in lines), Decimal(0))
    status = status_to_hub(order.status)
    time = order.created_at
    if time is not None:
        time = time if time.tzinfo else pytz.timezone(zone).localize(time)
        time = time.astimezone(pytz.utc)
    notes = (canonical.OrderNote(id="note", text=order.note_message, private=False),) if order.note_message else ()
    return canonical.Order(
        id=order.hashed_id,
        number=order.receipt_id or order.hashed_id,
        customer=retailer_to_hub(order),
        time=time,
        status=status,
        status_reason=order.cancellation_reason or order.return_reason,
        total_incl=total,
        untaxed=untaxed,
        lines=lines,
        notes=notes,
        read=read,
        account=order.supplier_code,
        route=order.distribution_route_code,
        carried_by=CARRIERS.get(order.delivered_by or "", "seller"),
        edited_by_remote=order.edited_by_admin,
        preferred_day=order.retailer_preferred_delivery_date,
        expected_day=order.estimated_delivery_day,
        delivery_day=order.delivery_day,
        pickup_day=order.pickup_date,
        pickup_code=order.pickup_otp,
        settlement=canonical.Settlement(
            credit=order.cartona_credit,
            installment=order.installment_cost,
            top_up=order.wallet_top_up,
            rebate=order.applied_supplier_rebate,
        ),
    )


def line_to_hub(order, line):
    ids = remote_ids(line)
    total = line.selling_price * line.amount
    name = line.product_name or line.internal_product_id or "?"
    return canonical.OrderLine(
        # One product may stand on several lines, at several prices: the line's own number tells them apart.
        id=line.id or f"{ids[0] if ids else name}@{line.selling_price.normalize():f}",
        product=canonical.ProductRef(
            id=ids[0] if ids else None,
            ids=ids[1:],
            account=order.supplier_code,
            sku=line.internal_product_id,
            name=f"{name}\n{line.comment}" if line.comment else name,
        ),
        quantity=line.amount,
        unit_excl=line.selling_price,
        unit_incl=line.selling_price,
        total_excl=total,
        total_incl=total,
        own_taxes=True,
        given_by_seller=line.applied_supplier_discount,
        given_by_remote=line.applied_cartona_discount,
    )


def retailer_to_hub(order):
    """Who buys: known by his code, else by his telephone, never by his name."""
    retailer = order.retailer
    key = phone_key(retailer.retailer_number)
    alias = f"phone:{key}" if key else None
    route = order.distribution_route_code
    return canonical.Customer(
        id=retailer.retailer_code or alias or f"order:{order.hashed_id}",
        alias=alias,
        match_phone=key,
        first_name=retailer.retailer_name,
        phone=retailer.retailer_number,
        phone2=retailer.retailer_number2 or "",
        # Free text with commas that end nothing.
        street=(retailer.retailer_address or "").strip(" ,،") or "",
        street2=retailer.address_notes or "",
        tags=(f"Route {route}",) if route else (),
    )


def status_event_to_hub(status):
    return canonical.OrderStatus(
        id=status.hashed_id,
        number=status.hashed_id,
        status=status_to_hub(status.status),
        reason=status.cancellation_reason or status.return_reason,
        delivery_day=status.delivery_day,
    )

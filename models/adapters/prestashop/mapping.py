"""What PrestaShop's words mean in the hub's. Pure functions and tables, no database."""

from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

import pytz

from .. import canonical
from ..errors import PayloadError, SkipRow
from . import wire

CENT = Decimal("0.01")
#: Lines after which the module leaves out the rest.
CUT = 100
#: How far a shop's clock may be ahead of ours.
SOON = timedelta(minutes=10)


def to_utc(moment, zone, first=False):
    """Aware UTC time of a shop-local one; of the hour that comes twice when the clock is set back the second.

    :param bool first: the first of that hour instead.
    """
    if moment is None:
        return None
    try:
        if moment.tzinfo is None:
            moment = pytz.timezone(zone).localize(moment, is_dst=first)
        return moment.astimezone(timezone.utc)
    except OverflowError:
        # The last or first day of the calendar, as some programs write "never".
        return None


def from_epoch(seconds):
    """Aware UTC time of seconds since 1970, to the second as PrestaShop counts."""
    return datetime.fromtimestamp(int(seconds), timezone.utc)


def version_to_hub(event, zone):
    """The age of an event. A time from the future is no age: it would make every later event look stale."""
    number = event.event_id or ""
    time, now = to_utc(event.hook_timestamp, zone), datetime.now(timezone.utc)
    if time is not None and time > now + SOON:
        # In the first of the two hours the second has not come yet.
        time = to_utc(event.hook_timestamp, zone, first=True)
    if time is not None and time > now + timedelta(days=1):
        time = None
    return canonical.Version(time=time, sequence=int(number) if number.isdecimal() else 0)


def customer_to_hub(event):
    """The customer of a customer event; a deleted one is asked to be archived."""
    data = wire.Customer.model_validate(data_of(event))
    return canonical.Customer(
        id=data.id or required(event.entity_id, "entity_id"),
        email=data.email,
        first_name=data.firstname,
        last_name=data.lastname,
        company=data.company,
        group=data.id_default_group,
        active=data.active,
        deleted=data.deleted or event.action_type == "deleted",
    )


def address_to_hub(event):
    """The address of an address event, which PrestaShop sends under its customer."""
    data = wire.Address.model_validate(data_of(event))
    return address_of(
        data.model_copy(update={"id": data.id or event.context_data.address_id}),
        customer_id=required(event.entity_id, "entity_id"),
        customer_name=event.entity_name,
        deleted=event.context_data.address_action == "deleted",
    )


def address_of(data, **values):
    """The canonical address of a `wire.Address`; `values` are fields that only the source knows."""
    return canonical.Address(
        id=required(data.id, "after_data.id"),
        alias=data.alias,
        company=data.company,
        first_name=data.firstname,
        last_name=data.lastname,
        street=data.address1,
        street2=data.address2,
        zip=data.postcode,
        city=data.city,
        country=data.id_country,
        state=data.id_state,
        phone=data.phone,
        mobile=data.phone_mobile,
        vat=data.vat_number,
        identification=data.dni,
        **values,
    )


def order_to_hub(event, zone):
    """The order of an order event, or an `OrderStub` when the module lost its content."""
    number = event.entity_name or f"#{event.entity_id}"
    if not isinstance(event.after_data, dict):
        reason = "PrestaShop sent this order without its content (too long for the module's table)"
        if (event.action_type or "").startswith("product_"):
            # The event's number makes each of them news: nothing else tells one from the next.
            reason = f"Event {event.event_id} says that products were cancelled or returned, and nothing else"
        return canonical.OrderStub(id=required(event.entity_id, "entity_id"), number=number, reason=reason)
    data = wire.Order.model_validate(event.after_data)
    data = data.model_copy(update={"id_order": data.id_order or event.entity_id})
    status, label = _status(event, data)
    values = {"status": status, "status_label": label, "number": data.reference or number}
    # An order has at least one line.
    complete = 0 < len(data.order_details) < CUT
    return order_of(data, zone, doubt=_doubt(event, data), complete=complete, **values)


def order_of(data, zone, **values):
    """The canonical order of a `wire.Order`; `values` are fields that only the source knows."""
    products = [_product_line(line) for line in data.order_details]
    rates = [line.tax_rate for line in products if line.tax_rate is not None]
    lines = [
        *products,
        *_extra("shipping", "Shipping", data.total_shipping_tax_excl, data.total_shipping_tax_incl, rates),
        *_extra("wrapping", "Gift wrapping", data.total_wrapping_tax_excl, data.total_wrapping_tax_incl, rates),
        *_discounts(products, data.total_discounts_tax_excl, data.total_discounts_tax_incl, rates),
    ]
    delivery = [line.id_address_delivery for line in data.order_details if line.id_address_delivery]
    fields = {
        "id": required(data.id_order, "after_data.id_order"),
        "number": data.reference or f"#{data.id_order}",
        "customer_id": data.id_customer,
        "delivery_address_id": data.id_address_delivery or (delivery[0] if delivery else None),
        "invoice_address_id": data.id_address_invoice,
        "carrier": data.id_carrier,
        "tracking": data.shipping_number,
        "note": data.note,
        "currency": data.id_currency,
        "time": to_utc(data.date_add, zone),
        "total_incl": data.total_paid_tax_incl,
        "total_excl": data.total_paid_tax_excl,
        "payment_method": data.payment,
        "lines": tuple(lines),
        "notes": tuple(_notes(data, zone)),
        "history": tuple(_history(data, zone)),
        "payments": tuple(_payments(data, zone)),
        "cart_id": data.id_cart,
    }
    return canonical.Order(**{**fields, **values})


#: States that speak of money given back, which no event tells.
REFUNDED = {"7", "14"}


def _doubt(event, data):
    """Why the shop should be asked for the order itself, "" when its snapshot can be believed."""
    lines = sum(line.total_price_tax_incl for line in data.order_details)
    if len(data.order_details) >= CUT:
        return f"the module sends no more than {CUT} lines"
    if abs(lines - data.total_products_wt) > CENT * max(2, len(data.order_details)):
        return "the lines do not add up to the shop's total"
    if (event.action_type or "").startswith("product_"):
        return "products were cancelled or returned"
    if event.action_type == "tracking_updated":
        # The module never sends the number itself.
        return "its tracking number has changed"
    if event.action_type == "status_changed" or not data.current_state:
        return "the event was sent before the state was saved"
    if data.current_state in REFUNDED or any(line.product_quantity_refunded for line in data.order_details):
        return "a refund is suspected"
    return ""


def data_of(event):
    """The content of an event.

    :raises SkipRow: the module lost it; :raises PayloadError: it is none.
    """
    if not isinstance(event.after_data, dict):
        if not event.after_data:
            raise SkipRow("ignored", "PrestaShop sent this event without its content")
        raise PayloadError(f"after_data of event {event.event_id} is not an object")
    return event.after_data


def required(value, name):
    """The value, which the field `name` must have."""
    if not value:
        raise PayloadError(f"The event has no {name}")
    return value


def _status(event, data):
    # A status_changed event carries the state BEFORE the change; the new one is only in its context.
    # 0 is not a state of PrestaShop, it means that the order is just being made.
    context = event.context_data
    if event.action_type == "status_changed" and context.new_status_id:
        return context.new_status_id, context.new_status_name
    labels = {row.id_order_state: row.status_name for row in data.order_history}
    return data.current_state, labels.get(data.current_state)


def _product_line(line):
    variant = line.product_attribute_id
    quantity = line.product_quantity
    return canonical.OrderLine(
        id=required(line.id_order_detail, "order_details[].id_order_detail"),
        product=canonical.ProductRef(
            id=f"{line.product_id}-{variant or 0}" if line.product_id else None,
            sku=line.product_reference,
            barcode=line.product_ean13,
            name=line.product_name or line.product_reference or f"#{line.product_id}",
        ),
        quantity=quantity,
        unit_excl=line.unit_price_tax_excl,
        unit_incl=line.unit_price_tax_incl,
        total_excl=line.total_price_tax_excl or line.unit_price_tax_excl * quantity,
        total_incl=line.total_price_tax_incl or line.unit_price_tax_incl * quantity,
        tax_rate=line.tax_rate if line.unit_price_tax_incl != line.unit_price_tax_excl else Decimal(0),
        tax_ids=tuple(line.tax_ids),
        quantity_refunded=line.product_quantity_refunded,
        quantity_returned=line.product_quantity_return,
    )


def _extra(kind, name, excl, incl, rates, sign=1, suffix="", rate=None):
    """A line for an amount of the whole order (shipping, wrapping, discount), or none when it is zero."""
    if not incl and not excl:
        return []
    return [
        canonical.OrderLine(
            id=f"{kind}{suffix}",
            kind=kind,
            product=canonical.ProductRef(name=name),
            unit_excl=sign * excl,
            unit_incl=sign * incl,
            total_excl=sign * excl,
            total_incl=sign * incl,
            tax_rate=rate if rate is not None else rate_between(excl, incl, rates),
        )
    ]


def rate_between(excl, incl, candidates):
    """The tax rate in percent that leads from one amount to the other, preferably one of the candidates."""
    if not excl or excl == incl:
        return Decimal(0)
    for rate in candidates:
        if abs(excl * (1 + rate / 100) - incl) <= CENT:
            return rate
    return ((incl / excl - 1) * 100).quantize(CENT, ROUND_HALF_UP)


def _discounts(products, excl, incl, rates):
    """The cart discount as one negative line per tax rate, in proportion to what each rate was sold for."""
    sold = {}
    for line in products:
        sold[line.tax_rate] = sold.get(line.tax_rate, Decimal(0)) + line.total_incl
    total = sum(sold.values())
    if len(sold) < 2 or total <= 0:
        return _extra("discount", "Discount", excl, incl, rates, sign=-1)
    shares, left = [], incl
    for position, (rate, amount) in enumerate(sorted(sold.items()), start=1):
        share = left if position == len(sold) else (incl * amount / total).quantize(CENT, ROUND_HALF_UP)
        left -= share
        shares.append((rate, (share / (1 + rate / 100)).quantize(Decimal("0.000001")), share))
    if abs(sum(share for _rate, share, _incl in shares) - excl) > 2 * CENT:
        # The shop did not spread it over the rates (a voucher for one product): its own two sums decide.
        return _extra("discount", "Discount", excl, incl, rates, sign=-1)
    lines = []
    for rate, share_excl, share_incl in shares:
        name = f"Discount {rate.normalize():f} %"
        lines += _extra("discount", name, share_excl, share_incl, rates, -1, f"-{rate.normalize():f}", rate)
    return lines


def _notes(data, zone):
    if data.note:
        yield canonical.OrderNote(id="note", text=data.note, private=True)
    for row in data.messages:
        if row.message and row.id_message:
            yield canonical.OrderNote(
                id=row.id_message, text=row.message, private=row.private, time=to_utc(row.date_add, zone)
            )


def _history(data, zone):
    for row in data.order_history:
        if row.id_order_history and row.id_order_state:
            yield canonical.StatusChange(
                id=row.id_order_history,
                status=row.id_order_state,
                label=row.status_name,
                time=to_utc(row.date_add, zone),
            )


def _payments(data, zone):
    for row in data.order_payments:
        if row.id_order_payment:
            yield canonical.Payment(
                id=row.id_order_payment,
                amount=row.amount,
                method=row.payment_method,
                transaction=row.transaction_id,
                time=to_utc(row.date_add, zone),
                order_id=data.id_order,
                order_number=data.reference,
                # The module's events do not tell it here, the Webservice does.
                currency=row.id_currency,
            )

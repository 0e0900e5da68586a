"""Orders and what they hold."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from .base import Message
from .money import CouponUse, Invoice, Payment, Refund, Settlement
from .people import Address, Customer


class ProductRef(Message):
    """What a remote tells about a product that it sells; `ids` are further ids by which it may be known."""

    id: str | None = None
    ids: tuple[str, ...] = ()
    account: str | None = None
    sku: str | None = None
    barcode: str | None = None
    name: str


class OrderLine(Message):
    """One line of an order; amounts per line are in the order's currency, after line discounts.

    `tax_rate` is in percent; None when the remote gives amounts only. With `own_taxes` it knows no taxes at all: the
    product's own hold, and the one amount that it gives is with or without them as the connector says.
    `given_by_seller` and `given_by_remote` are what either took off the price of one.
    """

    id: str
    kind: Literal["product", "shipping", "wrapping", "discount"] = "product"
    product: ProductRef
    quantity: Decimal = Decimal(1)
    unit_excl: Decimal
    unit_incl: Decimal
    total_excl: Decimal
    total_incl: Decimal
    tax_rate: Decimal | None = None
    tax_ids: tuple[str, ...] = ()
    quantity_refunded: Decimal = Decimal(0)
    quantity_returned: Decimal = Decimal(0)
    own_taxes: bool = False
    given_by_seller: Decimal = Decimal(0)
    given_by_remote: Decimal = Decimal(0)


class OrderNote(Message):
    """A message of the order. `private` ones never reach the customer."""

    id: str
    text: str
    private: bool = True
    time: datetime | None = None


class StatusChange(Message):
    """One step of an order's history at the remote."""

    id: str
    status: str
    label: str | None = None
    time: datetime | None = None


class Order(Message):
    """A snapshot of one order.

    `status` is None when the snapshot does not know it; `complete` is False when lines are missing; `doubt` says why
    the remote should be asked for the order itself, although the snapshot can be applied.
    """

    id: str
    number: str
    customer_id: str | None = None
    delivery_address_id: str | None = None
    invoice_address_id: str | None = None
    carrier: str | None = None
    tracking: str | None = None
    note: str | None = None
    doubt: str = ""
    # Asked for by us, not announced by the remote.
    read: bool = False
    currency: str | None = None
    time: datetime | None = None
    status: str | None = None
    status_label: str | None = None
    total_incl: Decimal
    total_excl: Decimal | None = None
    payment_method: str | None = None
    lines: tuple[OrderLine, ...] = ()
    notes: tuple[OrderNote, ...] = ()
    history: tuple[StatusChange, ...] = ()
    payments: tuple[Payment, ...] = ()
    cart_id: str | None = None
    refunds: tuple[Refund, ...] = ()
    coupons: tuple[CouponUse, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    complete: bool = True
    # Who buys, and where he lives, where the remote tells it with the order alone.
    customer: Customer | None = None
    delivery_address: Address | None = None
    invoice_address: Address | None = None
    # The order of Odoo that the remote's own client has made of it.
    odoo_order_id: str | None = None
    account: str | None = None
    route: str | None = None
    settlement: Settlement | None = None
    carried_by: Literal["seller", "remote"] | None = None
    edited_by_remote: bool = False
    # Total and lines are without tax.
    untaxed: bool = False
    preferred_day: date | None = None
    expected_day: date | None = None
    delivery_day: date | None = None
    pickup_day: date | None = None
    pickup_code: str | None = None
    status_reason: str | None = None


class OrderStatus(Message):
    """An order has come to another state; nothing else is said of it."""

    id: str
    number: str
    status: str
    reason: str | None = None
    delivery_day: date | None = None


class OrderStub(Message):
    """An order of which only the id arrived: it must be fetched or typed in by a person."""

    id: str
    number: str
    reason: str

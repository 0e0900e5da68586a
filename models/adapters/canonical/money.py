"""What is paid, invoiced, given back and taken off."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from .base import Message


class Settlement(Message):
    """How the money of a marketplace's order reaches the seller, in the order's currency.

    `credit` and `installment` are parts that the marketplace pays to the seller; `top_up` is cash that the buyer hands
    over at the door for the marketplace; `rebate` is only reported.
    """

    credit: Decimal = Decimal(0)
    installment: Decimal = Decimal(0)
    top_up: Decimal = Decimal(0)
    rebate: Decimal = Decimal(0)


class Payment(Message):
    """Money that the remote says it received for an order; a negative amount is money given back.

    `order_number` may belong to several orders. Without a `currency` it is the order's. Card data has no place here.
    """

    id: str
    amount: Decimal
    method: str | None = None
    transaction: str | None = None
    time: datetime | None = None
    order_id: str | None = None
    order_number: str | None = None
    currency: str | None = None


class Invoice(Message):
    """The remote's own invoice of an order. No `number` yet, or totals of None, mean that nothing was said of them."""

    id: str
    order_id: str | None = None
    order_number: str | None = None
    number: str | None = None
    total_incl: Decimal | None = None
    total_excl: Decimal | None = None
    time: datetime | None = None
    rendered: bool = False


class RefundLine(Message):
    """How much of an order's line was refunded, and for how much."""

    line_id: str
    quantity: Decimal
    total_excl: Decimal
    total_incl: Decimal


class Refund(Message):
    """A credit slip of the remote."""

    id: str
    order_id: str
    time: datetime | None = None
    lines: tuple[RefundLine, ...] = ()
    shipping_excl: Decimal = Decimal(0)
    shipping_incl: Decimal = Decimal(0)


class Coupon(Message):
    """A discount of the remote, with a `code` or without.

    `names` are by the remote's id of the language ("" when it does not say). `percent`, `amount`, `free_shipping` and
    `gift` (a product id) are what it grants, on `product_scope`; `restrictions` are conditions whose content the
    remote does not tell. A `quantity` of 0 is used up.
    """

    id: str
    code: str | None = None
    names: dict[str, str] = {}
    description: str | None = None
    customer_id: str | None = None
    date_from: datetime | None = None
    date_to: datetime | None = None
    quantity: int = 0
    quantity_per_user: int = 0
    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    amount_taxed: bool = True
    currency: str | None = None
    free_shipping: bool = False
    gift: str | None = None
    minimum: Decimal = Decimal(0)
    minimum_taxed: bool = True
    minimum_currency: str | None = None
    product_scope: Literal["order", "cheapest", "selection", "product"] = "order"
    product_id: str | None = None
    restrictions: tuple[str, ...] = ()
    active: bool = True
    deleted: bool = False
    partial_use: bool = False
    priority: int = 1


class CouponUse(Message):
    """What a coupon took off one order."""

    coupon_id: str
    name: str = ""
    total_incl: Decimal = Decimal(0)
    total_excl: Decimal = Decimal(0)
    free_shipping: bool = False


class CouponUsage(Message):
    """A coupon was put into a cart, or taken out again; the order may not exist yet."""

    id: str
    coupon_id: str
    code: str | None = None
    cart_id: str | None = None
    order_id: str | None = None
    applied: bool = True

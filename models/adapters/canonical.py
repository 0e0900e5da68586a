"""The hub's own small language: what adapters and importers/exporters say to each other.

Ids are strings, money is Decimal in the message's currency, times are aware UTC, and a missing value is
None, never "". Messages are frozen: whoever wants another one makes another one.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Version(Message):
    """The age of a snapshot: the remote's time of the event and its running number."""

    time: datetime | None = None
    sequence: int = 0


class Address(Message):
    """One postal address of a customer.

    `country` and `state` are the remote's own values, translated by the connector's value maps.
    """

    id: str
    customer_id: str
    customer_name: str | None = None
    alias: str | None = None
    company: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    street: str | None = None
    street2: str | None = None
    zip: str | None = None
    city: str | None = None
    country: str | None = None
    state: str | None = None
    phone: str | None = None
    mobile: str | None = None
    deleted: bool = False


class Customer(Message):
    """A person or company who buys. `deleted` asks to archive it."""

    id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    active: bool = True
    deleted: bool = False


class ProductRef(Message):
    """What a remote tells about a product that it sells."""

    id: str | None = None
    sku: str | None = None
    barcode: str | None = None
    name: str


class OrderLine(Message):
    """One line of an order; amounts per line are in the order's currency, after line discounts.

    `tax_rate` is in percent; None when the remote gives amounts only.
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


class Payment(Message):
    """Money that the remote says it received for an order. Card data has no place here."""

    id: str
    amount: Decimal
    method: str | None = None
    transaction: str | None = None
    time: datetime | None = None


class Order(Message):
    """A snapshot of one order.

    `status` is None when the snapshot does not know it; `complete` is False when lines are missing.
    """

    id: str
    number: str
    customer_id: str | None = None
    delivery_address_id: str | None = None
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
    complete: bool = True


class OrderStub(Message):
    """An order of which only the id arrived: it must be fetched or typed in by a person."""

    id: str
    number: str
    reason: str


class Price(Message):
    """A selling price of one remote product, in `currency`."""

    amount: Decimal
    currency: str


class Stock(Message):
    """A quantity that may be sold, in the remote product's own unit: whole and never negative."""

    quantity: int


class Publication(Message):
    """Whether a remote product is on sale."""

    published: bool


class ProductPush(Message):
    """All that one remote product has to be told at once; None means nothing to say."""

    remote_id: str
    price: Price | None = None
    stock: Stock | None = None
    publication: Publication | None = None

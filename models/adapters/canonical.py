"""The hub's own small language: what adapters and importers/exporters say to each other.

Ids are strings, money is Decimal in the message's currency, times are aware UTC, and a missing value is
None, never "". Messages are frozen: whoever wants another one makes another one.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Version(Message):
    """The age of a snapshot: the remote's time of the event and its running number.

    One that we have read ourselves (`polled`) has a time only, but that one is exact.
    """

    time: datetime | None = None
    sequence: int = 0
    polled: bool = False


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
    vat: str | None = None
    identification: str | None = None
    deleted: bool = False


class Customer(Message):
    """A person or company who buys. `deleted` asks to archive it.

    `alias` is a second id of the same buyer (his telephone), under which he may have come before; `match_phone` asks
    to take the contact of that number whom no buyer is yet. Of what is None nothing was said.
    """

    id: str
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    group: str | None = None
    active: bool = True
    deleted: bool = False
    alias: str | None = None
    match_phone: str | None = None
    phone: str | None = None
    phone2: str | None = None
    street: str | None = None
    street2: str | None = None
    tags: tuple[str, ...] = ()


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


class Settlement(Message):
    """How the money of a marketplace's order reaches the seller, in the order's currency.

    `credit` and `installment` are parts that the marketplace pays to the seller; `top_up` is cash that the buyer hands
    over at the door for the marketplace; `rebate` is only reported.
    """

    credit: Decimal = Decimal(0)
    installment: Decimal = Decimal(0)
    top_up: Decimal = Decimal(0)
    rebate: Decimal = Decimal(0)


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
    # Who buys, where the remote tells it with the order alone.
    customer: Customer | None = None
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


class Price(Message):
    """A selling price of one remote product, in `currency`."""

    amount: Decimal
    currency: str


class Stock(Message):
    """A quantity that may be sold, in the remote product's own unit: whole and never negative.

    `pieces` is the same in the remote's base pieces, which all packs share; `unlimited` sells without counting.
    """

    quantity: int
    pieces: int | None = None
    unlimited: bool = False


class Publication(Message):
    """Whether a remote product is on sale."""

    published: bool


class Limits(Message):
    """How much of a remote product one order may hold, in its own unit; None for what is not said."""

    least: int | None = None
    most: int | None = None


class ProductPush(Message):
    """All that one remote product has to be told at once; None means nothing to say.

    `account` is the one of several that is meant; `base_id` what all packs of the product are made of.
    """

    remote_id: str
    account: str | None = None
    base_id: str | None = None
    limits: Limits | None = None
    price: Price | None = None
    stock: Stock | None = None
    publication: Publication | None = None

    @property
    def key(self):
        """What an adapter's results are told apart by."""
        return f"{self.remote_id}@{self.account}" if self.account else self.remote_id


class RecordPush(Message):
    """What a remote has to be told about a customer, an address, an order or a coupon.

    `values` are the canonical fields to set; the ones left out stay as they are. Without a `remote_id` the remote
    makes a new record; with `lookup` it is only asked whether it has made one.
    """

    key: str
    entity: str
    remote_id: str | None = None
    values: dict
    lookup: bool = False


class Fetch(Message):
    """Ask a remote for one of its records as it is now."""

    key: str
    entity: str
    remote_id: str


class Poll(Message):
    """Ask a remote for one page of what changed in a span of its own local time."""

    key: str
    resource: str
    since: str
    until: str
    offset: int = 0
    # False: whatever its age.
    windowed: bool = True
    # The reading to which the page belongs.
    mark: str = ""
    # Its log row bears the name of the list.
    remote_id: None = None


class Value(Message):
    """One value of a remote's list: what it is called, and what tells its counterpart in Odoo.

    `match` is a code both sides know (ISO code, rate, locale) or, for order states, the action to propose; `group`
    ties together values that are one thing (a carrier that was edited gets a new id), or names the country of a state.
    """

    value: str
    label: str | None = None
    match: str | None = None
    group: str | None = None


class RemoteProduct(Message):
    """A product as a remote sells it; `id` is the one of its order lines, `price` without tax.

    A `parent` is only a frame around its combinations: it has no stock of its own, and their prices rest on its.
    `code` is the remote's own number and `other_id` what it is known by where another row has taken its id;
    `unit_count` pieces of `base_id` make one.
    """

    id: str
    kind: Literal["simple", "combination", "parent"] = "simple"
    parent_id: str | None = None
    sku: str | None = None
    barcode: str | None = None
    name: str
    price: Decimal | None = None
    active: bool = True
    code: str | None = None
    other_id: str | None = None
    unit: str | None = None
    unit_count: int = 1
    base_id: str | None = None
    bundle: bool = False


class Catalogue(Message):
    """A page of the remote's products; those of one parent are all on one page.

    `mark` names the reading: what the last page of it has not shown is gone.
    """

    id: str
    mark: str | None = None
    last: bool = False
    products: tuple[RemoteProduct, ...] = ()


class CatalogueIndex(Message):
    """The ids of all products that the remote has, without the combinations: what is not here is gone."""

    id: str
    ids: tuple[str, ...] = ()


class ValueList(Message):
    """All values of one kind that a remote knows (see `sync.hub.map`)."""

    id: str
    kind: str
    values: tuple[Value, ...] = ()

"""What a vendor's own shop tells of itself: what he sells, what he has, and how our orders stand."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from .base import Message


class VendorVariant(Message):
    """A variant of a vendor: the price of one is what we pay, without tax; None where he names none."""

    id: str
    sku: str
    name: str | None = None
    price: Decimal | None = None
    quantity: int | None = None
    attributes: dict[str, str] = {}


class VendorProduct(Message):
    """A product of a vendor with all its variants."""

    name: str
    variants: tuple[VendorVariant, ...]


class VendorCatalogue(Message):
    """A part of what a vendor sells; `all_skus` comes with the last part: what is not in it is gone."""

    id: str
    products: tuple[VendorProduct, ...] = ()
    all_skus: tuple[str, ...] | None = None


class VendorStock(Message):
    """What a vendor has, by SKU: whole units, never negative."""

    id: str
    quantities: dict[str, int]


class VendorNews(Message):
    """A vendor says that his stock has changed; what it is now has to be read."""

    id: str
    time: datetime


class VendorShipment(Message):
    """A parcel of a vendor's order."""

    carrier: str | None = None
    number: str | None = None
    url: str | None = None


class VendorOrderState(Message):
    """How an order of ours stands at the vendor; `status` is his own word, `state` what it means."""

    id: str
    number: str | None = None
    status: str
    state: Literal["sent", "shipped", "delivered", "cancelled", "hold"]
    total: Decimal | None = None
    shipping: Decimal | None = None
    shipments: tuple[VendorShipment, ...] = ()

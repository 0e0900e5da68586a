"""What a vendor offers to a retailer: one product with its variants, as a whole."""

from decimal import Decimal
from typing import Literal

from .base import Message


class OfferVariant(Message):
    """A variant under the vendor's SKU: whole units that can be had, and the price of one in the offer's currency.

    `attributes` are its values by name; `gone` is a variant that is not offered any more and has none left.
    """

    sku: str
    quantity: int
    price: Decimal
    attributes: dict[str, str] = {}
    gone: bool = False


class Offer(Message):
    """A product as its vendor offers it now; `known` when the retailer has confirmed it before.

    `remote_id` is the SKU by which the retailer knows it: the one of its first variant.
    """

    entity: Literal["offer"] = "offer"
    remote_id: str
    name: str
    currency: str
    known: bool = False
    variants: tuple[OfferVariant, ...]

    @property
    def key(self):
        """What an adapter's results are told apart by."""
        return self.remote_id

    @property
    def offered(self):
        """The variants that can be made where they do not exist."""
        return tuple(variant for variant in self.variants if not variant.gone)

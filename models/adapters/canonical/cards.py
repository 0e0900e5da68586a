"""A product as a remote shall have it, with all its variants."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from .base import Message
from .products import Price


class Picture(Message):
    """A picture of a product; `mark` names its content, `data` is None where the remote should have it already."""

    mark: str
    mimetype: str
    data: bytes | None = Field(default=None, exclude=True, repr=False)


class Category(Message):
    """A step on the way to a product's category; `remote_id` where the remote has it."""

    id: str
    name: str
    remote_id: str | None = None


class CardVariant(Message):
    """A variant under Odoo's `id`; `weight` in grams.

    `counted` is sold from stock only; `prices` hold for one that the remote does not have yet.
    """

    id: str
    remote_id: str | None = None
    title: str
    sku: str | None = None
    barcode: str | None = None
    weight: Decimal | None = None
    options: dict[str, str] = {}
    counted: bool = True
    prices: tuple[Price, ...] = ()


class ProductCard(Message):
    """What a product is; stock and later prices go ways of their own.

    `withdrawn` is taken off sale, and nothing else is said of it. `gone` are remote ids of variants that Odoo does not
    sell any more; `former_category` is the remote id of the category that was told before.
    """

    entity: Literal["catalogue"] = "catalogue"
    id: str
    remote_id: str | None = None
    withdrawn: bool = False
    title: str = ""
    handle: str | None = None
    description: str | None = None
    published: bool = True
    hs_code: str | None = None
    origin: str | None = None
    weight: Decimal | None = None
    options: dict[str, tuple[str, ...]] = {}
    variants: tuple[CardVariant, ...] = ()
    gone: tuple[str, ...] = ()
    category: tuple[Category, ...] | None = None
    former_category: str | None = None
    pictures: tuple[Picture, ...] | None = None

    @property
    def key(self):
        """What an adapter's results are told apart by."""
        return self.id


class VariantState(Message):
    """A variant as a remote shows it; `prices` are the plain ones by currency."""

    id: str
    sku: str | None = None
    barcode: str | None = None
    name: str
    prices: dict[str, Decimal] = {}


class ProductState(Message):
    """A product as a remote shows it; `deleted` when it has no such product any more."""

    id: str
    name: str = ""
    published: bool = False
    variants: tuple[VariantState, ...] = ()
    deleted: bool = False


class StockState(Message):
    """What a remote would sell of a variant now, by its own places."""

    id: str
    variant_ids: tuple[str, ...]
    levels: dict[str, int] = {}

"""What a remote is told of products, and what it shows of its own."""

from decimal import Decimal
from typing import Literal

from .base import Message


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
    # What may be sold from each of the remote's own places, where it counts by place.
    levels: dict[str, int] = {}
    # Ids of order lines that these quantities have given away already: the remote holds pieces back for them.
    held: tuple[str, ...] = ()


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
    # In further currencies.
    more_prices: tuple[Price, ...] = ()
    stock: Stock | None = None
    publication: Publication | None = None

    @property
    def key(self):
        """What an adapter's results are told apart by."""
        return f"{self.remote_id}@{self.account}" if self.account else self.remote_id


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

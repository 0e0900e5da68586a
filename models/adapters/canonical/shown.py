"""What an audit asks a remote for, and what the remote shows: to be compared with what it would be told."""

from decimal import Decimal
from typing import Literal

from .base import Message


class Wanted(Message):
    """A record that is asked for by itself, where a remote has no list; `skus` are those of its parts."""

    id: str
    skus: tuple[str, ...] = ()


class Look(Message):
    """Ask a remote to show a page of its products, or these `wanted` ones."""

    key: str
    offset: int = 0
    wanted: tuple[Wanted, ...] = ()
    # Its log row bears the record of the audit.
    remote_id: None = None


class Level(Message):
    """Pieces that lie at one place of a remote, `reserved` of them for its order lines ({id: pieces})."""

    quantity: int
    per_unit: int = 1
    reserved: dict[str, int] = {}

    def left(self, held):
        """What can be sold of it, as far as the lines in `held` are given away here too."""
        return Decimal(self.quantity - sum(self.reserved.get(line, 0) for line in set(held))) / self.per_unit


class Shown(Message):
    """A product as a remote shows it, bound under one of `ids`; None is what the remote does not tell.

    `prices` are by currency, "" for the only one; a remote that counts the same product more than once tells several
    `stocks`. `facts` are what is plain to compare; `parts` are variants by id, or by SKU in an offer. A `frame` is
    never sold itself.
    """

    entity: Literal["product", "catalogue", "offer"] = "product"
    ids: tuple[str, ...]
    account: str | None = None
    name: str = ""
    frame: bool = False
    prices: dict[str, Decimal] | None = None
    stocks: tuple[int, ...] | None = None
    unlimited: bool | None = None
    counted: bool = True
    levels: dict[str, Level] | None = None
    published: bool | None = None
    limits: tuple[int | None, int | None] | None = None
    facts: dict[str, str | None] = {}
    parts: dict[str, "Shown"] = {}

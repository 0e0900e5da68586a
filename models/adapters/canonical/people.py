"""Who buys, and where he lives."""

from .base import Message


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
    # A name to begin with, where the remote knows none of his own.
    called: str | None = None
    match_phone: str | None = None
    phone: str | None = None
    phone2: str | None = None
    street: str | None = None
    street2: str | None = None
    tags: tuple[str, ...] = ()

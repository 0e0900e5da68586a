"""Other records that go out, what is asked for, and lists of values."""

from .base import Message


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


class Hint(Message):
    """A remote says that one of its records has changed; what it is now has to be read."""

    id: str
    entity: str
    event: str | None = None


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


class ValueList(Message):
    """All values of one kind that a remote knows (see `sync.hub.map`)."""

    id: str
    kind: str
    values: tuple[Value, ...] = ()

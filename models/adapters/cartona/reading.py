"""What is read from Cartona: its feed of new and changed orders."""

import hashlib
from datetime import datetime, timezone

from .. import wirejson
from ..adapter import Event, Fetched
from ..canonical import Version
from ..errors import TransientError
from ..redaction import redact

#: Elements of one page.
PAGE = 100
#: Name of the list of orders.
ORDERS = "orders"
#: Name of the list of products.
PRODUCTS = "products"
#: Fields of an order that no log shows.
PRIVATE = ("pickup_otp",)


def poll_orders(api, message):
    """One page of the feed as a `Fetched`: an order stays in it until it is acknowledged."""
    params = {"page": message.offset // PAGE + 1, "per_page": PAGE}
    if api.config["pull_window"] and message.windowed:
        # Local times without a zone, as Cartona's own module sends them.
        params.update({"from": message.since.replace(" ", "T"), "to": message.until.replace(" ", "T")})
    asked = datetime.now(timezone.utc)
    rows = rows_of(api.call("GET", "orders", params=params))
    events = [event_of_order(row, asked) for row in rows if isinstance(row, dict)]
    return Fetched([event for event in events if event], message.offset + PAGE if len(rows) >= PAGE else None)


def poll_products(api, message):
    """One page of the supplier's own products as a `Fetched`."""
    page = message.offset // PAGE + 1
    rows = rows_of(api.call("GET", "products", params={"page": page, "per_page": PAGE}))
    more = len(rows) >= PAGE
    event = Event(
        key=f"read:{PRODUCTS}:{page}:{message.mark}",
        entity=PRODUCTS,
        action="read",
        remote_id=f"page-{page}",
        payload=redact({"page": page, "mark": message.mark, "last": not more, "products": rows}),
        version=Version(time=datetime.now(timezone.utc), polled=True),
    )
    return Fetched([event], message.offset + PAGE if more else None)


def fetch_orders(api, messages):
    """{key: Fetched} of single orders. Only the feed can be asked: what is not in it has not changed since."""
    wanted, found, page = {message.remote_id for message in messages}, {}, 1
    asked = datetime.now(timezone.utc)
    while wanted - set(found):
        rows = rows_of(api.call("GET", "orders", params={"page": page, "per_page": PAGE}))
        for row in rows:
            event = event_of_order(row, asked) if isinstance(row, dict) else None
            if event and event.remote_id in wanted:
                found[event.remote_id] = event
        if len(rows) < PAGE:
            break
        page += 1
    return {m.key: Fetched([found[m.remote_id]] if m.remote_id in found else []) for m in messages}


def rows_of(data):
    """The list that an answer is, or holds."""
    for key in (None, "data", "results", "orders"):
        rows = data if key is None else data.get(key) if isinstance(data, dict) else None
        if isinstance(rows, list):
            return rows
    raise TransientError("The answer is not a list", code="malformed")


def event_of_order(row, asked=None):
    """An order as an event for the inbox, None when it has no id.

    :param datetime asked: when the call began that has read it. What comes by webhook from then on may be newer than
        what was read, whenever the answer came: it must not be taken for stale. None for a webhook's.
    """
    read = asked is not None
    remote_id = row.get("hashed_id")
    if not isinstance(remote_id, str) or not remote_id.strip():
        return None
    digest = digest_of(row) if read else ""
    return Event(
        # Made unique per applied state by the engine: what comes back is news.
        key=f"read:order:{remote_id}:{digest}" if read else None,
        entity="order",
        action="read" if read else "snapshot",
        remote_id=remote_id.replace("\x00", "").strip(),
        payload=redact(row),
        private={field: row[field] for field in PRIVATE if row.get(field)},
        version=Version(time=asked, polled=True) if read else Version(),
        digest=digest,
    )


def digest_of(row):
    """A mark of all that an order says."""
    return hashlib.sha256(wirejson.dumps(row).encode()).hexdigest()[:24]

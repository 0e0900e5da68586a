"""What is read from Medusa's Admin API: orders and customers, by their ids and by what changed."""

import hashlib
from datetime import datetime, timezone
from urllib.parse import quote

import pytz
from pydantic import ValidationError

from .. import wirejson
from ..adapter import Event, Fetched
from ..canonical import Version
from ..errors import CredentialError, RejectedError, SyncError, TransientError
from ..redaction import redact
from . import fields, products_in, wire
from .api import NotFound

#: Records of one page.
PAGE = 50
#: Orders among which the one of a parcel is looked for, the last changed first: making a parcel changes its order.
NEWEST = 100
ORDERS = "orders"
CUSTOMERS = "customers"
PAYMENTS = "payments"
#: Lists that are read by schedule. Taking a payment or giving it back does not change its order's `updated_at`.
SOURCES = (ORDERS, PAYMENTS, CUSTOMERS)


# ------------------------------------------------------------ single records


def fetch(api, items):
    """{key: `Fetched` or the error} of single records; one that is gone gives no event."""
    outcome, wanted = products_in.fetch(api, [item for item in items if item.entity in products_in.READERS]), {}
    for item in items:
        if item.key in outcome:
            continue
        try:
            found = FETCHERS[item.entity](api, item)
        except NotFound:
            found = Fetched([])
        except RejectedError as error:
            found = error
        except (CredentialError, TransientError) as error:
            # The others would fare no better now.
            outcome.update({rest.key: error for rest in items if rest.key not in outcome})
            break
        if isinstance(found, str):
            wanted[item.key] = found
        outcome[item.key] = found
    wanted = {key: order_id for key, order_id in wanted.items() if isinstance(outcome[key], str)}
    if wanted:
        outcome.update(_orders_of(api, wanted))
    return outcome


def _orders_of(api, wanted):
    """{key: `Fetched` or the error} of orders, {key: order id}: all of them with one call."""
    try:
        events = {event.remote_id: event for event in read_orders(api, set(wanted.values()))}
    except SyncError as error:
        return dict.fromkeys(wanted, error)
    return {key: Fetched([events[order_id]] if order_id in events else []) for key, order_id in wanted.items()}


def read_orders(api, ids):
    """Events of these orders, as far as they are still there."""
    asked = datetime.now(timezone.utc)
    rows = api.list("/admin/orders", ORDERS, id=sorted(ids), fields=fields.ORDER)
    return [event_of(ORDERS, row, asked) for row in rows]


def _order(api, item):
    return item.remote_id


def _payment(api, item):
    """The id of a payment's order."""
    if item.remote_id.startswith("order_"):
        return item.remote_id
    answer = api.get(f"/admin/payments/{quote(item.remote_id, safe='')}", fields=fields.PAYMENT)
    return _order_of_payment(answer.get("payment")) or Fetched([])


def _order_of_payment(payment):
    """The order's id, None for a payment that has none (yet). One that is not there is an answer without it."""
    collection = payment.get("payment_collection") if isinstance(payment, dict) else None
    order = collection.get("order") if isinstance(collection, dict) else None
    return order.get("id") if isinstance(order, dict) else None


def _fulfillment(api, item):
    """The id of a parcel's order: Medusa names it nowhere, so the orders that changed last are looked through."""
    if item.remote_id.startswith("order_"):
        return item.remote_id
    answer = api.get("/admin/orders", order="-updated_at", limit=NEWEST, fields="id,fulfillments.id")
    for order in answer.get(ORDERS) or ():
        if any(parcel.get("id") == item.remote_id for parcel in order.get("fulfillments") or () if parcel):
            return order["id"]
    return Fetched([])


def _customer(api, item):
    asked = datetime.now(timezone.utc)
    answer = api.get(f"/admin/customers/{quote(item.remote_id, safe='')}", fields=fields.CUSTOMER)
    row = answer.get("customer") or {}
    return Fetched([event_of(CUSTOMERS, row, asked)] if _is_wanted(CUSTOMERS, row) else [])


#: Entity -> what gives a `Fetched`, or the id of the order that has to be read.
FETCHERS = {
    "order": _order,
    "payment": _payment,
    "fulfillment": _fulfillment,
    "customer": _customer,
}


# ------------------------------------------------------------ what changed


def poll(api, message):
    """One page of a list as a `Fetched`."""
    zone = pytz.timezone(api.config["timezone"])
    since = _to_utc(message.since, zone)
    if message.resource == PAYMENTS:
        return _poll_payments(api, message, since)
    field = "updated_at" if message.windowed else "created_at"
    asked = datetime.now(timezone.utc)
    rows = _page(api, message, field, **{f"{field}[$gte]": since})
    events = [event_of(message.resource, row, asked) for row in rows if _is_wanted(message.resource, row)]
    if len(rows) < PAGE:
        return Fetched(events)
    # A record that changes meanwhile goes to the end, and the ones behind it move up: therefore a page begins at the
    # time of the last record before it, not at a number.
    last = rows[-1].get(field)
    if not last or rows[0].get(field) == last:
        # A whole page of one moment.
        return Fetched(events, message.offset + PAGE)
    same = sum(row.get(field) == last for row in rows)
    return Fetched(events, same, _from_utc(last, zone))


def _page(api, message, order, **query):
    path = f"/admin/{message.resource}"
    answer = api.get(path, fields=FIELDS[message.resource], order=order, limit=PAGE, offset=message.offset, **query)
    rows = answer.get(message.resource)
    if not isinstance(rows, list):
        raise TransientError(f"The answer has no list {message.resource}", code="malformed")
    return rows


def _poll_payments(api, message, since):
    """The orders of one page of payments, the last changed first.

    Money that is given back changes neither its order nor its payment, only the payment's collection; by that Medusa
    can sort, but not filter. What changes meanwhile moves to the front: no page misses one.
    """
    if message.windowed:
        rows = _page(api, message, "-payment_collection.updated_at")
        fresh = [row for row in rows if _changed(row) >= since]
    else:
        rows = fresh = _page(api, message, "created_at", **{"created_at[$gte]": since})
    ids = {order_id for order_id in map(_order_of_payment, fresh) if order_id}
    more = len(fresh) >= PAGE
    return Fetched(read_orders(api, ids) if ids else [], message.offset + PAGE if more else None)


def _changed(payment):
    return (payment.get("payment_collection") or {}).get("updated_at") or ""


#: List -> the fields that are asked for.
FIELDS = {
    ORDERS: fields.ORDER,
    PAYMENTS: fields.PAYMENT,
    CUSTOMERS: fields.CUSTOMER,
}


def _is_wanted(resource, row):
    """Every cart of a guest makes a customer; who buys comes with his order."""
    return resource != CUSTOMERS or bool(row.get("has_account") or row.get("created_by"))


def _to_utc(text, zone):
    """Local time of the connector, or one that names its offset, as Medusa's.

    Of an hour that comes twice the first: reading a little twice does no harm, reading the first one not at all does.
    """
    moment = datetime.fromisoformat(text)
    moment = (moment if moment.tzinfo else zone.localize(moment, is_dst=True)).astimezone(pytz.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def _from_utc(text, zone):
    """Medusa's time as a local one of the connector, with the offset: an hour may come twice."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(zone)
    return moment.isoformat(" ", "milliseconds")


# ------------------------------------------------------------ events

#: List -> entity of its events, and what is kept of a record.
KEPT = {ORDERS: ("order", wire.Order), CUSTOMERS: ("customer", wire.Customer)}


def event_of(resource, row, asked):
    """A record that was read as an event for the inbox.

    :param datetime asked: when the call began; what comes by webhook from then on may be newer.
    """
    entity, schema = KEPT[resource]
    try:
        payload = schema.model_validate(row).model_dump(mode="json", exclude_none=True)
    except ValidationError:
        # Kept as far as its id and what does not fit: the row then says which field it is.
        payload = {key: row[key] for key in schema.model_fields if key in row and key != "payment_collections"}
    payload = redact(payload)
    digest = digest_of(payload)
    remote_id = str(row.get("id") or "unknown")
    return Event(
        # Made unique per applied state by the engine: what comes back is news.
        key=f"read:{entity}:{remote_id}:{digest}",
        entity=entity,
        action="read",
        remote_id=remote_id,
        payload=payload,
        version=Version(time=asked, polled=True),
        digest=digest,
    )


def digest_of(payload):
    """A mark of all that a record says."""
    return hashlib.sha256(wirejson.dumps(payload).encode()).hexdigest()[:24]

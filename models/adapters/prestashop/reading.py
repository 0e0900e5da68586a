"""What is read through the Webservice: which lists, in which fields, and how they become events for the inbox.

An order is read whole, with everything that hangs on it, and with its customer and addresses: what was lost on the way
of one event is mostly lost for its neighbours too.
"""

import hashlib
from decimal import Decimal
from typing import NamedTuple

from .. import wirejson
from ..adapter import Event, Fetched
from ..canonical import Version
from ..errors import RejectedError
from ..redaction import redact
from . import mapping
from .lists import LISTS
from .webservice import PAGE

CUSTOMER = (
    "[id,email,firstname,lastname,company,siret,website,birthday,active,deleted,is_guest,newsletter,optin,"
    "id_default_group,id_lang,date_add,date_upd]"
)
ADDRESS = (
    "[id,id_customer,alias,company,firstname,lastname,address1,address2,postcode,city,id_country,id_state,phone,"
    "phone_mobile,vat_number,dni,other,deleted,date_upd]"
)
ORDER = (
    "[id,reference,id_customer,id_address_delivery,id_address_invoice,id_cart,id_currency,id_carrier,id_lang,id_shop,"
    "current_state,payment,module,note,shipping_number,invoice_number,delivery_number,valid,gift,gift_message,"
    "conversion_rate,carrier_tax_rate,total_paid,total_paid_tax_incl,total_paid_tax_excl,total_paid_real,"
    "total_products,total_products_wt,total_discounts,total_discounts_tax_incl,total_discounts_tax_excl,"
    "total_shipping,total_shipping_tax_incl,total_shipping_tax_excl,total_wrapping,total_wrapping_tax_incl,"
    "total_wrapping_tax_excl,date_add,date_upd]"
)
PAYMENT = "[id,order_reference,id_currency,amount,payment_method,transaction_id,conversion_rate,date_add]"

#: Orders of one page: each brings a dozen lists with it.
ORDERS = 25


class Source(NamedTuple):
    """A list that is polled.

    :param str date: the field that tells what is new.
    :param str entity: what its rows are in the hub; "" when they only point at orders.
    :param str points: the field by which they do.
    """

    display: str
    date: str
    entity: str = ""
    points: str = ""


#: Read in this order: who buys before what he bought.
SOURCES = {
    "customers": Source(CUSTOMER, "date_upd", "customer"),
    "addresses": Source(ADDRESS, "date_upd", "address"),
    "cart_rules": Source("full", "date_upd", "coupon"),
    "orders": Source(ORDER, "date_upd", "order"),
    # A partial refund, a payment and a message do not move the order's own date.
    "order_slip": Source("[id,id_order,date_upd]", "date_upd", points="id_order"),
    "order_payments": Source("[id,order_reference,date_add]", "date_add", points="order_reference"),
    "messages": Source("[id,id_order,date_add]", "date_add", points="id_order"),
}

#: Short lists that are read whole; of these the carriers change while orders come in.
OFTEN = ("carriers",)

#: Resource that answers a fetch of one record.
RESOURCE = {source.entity: name for name, source in SOURCES.items() if source.entity}


def poll(webservice, message):
    """One page of what changed in the message's span, as a `Fetched`."""
    if message.resource in LISTS:
        rows = webservice.all_rows(message.resource, display=LISTS[message.resource][1], optional=True)
        return Fetched([event_of("map", message.resource, {"id": message.resource, "rows": rows}, webservice.clock)])
    source = SOURCES[message.resource]
    size = ORDERS if message.resource == "orders" else PAGE
    span = f"[{message.since},{message.until}]"
    rows = webservice.rows(
        message.resource,
        display=source.display,
        sort=f"{source.date}_ASC,id_ASC",
        offset=message.offset,
        limit=size,
        date=True,
        optional=True,
        **{source.date: span},
    )
    events = _events(webservice, message.resource, source, rows)
    if len(rows) < size:
        return Fetched(events)
    last = rows[-1][source.date]
    if last == message.since:
        return Fetched(events, message.offset + len(rows), last)
    # On from the last row's second: counting on would leave out a row for each one that changes meanwhile.
    return Fetched(events, 0, last)


def fetch(webservice, messages):
    """{key: Fetched or RejectedError} of single records, those of one kind together."""
    results = {}
    for entity in dict.fromkeys(message.entity for message in messages):
        group = [message for message in messages if message.entity == entity]
        resource = RESOURCE[entity]
        source = SOURCES[resource]
        rows = webservice.rows(resource, display=source.display, id=[m.remote_id for m in group])
        events = _events(webservice, resource, source, rows)
        found = {str(row["id"]) for row in rows}
        for message in group:
            # What an order brings with it goes with the first one.
            mine = [e for e in events if e.entity != entity or e.remote_id == message.remote_id]
            events = [e for e in events if e not in mine]
            gone = RejectedError(f"The shop has no {entity} {message.remote_id} (any more)")
            results[message.key] = Fetched(mine) if message.remote_id in found else gone
    return results


def _events(webservice, resource, source, rows):
    read_at = webservice.clock
    if source.points:
        rows = _orders_of(webservice, source, rows)
        resource, source = "orders", SOURCES["orders"]
    if resource == "orders":
        return [*_people(webservice, rows), *_events_of("order", "orders", whole_orders(webservice, rows), read_at)]
    if resource == "addresses":
        # Without a customer it is a supplier's or a manufacturer's.
        rows = [row for row in rows if str(row.get("id_customer") or "0") != "0"]
    return _events_of(source.entity, resource, rows, read_at)


def _orders_of(webservice, source, rows):
    """The orders that rows of another list point at."""
    values = {str(row[source.points]) for row in rows if str(row.get(source.points) or "0") != "0"}
    field = "id" if source.points == "id_order" else "reference"
    return webservice.rows("orders", display=ORDER, **{field: values})


def _people(webservice, orders):
    """Events of the customers and addresses of these orders."""
    read_at = webservice.clock
    customers = {str(order["id_customer"]) for order in orders}
    places = {str(order[field]) for order in orders for field in ("id_address_delivery", "id_address_invoice")}
    return [
        *_events_of(
            "customer",
            "customers",
            webservice.rows("customers", display=CUSTOMER, id=customers, optional=True),
            read_at,
        ),
        *_events_of(
            "address", "addresses", webservice.rows("addresses", display=ADDRESS, id=places, optional=True), read_at
        ),
    ]


def _events_of(entity, resource, rows, read_at):
    return [event_of(entity, resource, row, read_at) for row in rows]


def event_of(entity, resource, row, read_at):
    """What was read of one record, for the inbox."""
    digest = hashlib.sha256(wirejson.dumps(row).encode()).hexdigest()[:24]
    return Event(
        # Made unique per applied state by the engine: a value that comes back is news.
        key=f"read:{entity}:{row['id']}:{digest}",
        entity=entity,
        action="read",
        remote_id=str(row["id"]),
        payload=redact({"webservice": resource, "digest": digest, "data": row}),
        version=Version(time=mapping.from_epoch(read_at), polled=True),
        digest=digest,
    )


def whole_orders(webservice, orders):
    """The orders with everything that hangs on them, under PrestaShop's own names."""
    ids = [str(order["id"]) for order in orders]
    references = {order["reference"] for order in orders}
    by_order = {
        "order_details": webservice.rows("order_details", id_order=ids),
        "order_histories": webservice.rows("order_histories", id_order=ids, optional=True),
        "order_invoices": webservice.rows("order_invoices", id_order=ids, optional=True),
        "order_carriers": webservice.rows("order_carriers", id_order=ids, optional=True),
        "order_slips": webservice.rows("order_slip", id_order=ids, optional=True),
        "order_cart_rules": webservice.rows("order_cart_rules", id_order=ids, optional=True),
        "messages": webservice.rows("messages", id_order=ids, optional=True),
    }
    payments = webservice.rows("order_payments", display=PAYMENT, order_reference=references, optional=True)
    rates = _tax_rates(webservice, by_order["order_details"])
    for line in by_order["order_details"]:
        line["tax_ids"] = [str(tax["id"]) for tax in (line.get("associations") or {}).get("taxes", [])]
        if line["tax_ids"]:
            line["tax_rate"] = str(sum(rates.get(tax, Decimal(0)) for tax in line["tax_ids"]))
    return [
        {
            **order,
            **{name: [r for r in rows if str(r["id_order"]) == str(order["id"])] for name, rows in by_order.items()},
            "order_payments": [row for row in payments if row["order_reference"] == order["reference"]],
        }
        for order in orders
    ]


def _tax_rates(webservice, details):
    ids = {str(tax["id"]) for line in details for tax in (line.get("associations") or {}).get("taxes", [])}
    rows = webservice.rows("taxes", display="[id,rate]", id=ids, optional=True)
    return {str(row["id"]): Decimal(str(row["rate"])) for row in rows}

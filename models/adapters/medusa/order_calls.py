"""What Medusa is told of its orders and of people: parcels, cancellations, money, customers."""

from decimal import Decimal
from urllib.parse import quote

from ..adapter import Created
from ..errors import MappingError, RejectedError, SyncError, TransientError
from ..serial import one_by_one
from .api import NotFound

#: What the payment provider has written down (`data`) is never asked for.
ORDER_FIELDS = ",".join(
    (
        "id,status,*items,*items.detail,*fulfillments,*fulfillments.labels,*fulfillments.items",
        *(f"payment_collections.payments.{name}" for name in ("id", "amount", "canceled_at")),
        *(
            f"payment_collections.payments.{kind}.{name}"
            for kind in ("captures", "refunds")
            for name in ("id", "amount")
        ),
    )
)
#: Where we leave which transfer of Odoo a fulfilment is.
MARK = "odoo_picking"
#: What stands for an address that is not known: Medusa wants a text.
NO_URL = "#"


def push(api, items):
    """{key: None, `Created` or error}: one after the other."""
    return one_by_one(items, lambda item: _told(api, item))


def _told(api, item):
    tell = CALLS.get(next((name for name in CALLS if name in (item.entity, *item.values)), None))
    try:
        return tell(api, item) if tell else None
    except NotFound:
        return MappingError(f"Medusa does not have {item.remote_id or item.values.get('order')} any more.", code="gone")
    except SyncError as error:
        return error


def _order(api, remote_id):
    return api.get(f"/admin/orders/{quote(remote_id, safe='')}", fields=ORDER_FIELDS)["order"]


# ------------------------------------------------------------ parcels


def parcel(api, item):
    """Make a fulfilment of a transfer unless it is there, with its shipment, and say when it has arrived.

    A fulfilment that somebody has made in Medusa of the same pieces is taken for ours.
    """
    values, order = item.values, _order(api, item.values["order"])
    alive = [one for one in order["fulfillments"] or () if not one.get("canceled_at")]
    found = next((one for one in alive if item.remote_id == one["id"] or is_ours(one, values["ref"])), None)
    if found is None and item.remote_id is None:
        found = fulfilled(api, order, values) or by_hand(alive)
    if found is None:
        return None
    path = f"/admin/orders/{order['id']}/fulfillments/{found['id']}"
    if not found.get("shipped_at"):
        items = items_of(found) or wires_of(order, values)
        api.post(f"{path}/shipments", {"items": items, "labels": labels_of(values)}, fields="id")
    if values.get("delivered") and not found.get("delivered_at"):
        api.post(f"{path}/mark-as-delivered", fields="id")
    return None if item.remote_id else Created(found["id"])


def is_ours(fulfilment, ref):
    return (fulfilment.get("metadata") or {}).get(MARK) == ref


def by_hand(alive):
    """The one fulfilment that somebody has made and not yet shipped, None when there is none or several."""
    waiting = [one for one in alive if not one.get("shipped_at") and MARK not in (one.get("metadata") or {})]
    return waiting[0] if len(waiting) == 1 else None


def fulfilled(api, order, values):
    """The fulfilment of what of the transfer is still open, None when Medusa has fulfilled all of it already."""
    items = [wire for wire in wires_of(order, values, only_open=True) if wire["quantity"] > 0]
    if not items:
        return None
    body = {"items": items, "metadata": {MARK: values["ref"]}}
    if values.get("place"):
        body["location_id"] = values["place"]
    answer = api.post(f"/admin/orders/{order['id']}/fulfillments", body, fields="id,*fulfillments,*fulfillments.items")[
        "order"
    ]
    made = [one for one in answer["fulfillments"] or () if is_ours(one, values["ref"])]
    if not made:
        raise TransientError("Medusa has taken a fulfilment and does not show it.", code="malformed")
    return made[-1]


def items_of(fulfilment):
    """[{id, quantity}] of what a fulfilment holds: no more can be shipped with it."""
    rows = fulfilment.get("items") or ()
    return [{"id": row["line_item_id"], "quantity": row["quantity"]} for row in rows if row.get("line_item_id")]


def wires_of(order, values, only_open=False):
    """[{id, quantity}] of a transfer, of what Medusa has not fulfilled yet when asked for."""
    lines = {line["id"]: line for line in order["items"] or ()}
    wires = []
    for line_id, quantity in values["items"]:
        line = lines.get(line_id)
        if line is None:
            continue
        wanted = Decimal(str(quantity))
        if only_open:
            done = Decimal(str((line.get("detail") or {}).get("fulfilled_quantity") or 0))
            wanted = min(wanted, Decimal(str(line["quantity"])) - done)
        wires.append({"id": line_id, "quantity": wanted})
    return wires


def labels_of(values):
    return [
        {"tracking_number": number, "tracking_url": url or NO_URL, "label_url": NO_URL}
        for number, url in values["tracking"]
    ]


# ------------------------------------------------------------ cancelling


def cancel(api, item):
    """Cancel an order, unless it is cancelled already; its other states follow from what is done to it."""
    if item.values["status"] != "canceled" or _order(api, item.remote_id)["status"] == "canceled":
        return None
    api.post(f"/admin/orders/{quote(item.remote_id, safe='')}/cancel", fields="id")
    return None


# ------------------------------------------------------------ money


def payments_of(order):
    return [p for collection in order["payment_collections"] or () for p in collection.get("payments") or () if p]


def moved(payment, kind):
    """What was captured or refunded of a payment."""
    return sum((Decimal(str(one["amount"])) for one in payment.get(kind) or ()), Decimal(0))


def money(api, item):
    """Take money until so much was taken, and give back until so much was given back.

    :raises MappingError: Medusa has not so much of it.
    """
    order = _order(api, item.remote_id)
    if "capture" in item.values:
        _move(api, order, "capture", "captures", Decimal(item.values["capture"]))
    if "refund" in item.values:
        _move(api, _order(api, item.remote_id), "refund", "refunds", Decimal(item.values["refund"]))


def _move(api, order, action, done, target):
    left = target - sum((moved(payment, done) for payment in payments_of(order)), Decimal(0))
    for payment in payments_of(order):
        if left <= 0:
            return
        whole = Decimal(str(payment["amount"])) if action == "capture" else moved(payment, "captures")
        amount = min(left, whole - moved(payment, done))
        if amount > 0 and not payment.get("canceled_at"):
            api.post(f"/admin/payments/{payment['id']}/{action}", {"amount": amount})
            left -= amount
    if left > 0:
        word = {"capture": "authorised", "refund": "captured"}[action]
        raise MappingError(
            f"Of {target} only {target - left} could be moved: the payments of this order have no more {word} money in "
            "Medusa. Settle the rest there.",
            code="no_money",
        )


# ------------------------------------------------------------ people

#: Canonical field -> Medusa's.
PERSON = {"first_name": "first_name", "last_name": "last_name", "email": "email", "company": "company_name"}


def customer(api, item):
    """Make or change a customer; one of the same e-mail address that is there already is he."""
    body = {theirs: item.values[ours] for ours, theirs in PERSON.items() if ours in item.values}
    if item.remote_id:
        if body:
            api.post(f"/admin/customers/{quote(item.remote_id, safe='')}", body)
        return None
    found = api.get("/admin/customers", email=item.values["email"], fields="id,email,has_account")["customers"]
    found.sort(key=lambda row: not row["has_account"])
    if found:
        return Created(found[0]["id"])
    if item.lookup:
        raise RejectedError("Medusa has no such customer.")
    return Created(api.post("/admin/customers", body)["customer"]["id"])


#: Entity, or flow of an order -> what tells it.
CALLS = {"parcel": parcel, "customer": customer, "capture": money, "refund": money, "status": cancel}

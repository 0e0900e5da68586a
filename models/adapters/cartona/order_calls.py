"""What Cartona is told of its orders: that they have come, other lines, another state."""

from urllib.parse import quote

from ..errors import OutcomeUnknownError, SyncError, TransientError
from ..serial import one_by_one
from .products import identifiers

#: Failures after which it is certain that Cartona has done nothing.
NOT_DONE = ("no_connection", "http_429")


def push(api, items):
    """{key: None or error}: one call for each, since the bulk call hides what it refuses."""
    return one_by_one(items, lambda item: _told(api, item))


def _told(api, item):
    try:
        if "lines" in item.values:
            set_lines(api, item.remote_id, item.values["lines"])
        else:
            set_status(api, item.remote_id, **status_to_remote(item.values))
    except SyncError as error:
        return error
    return None


def status_to_remote(values):
    """The fields of a status call."""
    if values.get("ack"):
        return {"status": "synced"}
    wire = {"status": values["status"]}
    names = {"reason": "cancellation_reason", "day": "delivery_day", "code": "retailer_otp"}
    wire.update({name: values[key] for key, name in names.items() if values.get(key)})
    return wire


def set_status(api, remote_id, **fields):
    """One single status call.

    :raises SyncError: with what Cartona says.
    """
    body = {"hashed_id": remote_id, **fields}
    return api.call("POST", "order_status", json=body, suffix=f"/{quote(remote_id, safe='')}")


def set_lines(api, remote_id, changes):
    """Change lines of an order, drop some, and add others.

    :raises OutcomeUnknownError: lines were to be added, and nobody knows whether they were.
    """
    details = [line_to_remote(change, api.config) for change in changes]
    try:
        api.call("POST", "order_lines", json=[{"hashed_id": remote_id, "order_details": details}])
    except TransientError as error:
        if error.code in NOT_DONE or all("id" in change for change in changes):
            raise
        raise OutcomeUnknownError(str(error)) from None


def line_to_remote(change, config):
    """One element of `order_details`; Cartona names the price `price` here."""
    wire = {}
    if "id" in change:
        number = change["id"]
        wire["id"] = int(number) if number.isdigit() else number
    else:
        wire.update(identifiers(change["product"]))
    if change.get("cancelled"):
        return {**wire, "cancelled": True}
    wire.update({key: amount(change[key]) for key in ("amount", "price") if key in change})
    return wire


def amount(text):
    """A number as JSON: whole ones without a fraction."""
    number = float(text)
    return int(number) if number.is_integer() else number

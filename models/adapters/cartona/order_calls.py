"""What Cartona is told of its orders: that they have come."""

from urllib.parse import quote

from ..errors import CredentialError, SyncError, TransientError


def push(api, items):
    """{key: None or error}: one call for each, since the bulk call hides what it refuses."""
    results, stop = {}, None
    for item in items:
        results[item.key] = stop or _told(api, item)
        if isinstance(results[item.key], (TransientError, CredentialError)):
            # The rest would only wait for the same answer.
            stop = results[item.key]
    return results


def _told(api, item):
    try:
        set_status(api, item.remote_id, status="synced")
    except SyncError as error:
        return error
    return None


def set_status(api, remote_id, **fields):
    """One single status call.

    :raises SyncError: with what Cartona says.
    """
    body = {"hashed_id": remote_id, **fields}
    return api.call("POST", "order_status", json=body, suffix=f"/{quote(remote_id, safe='')}")

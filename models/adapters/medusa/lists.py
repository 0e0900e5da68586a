"""Medusa's lists of its own values, for the value maps."""

import hashlib

from .. import wirejson
from ..adapter import Event, Fetched
from ..canonical import Value, ValueList

#: Name of the list of stock locations.
LOCATIONS = "locations"


def poll(api, message):
    """The whole of a list as a `Fetched`."""
    rows = api.list("/admin/stock-locations", "stock_locations", fields="id,name")
    payload = {"rows": [{"id": row["id"], "name": row["name"]} for row in rows]}
    digest = hashlib.sha256(wirejson.dumps(payload).encode()).hexdigest()[:24]
    key = f"read:{LOCATIONS}:{message.mark}:{digest}"
    return Fetched([Event(key=key, entity=LOCATIONS, action="read", remote_id=LOCATIONS, payload=payload)])


def locations_to_hub(payload):
    """Stock locations as a canonical `ValueList`; the only one there is stands for the only warehouse."""
    rows = payload["rows"]
    only = "only" if len(rows) == 1 else None
    values = [Value(value=row["id"], label=row["name"], match=only) for row in rows]
    return ValueList(id=LOCATIONS, kind="location", values=values)

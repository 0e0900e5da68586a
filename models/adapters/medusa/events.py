"""A webhook of Medusa taken apart. Medusa has none of its own: what arrives was made by code of the merchant's.

The body is a hint only. What it is about is read from the Admin API, so nothing else of it is believed or kept.
"""

import hashlib
import re

from .. import signature
from ..adapter import Event, Inbox
from ..errors import PayloadError, SignatureError
from . import tables_in as tables

#: What an id or the name of an event looks like.
ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
NAME = re.compile(r"[A-Za-z0-9_.:*-]{1,128}")


def key_of_sender(request, secrets):
    """The connector key, of `secrets` ({key: secret}), whose sender this is.

    :raises SignatureError: 401 without a proof, 403 with a wrong one.
    """
    signatures = [request.headers.get(name) for name in tables.SIGNATURES if request.headers.get(name)]
    bearer = request.headers.get("Authorization") or ""
    tokens = [request.query.get("token"), request.headers.get(tables.SECRET)]
    tokens.append(bearer[7:].strip() if bearer[:7].lower() == "bearer " else None)
    if not signatures and not any(tokens):
        raise SignatureError("The secret is missing: sign the body, or send the secret as Bearer token", status=401)
    stamp = (request.headers.get(tables.TIMESTAMP) or "").strip()
    if signatures and stamp and not signature.is_fresh(stamp):
        raise SignatureError(f"{tables.TIMESTAMP}: the time is too far from ours", status=403)
    signed = [request.raw, *([f"{stamp}.".encode() + request.raw] if stamp else [])]
    # All of them are compared, so that the time taken tells nothing.
    found = [key for key, secret in secrets.items() if _proves(tokens, signatures, signed, secret)]
    if not found:
        raise SignatureError("The secret is wrong", status=403)
    return found[0]


def _proves(tokens, signatures, signed, secret):
    proofs = [signature.same_secret(token, secret) for token in tokens]
    proofs += [signature.is_signed(given, secret, raw) for given in signatures for raw in signed]
    return any(proofs)


def inbox_of(body, request):
    """The `Inbox` of a parsed body; only the names and ids of it are kept.

    :raises PayloadError: it is neither an object nor an array of objects.
    """
    if isinstance(body, dict) and body.get("test") is True:
        return Inbox([], test=True)
    elements = body if isinstance(body, list) else [body]
    if not elements or not all(isinstance(element, dict) for element in elements):
        raise PayloadError("Send one event (or record) as an object, or several as an array of objects")
    results = [event_of(element, request, alone=len(elements) == 1) for element in elements]
    return Inbox(results, kept=[event.payload for event in results])


def event_of(element, request, alone=True):
    """The `Event` of one element.

    :param bool alone: the headers and the query speak of it.
    """
    name = _name_of(element) or (alone and _told_name(request)) or ""
    data = element.get("data") if isinstance(element.get("data"), dict) else element
    if isinstance(data.get("object"), dict):
        data = data["object"]
    entity, remote_id, ignored = _meaning(name, data)
    return Event(
        key=_key(name, remote_id, element, data, request if alone else None),
        entity=entity,
        action="hint",
        remote_id=remote_id,
        payload={"event": name, "id": remote_id},
        ignored=ignored,
    )


def _name_of(element):
    for key in ("event", "type", "name"):
        value = element.get(key)
        # A record may have a name or a type of its own; an event's name has a point in it.
        if isinstance(value, str) and "." in value and NAME.fullmatch(value):
            return value
    return None


def _told_name(request):
    """The event's name in the header, or in the query."""
    for value in (request.headers.get(tables.EVENT_HEADER), request.query.get("event")):
        if value and NAME.fullmatch(value.strip()):
            return value.strip()
    return None


def _meaning(name, data):
    """(entity, remote id, why it needs no work) of an event."""
    group = name.partition(".")[0]
    entity, keys = tables.GROUPS.get(group, (None, ("id",)))
    ids = [data[key] for key in keys if isinstance(data.get(key), str) and ID.fullmatch(data[key])]
    ids = [text for text in ids if not text.startswith(tables.DELIVERY)]
    remote_id = ids[0] if ids else ""
    if not name or entity:
        # Whatever the event is called, an id says of what it is one.
        entity = next((word for prefix, word in tables.PREFIXES.items() if remote_id.startswith(prefix)), entity)
    return entity or "unknown", remote_id, _ignored(name, group, entity, remote_id)


def _ignored(name, group, entity, remote_id):
    if name in tables.QUIET_EVENTS or group in tables.QUIET:
        return tables.QUIET_EVENTS.get(name) or tables.QUIET[group]
    if name.count(".") > 1 or name[:1].isupper():
        return tables.MODULE_NOISE
    if not entity:
        return tables.UNKNOWN
    return "" if remote_id else tables.NAMELESS


def _key(name, remote_id, element, data, request):
    """What a repeated delivery is known by, None when nothing tells."""
    given = [request.headers.get(header) for header in tables.DELIVERY_HEADERS] if request else []
    if isinstance(element.get("id"), str) and element["id"].startswith(tables.DELIVERY):
        given.append(element["id"])
    delivery = next((text.replace("\x00", "").strip() for text in given if text), None)
    if delivery:
        return f"{name}:{delivery if len(delivery) <= 200 else hashlib.sha256(delivery.encode()).hexdigest()}"
    updated = data.get("updated_at")
    if not remote_id or not isinstance(updated, str) or not updated:
        return None
    return hashlib.sha256("\n".join((name, remote_id, updated)).encode()).hexdigest()

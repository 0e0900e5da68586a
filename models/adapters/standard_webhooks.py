"""Signatures of Standard Webhooks (https://www.standardwebhooks.com): of a message's id, time and raw body."""

import base64
import binascii
import hashlib
import hmac

from .errors import SignatureError
from .signature import is_fresh, same_secret

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
#: What secrets of this standard begin with; the rest of them is base64.
PREFIX = "whsec_"
#: Of the standard's versions the one with a shared secret.
VERSION = "v1"


def is_used(headers):
    """Whether a request is signed this way."""
    return bool(headers.get(SIGNATURE))


def sign(secret, message_id, timestamp, raw):
    """The signature of a message, as its header holds it."""
    return f"{VERSION},{_digest(_keys(secret)[0], message_id, timestamp, raw)}"


def sender_of(request, secrets):
    """The key in `secrets` ({key: secret}) whose secret has signed the request.

    The header may hold several signatures, so that a sender can change his secret.

    :raises SignatureError: 401 a header is missing, 403 the time is too far from ours or no signature fits.
    """
    message_id, stamp = request.headers.get(ID), (request.headers.get(TIMESTAMP) or "").strip()
    if not message_id or not stamp:
        raise SignatureError(f"{SIGNATURE} comes with {ID} and {TIMESTAMP}", status=401)
    if not is_fresh(stamp):
        raise SignatureError(f"{TIMESTAMP}: the time is too far from ours", status=403)
    given = [part.partition(",")[2] for part in request.headers[SIGNATURE].split() if part.startswith(f"{VERSION},")]
    # All of them are compared, so that the time taken tells nothing.
    found = [
        key
        for key, secret in secrets.items()
        if sum(same_secret(text, _digest(of, message_id, stamp, request.raw)) for text in given for of in _keys(secret))
    ]
    if not found:
        raise SignatureError("The signature is wrong", status=403)
    return found[0]


def _keys(secret):
    """The bytes that a secret's text may stand for: decoded as the standard says, and as it is written."""
    if not secret:
        return []
    try:
        decoded = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    return [key for key in (decoded, secret.encode()) if key]


def _digest(key, message_id, timestamp, raw):
    signed = f"{message_id}.{timestamp}.".encode() + raw
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()

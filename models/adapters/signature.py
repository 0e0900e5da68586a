"""Proof that a webhook comes from the shop it claims: closed by default, compared in constant time."""

import base64
import hashlib
import hmac
import re
import time

from .errors import SignatureError

#: Seconds by which a signed time may differ from ours.
TOLERANCE = 300
#: Names of headers, in small letters, that hold a proof of the sender at one remote or another.
PROOF = re.compile(r"signature|secret|authorizationtoken")
#: Times from here on are milliseconds: as seconds they would lie thousands of years ahead.
MILLISECONDS = 10**11


def same_secret(given, expected):
    """True when both are the same non-empty text; takes the same time wherever they differ."""
    if not given or not expected:
        return False
    return hmac.compare_digest(given.encode(), expected.encode())


def hmac_sha256(secret, raw):
    """Hexadecimal HMAC-SHA256 of the raw body."""
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def is_signed(given, secret, raw):
    """Whether a text is the HMAC-SHA256 of some bytes: hexadecimal, with or without `sha256=` before it, or base64."""
    if not given or not secret:
        return False
    signed, text = hmac_sha256(secret, raw), given.strip().removeprefix("sha256=").strip()
    # Both are compared, so that the time taken tells nothing.
    forms = ((text.lower(), signed), (text, base64.b64encode(bytes.fromhex(signed)).decode()))
    return sum(same_secret(*form) for form in forms) > 0


def is_fresh(stamp, now=None):
    """Whether a time in seconds or milliseconds since 1970, as text, is near enough to ours."""
    whole = stamp.partition(".")[0]
    if not (whole.isascii() and whole.isdigit()) or len(whole) > 16:
        return False
    seconds = int(whole) / 1000 if int(whole) >= MILLISECONDS else int(whole)
    return abs(seconds - (time.time() if now is None else now)) <= TOLERANCE


def is_proof_given(request):
    """Whether a `Request` holds anything that could prove a sender, to any kind of remote."""
    names = {name.lower() for name, value in request.headers.items() if value}
    bearer = (request.headers.get("Authorization") or "").lower().startswith("bearer ")
    return bearer or bool(request.query.get("token")) or any(PROOF.search(name) for name in names)


def find_by_secret(given, secrets):
    """The key in `secrets` ({key: secret}) whose secret was given.

    Every secret is compared, so that the time taken tells nothing.

    :raises SignatureError: 401 when nothing was given, 403 when it fits none.
    """
    if not given:
        raise SignatureError("The secret is missing", status=401)
    found = [key for key, secret in secrets.items() if same_secret(given, secret)]
    if not found:
        raise SignatureError("The secret is wrong", status=403)
    return found[0]

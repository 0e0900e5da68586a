"""Proof that a webhook comes from the shop it claims: closed by default, compared in constant time."""

import hashlib
import hmac

from .errors import SignatureError


def same_secret(given, expected):
    """True when both are the same non-empty text; takes the same time wherever they differ."""
    if not given or not expected:
        return False
    return hmac.compare_digest(given.encode(), expected.encode())


def hmac_sha256(secret, raw):
    """Hexadecimal HMAC-SHA256 of the raw body."""
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


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

"""POST /vendor_api/product/{read,create,update}: who may call, and the envelope of the answer."""

import hmac

from ..remote import answer
from .bodies import Refused, parsed

ROOT = "/vendor_api/product/"
CALLS = ("read", "create", "update")


def envelope(status=200, **given):
    return answer({"jsonrpc": "2.0", "id": None, **given}, status)


def is_mine(path):
    return path.startswith("/vendor_api/")


def call(shelf, token, request, path):
    name = path.removeprefix(ROOT)
    if name not in CALLS:
        return answer({"error": "Not found"}, 404)
    if request.method != "POST":
        return answer({"error": "Method not allowed"}, 405)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        return envelope(401, error="invalid_token")
    if request.args.getlist("partner_id") != [str(shelf.partner_id)]:
        return answer({"error": "partner_mismatch"}, 403)
    try:
        return envelope(result=getattr(shelf, name)(parsed(request)))
    except Refused as refused:
        return envelope(result=refused.result)

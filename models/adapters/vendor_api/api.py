"""Calls of the vendor API, and what an answer of Odoo means: it says HTTP 200 to nearly everything."""

from ..errors import CredentialError, RejectedError, SyncError, TransientError
from .tables import ERRORS, EXCEPTIONS, EXISTS, MISSING, PATH, SESSION_EXPIRED


class Told(SyncError):
    """The retailer's own word for what is wrong, before it is known what that means for the product.

    :param str word: the string error.
    :param dict result: all that came with it.
    """

    def __init__(self, word, result):
        super().__init__(str(result.get("message") or word))
        self.word = word
        self.result = result


class Api:
    """One connector's calls; `transport` records them and keeps the pace."""

    def __init__(self, config, transport):
        self.config = config
        self.transport = transport

    def call(self, operation, body):
        """The result of one call as a dict.

        :raises Told: the retailer names an error that the caller may know an answer to.
        :raises SyncError: what any other answer means.
        """
        reply = self.transport.request(
            "POST",
            f"{self.config['url'].rstrip('/')}/{PATH}/{operation}",
            {"Authorization": f"Bearer {self.config['token'] or ''}"},
            body,
            params={"partner_id": self.config["remote_partner"] or ""},
            classify=False,
        )
        if reply.status != 200:
            self.transport.check(reply)
            raise RejectedError(f"HTTP {reply.status}: not an answer of the vendor API", divisible=False)
        if not isinstance(reply.data, dict):
            raise TransientError("HTTP 200 with a body that is not a JSON object", code="malformed")
        result = reply.data.get("result")
        word = error_word(reply.data.get("error")) or error_word(result.get("error") if isinstance(result, dict) else 0)
        if word:
            raise named_error(word, result if isinstance(result, dict) else reply.data)
        if reply.data.get("error"):
            raise odoo_error(reply.data["error"])
        if not isinstance(result, dict):
            # Counted as a success by others; nobody knows whether anything was stored.
            raise TransientError("The answer has no result.", code="malformed")
        return result


def error_word(error):
    """A string error, None when it is none."""
    return error.strip() or None if isinstance(error, str) else None


def named_error(word, result):
    """What a string error means; a `Told` where it depends on what was asked."""
    if word in (*EXISTS, *MISSING, "variants_incomplete"):
        return Told(word, result)
    said = f"{word}: {result.get('message') or 'no further word'}"
    kind = ERRORS.get(word, RejectedError)
    return kind(said, code=word) if kind is TransientError else kind(said)


def odoo_error(error):
    """What a JSON-RPC error object means, although it comes with HTTP 200."""
    if not isinstance(error, dict):
        return RejectedError(f"The answer is an error: {error}"[:500])
    data = error.get("data") if isinstance(error.get("data"), dict) else {}
    name = str(data.get("name") or "").rpartition(".")[2]
    said = f"{name or 'Odoo'}: {data.get('message') or error.get('message') or 'no further word'}"[:1000]
    if error.get("code") == SESSION_EXPIRED:
        return CredentialError(said)
    kind = EXCEPTIONS.get(name, TransientError)
    return kind(said, code="server_error") if kind is TransientError else kind(said)

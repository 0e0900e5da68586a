from odoo.http import request

from ..models.adapters.errors import PayloadError


class TooLarge(PayloadError):
    """The body is larger than the limit."""


class NoLength(PayloadError):
    """The body comes in chunks and tells no length: how much it is would be known when the memory is full of it."""


def read_body(limit):
    """The raw body of the present request.

    :param int limit: bytes.
    :raises TooLarge: by the length that is announced, before anything is read.
    :raises NoLength: no length is announced.
    :raises PayloadError: it breaks off.
    """
    announced = request.httprequest.content_length
    if announced is None and request.httprequest.headers.get("Transfer-Encoding"):
        raise NoLength("Send Content-Length with the body: one in chunks is not taken")
    if (announced or 0) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes")
    try:
        return request.httprequest.get_data()
    except OSError:
        raise PayloadError("The body breaks off") from None

from odoo.http import request

from ..models.adapters.errors import PayloadError


class TooLarge(PayloadError):
    """The body is larger than the limit."""


def read_body(limit):
    """The raw body of the present request.

    :param int limit: bytes.
    :raises TooLarge: by the length that is announced, before anything is read; by what came where none is.
    :raises PayloadError: it breaks off.
    """
    announced = request.httprequest.content_length
    if (announced or 0) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes")
    try:
        # A body in chunks tells no length: without a bound it would fill the memory.
        raw = request.httprequest.get_data() if announced is not None else request.httprequest.stream.read(limit + 1)
    except OSError:
        raise PayloadError("The body breaks off") from None
    if len(raw) > limit:
        raise TooLarge(f"The body is larger than {limit} bytes")
    return raw

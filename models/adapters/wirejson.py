"""JSON as it goes over the wire: money stays Decimal, hostile documents become one clear error."""

import json
from decimal import Decimal

from .errors import PayloadError

#: Decimal places before or after the point beyond which a number is an attack, not an amount.
LARGEST_EXPONENT = 60


class _Encoder(json.JSONEncoder):
    def default(self, o):
        if isinstance(o, Decimal):
            # json has no Decimal; a whole amount is written without a fraction, as most shops do.
            return int(o) if o == o.to_integral_value() else float(o)
        return super().default(o)


def dumps(value, indent=None):
    """JSON text of a value, Decimal included, characters unescaped."""
    return json.dumps(value, cls=_Encoder, ensure_ascii=False, indent=indent)


def _no_constant(name):
    raise PayloadError(f"{name} is not JSON")


def _fraction(text):
    number = Decimal(text)
    if abs(number.adjusted()) > LARGEST_EXPONENT:
        raise PayloadError("A number is too large")
    return number


def loads(raw):
    """The value of a JSON document (bytes or text), with fractions as Decimal.

    :raises PayloadError: not UTF-8, not JSON, too deep, or text that PostgreSQL cannot store.
    """
    try:
        text = raw.decode("utf-8-sig") if isinstance(raw, bytes) else raw
        value = json.loads(text, parse_float=_fraction, parse_constant=_no_constant)
        # A lone surrogate is legal in JSON's escapes and in no database.
        dumps(value).encode()
    except RecursionError:
        raise PayloadError("The JSON is nested too deep") from None
    except UnicodeError:
        raise PayloadError("The body is not valid UTF-8") from None
    except (ValueError, ArithmeticError) as error:
        raise PayloadError(f"The body is not JSON: {error}") from None
    return value


def pretty(text):
    """A JSON text with one value a line, for a person to read; any other text as it is."""
    try:
        return dumps(loads(text), indent=2) if text else text
    except PayloadError:
        return text

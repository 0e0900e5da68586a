"""Tolerance towards what remotes send, one type each: the same value comes as number, text, flag or nothing."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict


def flag_of(value):
    # bool("0") is True in Python, and "0" is how PrestaShop says no.
    return str(value).strip().lower() in ("1", "true", "yes", "on")


def text_of(value):
    text = "" if value is None or isinstance(value, (dict, list)) else str(value).strip()
    return text.replace("\x00", "") or None


def amount_of(value):
    if value is None or value == "" or isinstance(value, bool):
        return Decimal(0)
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is not an amount") from None
    if not amount.is_finite() or abs(amount) >= Decimal(10) ** 12:
        raise ValueError(f"{value!r} is not an amount")
    # Floats arrive with noise: 8.399999999999999 means 8.40.
    return amount.quantize(Decimal("0.000001"))


def moment_of(value):
    text = text_of(value)
    if not text or text.startswith("0000-00-00"):
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise ValueError(f"{value!r} is not a date") from None


Flag = Annotated[bool, BeforeValidator(flag_of)]
Text = Annotated[str | None, BeforeValidator(text_of)]
Amount = Annotated[Decimal, BeforeValidator(amount_of)]
#: Local time of the remote, mostly without a zone.
Moment = Annotated[datetime | None, BeforeValidator(moment_of)]


class Wire(BaseModel):
    model_config = ConfigDict(extra="ignore")

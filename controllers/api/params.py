"""What may be asked: the models that validate path, query and body, and that the OpenAPI document shows."""

import re
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from ...models.log import OPEN, STATES, TRIGGERS

#: Largest number that Odoo's ids hold.
MOST = 2**31 - 1
#: Most rows of a page.
MOST_ROWS = 200
#: Nothing was logged before, and Odoo writes years of less than four digits without zeros.
FIRST = datetime(1970, 1, 1)
LAST = datetime(9999, 12, 31)

#: Value of `status` -> states of the log: the words of the API, and the log's own.
STATUSES = {
    "SUCCESS": ("done", "skipped"),
    "FAILED": ("failed",),
    "PENDING": OPEN,
    **{state: (state,) for state, _label in STATES},
}
#: State of the log -> word of the API.
STATUS_OF = {state: word for word in ("SUCCESS", "FAILED", "PENDING") for state in STATUSES[word]}
#: Value of `triggerType` -> trigger of the log; words of other systems stand for the nearest of ours.
TRIGGER_WORDS = {
    **{trigger.upper(): trigger for trigger, _label in TRIGGERS},
    "INVENTORY_ADJUSTMENT": "inventory_adjusted",
    "INVENTORY_ADJUSTMENT_MANUAL": "inventory_adjusted",
    "INVENTORY_ADJUSTMENT_API": "inventory_adjusted",
    "INVENTORY_UPDATE": "inventory_adjusted",
    "PRICE_UPDATE": "price_changed",
    "PRODUCT_CREATED": "changed",
    "PRODUCT_UPDATED": "changed",
    "SCHEDULED_SYNC": "schedule",
    "TEST_CONNECTION": "test",
}

WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,18})")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CLOCK = r"[0-9]{2}:[0-9]{2}"
MOMENT = re.compile(rf"{DAY.pattern}[Tt ]{CLOCK}(:[0-9]{{2}}(\.[0-9]+)?)?([Zz]|[+-]{CLOCK})?")
TIME = TypeAdapter(datetime)


def _whole(value):
    """The number that a part of an address spells."""
    if not isinstance(value, str) or not WHOLE.fullmatch(value):
        raise ValueError("must be a whole number")
    return int(value)


def _bound(value, end):
    """A date or time as naive UTC time; as an end the first moment after that day or second."""
    if not isinstance(value, str) or not (DAY.fullmatch(value) or MOMENT.fullmatch(value)):
        raise ValueError("must be a date as 2025-01-31 or a time as 2025-01-31T10:00:00Z")
    moment = TIME.validate_python(value)
    step = timedelta(days=1) if DAY.fullmatch(value) else timedelta(seconds=1)
    try:
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        moment = moment.replace(microsecond=0) + step if end else moment
    except OverflowError:
        return LAST if moment.year > FIRST.year else FIRST
    return min(max(moment, FIRST), LAST)


def _spelled(value):
    """A connector's id, which JSON may hold as a number, as text; to JSON 7.0 is a whole number too."""
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    return str(int(value)) if is_number and value == int(value) and 1 <= value <= MOST else value


# Bounds first: behind a validator pydantic checks them too, but does not write them into the schema.
Id = Annotated[int, Field(ge=1, le=MOST), BeforeValidator(_whole)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^\x00]*$")]
DATES = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
Start = Annotated[datetime, BeforeValidator(partial(_bound, end=False)), WithJsonSchema(DATES)]
End = Annotated[datetime, BeforeValidator(partial(_bound, end=True)), WithJsonSchema(DATES)]
_TEXT_SCHEMA = TypeAdapter(Text).json_schema()
IdOrKey = Annotated[
    Text,
    BeforeValidator(_spelled),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST}, _TEXT_SCHEMA]}),
]


class Asked(BaseModel):
    """Parameters; one that is not known is an error, since a filter that is not applied shows wrong rows."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel)


class Nothing(Asked):
    """No parameters."""


class Record(Asked):
    id: Id


# A parameter that is left out is None although its type does not say so: in an address there is no null.
class Chosen(Asked):
    connector: Text = Field(None, description="Id or key of a connector; left out: all active ones.")


class ChosenBody(Asked):
    connector: IdOrKey = Field(None, description="Id or key of a connector; left out: all active ones.")


class LogFilter(Asked):
    page: Annotated[Id, Field(description="Number of the page, from 1 on.")] = 1
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS, description="Rows of a page."), BeforeValidator(_whole)] = 50
    status: Literal[tuple(STATUSES)] = Field(
        None, description="SUCCESS (done, skipped), FAILED, PENDING (pending, sending, retrying), or one state."
    )
    trigger_type: Literal[tuple(TRIGGER_WORDS)] = Field(None, description="What caused the operation.")
    variant_sku: Text = Field(None, description="Part of a SKU, in upper or lower case.")
    start_date: Start = Field(None, description="Date or time (UTC unless it names a zone), inclusive.")
    end_date: End = Field(None, description="Date or time (UTC unless it names a zone), inclusive.")
    connector: Text = Field(None, description="Id or key of a connector.")
    direction: Literal["in", "out"] = Field(None, description="Into Odoo or out of it.")
    entity: Text = Field(None, description="What the operation is about, for example product, order, customer.")

"""What is answered: the models that build the answers, and that the OpenAPI document shows."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from .params import MOST, MOST_ROWS, STATES

#: Odoo's empty value is False.
Unset = BeforeValidator(lambda value: None if value is False else value)
TIMES = {"type": "string", "format": "date-time", "examples": ["2025-01-31T10:00:00Z"]}
Time = Annotated[
    datetime,
    PlainSerializer(lambda value: f"{value.isoformat(timespec='seconds')}Z", return_type=str),
    WithJsonSchema(TIMES),
]
Id = Annotated[int, Field(ge=1, le=MOST)]
MaybeId = Annotated[Id | None, Unset]
MaybeText = Annotated[str | None, Unset]
MaybeTime = Annotated[Time | None, Unset]
Count = Annotated[int, Field(ge=0)]
Status = Literal["SUCCESS", "FAILED", "PENDING"]


class Answer(BaseModel):
    """Python names here, the API's camelCase names outside."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        json_schema_serialization_defaults_required=True,
    )


class Success(Answer):
    success: Literal[True] = True


class Detail(Answer):
    field: str
    message: str


class Failure(Answer):
    """Every answer that is no success."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)

    success: Literal[False]
    error: str = Field(description="Stable word that a client can act on.")
    message: str = Field(description="What is wrong, for a person.")
    details: list[Detail] = Field(None, description="With error invalid_request: the parameters that do not fit.")


# ------------------------------------------------------------ logs


class Named(Answer):
    id: Id
    name: str


class Variant(Named):
    sku: MaybeText
    product: Named


class LogRow(Answer):
    id: Id
    trigger_type: str | None
    variant_id: MaybeId
    variant_sku: MaybeText
    product_id: MaybeId
    product_name: MaybeText
    order_id: MaybeId
    http_method: MaybeText
    endpoint: MaybeText
    status_code: int | None
    status: Status
    state: Literal[tuple(state for state, _label in STATES)]
    reason: MaybeText
    error_message: MaybeText
    error_code: MaybeText
    attempts: Count
    next_try_at: MaybeTime
    duration: Count | None = Field(description="Milliseconds from the row's creation to the end of its work.")
    connector: MaybeId = Field(description="Id of the connector; null: a vendor called our own vendor API.")
    direction: Literal["in", "out"]
    entity: MaybeText
    action: MaybeText
    remote_id: MaybeText
    created_at: Time
    done_at: MaybeTime
    variant: Variant | None


class Log(LogRow):
    request_payload: Any
    response_payload: Any


class Pagination(Answer):
    page: Id
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)]
    total: Count
    pages: Count


class LogsAnswer(Success):
    logs: list[LogRow]
    pagination: Pagination


class LogAnswer(Success):
    log: Log


class Stats(Answer):
    total: Count
    successful: Count
    failed: Count
    success_rate: str = Field(
        description="Percent of all with two decimals; 0 when there are none.", examples=["97.00"]
    )
    by_trigger: dict[str, Count]


class Recent(Answer):
    id: Id
    variant_sku: MaybeText
    status: Status
    trigger_type: str | None
    created_at: Time


class StatsAnswer(Success):
    stats: Stats
    recent: list[Recent]


class QueueStats(Answer):
    waiting: Count
    active: Count
    completed: Count
    failed: Count
    delayed: Count
    total: Count


class QueueAnswer(Success):
    stats: QueueStats


# ------------------------------------------------------------ work


class StartedJob(Answer):
    job_id: Id
    connector: Id
    joined: bool = Field(description="A full sync of this connector was running already and goes on.")


class FullSyncAnswer(Success):
    message: str
    job_id: Id = Field(description="The first of the jobs.")
    trigger_type: Literal["MANUAL_FULL"] = "MANUAL_FULL"
    jobs: list[StartedJob]


class ProductSyncAnswer(Success):
    message: str
    product_id: Id
    appended: Annotated[int, Field(ge=1)] = Field(description="Operations that were appended to the log.")
    trigger_type: Literal["MANUAL_SINGLE"] = "MANUAL_SINGLE"


class JobData(Answer):
    kind: str
    connector: MaybeId
    trigger_type: str | None


class JobResult(Answer):
    total: Count
    failed: Count
    cancelled: Count


class Job(Answer):
    found: Literal[True] = True
    id: Id
    name: str
    data: JobData
    state: Literal["active", "completed", "failed"]
    progress: float = Field(ge=0, le=100, description="Percent.")
    result: JobResult | None = Field(description="Null while the job runs.")
    failed_reason: str | None
    attempts_made: Count
    timestamp: Time
    processed_on: MaybeTime
    finished_on: MaybeTime


class NoJob(Answer):
    found: Literal[False] = False
    message: str = "Job not found"


class JobAnswer(Success):
    job: Job | NoJob


# ------------------------------------------------------------ connectors


class Connector(Answer):
    id: Id
    key: MaybeText = Field(description="Part of the webhook's address: only for Sync Managers.")
    name: str
    kind: str
    state: Literal["draft", "active", "paused"]
    company: Named
    open: Count
    failed: Count
    last_in_at: MaybeTime
    last_out_at: MaybeTime
    breaker_until: MaybeTime


class ConnectorsAnswer(Success):
    connectors: list[Connector]

"""What all messages have in common."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Version(Message):
    """The age of a snapshot: the remote's time of the event and its running number.

    One that we have read ourselves (`polled`) has a time only, but that one is exact.
    """

    time: datetime | None = None
    sequence: int = 0
    polled: bool = False

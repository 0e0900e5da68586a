from datetime import datetime, timedelta, timezone

#: How far in the future a time of our own past may seem to lie: clocks of two machines differ by seconds. One that is
#: further ahead was noted before the clock was set back.
SKEW = timedelta(minutes=10)


def now():
    """Naive UTC time with microseconds: fields.Datetime.now() cuts them off, and retries are counted in seconds."""
    return datetime.now(timezone.utc).replace(tzinfo=None)


def is_ahead(moment):
    """Whether a time that was noted when it was now lies in the future: the clock has been set back since.

    :param datetime moment: naive UTC, or None.
    """
    return bool(moment and moment > now() + SKEW)

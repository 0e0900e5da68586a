from datetime import datetime, timezone


def now():
    """Naive UTC time with microseconds: fields.Datetime.now() cuts them off, and retries are counted in seconds."""
    return datetime.now(timezone.utc).replace(tzinfo=None)

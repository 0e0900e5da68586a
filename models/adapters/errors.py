"""Errors named by what happens next to the log row. The drain translates them once, at its boundary."""


class SyncError(Exception):
    """Base of all errors that a log row can end in.

    `code` is the stable word stored in `sync.hub.log.error_code`.
    """

    code = "error"


class TransientError(SyncError):
    """The remote may answer later: the row is retried by the connector's schedule.

    :param float seconds: earliest time from now, in seconds, that the remote allows (Retry-After).
    """

    code = "transient"

    def __init__(self, message, seconds=None, code=None):
        super().__init__(message)
        self.seconds = seconds
        self.code = code or self.code


class NotArrivedError(TransientError):
    """A message speaks of an order that has not come yet: the remote is asked, and the row waits for it."""

    code = "order_missing"


class RejectedError(SyncError):
    """The remote understood and refused: repeating the same request cannot help.

    :param bool divisible: whether a smaller part of the same call could be accepted; not when the address is wrong.
    """

    code = "rejected"

    def __init__(self, message, divisible=True):
        super().__init__(message)
        self.divisible = divisible


class CredentialError(SyncError):
    """The remote refuses our credentials: the connector pauses until a person mends them."""

    code = "credentials"


class MappingError(SyncError):
    """A value has no counterpart in Odoo.

    The message names the field, the value and the menu where a person mends it.
    """

    code = "mapping"

    def __init__(self, message, field=None, value=None, code=None):
        super().__init__(message)
        self.field = field
        self.value = value
        self.code = code or self.code


class PayloadError(SyncError):
    """The remote sent something that its own contract does not allow."""

    code = "payload"


class OutcomeUnknownError(SyncError):
    """A call that must not be repeated got lost: nobody knows whether the remote applied it."""

    code = "outcome_unknown"


class SignatureError(SyncError):
    """A webhook does not prove its sender: it is refused and nothing is kept.

    :param int status: 401 when the proof is missing, 403 when it is wrong.
    """

    code = "signature"

    def __init__(self, message, status=401):
        super().__init__(message)
        self.status = status


class AddressError(SyncError):
    """A webhook proves its sender, who may not post from this address: it is refused and nothing is kept."""

    code = "address"


class LimitError(SyncError):
    """A sender posts more than the connector takes: it is refused, nothing is kept, and it may come again.

    :param int seconds: after which there is room again.
    """

    code = "limit"

    def __init__(self, message, seconds):
        super().__init__(message)
        self.seconds = seconds


class SkipRow(SyncError):
    """Not an error: there is nothing to do for this row, `reason` says why (see `sync.hub.log.reason`)."""

    code = "skip"

    def __init__(self, reason, message=""):
        super().__init__(message)
        self.reason = reason

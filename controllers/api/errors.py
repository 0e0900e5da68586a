"""What the management API refuses, in one shape."""

import logging

import psycopg2
from odoo.exceptions import AccessError, MissingError, UserError
from pydantic import ValidationError

from .answers import Failure

_logger = logging.getLogger(__name__)

#: What Odoo raises -> (status, word); the first class that fits.
ODOO = (
    (AccessError, 403, "forbidden"),
    (MissingError, 404, "not_found"),
    (UserError, 409, "conflict"),
)
#: What pydantic says -> what a client of an address understands.
PLAIN = {"extra_forbidden": "There is no such parameter.", "string_pattern_mismatch": "NUL characters are not allowed."}


class ApiError(Exception):
    """An answer that is no success.

    :param int status: HTTP status.
    :param str word: stable word or sentence that clients act on.
    :param list details: [{"field": ..., "message": ...}] of the parameters that do not fit.
    """

    def __init__(self, status, word, message, details=None, headers=None):
        super().__init__(message)
        self.status, self.word, self.details, self.headers = status, word, details, headers or {}

    @property
    def body(self):
        values = {"details": self.details} if self.details else {}
        failure = Failure(success=False, error=self.word, message=str(self), **values)
        return failure.model_dump(exclude_unset=True)


def not_understood(details):
    """The error of a request whose parameters or body do not fit."""
    fields = ", ".join(detail["field"] for detail in details)
    return ApiError(400, "invalid_request", f"The request is not understood: {fields}.", details)


def validated(model, values):
    """The values as their model.

    :raises ApiError: 400, with every field that does not fit; values are not repeated, one may be a secret.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
    raise not_understood(
        [{"field": ".".join(map(str, e["loc"])) or "body", "message": PLAIN.get(e["type"], e["msg"])} for e in found]
    )


def translated(error):
    """The `ApiError` of anything that was raised while a request was served.

    :raises psycopg2.OperationalError: as it came: Odoo tries such a transaction again.
    """
    if isinstance(error, ApiError):
        return error
    if isinstance(error, psycopg2.OperationalError):
        raise error
    for kind, status, word in ODOO:
        if isinstance(error, kind):
            return ApiError(status, word, str(error))
    _logger.error("sync_hub: management API", exc_info=error)
    return ApiError(500, "internal_error", "This is our fault and stands in Odoo's log.")

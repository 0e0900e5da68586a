"""The vendor API's own words; what they mean to the hub."""

from ..errors import CredentialError, RejectedError, TransientError

PATH = "vendor_api/product"

#: String errors that say that the retailer has the product or variant already.
EXISTS = ("variant_default_code_exists", "product_default_code_exists")
#: ... that it has not.
MISSING = ("product_not_found", "variant_not_found")
#: Other string errors -> what happens next; all others are refusals.
ERRORS = {
    "invalid_token": CredentialError,
    "unauthorized": CredentialError,
    "partner_mismatch": CredentialError,
    "internal_error": TransientError,
    "rate_limited": TransientError,
    "maintenance": TransientError,
}

#: Codes of JSON-RPC error objects that Odoo sends with HTTP 200.
SESSION_EXPIRED = 100
#: Class of Odoo's exception (end of `error.data.name`) -> what happens next; what is not here is a fault of the
#: server, which may have passed by the next time.
EXCEPTIONS = {
    "AccessDenied": CredentialError,
    "AccessError": CredentialError,
    "Unauthorized": CredentialError,
    "Forbidden": CredentialError,
    "SessionExpiredException": CredentialError,
    "UserError": RejectedError,
    "ValidationError": RejectedError,
    "RedirectWarning": RejectedError,
    "MissingError": RejectedError,
    "BadRequest": RejectedError,
    "NotFound": RejectedError,
    "ValueError": RejectedError,
}

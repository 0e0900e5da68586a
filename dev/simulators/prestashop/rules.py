"""What PHP and the shop's core do to a value: casts, escaping, field validation."""

import re


class Fatal(Exception):
    """A PHP Error that nothing catches: HTTP 500 without a body."""


class Failure(Exception):
    """A business failure, answered as JSON with HTTP 500."""


def php_int(value):
    if isinstance(value, (dict, list)):
        raise Fatal
    if isinstance(value, str):
        found = re.match(r"\s*[+-]?\d+", value)
        return int(found.group()) if found else 0
    return int(value or 0)


def php_float(value):
    if isinstance(value, (dict, list)):
        raise Fatal
    if isinstance(value, str):
        found = re.match(r"\s*[+-]?\d+(\.\d+)?", value)
        return float(found.group()) if found else 0.0
    return float(value or 0)


def php_bool(value):
    return value not in (None, False, 0, 0.0, "", "0", [], {})


def php_text(value):
    if isinstance(value, (dict, list)):
        raise Fatal
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)


def strip_tags(text):
    """An unclosed < eats the rest."""
    return re.sub(r"<(?=\S)[^>]*(>|$)", "", text)


def escaped(value):
    """pSQL() before the ORM escapes once more: the backslashes stay in the database."""
    text = strip_tags(php_text(value))
    for plain, slashed in (
        ("\\", "\\\\"),
        ("\0", "\\0"),
        ("\n", "\\n"),
        ("\r", "\\r"),
        ("'", "\\'"),
        ('"', '\\"'),
        ("\x1a", "\\Z"),
    ):
        text = text.replace(plain, slashed)
    return text


PATTERNS = {
    "isCustomerName": re.compile(r"""^(?!\s*$)(?:[^0-9!<>,;?=+()/\\@#"°*`{}_^$%:¤\[\]|.]|\.(?=\s|$))*$"""),
    "isName": re.compile(r"""^[^0-9!<>,;?=+()@#"°{}_$%:¤|]*$"""),
    "isAddress": re.compile(r"^[^!<>?=+@{}_$%]*$"),
    "isCityName": re.compile(r"""^[^!<>;?=+@#"°{}_$%]*$"""),
    "isPostCode": re.compile(r"^[a-zA-Z 0-9-]+$"),
    "isPhoneNumber": re.compile(r"^[+0-9. ()/-]*$"),
    "isDniLite": re.compile(r"^[0-9A-Za-z.-]{1,16}$"),
    "isGenericName": re.compile(r"^[^<>={}]*$"),
    "isMessage": re.compile(r"^[^<>{}]*$"),
    "isUrl": re.compile(r"^[~:#,$%&_=().? +\-@/\w]*$"),
    "isTrackingNumber": re.compile(r"^[~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]+$"),
    "isEmail": re.compile(r"^[^@\s<>()\[\],;:\\\"]+@[^@\s<>()\[\],;:\\\".]+(\.[^@\s<>()\[\],;:\\\".]+)+$"),
    "isBirthDate": re.compile(r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"),
    "isDate": re.compile(r"^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2})?$"),
}
CUSTOMER = {
    "firstname": ("isCustomerName", 255),
    "lastname": ("isCustomerName", 255),
    "email": ("isEmail", 255),
    "company": ("isGenericName", 255),
    "siret": ("isGenericName", 255),
    "website": ("isUrl", 255),
    "birthday": ("isBirthDate", 10),
}
ADDRESS = {
    "alias": ("isGenericName", 32),
    "company": ("isGenericName", 255),
    "firstname": ("isName", 255),
    "lastname": ("isName", 255),
    "address1": ("isAddress", 128),
    "address2": ("isAddress", 128),
    "postcode": ("isPostCode", 12),
    "city": ("isCityName", 64),
    "phone": ("isPhoneNumber", 32),
    "phone_mobile": ("isPhoneNumber", 32),
    "other": ("isMessage", 300),
    "dni": ("isDniLite", 16),
    "vat_number": ("isGenericName", 32),
}
ADDRESS_REQUIRED = ("alias", "firstname", "lastname", "address1", "city")
CART_RULE = {"date_from": ("isDate", 19), "date_to": ("isDate", 19)}
ORDER_CARRIER = {"tracking_number": ("isTrackingNumber", 64)}


def valid(pattern, text):
    return bool(PATTERNS[pattern].match(text))


def problem(kind, table, row, required=()):
    """What the ORM's field check says before a save (HTML-escaped, as core does), or None."""
    text = plain_problem(kind, table, row, required)
    return text and text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain_problem(kind, table, row, required):
    for field in required:
        if row[field] == "":
            return f"Property {kind}->{field} is empty."
    for field, (pattern, size) in table.items():
        text = row[field]
        if text in ("", None) or text == "0000-00-00":
            continue
        if len(text) > size:
            return (
                f"The length of property {kind}->{field} is currently {len(text)} chars. "
                f"It must be between 0 and {size} chars."
            )
        if not valid(pattern, text):
            return f"Property {kind}->{field} is not valid"
    return None


def core_error(escaped_text):
    return Failure("Processing exception: " + escaped_text)


def validate(kind, table, row, required=()):
    error = problem(kind, table, row, required)
    if error:
        raise core_error(error)

"""Keep secrets and card data out of everything that is stored or logged."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MASK = "***"

#: Names of fields, headers and query parameters whose values never reach a table or a log file.
SENSITIVE = re.compile(
    r"(card_(number|expiration|holder|brand)|cvv|cvc|passw|secret|token|otp$|api[_-]?key|authorization|cookie|signature|secure_key|ws_key)",
    re.IGNORECASE,
)


#: An XML element that holds text only.
ELEMENT = re.compile(r"<([\w:.-]+)([^<>]*)>(<!\[CDATA\[.*?\]\]>|[^<]*)</\1>", re.DOTALL)


def is_sensitive(name):
    """True when the value of a field of this name must not be kept."""
    return bool(SENSITIVE.search(name))


def redact(value):
    """A copy of a JSON value with every sensitive, non-empty field masked."""
    if isinstance(value, dict):
        return {k: MASK if v and is_sensitive(str(k)) else redact(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact(v) for v in value]
    return value


def redact_xml(text):
    """The XML text with the content of every sensitive element masked."""

    def masked(match):
        tag, attributes, content = match.groups()
        return f"<{tag}{attributes}>{MASK}</{tag}>" if content and is_sensitive(tag) else match.group()

    return ELEMENT.sub(masked, text)


def redact_headers(headers):
    """Header lines as one text, sensitive ones masked."""
    return "\n".join(f"{k}: {MASK if is_sensitive(k) else v}" for k, v in headers.items())


def redact_url(url):
    """The URL without user info and with sensitive query values masked."""
    parts = urlsplit(url)
    query = urlencode([(k, MASK if is_sensitive(k) else v) for k, v in parse_qsl(parts.query)], safe="*")
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


def holds_secret(url):
    """Whether an address has user info, or a query parameter of a sensitive name."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return False
    return "@" in parts.netloc or any(is_sensitive(name) for name, _value in parse_qsl(parts.query))

"""What all of Medusa's answers have in common: errors, lists, strict bodies, ids and times."""

import itertools
import json
import re
import time
from datetime import datetime, timezone

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST = 100_000  # bytes of a body


class Problem(Exception):
    """An answer that is no success."""

    def __init__(self, message, status=400, kind="invalid_data"):
        super().__init__(message)
        self.status = status
        self.body = {"type": kind, "message": message} if kind else {"message": message}


def missing(what, number):
    return Problem(f"{what} with id: {number} was not found", 404, "not_found")


def not_allowed(message):
    return Problem(message, 400, "not_allowed")


def strict(body, *names):
    """The body, which knows no other names."""
    if not isinstance(body, dict):
        raise Problem("Invalid request: Expected type: 'object'")
    unknown = [name for name in body if name not in names]
    if unknown:
        raise Problem(f"Invalid request: Unrecognized fields: '{', '.join(unknown)}'")
    return body


def needed(body, *names):
    for name in names:
        if body.get(name) in (None, ""):
            raise Problem(f"Invalid request: Field '{name}' is required")
    return body


def merged(old, body):
    """A record's metadata with what a body tells: keys are added, not replaced."""
    return {**(old or {}), **(body.get("metadata") or {})} or None


def whole(query, name, default):
    """A number of the query."""
    given = (query.get(name) or [str(default)])[0]
    if not given.isdigit():
        raise Problem(f"Invalid request: Expected type: 'number' for field '{name}', got: '{given}'")
    return int(given)


class Clock:
    """Ids that come in order and never again, in no other life of the shop either, and times."""

    def __init__(self):
        self.numbers = itertools.count(time.time_ns() // 1000)
        #: Numbers of orders, which people read.
        self.displayed = itertools.count(int(time.time()) % 10**7)

    def id(self, prefix):
        number, text = next(self.numbers), ""
        while number:
            number, rest = divmod(number, 32)
            text = ALPHABET[rest] + text
        return f"{prefix}_01{text:0>24}"

    @staticmethod
    def now():
        return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def stamps(self):
        now = self.now()
        return {"created_at": now, "updated_at": now, "deleted_at": None}


def query_of(args):
    """{name: [values]} of a query; `name[]` and a repeated name are lists."""
    query = {}
    for name, values in args.lists():
        query.setdefault(name.removesuffix("[]"), []).extend(values)
    return query


def listed(name, rows, query, filters, limit):
    """A page of a list: `filters` are {name of the query: function of a row that gives its values}.

    Raises a Problem for a filter that the list does not know, as Medusa does.
    """
    plain = {"limit", "offset", "order", "fields", "q"}
    for key, wanted in query.items():
        if key in plain:
            continue
        moment = re.fullmatch(r"(created_at|updated_at)\[\$(gte|lte|gt|lt)\]", key)
        if moment:
            rows = [row for row in rows if compare(row[moment[1]], moment[2], wanted[0])]
        elif key in filters:
            rows = [row for row in rows if set(wanted) & {str(value) for value in filters[key](row)}]
        else:
            raise Problem(f"Invalid request: Unrecognized fields: '{key.partition('[')[0]}'")
    order = (query.get("order") or ["id"])[0]
    key = order.lstrip("-")
    rows = sorted(rows, key=lambda row: (row.get(key) or "", row["id"]), reverse=order.startswith("-"))
    start, most = whole(query, "offset", 0), whole(query, "limit", limit)
    words = (query.get("q") or [""])[0].casefold()
    if words:
        rows = [row for row in rows if words in json.dumps(row, ensure_ascii=False).casefold()]
    return {name: rows[start : start + most], "count": len(rows), "offset": start, "limit": most}


def compare(have, how, wanted):
    have, wanted = when(have), when(wanted)
    return {"gte": have >= wanted, "lte": have <= wanted, "gt": have > wanted, "lt": have < wanted}[how]


def when(text):
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)

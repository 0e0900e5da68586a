"""The one place where HTTP leaves the hub, and where an answer is classified as final or worth a retry."""

import logging
import random
import time
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import requests
from urllib3.exceptions import NewConnectionError

from . import wirejson
from .errors import CredentialError, PayloadError, RejectedError, TransientError
from .network import AddressNotAllowed, GuardedAdapter, Trusted
from .redaction import MASK, redact, redact_headers, redact_url, redact_xml

_logger = logging.getLogger(__name__)

#: Seconds to connect and to wait for an answer. Below the call budget of an outbound drain.
TIMEOUT = (5, 15)
#: Statuses after which the same request may succeed later.
TRANSIENT = {408, 423, 425, 429, 500, 502, 503, 504}
CREDENTIALS = {401, 403}
#: The address itself is wrong: no retry can help.
NOT_A_URL = (
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.InvalidSchema,
)
#: What an administrator is told of a call that was not made.
NOT_ALLOWED = (
    "{url} was not called: it has no TLS (https), or its address is private. If it is right, add the host in "
    "Settings > Sync Hub > Hosts of your own network."
)
#: Longest body that is kept of an exchange, in characters.
KEPT = 200_000
#: A remote cannot ask us to wait longer than this, in seconds.
LONGEST_WAIT = 24 * 3600


class Reply(NamedTuple):
    """An HTTP answer: `data` is the parsed JSON, None when the body is empty or not JSON."""

    status: int
    data: object
    text: str
    headers: dict


class Exchange(NamedTuple):
    """One request and what came back, already redacted; what `sync.hub.exchange` stores."""

    method: str
    url: str
    request_headers: str
    request_body: str
    status: int
    response_body: str
    error: str
    duration_ms: int


def retry_after(value, now=None):
    """Seconds that a Retry-After header asks for (number or HTTP date), None when it says nothing."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            when = parsedate_to_datetime(value)
        except (TypeError, ValueError):
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=timezone.utc)
        seconds = (when - (now or datetime.now(timezone.utc))).total_seconds()
    return min(max(seconds, 0), LONGEST_WAIT)


def backoff(schedule, attempt):
    """Seconds before the next try, jittered by up to 10 %; None when the schedule is exhausted.

    :param schedule: seconds per try as text, a trailing `*` repeats the last one without end:
        `"10, 60, 300*"`.
    :param int attempt: how many tries have failed so far, 1 for the first.
    """
    steps = [step.strip() for step in schedule.split(",") if step.strip()]
    endless = bool(steps) and steps[-1].endswith("*")
    seconds = [float(step.rstrip("*")) for step in steps]
    if attempt > len(seconds) and not endless:
        return None
    base = seconds[min(attempt, len(seconds)) - 1]
    return base * random.uniform(1.0, 1.1)


def _reason(exc):
    """What urllib3 says is behind a failed request, or None."""
    return getattr(exc.args[0], "reason", None) if exc.args else None


def _wrong_certificate(exc):
    """What is wrong with the certificate of the host that should have been called, "" when it is not that."""
    reason = _reason(exc)
    return getattr(reason.args[0], "verify_message", "") if reason and reason.args else ""


def _never_sent(exc):
    """Whether a failed request did not even reach the remote."""
    told = isinstance(exc, requests.exceptions.ConnectTimeout) or isinstance(_reason(exc), NewConnectionError)
    return told or bool(_wrong_certificate(exc))


class Transport:
    """HTTP for one connector: only where it may go, timeouts, no redirects, every exchange recorded and redacted.

    :param float pause: least seconds between the starts of two calls (pacing).
    :param float not_before: time.monotonic() before which the first call must not start.
    :param secrets: texts that are masked wherever a remote repeats them.
    :param str trusted: hosts that may be reached without TLS and at private addresses (see `network.Trusted`).
    """

    def __init__(self, pause=0.0, timeout=TIMEOUT, not_before=0.0, secrets=(), trusted=""):
        self.session = requests.Session()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, GuardedAdapter(Trusted(trusted)))
        self.session.trust_env = False
        self.pause = pause
        self.timeout = timeout
        self.next_call = not_before
        self.exchanges = []
        self.secrets = [secret for secret in secrets if secret]

    def request(self, method, url, headers=None, json=None, params=None, classify=True, xml="", upload=None):
        """Send one request, with a JSON body, with XML text or with a file, and return its `Reply`.

        :param tuple upload: (name of the form's field, file name, bytes, mimetype); the exchange keeps its size only.
        :param bool classify: raise for statuses other than 2xx (see `check`); False leaves it to the caller.
        :raises TransientError: no connection, time-out, broken answer, or a status worth a retry.
        """
        self._pace()
        body = wirejson.dumps(json) if json is not None else xml
        headers = self._headers(headers, body, xml, upload)
        started = time.monotonic()
        reply, error = None, ""
        try:
            response = self.session.request(
                method,
                url,
                headers=headers,
                data=body.encode() or None,
                files=upload and [(upload[0], upload[1:])],
                params=params,
                timeout=self.timeout,
                allow_redirects=False,
            )
            reply = self._reply(response)
            url = response.url
        except NOT_A_URL:
            raise RejectedError(
                f"'{redact_url(url)}' is not an address: correct the connector's URL.", divisible=False
            ) from None
        except AddressNotAllowed:
            error = NOT_ALLOWED.format(url=redact_url(url))
            raise RejectedError(error, divisible=False) from None
        except requests.exceptions.RequestException as exc:
            wrong, address = _wrong_certificate(exc), redact_url(url)
            said = f"the certificate of {address} is not accepted: {wrong}" if wrong else f"no answer from {address}"
            error = f"{type(exc).__name__}: {said}"
            raise TransientError(error, code="no_connection" if _never_sent(exc) else "no_answer") from None
        finally:
            self._record(method, url, headers, self._kept(json, xml, upload), reply, error, started)
        if classify:
            self.check(reply)
        return reply

    @staticmethod
    def _headers(headers, body, xml, upload):
        headers = {"Accept": "application/json", "User-Agent": "SyncHub/1.0", **(headers or {})}
        if body and not upload:
            headers["Content-Type"] = "application/xml" if xml else "application/json"
        return headers

    def _kept(self, json, xml, upload):
        """What is kept of a body: nothing secret, and of a file its size."""
        if upload:
            return f"{upload[1]}, {upload[3]}, {len(upload[2])} bytes"
        return wirejson.dumps(redact(json)) if json is not None else redact_xml(self._clean(xml))

    def check(self, reply):
        """Raise what the status means; a 2xx passes."""
        if 200 <= reply.status < 300:
            return
        said = f"HTTP {reply.status}: {reply.text[:500]}"
        if reply.status in CREDENTIALS:
            raise CredentialError(said)
        if reply.status in TRANSIENT:
            raise TransientError(said, retry_after(reply.headers.get("Retry-After")), f"http_{reply.status}")
        if 300 <= reply.status < 400:
            said = f"{said}\nThe remote redirects to another address: correct the connector's URL."
        raise RejectedError(said, divisible=reply.status not in (404, 405) and reply.status >= 400)

    def _pace(self):
        wait = self.next_call - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self.next_call = time.monotonic() + self.pause

    def _reply(self, response):
        text = self._clean(response.content.decode("utf-8", "replace"))
        try:
            data = wirejson.loads(text) if text else None
        except PayloadError:
            data = None
        return Reply(response.status_code, data, text, response.headers)

    def _clean(self, text):
        """The text without our own secrets, and without what PostgreSQL cannot store."""
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        return text.replace("\x00", "")

    def _record(self, method, url, headers, sent, reply, error, started):
        received = ""
        if reply is not None:
            received = wirejson.dumps(redact(reply.data)) if reply.data is not None else redact_xml(reply.text)
        self.exchanges.append(
            Exchange(
                method=method,
                url=redact_url(url),
                request_headers=redact_headers(headers),
                request_body=sent[:KEPT],
                status=reply.status if reply is not None else 0,
                response_body=received[:KEPT],
                error=error,
                duration_ms=int((time.monotonic() - started) * 1000),
            )
        )

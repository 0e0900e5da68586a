"""Sending a batch as the module's client does, and reading the answer as it does."""

import gzip
import http.client
import json
import time
import urllib.parse
import zlib

CONNECT_SECONDS = 5
ANSWER_SECONDS = 300  # the real client waits without limit


def body_of(reply):
    raw = reply.read()
    encoding = (reply.getheader("Content-Encoding") or "").lower()
    if encoding == "gzip":
        raw = gzip.decompress(raw)
    elif encoding == "deflate":
        raw = zlib.decompress(raw)
    return raw.decode("utf-8", "replace")


def post(url, body, secret, batch_id=None, test=False, headers=None):
    """One POST with the module's headers in its order. (status or 0, body text, seconds)."""
    parts = urllib.parse.urlsplit(url)
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=CONNECT_SECONDS)
    data = body.encode()
    lines = [("Host", parts.netloc), ("Accept", "*/*")]
    if not test:
        lines.append(("Accept-Encoding", "deflate, gzip, br, zstd"))
    lines += [("Content-Type", "application/json; charset=utf-8"), ("Content-Length", str(len(data)))]
    if secret:
        lines.append(("X-Webhook-Secret", secret))
    if batch_id and not test:
        lines.append(("X-Batch-ID", batch_id))
    lines.append(("User-Agent", "PrestaShop-Odoo-Sales-Sync/2.0"))
    replaced = {name.lower(): value for name, value in (headers or {}).items()}
    lines = [(name, replaced.pop(name.lower(), value)) for name, value in lines]
    lines += replaced.items()
    begun = time.perf_counter()
    try:
        connection.connect()
        connection.sock.settimeout(ANSWER_SECONDS)
        target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
        connection.putrequest("POST", target, skip_host=True, skip_accept_encoding=True)
        for name, value in lines:
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(data)
        reply = connection.getresponse()
        result = reply.status, body_of(reply)
    except (OSError, http.client.HTTPException) as error:
        result = 0, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return *result, round(time.perf_counter() - begun, 4)


def parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def results_of(text):
    answer = parsed(text)
    return answer.get("results") if isinstance(answer, dict) else None


def error_of(text):
    answer = parsed(text)
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, (dict, list)):
        return "Array"
    return str(error) if error is not None else "Unknown error"


def mark(rows, status, text):
    """Apply the module's reading of an answer to the queue rows, in the order of the batch's events."""
    for row in rows:
        row["sync_attempts"] += 1

    def all_rows(sync_status, error=""):
        for row in rows:
            row.update(sync_status=sync_status, sync_error=error)

    if status == 0:
        return all_rows("failed", f"Exception: {text}")
    if status >= 400:
        return all_rows("failed", f"Exception: HTTP {status}: {error_of(text)}")
    results = results_of(text)
    if isinstance(results, dict):  # keys are taken as positions
        results = {int(key): value for key, value in results.items() if key.isdigit()}
    elif isinstance(results, list):
        results = dict(enumerate(results))
    else:
        if status >= 300:
            return all_rows("failed", f"Batch request failed: HTTP {status}")
        return all_rows("success")
    if not all(isinstance(result, (dict, list)) for result in results.values()):
        return None  # TypeError in PHP: the background job dies
    for position, result in results.items():
        if position >= len(rows):
            continue
        if isinstance(result, dict) and result.get("success") not in (None, False, 0, "", "0", [], {}):
            rows[position].update(sync_status="success", sync_error="")
        else:
            error = result.get("error", "Unknown error") if isinstance(result, dict) else "Unknown error"
            rows[position].update(sync_status="failed", sync_error=str(error))
    return None

"""What a remote was asked: the list behind GET /_calls, and the peak rate."""

import collections
import json
import re
import threading
import time
import xml.etree.ElementTree as ET

KEEP = 5000
KEEP_BODY_BYTES = 20_000
SECRET_KEYS = {"retailer_otp", "pickup_otp", "token", "secret", "password", "access_token", "api_key"}
SECRET_QUERY = re.compile(r"\b(ws_key)=[^&]*")
SECRET_NODE = re.compile(r"<(passwd|secure_key)>[^<]*<")


def masked(value):
    if isinstance(value, dict):
        return {key: "***" if key.lower() in SECRET_KEYS and item else masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def described(raw):
    """(number of records, body to show) of a JSON or XML body."""
    try:
        parsed = json.loads(raw)
    except ValueError:
        pass
    else:
        items = len(parsed) if isinstance(parsed, list) else 1
        return items, masked(parsed) if len(raw) <= KEEP_BODY_BYTES else "(long)"
    try:
        items = len(ET.fromstring(raw))
    except ET.ParseError:
        return None, "(not JSON)"
    text = SECRET_NODE.sub(r"<\1>***<", raw.decode("utf-8", "replace"))
    return items, text if len(raw) <= KEEP_BODY_BYTES else "(long)"


class Calls:
    def __init__(self):
        self._lock = threading.Lock()
        self.reset()

    def reset(self):
        with self._lock:
            self._calls = collections.deque(maxlen=KEEP)
            self._window = collections.deque()
            self.total = 0
            self.rate_max = 0

    def begin(self, request, path):
        now = time.time()
        items, body = None, None
        raw = request.get_data()
        if raw:
            items, body = described(raw)
        query = SECRET_QUERY.sub(r"\1=***", request.query_string.decode("utf-8", "replace"))
        call = {
            "time": now,
            "method": request.method,
            "path": path + ("?" + query if query else ""),
            "items": items,
            "status": None,
            "seconds": None,
            "fault": None,
            "body": body,
        }
        with self._lock:
            self._calls.append(call)
            self.total += 1
            self._window.append(now)
            while self._window[0] <= now - 1:
                self._window.popleft()
            self.rate_max = max(self.rate_max, len(self._window))
        return call

    def end(self, call, status):
        with self._lock:
            call["status"] = status
            call["seconds"] = round(time.time() - call["time"], 4)

    def show(self, since=0.0):
        with self._lock:
            return [dict(call) for call in self._calls if call["time"] >= since]

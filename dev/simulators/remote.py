"""What all simulated remotes have in common: control endpoints, faults, call list, state lock."""

import json
import socket
import threading
import time

from werkzeug.wrappers import Response

from .calls import Calls
from .faults import Fault
from .page import render


def answer(data, status=200, headers=None):
    return Response(json.dumps(data, ensure_ascii=False), status, headers, mimetype="application/json")


class BadRequest(Exception):
    """A control request (/_...) that makes no sense."""


class Dropped(Exception):
    """Close the connection without an answer."""


class Remote:
    """One simulated system. A subclass gives title, reset(), state(), tables() or page(), handle() and controls."""

    title = ""

    def __init__(self, odoo_url):
        self.odoo_url = odoo_url
        self.lock = threading.RLock()
        self.fault = Fault()
        self.calls = Calls()
        self.controls = {  # (method, path) -> function(JSON body, query arguments); not under the lock
            ("GET", "/_state"): self._state,
            ("POST", "/_reset"): self._reset,
            ("GET", "/_fault"): lambda body, args: self.fault.show(),
            ("POST", "/_fault"): self._fault,
            ("GET", "/_calls"): lambda body, args: self.calls.show(args.get("since", 0.0, type=float)),
        }
        self.reset({})

    # -- for the subclass ------------------------------------------------
    def reset(self, options):
        """Back to the seed. Raises BadRequest on an unknown option."""
        raise NotImplementedError

    def state(self, args):
        raise NotImplementedError

    def tables(self):
        raise NotImplementedError

    def page(self, request):
        """Answer a call of the page for people; not under the lock."""
        with self.lock:
            return Response(render(self.title, self.tables()), mimetype="text/html")

    def handle(self, request, path):
        """Answer one call of the remote's own API; runs under the lock."""
        raise NotImplementedError

    # -- controls --------------------------------------------------------
    def _state(self, body, args):
        with self.lock:
            return json.loads(
                json.dumps({**self.state(args), "calls_total": self.calls.total, "rate_max": self.calls.rate_max})
            )

    def _reset(self, body, args):
        with self.lock:
            self.reset(body or {})
            self.fault.reset()
            self.calls.reset()
        return {"ok": True}

    def _fault(self, body, args):
        error = self.fault.post(body)
        if error:
            raise BadRequest(error)
        return self.fault.show()

    def _control(self, request, path):
        function = self.controls.get((request.method, path))
        if function is None:
            return answer({"error": f"no such control: {request.method} {path}"}, 404)
        body = None
        if request.method == "POST":
            try:
                body = json.loads(request.get_data() or b"{}")
            except ValueError:
                return answer({"error": "not JSON"}, 400)
        try:
            return answer(function(body, request.args))
        except BadRequest as error:
            return answer({"error": str(error)}, 400)

    # -- the road of a call ----------------------------------------------
    def __call__(self, request, path):
        if path == "/":
            return self.page(request)
        if path.startswith("/_"):
            return self._control(request, path)
        call = self.calls.begin(request, path)
        try:
            response = self._suffer(request, path, call)
        except Dropped:
            self.calls.end(call, 0)
            connection = request.environ.get("werkzeug.socket")
            if connection is not None:
                connection.shutdown(socket.SHUT_RDWR)
            return Response("", 500)
        self.calls.end(call, response.status_code)
        return response

    def _apply(self, request, path):
        with self.lock:
            return self.handle(request, path)

    def _hold(self):
        if not self.fault.wait():
            raise Dropped

    def _suffer(self, request, path, call):
        fault = self.fault.take(call["path"], call["method"])
        if fault is None:
            return self._apply(request, path)
        call["fault"] = fault
        if fault.get("hold"):
            self._hold()
            return self._apply(request, path)
        if fault.get("hold_before_answer"):
            response = self._apply(request, path)
            self._hold()
            return response
        instead = {"drop", "status", "body", "retry_after"} & set(fault)
        response = self._apply(request, path) if fault.get("apply") else None
        time.sleep(fault.get("delay", 0))
        if fault.get("drop"):
            raise Dropped
        if not instead:  # late, but right
            return response or self._apply(request, path)
        status = fault.get("status", 429 if "retry_after" in fault else 200)
        headers = {"Retry-After": str(fault["retry_after"])} if "retry_after" in fault else None
        if "body" in fault:
            return Response(fault["body"], status, headers, mimetype="application/json")
        return answer({"error": f"simulated fault {status}"}, status, headers)

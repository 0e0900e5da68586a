"""What the tour's steps say to Odoo and to the simulators.

Environment: HUB_URL, HUB_DB, HUB_SIM_URL.
"""

import itertools
import os
import time

import requests

URL, DATABASE, SIMULATORS = os.environ["HUB_URL"], os.environ["HUB_DB"], os.environ["HUB_SIM_URL"]
#: Longest that a step may take, in seconds.
PATIENCE = 30
numbers = itertools.count(1)
session = {}


class Missed(Exception):
    """A step did not see what it should."""


# ---------------------------------------------------------------- Odoo and the simulators


def call(service, method, *args):
    body = {
        "jsonrpc": "2.0",
        "method": "call",
        "id": next(numbers),
        "params": {"service": service, "method": method, "args": args},
    }
    reply = requests.post(f"{URL}/jsonrpc", json=body, timeout=60).json()
    if "error" in reply:
        raise Missed(reply["error"].get("data", {}).get("message") or reply["error"]["message"])
    return reply.get("result")


def login():
    """Become the administrator of the demo."""
    session["uid"] = call("common", "authenticate", DATABASE, "admin", "admin", {})


def rpc(model, method, *args, **options):
    return call("object", "execute_kw", DATABASE, session["uid"], "admin", model, method, args, options)


def simulator(method, path, **options):
    reply = requests.request(method, f"{SIMULATORS}/{path}", timeout=60, **options)
    reply.raise_for_status()
    return reply.json() if reply.text else None


def wait(see, what):
    """The first true value of see(), tried until patience ends."""
    until = time.monotonic() + PATIENCE
    while not (seen := see()):
        if time.monotonic() > until:
            raise Missed(f"{what}: not seen within {PATIENCE} s")
        time.sleep(0.02)
    return seen


def demo(name):
    """The id of a record of the demo data."""
    (row,) = rpc("ir.model.data", "search_read", [("module", "=", "sync_hub"), ("name", "=", name)], ["res_id"])
    return row["res_id"]

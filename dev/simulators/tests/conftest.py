import http.server
import json
import threading
import time

import pytest
import requests

from simulators.server import Server

PEDRO = {
    "id_customer": 9,
    "email": "pedro.odoo@example.com",
    "firstname": "Pedrito",
    "lastname": "Gómez Ruiz",
    "company": "Koala Shop S.L.",
}
ACME = {"id_customer": 5, "email": "acme@example.com", "firstname": "Ana", "lastname": "Ruiz"}


class Client:
    """A remote's root URL with short calls."""

    def __init__(self, url):
        self.url = url

    def get(self, path, **kwargs):
        return requests.get(self.url + path, timeout=15, **kwargs)

    def post(self, path, data=None, **kwargs):
        return requests.post(self.url + path, json=data, timeout=15, **kwargs)

    def state(self, query=""):
        return self.get("/_state" + query).json()


@pytest.fixture(scope="session")
def server():
    server = Server().start()
    yield server
    server.stop()


@pytest.fixture
def cartona(server):
    client = Client(server.url + "/cartona")
    assert client.post("/_reset", {}).ok
    return client


@pytest.fixture
def shop(server):
    client = Client(server.url + "/prestashop")
    assert client.post(
        "/_reset",
        {"customers": [PEDRO, ACME], "orders": [{"id_order": 8, "reference": "PXMYWERAE", "current_state": 10}]},
    ).ok
    return client


class Odoo:
    """A receiver that keeps what it gets and answers what it is told."""

    def __init__(self):
        self.got, self.replies = [], []
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.requestline, self.headers.items(), body))
                status, answer = receiver.replies.pop(0) if receiver.replies else (200, None)
                if answer is None:
                    answer = {"results": [{"success": True}] * len(json.loads(body).get("events", []))}
                self.send_response(status)
                self.end_headers()
                self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

            def log_message(self, *args):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/prestashop/webhook"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()

    def events(self, number=-1):
        return json.loads(self.got[number][2])["events"]

    def wait(self, count):
        """Until so many batches came; the module sends them after its answer."""
        deadline = time.monotonic() + 5
        while len(self.got) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert len(self.got) == count


@pytest.fixture
def odoo():
    odoo = Odoo()
    yield odoo
    odoo.http.shutdown()


@pytest.fixture
def listened(server, odoo):
    """An Odoo that the shop sends to by itself."""
    remote = server.remotes["prestashop"]
    before, remote.odoo_url = remote.odoo_url, odoo.url.removesuffix("/prestashop/webhook")
    yield odoo
    remote.odoo_url = before


@pytest.fixture
def told(server, odoo):
    """An Odoo that Cartona tells by itself."""
    remote = server.remotes["cartona"]
    before, remote.odoo_url = remote.odoo_url, odoo.url.removesuffix("/prestashop/webhook")
    yield odoo
    remote.odoo_url = before


@pytest.fixture
def vendor(server):
    """Without the limit on calls, which only its own tests want."""
    client = Client(server.url + "/vendor")
    assert client.post("/_reset", {"rate_limit": 0}).ok
    return client


@pytest.fixture
def medusa(server):
    """A shop that tells nobody of its events."""
    client = Client(server.url + "/medusa")
    assert client.post("/_reset", {}).ok
    client.post("/_sender", {"form": None})
    return client


class Hub(Odoo):
    """An Odoo that Medusa tells; it waits for an event."""

    def until(self, name):
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            said = [f"{line} {headers}" for line, headers, _body in list(self.got)]
            if any(f"'{name}'" in one or f"event={name}" in one for one in said):
                return
            time.sleep(0.01)
        raise AssertionError(f"nothing came of {name}")


@pytest.fixture
def medusa_told(medusa):
    """An Odoo that the shop's subscriber sends to."""
    hub = Hub()
    hub.url = hub.url.replace("/prestashop/", "/medusa/")
    medusa.post("/_sender", {"form": "timed", "url": hub.url})
    yield hub
    medusa.post("/_sender", {"form": None})
    hub.http.shutdown()
    hub.http.server_close()

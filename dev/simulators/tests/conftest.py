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

import pytest
import requests

from simulators.server import Server


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

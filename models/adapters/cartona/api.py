"""Calls of Cartona's API: addresses, the header, and what an answer means."""

from ..errors import CredentialError, TransientError
from .tables import PATHS


class Api:
    """One connector's calls; `transport` records and classifies them."""

    def __init__(self, config, transport):
        self.config = config
        self.transport = transport

    def call(self, method, operation, json=None, params=None, suffix=""):
        """The parsed answer of one call.

        :raises SyncError: what the answer means.
        """
        url = self.url(operation) + suffix
        reply = self.transport.request(method, url, self.headers, json, params=params, classify=False)
        self.check(reply)
        return reply.data

    def url(self, operation, profile=None):
        own = {} if profile else self.config["own_paths"]
        path = own.get(operation) or PATHS[profile or self.config["path_profile"]][operation]
        return f"{self.config['url'].rstrip('/')}/{path}"

    @property
    def headers(self):
        # Cartona's own header, the bare token: no "Bearer".
        return {"AuthorizationToken": self.config["token"] or ""}

    def check(self, reply):
        """Classify an answer: a wrong token is HTTP 400 at Cartona, told by its text alone."""
        said = reply.data.get("error") if isinstance(reply.data, dict) else None
        if reply.status == 400 and isinstance(said, str) and "credential" in said.lower():
            raise CredentialError(f"HTTP 400: {said}")
        if reply.status == 200 and reply.data is None and reply.text.strip():
            # A proxy's page with status 200: it says nothing about what Cartona did.
            raise TransientError("HTTP 200 with a body that is not JSON", code="malformed")
        self.transport.check(reply)

"""Medusa's Admin and Store API."""

import base64

import requests

TIMEOUT = 60  # seconds


class ApiError(Exception):
    """An answer that is no success: its status, and its body, decoded if it is JSON."""

    def __init__(self, method, path, answer):
        self.status = answer.status_code
        try:
            self.body = answer.json()
        except ValueError:
            self.body = answer.text
        super().__init__(f"{method} {path}: {self.status} {self.body}")


class Api:
    """One client with its credentials. Every call gives the decoded answer or raises ApiError."""

    def __init__(self, url, **headers):
        self.url = url
        self.http = requests.Session()
        # Neither a proxy nor a .netrc of the machine has a part in this.
        self.http.trust_env = False
        self.http.headers.update({name.replace("_", "-"): value for name, value in headers.items()})

    @classmethod
    def admin(cls, url, secret):
        """With a secret API key, `sk_...`: it is the user name, and there is no password."""
        return cls(url, authorization="Basic " + base64.b64encode(f"{secret}:".encode()).decode())

    @classmethod
    def login(cls, url, email, password):
        """As a user, for whom Medusa makes a token."""
        token = cls(url).post("/auth/user/emailpass", email=email, password=password)["token"]
        return cls(url, authorization=f"Bearer {token}")

    @classmethod
    def store(cls, url, publishable):
        """With a publishable API key, `pk_...`."""
        return cls(url, x_publishable_api_key=publishable)

    def request(self, method, path, **options):
        """One request."""
        answer = self.http.request(method, self.url + path, timeout=TIMEOUT, **options)
        if not answer.ok:
            raise ApiError(method, path, answer)
        return answer.json()

    def get(self, path, **parameters):
        """Read; the keyword arguments are the query."""
        return self.request("GET", path, params=parameters)

    def post(self, path, **body):
        """Write; the keyword arguments are the body."""
        return self.request("POST", path, json=body)

    def delete(self, path):
        """Remove."""
        return self.request("DELETE", path)

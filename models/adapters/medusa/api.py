"""Calls of Medusa's Admin API, and what an answer means."""

import base64

from ..errors import RejectedError, TransientError

#: Bytes of a body above which Medusa answers 413 (it takes some 100 KB).
BODY_LIMIT = 90_000
#: Records of one page of a list.
PAGE = 100


class NotFound(RejectedError):
    """Medusa has no such record."""

    def __init__(self, message):
        super().__init__(message, divisible=False)


class Api:
    """One connector's calls; `transport` records them and keeps the pace."""

    def __init__(self, config, transport):
        self.config = config
        self.transport = transport

    def get(self, path, **params):
        """The decoded answer of a reading; keyword arguments are the query, lists repeat their name.

        :raises SyncError: what the answer means; `NotFound` for a record that is not there.
        """
        return self._call("GET", path, params=params)

    def post(self, path, body=None, **params):
        """The decoded answer of a writing.

        :raises SyncError: what the answer means; `NotFound` for a record that is not there.
        """
        return self._call("POST", path, json=body or {}, params=params)

    def upload(self, path, name, data, mimetype):
        """The decoded answer to a file that is sent as a form."""
        return self._call("POST", path, upload=("files", name, data, mimetype))

    def list(self, path, name, **params):
        """All records of a list, page by page."""
        records, more = [], True
        while more:
            answer = self.get(path, **{"limit": PAGE, **params, "offset": len(records)})
            page = answer.get(name)
            if not isinstance(page, list):
                raise TransientError(f"The answer has no list {name}", code="malformed")
            records += page
            more = bool(page) and len(records) < int(answer.get("count") or 0)
        return records

    def _call(self, method, path, **options):
        url = f"{self.config['url'].rstrip('/')}{path}"
        reply = self.transport.request(method, url, self._headers, classify=False, **options)
        self._check(reply)
        if not isinstance(reply.data, dict):
            raise TransientError(f"HTTP {reply.status} with a body that is not a JSON object", code="malformed")
        return reply.data

    @property
    def _headers(self):
        # The secret key is the user name, and there is no password; as a bearer token Medusa refuses it.
        pair = base64.b64encode(f"{self.config['token'] or ''}:".encode()).decode()
        return {"Authorization": f"Basic {pair}"}

    def _check(self, reply):
        said = reply.data if isinstance(reply.data, dict) else {}
        if said.get("message") and 400 <= reply.status < 500 and reply.status not in (401, 403, 408, 423, 425, 429):
            text = f"{said.get('type') or f'HTTP {reply.status}'}: {said['message']}"
            raise (NotFound if reply.status == 404 else RejectedError)(text)
        self.transport.check(reply)

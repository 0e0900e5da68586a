"""A transport that asks and never tells: what would change something is written down, and not sent."""

import time

import requests

from .transport import Reply, Transport

#: Seconds to connect and to wait for an answer: a person is waiting.
TIMEOUT = (2, 5)


class Rehearsal(Transport):
    """Records what would be sent; `held` are the numbers of those exchanges.

    :param only_asks: function (method, url) that tells which calls change nothing, and are made.
    """

    def __init__(self, only_asks, secrets=()):
        super().__init__(timeout=TIMEOUT, secrets=secrets)
        self.only_asks = only_asks
        self.held = []

    def request(self, method, url, headers=None, json=None, params=None, classify=True, xml="", upload=None):
        if self.only_asks(method, url):
            return super().request(method, url, headers, json, params, classify, xml, upload)
        prepared = requests.Request(method, url, params=params).prepare()
        body = json if json is not None else xml
        headers = self._headers(headers, body, xml, upload)
        self.held.append(len(self.exchanges))
        self._record(method, prepared.url, headers, self._kept(json, xml, upload), None, "", time.monotonic())
        # As if it had been taken: XML is answered by what was saved, and of JSON most adapters read nothing.
        return Reply(200, None if xml else {}, xml, {})

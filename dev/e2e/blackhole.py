"""A way to PostgreSQL that can be black-holed: connections stay open, and nothing passes any more."""

import os
import socket
import threading
from contextlib import suppress

from environment import postgres


class BlackHole:
    """A TCP port that leads to the PostgreSQL in use."""

    def __init__(self):
        self.open = threading.Event()
        self.open.set()
        self.pairs = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        with suppress(OSError):
            while True:
                near, _address = self.listener.accept()
                threading.Thread(target=self._lead, args=[near], daemon=True).start()

    def _lead(self, near):
        """Connect a caller; while the hole is there, he waits for an answer to his first word."""
        self.open.wait()
        far = self._far()
        self.pairs.append((near, far))
        for source, target in ((near, far), (far, near)):
            threading.Thread(target=self._pump, args=[source, target], daemon=True).start()

    @staticmethod
    def _far():
        link = postgres.connection()
        if os.path.isabs(link["host"]):
            far = socket.socket(socket.AF_UNIX)
            far.connect(f"{link['host']}/.s.PGSQL.{link['port']}")
            return far
        return socket.create_connection((link["host"], int(link["port"])))

    def _pump(self, source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                self.open.wait()
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def swallow(self):
        """From now on nothing passes, and nobody is told."""
        self.open.clear()

    def end(self):
        """The network is back, and knows nothing of the old connections."""
        for pair in self.pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self.pairs.clear()
        self.open.set()

    def close(self):
        self.end()
        self.listener.close()

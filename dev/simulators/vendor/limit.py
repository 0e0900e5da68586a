"""How many calls the retailer takes in any one second."""

import collections
import time


class Limit:
    def __init__(self, calls):
        self.calls = calls
        self.refused = 0
        self.clock = time.monotonic
        self._window = collections.deque()

    def admits(self):
        """Count one call. False when there are now more than the limit in the second that ends now.

        Refused calls count too: whoever hammers on stays refused until he is quiet.
        """
        now = self.clock()
        self._window.append(now)
        while self._window[0] <= now - 1:
            self._window.popleft()
        if self.calls and len(self._window) > self.calls:
            self.refused += 1
            return False
        return True

"""Fault injection: what a call has to suffer, decided when it arrives."""

import random
import threading
import time

HOLD_SECONDS = 120
FIELDS = {
    "status": int,
    "times": int,
    "delay": (int, float),
    "apply": bool,
    "drop": bool,
    "hold": bool,
    "hold_before_answer": bool,
    "retry_after": (int, str),
    "body": str,
    "rate": (int, float),
    "seed": int,
    "path": str,
    "method": str,
    "release": bool,
    "mix": list,
}


def mistake(spec):
    """What is wrong with a fault, or None."""
    if not isinstance(spec, dict):
        return "a fault is a JSON object"
    for key, value in spec.items():
        kind = FIELDS.get(key)
        if kind is None:
            return f"unknown fault field: {key}"
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            return f"wrong type of fault field: {key}"
    mix = spec.get("mix", [])
    for part in mix:
        if not isinstance(part, dict) or "rate" not in part or "mix" in part:
            return "each fault of a mix is an object with its own rate"
    return next(filter(None, map(mistake, mix)), None)


class Fault:
    def __init__(self):
        self._condition = threading.Condition()
        self._clear()
        self._generation = 0

    def _clear(self):
        self.spec = {}
        self.affected = 0
        self.held_total = 0
        self.held_now = 0
        self._released = 0

    # -- control ---------------------------------------------------------
    def post(self, spec):
        """Merge a fault, {} clears. Returns an error text or None."""
        if error := mistake(spec):
            return error
        with self._condition:
            if not spec:
                self.spec = {}
                self._release()
                return None
            spec = dict(spec)
            if spec.pop("release", False):
                self.spec.pop("hold", None)
                self.spec.pop("hold_before_answer", None)
                self._release()
            self.spec.update(spec)
            if {"seed", "rate", "mix"} & set(spec):
                self._random = random.Random(self.spec.get("seed"))
        return None

    def reset(self):
        """Forget everything; calls still held are thrown away with their effect."""
        with self._condition:
            self._generation += 1
            self._condition.notify_all()
            self._clear()

    def _release(self):
        self._released += 1
        self._condition.notify_all()

    def show(self):
        with self._condition:
            return {
                "fault": dict(self.spec),
                "affected": self.affected,
                "held_now": self.held_now,
                "held_total": self.held_total,
            }

    # -- the calls -------------------------------------------------------
    def take(self, path, method):
        """The fault that this call suffers, or None. Counts it."""
        with self._condition:
            spec = self.spec
            if not set(spec) - {"times", "apply", "rate", "seed", "path", "method"}:
                return None
            if spec.get("method", method) != method or spec.get("path", "") not in path or spec.get("times", 1) <= 0:
                return None
            if "rate" in spec and self._random.random() >= spec["rate"]:
                return None
            taken = self._drawn(spec)
            if taken is None:
                return None
            self.affected += 1
            if "times" in spec:
                spec["times"] -= 1
            return taken

    def _drawn(self, spec):
        """The fault itself, or the part of its mix whose turn it is, None when the call is spared."""
        if "mix" not in spec:
            return dict(spec)
        draw = self._random.random()
        for part in spec["mix"]:
            draw -= part["rate"]
            if draw < 0:
                return dict(part)
        return None

    def wait(self):
        """Hold the calling thread. True when it may go on, False when a reset wiped it."""
        deadline = time.monotonic() + HOLD_SECONDS
        with self._condition:
            generation, released = self._generation, self._released
            self.held_now += 1
            self.held_total += 1
            while generation == self._generation and released == self._released:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self._condition.wait(left)
            if generation != self._generation:
                return False
            self.held_now -= 1
            return True

"""Changes of both sides cross each other on their way in any order, and both sides end equal."""

import itertools
import os
import unittest

import requests
from odoo.tools import mute_logger

from .test_prestashop_out import PrestashopOutCase

try:
    from hypothesis import example, given, settings
    from hypothesis import strategies as st
except ImportError:
    st = None

#: Sequences that are tried when the environment says how many: others each time. Else few, always the same.
EXAMPLES = int(os.environ.get("HUB_EXAMPLES") or 0)
FEW = 40
numbers = itertools.count(100_000)
sequences = itertools.count(800_000)

if st:
    #: What happens while nothing is under way, or during a call.
    STEP = st.sampled_from(("odoo a", "odoo b", "shop a", "shop b", "message", "last message"))
    #: A call: what happens before it arrives at the shop, what before its answer is here, and whether that gets lost.
    CALL = st.tuples(st.lists(STEP, max_size=4), st.lists(STEP, max_size=3), st.booleans())
    STEPS = st.lists(st.one_of(STEP, CALL), max_size=12)


class Side:
    """A customer whom both sides know, and the shop's half of what happens.

    :param int ahead: seconds by which the shop's clock is ahead.
    """

    def __init__(self, case, ahead):
        self.case, self.number, self.ahead = case, next(numbers), ahead
        self.email, self.queue, self.calls = "shop@example.com", [], []
        case.remote.answer = self.answer
        self.tell()
        self.step("message")
        self.partner = case.record("customer", str(self.number))

    def tell(self):
        """The shop makes a message of what its customer is now; it is on its way then."""
        self.queue.append(self.case.told(next(sequences), self.number, self.ahead, email=self.email))

    def step(self, what):
        side, _space, value = what.partition(" ")
        if side == "odoo":
            self.partner.email = f"{value}@example.com"
            self.case.env.flush_all()
        elif side == "shop":
            self.email = f"{value}@example.com"
            self.tell()
        elif self.queue:
            self.case.receive(self.case.shop, self.queue.pop(0 if what == "message" else -1))
            self.work("in")

    def work(self, direction):
        drain = self.case.env["sync.hub.drain"]
        self.case.env.flush_all()
        for connector_id, which, lane, _since in drain._due_lanes():
            if which == direction:
                drain._work(connector_id, which, lane)
        self.case.env.invalidate_all()

    def answer(self, request, body):
        """The shop takes a call, and tells nobody of what it has not changed by itself."""
        before, after, lost = self.calls.pop(0) if self.calls else ((), (), False)
        for what in before:
            self.step(what)
        self.email = body["data"].get("email", self.email)
        for what in after:
            self.step(what)
        if lost:
            raise requests.exceptions.ReadTimeout
        return self.case.accept(request, body)

    def play(self, steps):
        for step in steps:
            if isinstance(step, str):
                self.step(step)
            else:
                self.calls.append(step)
                self.work("out")
        self.calls.clear()
        while self.queue:
            self.step("message")
        for _turn in range(3):
            self.case.pass_time()
            self.case.wake_and_drain()


@unittest.skipUnless(st, "hypothesis is not installed")
class TestCrossing(PrestashopOutCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shop.retry_schedule = "2*"

    def pass_time(self):
        self._rows(self.shop, state="retrying").write({"next_try_at": "2000-01-01 00:00:00"})
        self.env["sync.hub.lane"].search([]).write({"open_until": False})
        self.env.invalidate_all()

    @mute_logger("odoo.addons.sync_hub.models.drain", "odoo.addons.sync_hub.models.drain_out")
    def test_both_sides_end_equal(self):
        @settings(max_examples=EXAMPLES or FEW, deadline=None, derandomize=not EXAMPLES, database=None)
        @given(STEPS, st.sampled_from((0, 1800)))
        @example(["odoo a", (["shop a", "shop b", "message", "message"], [], False)], 0)
        @example(["shop a", "shop b", "odoo a", ([], [], False), "message", "message"], 0)
        @example(["shop a", "odoo a", ([], [], False), "message"], 1800)
        @example(["odoo a", ([], ["shop b", "message"], False), "odoo a"], 0)
        def play(steps, ahead):
            side = Side(self, ahead)
            side.play(steps)
            self.assertEqual(side.partner.email, side.email, steps)
            rows = self._rows(self.shop).filtered(lambda row: row.state not in ("done", "skipped"))
            self.assertFalse(rows, rows.mapped("error"))

        play()

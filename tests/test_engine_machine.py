"""Any sequence of changes, deliveries, lost messages and crashes ends with both sides equal."""

import copy
import itertools
import os
import unittest

import requests
from odoo.tools import mute_logger

from .common import HubCase, event_of

try:
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis import strategies as st
    from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
except ImportError:
    RuleBasedStateMachine = None

#: Sequences that are tried when the environment says how many: others each time, and the shortest that fails is
#: looked for. Else few, always the same.
EXAMPLES = int(os.environ.get("HUB_EXAMPLES") or 0)
FEW = 20
PRICES = (80, 90)
STATES = (9, 10, 3)
#: What a call suffers: (the remote applies it, what it answers).
ANSWERS = {
    "lost before": (False, requests.exceptions.ConnectTimeout()),
    "lost after": (True, requests.exceptions.ReadTimeout()),
    "reset after": (True, requests.exceptions.ConnectionError()),
    "500": (False, (500, {}, {})),
    "500 after": (True, (500, {}, {})),
    "429": (False, (429, {}, {"Retry-After": "7"})),
    "malformed": (True, (200, b"<html>", {})),
}
#: Where a drain dies: method of the drain, and whether before or after its work.
DEATHS = (("_call_out", "before"), ("_call_out", "after"), ("_record_out", "before"), ("_record_out", "after"),
          ("_apply_batch", "before"), ("_apply_batch", "after"))  # fmt: skip
numbers = itertools.count(700_000)


class Killed(BaseException):
    """The process is gone: nothing catches it."""


if RuleBasedStateMachine:

    class Machine(RuleBasedStateMachine):
        """A marketplace that is told prices, and a shop whose order changes and is told of by webhooks."""

        case = None

        @initialize()
        def begin(self):
            case, number = self.case, next(numbers)
            case.remote.answer, self.trouble = self.answer, []
            self.shown, self.posted, self.queue = {}, [], []
            self.products = [
                case._product(f"P{number}-{place}", 10, cartona_id=f"P{number}-{place}") for place in range(2)
            ]
            self.number, self.sequence, self.state = number, 1000, STATES[0]
            case.wake_and_drain()
            self.tell()

        # ------------------------------------------------------------ the marketplace

        def answer(self, request, body):
            applies, answer = ANSWERS[self.trouble.pop(0)] if self.trouble else (True, (200, [], {}))
            if applies and isinstance(body, list):
                for item in body:
                    self.shown.setdefault(item["internal_product_id"], {}).update(item)
            if isinstance(answer, Exception):
                raise answer
            return answer

        @rule(place=st.integers(0, 1), price=st.sampled_from(PRICES), suffers=st.sampled_from((None, *sorted(ANSWERS))))
        def change(self, place, price, suffers):
            """A price is changed, and the next call goes well or not."""
            self.products[place].list_price = price
            self.trouble = [suffers] if suffers else []
            self.case.wake_and_drain()

        @rule(place=st.integers(0, 1), price=st.sampled_from(PRICES))
        def change_and_wait(self, place, price):
            self.products[place].list_price = price

        # ------------------------------------------------------------ the shop

        def tell(self):
            """The shop makes a message of what its order is now; it is on its way then."""
            body = copy.deepcopy(event_of("contract-4.1"))
            event = body["events"][0]
            self.sequence += 1
            event.update(
                event_id=self.sequence, entity_id=self.number, transaction_hash=f"{self.number}{self.sequence:058d}",
                hook_timestamp=f"2025-11-15 12:{self.sequence // 60 % 60:02d}:{self.sequence % 60:02d}",
            )  # fmt: skip
            event["after_data"].update(
                id_order=self.number, reference=f"R{self.number}", current_state=self.state, id_order_state=self.state
            )
            self.queue.append(body)
            self.posted.append(body)

        @rule(state=st.sampled_from(STATES))
        def order_moves(self, state):
            self.state = state
            self.tell()

        @rule(place=st.integers(0, 9), works=st.booleans())
        def message_comes(self, place, works):
            """One of those on their way, whichever is the first to arrive."""
            if self.queue:
                self.case.receive(self.case.shop, self.queue.pop(place % len(self.queue)))
            if works:
                self.case.wake_and_drain()

        @rule(place=st.integers(0, 9))
        def message_comes_again(self, place):
            self.case.receive(self.case.shop, self.posted[place % len(self.posted)])

        @rule()
        def message_is_lost(self):
            """The shop learns of it and sends it again later: the last of all."""
            if self.queue:
                self.queue.append(self.queue.pop(0))

        # ------------------------------------------------------------ the hub

        @rule(place=st.integers(0, 1), price=st.sampled_from(PRICES), death=st.sampled_from(DEATHS))
        def crash(self, place, price, death):
            """The process dies amid what is to be done; a price was just changed."""
            self.products[place].list_price = price
            method, when = death
            real = getattr(type(self.case.env["sync.hub.drain"]), method)

            def dies(drain, *args, **kwargs):
                if when == "after":
                    real(drain, *args, **kwargs)
                raise Killed

            with self.case.patched(type(self.case.env["sync.hub.drain"]), method, dies):
                try:
                    self.case.wake_and_drain()
                except Killed:
                    self.case.env.invalidate_all()

        @rule(seconds=st.sampled_from((3, 60, 3600)))
        def time_passes(self, seconds):
            self.case.pass_time(seconds)

        def teardown(self):
            """Everything heals and what is on its way arrives; then it is quiet."""
            if not hasattr(self, "queue"):
                return
            self.trouble.clear()
            for body in self.queue:
                self.case.receive(self.case.shop, body)
            for _turn in range(4):
                self.case.pass_time(86400)
                self.case.wake_and_drain()
            self.check()

        def check(self):
            case = self.case
            told = {name: item["selling_price"] for name, item in self.shown.items() if "selling_price" in item}
            mine = {product.cartona_id: product.list_price for product in self.products}
            case.assertEqual({name: told.get(name) for name in mine}, mine, "both sides are equal")
            orders = case.order(f"R{self.number}")
            case.assertEqual(len(orders), 1, "one order, however often it was told")
            case.assertEqual(orders.hub_remote_status, str(self.state), "the newest message has won")
            case.assertEqual(orders.amount_total, 104.06)
            rows = case.env["sync.hub.log"].search([("state", "not in", ("done", "skipped"))])
            case.assertFalse(rows, [(row.state, row.error) for row in rows])


@unittest.skipUnless(RuleBasedStateMachine, "hypothesis is not installed")
class TestEngineMachine(HubCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cartona = cls._cartona(retry_schedule="2*", push_stock=False, push_publication=False)
        cls.shop = cls._prestashop(
            missing_product="placeholder", placeholder_product_id=cls._product("Sold by the shop").id
        )
        cls.env["sync.hub.log"].search([]).unlink()

    def pass_time(self, seconds):
        """Make everything that waits as old as if the time had passed."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE sync_hub_log SET next_try_at = next_try_at - interval '%s seconds'", [seconds])
        self.env.cr.execute("UPDATE sync_hub_lane SET open_until = open_until - interval '%s seconds'", [seconds])
        self.env.invalidate_all()

    @mute_logger("odoo.addons.sync_hub.models.drain", "odoo.addons.sync_hub.models.drain_out")
    def test_whatever_happens_ends_equal(self):
        machine = type("Machine", (Machine,), {"case": self})
        phases = [Phase.generate, *([Phase.shrink] if EXAMPLES else [])]
        checked = settings(
            max_examples=EXAMPLES or FEW, stateful_step_count=25, deadline=None, derandomize=not EXAMPLES,
            suppress_health_check=list(HealthCheck), database=None, phases=phases,
        )  # fmt: skip
        run_state_machine_as_test(machine, settings=checked)

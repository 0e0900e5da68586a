import os
import random

from .common import bodies, event_of
from .prestashop_orders import PrestashopOrdersCase

#: Orders of arrival that are tried; more of them by the environment.
TRIED = int(os.environ.get("HUB_EXAMPLES") or 10)
#: The life of the order after it was made: (time, what changes).
LIFE = (
    ("2025-11-15 11:43:10", {"note": "Ring twice"}),
    ("2025-11-15 11:44:00", {"current_state": 2, "id_order_state": 2}),
    ("2025-11-15 11:45:00", {"current_state": 3, "id_order_state": 3}),
    ("2025-11-15 11:46:00", {"shipping_number": "TRACK-1"}),
    ("2025-11-15 11:47:00", {"current_state": 4, "id_order_state": 4}),
)


class Undo(Exception):
    """Takes back what one order of arrival has made."""


class TestPermutations(PrestashopOrdersCase):
    """In whatever order the messages of an order's life arrive, and however often, it ends in the same way."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._set_stock(cls.shirt, 100)
        cls._set_stock(cls.mug, 100)

    def life(self):
        """The messages as the shop makes them: what each says includes all that was before it."""
        messages = [bodies(self.customer)[0], bodies(self.address)[0], event_of("contract-4.1")]
        for number, (time, change) in enumerate(LIFE):
            if "current_state" in change:
                step = {"id_order_history": 510 + number, "id_order_state": change["current_state"], "date_add": time}
                history = messages[-1]["events"][0]["after_data"]["order_history"]
                change = {**change, "order_history": [*history, {**history[0], **step, "status_name": "Next"}]}
            messages.append(self._changed(messages[-1], 171 + number, time, **change))
        return messages

    def lived(self, messages, pauses):
        """How the order ends when the messages arrive so; `pauses` are the places after which they are worked off."""
        end = []
        try:
            with self.env.cr.savepoint():
                for place, message in enumerate(messages):
                    self.receive(self.shop, message)
                    if place in pauses:
                        self.wake_and_drain()
                self.wake_and_drain()
                # What waited for its order, or for a person to map it, would be tried again by its schedule.
                self.env.cr.execute("UPDATE sync_hub_log SET next_try_at = next_try_at - interval '1 day'")
                self.wake_and_drain()
                end = self.end_of(self.order("XKBKNABJK"))
                raise Undo
        except Undo:
            self.env.invalidate_all()
        return end

    def end_of(self, order):
        failed = self._rows(self.shop).filtered(lambda row: row.state not in ("done", "skipped"))
        return {
            "orders": len(order),
            "state": (order.state, order.hub_remote_status, order.hub_note, order.hub_tracking),
            "total": order.amount_total,
            "lines": sorted((line.hub_line_id, line.product_uom_qty, line.price_unit) for line in order.order_line),
            "pickings": sorted(order.picking_ids.mapped("state")),
            # Not where it was sent to: an address that comes when the goods are delivered changes that no more.
            "partner": (order.partner_id.name, order.partner_id.email),
            "paid": order.hub_paid,
            "open": failed.mapped("error"),
        }

    def test_every_order_of_arrival_ends_alike(self):
        messages = self.life()
        expected = self.lived(messages, range(len(messages)))
        self.assertEqual((expected["orders"], expected["total"], expected["open"]), (1, 104.06, []))
        self.assertEqual(expected["state"][:2], ("sale", "4"))
        self.assertEqual(self.lived(messages, range(len(messages))), expected)
        dice = random.Random(8 if TRIED < 100 else None)
        for _number in range(TRIED):
            arrived = [*messages, *dice.sample(messages, 2)]
            dice.shuffle(arrived)
            pauses = {place for place in range(len(arrived)) if dice.random() < 0.5}
            told = [message["events"][0]["event_id"] for message in arrived]
            with self.subTest(arrived=told, pauses=sorted(pauses)):
                self.assertEqual(self.lived(arrived, pauses), expected)

"""Cartona amid lost answers, outages and killed workers: every step and line is told once, no order is lost."""

import threading
import time

import pytest
import requests

from e2e.hub import ONCE
from e2e.live import RpcError
from e2e.market import LADDER, OTP
from e2e.test_races import BEFORE_CALL


@pytest.mark.parametrize("lost", LADDER[2:])
def test_a_lost_answer_amid_the_delivery_code_asks_again_and_delivers_once(market, lost):
    number = market.place(installment_cost=500)
    market.hub.quiet()
    market.confirm(number)
    if lost == "delivered":
        market.odoo.rpc("sale.order", "action_hub_dispatch", [market.sale_id(number)])
    market.hub.quiet()
    picking = market.picking(number)
    action = market.validate(picking)
    make = lambda: market.odoo.rpc(action["res_model"], "create", {"code": OTP}, context=action["context"])  # noqa: E731
    market.sims.fault("cartona", drop=True, apply=True, times=1, path=f"update-order-status/{number}")
    with pytest.raises(RpcError, match="could not be told"):
        make()
    assert market.order(number)["status"] == lost
    assert market.odoo.rpc("stock.picking", "read", [picking], ["state"])[0]["state"] != "done"
    market.odoo.rpc(action["res_model"], "action_validate", [make()])
    market.hub.quiet()
    assert market.odoo.rpc("stock.picking", "read", [picking], ["state"])[0]["state"] == "done"
    assert market.order(number)["_status_history"] == LADDER


def test_steps_are_told_in_order_through_an_outage(market):
    market.odoo.rpc("sync.hub.connector", "write", [market.connector], {"retry_schedule": "1*", "breaker_limit": 0})
    numbers = [market.place() for _n in range(6)]
    market.hub.quiet()
    market.sims.fault("cartona", status=503, rate=0.3, seed=5, path="update-order-status")
    for number in numbers[:3]:
        market.confirm(number)
        market.validate(market.picking(number))
    market.odoo.wait(lambda: all(market.order(n)["status"] == "delivered" for n in numbers[:3]), timeout=60)
    # Now the answers get lost after they have taken effect: a step that is refused as done already is for a person.
    market.sims.fault("cartona")
    for number in numbers[:3]:
        assert market.order(number)["_status_history"] == LADDER
    market.sims.fault("cartona", drop=True, apply=True, times=1, path="update-order-status")
    market.confirm(numbers[3])
    market.odoo.wait(lambda: market.order(numbers[3])["status"] == "approved")
    market.hub.quiet(60)
    market.poll()
    assert market.order(numbers[3])["_status_history"] == LADDER[:2]
    assert market.sale(numbers[3], "hub_remote_status")["hub_remote_status"] == "approved"


def test_steps_whose_answers_get_lost_are_all_done(market):
    """A step took effect and nobody knows: the next reading tells, and what follows it is told by itself."""
    market.odoo.rpc("sync.hub.connector", "write", [market.connector], {"retry_schedule": "1*", "breaker_limit": 0})
    numbers = [market.place() for _n in range(3)]
    market.hub.quiet()
    for number, step in zip(numbers, LADDER[1:], strict=True):
        if step != "approved":
            market.confirm(number)
        if step == "delivered":
            market.odoo.rpc("sale.order", "action_hub_dispatch", [market.sale_id(number)])
        market.hub.quiet()
        market.sims.fault("cartona")
        market.sims.fault("cartona", drop=True, apply=True, times=1, path=f"update-order-status/{number}")
        if step == "approved":
            market.confirm(number)
        market.validate(market.picking(number))
        market.odoo.wait(lambda: market.order(number)["status"] == step)  # noqa: B023
    market.sims.fault("cartona")

    def delivered():
        market.scheduled_poll()
        return all(market.order(number)["status"] == "delivered" for number in numbers)

    try:
        market.odoo.wait(delivered, timeout=20, every=1)
    except AssertionError:
        shown = {number: market.order(number)["_status_history"] for number in numbers}
        raise AssertionError(f"{shown}\n{market.hub.log()}") from None
    assert [market.order(number)["_status_history"] for number in numbers] == [LADDER] * 3
    market.hub.quiet()
    assert {market.sale(number, "hub_remote_status")["hub_remote_status"] for number in numbers} == {"delivered"}
    assert not market.hub.rows("state = 'failed'")


def test_a_lost_answer_never_adds_a_line_twice(market):
    number = market.place()
    market.hub.quiet()
    before = len(market.order(number)["order_details"])
    market.sims.fault("cartona", drop=True, apply=True, times=1, path="update-order-details")
    sale = market.sale_id(number)
    values = {"order_id": sale, "product_id": market.sugar, "product_uom_qty": 3, "price_unit": 42.5}
    added = market.odoo.rpc("sale.order.line", "create", values)
    market.odoo.wait(lambda: market.hub.rows("error_code = 'outcome_unknown'"))
    market.sims.fault("cartona")
    (row,) = market.hub.rows("error_code = 'outcome_unknown'")
    market.odoo.rpc("sync.hub.log", "action_look_up", [row[0]])
    market.odoo.wait(lambda: market.odoo.rpc("sale.order.line", "read", [added], ["hub_line_id"])[0]["hub_line_id"])
    market.odoo.wait(lambda: market.equal(number), timeout=40)
    assert len(market.order(number)["order_details"]) == before + 1


def test_killed_between_import_and_acknowledgement(market, points):
    """The import is committed, its acknowledgement claimed and not sent: that is where the workers die."""
    with points.held(BEFORE_CALL) as waiting:
        numbers = [market.place([{"internal_product_id": "SUG-1", "amount": 1}]) for _n in range(10)]
        market.odoo.wait(waiting)
        market.odoo.wait(lambda: all(map(market.sale_id, numbers)))
        assert not any(market.order(number)["_synced"] for number in numbers)
        assert market.hub.rows("state = 'sending'")
        market.odoo.kill9_workers()
        market.odoo.wait(lambda: up(market), timeout=40)
    acknowledged_once_here(market, numbers)


@ONCE
def test_killed_while_orders_come_in(market):
    """Sixty orders, and all workers die again and again amid them; what had no answer is found by the schedule."""
    numbers, done, kills = [], threading.Event(), []

    def orders(_who):
        for _n in range(20):
            numbers.append(market.place([{"internal_product_id": "SUG-1", "amount": 1}]))

    def killer():
        while not done.wait(0.3):
            market.odoo.kill9_workers()
            kills.append(time.monotonic())
            market.odoo.wait(lambda: up(market), timeout=40)

    thread = threading.Thread(target=killer)
    thread.start()
    market.hub.together(orders, range(3))
    done.set()
    thread.join()
    assert len(numbers) == 60 and len(kills) > 1
    lost = sum(push["status"] != 200 for push in market.sims.state("cartona")["pushes"])
    market.odoo.wait(lambda: up(market), timeout=40)
    here = sum(market.sale_id(number) is not None for number in numbers)
    print(f"\n{len(kills)} kills: of 60 messages {lost} had no answer; {here} orders were in Odoo after the last kill")
    market.scheduled_poll()
    acknowledged_once_here(market, numbers)


def up(market):
    """Whether Odoo takes messages."""
    try:
        return market.post({"test": True}).status_code == 200
    except requests.RequestException:
        return False


def acknowledged_once_here(market, numbers):
    """Wait until Cartona knows that all orders have come, and see each of them once in Odoo."""

    def acknowledged():
        market.hub.sweep()
        return all(order["_synced"] for order in market.sims.state("cartona")["orders"])

    market.odoo.wait(acknowledged, timeout=150, every=2)
    domain = [("hub_connector_id", "=", market.connector)]
    found = [r["client_order_ref"] for r in market.odoo.rpc("sale.order", "search_read", domain, ["client_order_ref"])]
    assert sorted(found) == sorted(numbers)

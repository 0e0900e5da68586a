"""How the simulated Cartona misbehaves when it is told to."""

import threading
import time

import pytest
import requests

from .test_cartona import BULK, PULL, TOKEN, product

ITEM = [{"internal_product_id": "DESK-001", "available_stock_quantity": 3}]


def stock(cartona):
    return [value for _t, value in product(cartona, "DESK-001")["stock_history"]]


def test_fault_status_times_and_retry_after(cartona):
    cartona.post("/_fault", {"status": 503, "times": 2, "retry_after": 7, "path": "bulk-update"})
    assert cartona.get(PULL, headers=TOKEN).ok
    replies = [cartona.post(BULK, ITEM, headers=TOKEN) for _ in range(3)]
    assert [r.status_code for r in replies] == [503, 503, 200]
    assert replies[0].headers["Retry-After"] == "7"
    assert stock(cartona) == [3]
    assert cartona.get("/_fault").json()["affected"] == 2
    assert [c["status"] for c in cartona.get("/_calls").json()] == [200, 503, 503, 200]


def test_fault_lost_answer(cartona):
    cartona.post("/_fault", {"drop": True, "apply": True})
    with pytest.raises(requests.ConnectionError):
        cartona.post(BULK, ITEM, headers=TOKEN)
    assert stock(cartona) == [3]
    cartona.post("/_fault", {})
    assert cartona.post(BULK, ITEM, headers=TOKEN).ok
    cartona.post("/_fault", {"drop": True})
    with pytest.raises(requests.ConnectionError):
        cartona.post(BULK, ITEM, headers=TOKEN)
    assert stock(cartona) == [3, 3]


@pytest.mark.parametrize(("kind", "before"), [("hold", []), ("hold_before_answer", [3])])
def test_fault_hold(cartona, kind, before):
    cartona.post("/_fault", {kind: True})
    replies = []
    thread = threading.Thread(target=lambda: replies.append(cartona.post(BULK, ITEM, headers=TOKEN)))
    thread.start()
    deadline = time.time() + 5
    while not cartona.get("/_fault").json()["held_now"] and time.time() < deadline:
        time.sleep(0.01)
    assert stock(cartona) == before and not replies
    cartona.post("/_fault", {"release": True})
    thread.join(5)
    assert replies[0].ok and stock(cartona) == [3]
    assert cartona.post(BULK, ITEM, headers=TOKEN).ok  # release ends the fault


def test_fault_delay_body_and_rate(cartona):
    cartona.post("/_fault", {"delay": 0.3, "body": "<html>busy</html>", "status": 200})
    started = time.time()
    assert cartona.post(BULK, ITEM, headers=TOKEN).text == "<html>busy</html>"
    assert time.time() - started >= 0.3 and stock(cartona) == []
    cartona.post("/_fault", {})
    cartona.post("/_fault", {"status": 500, "rate": 0.5, "seed": 1})
    statuses = [cartona.post(BULK, ITEM, headers=TOKEN).status_code for _ in range(40)]
    assert 8 < statuses.count(500) < 32
    assert cartona.post("/_fault", {"stauts": 500}).status_code == 400


def test_rate_page_and_reset(cartona):
    for _ in range(5):
        cartona.get(PULL, headers=TOKEN)
    assert cartona.state()["rate_max"] == 5
    assert "شاي" in cartona.get("/").text
    cartona.post("/_reset")
    assert cartona.state()["calls_total"] == 0

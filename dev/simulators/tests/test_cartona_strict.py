import datetime
import zoneinfo

import pytest

from .test_cartona import BASE_BULK, BULK, PULL, STATUS, STOCK, TOKEN, product, single
from .test_cartona_retailer import order, placed


def test_bulk_update_refuses_what_is_given_twice(cartona):
    items = [
        {"internal_product_id": "DESK-001", "selling_price": 7},
        {"internal_product_id": "DESK-001", "available_stock_quantity": 3},
        {"supplier_product_id": "551001", "selling_price": 8},
        {"supplier_product_id": "999", "selling_price": 8},
        {"base_product_id": "7101", "unit": "piece", "unit_count": 1, "available_stock_quantity": -1},
    ]
    errors = [result.get("error") for result in cartona.post(BASE_BULK, items, headers=TOKEN).json()]
    assert errors[:4] == [None, None, "product is given twice", "product not found"] and "negative" in errors[4]
    desk = product(cartona, "DESK-001")
    assert (desk["selling_price"], desk["available_stock_quantity"]) == (7, 3)
    items = [{"base_product_id": "7001", "available_stock_quantity": number} for number in (48, -1, 24)]
    errors = [result.get("error") for result in cartona.post(STOCK, items, headers=TOKEN).json()]
    assert errors[0] is None and errors[1:] == ["product is given twice"] * 2
    assert product(cartona, "TEA-25")["available_stock_quantity"] == 48
    assert cartona.post(BULK, items[:1], headers=TOKEN).json()[0]["success"] is False


def test_synced_and_bulk_leave_status_alone(cartona):
    key = placed(cartona)["hashed_id"]
    before = order(cartona, key)["_changed_at"]
    assert single(cartona, key, "synced").json() == {}
    items = [{"hashed_id": [], "status": "approved"}, {"hashed_id": key, "status": "delivered"}, 5]
    assert cartona.post(STATUS, items, headers=TOKEN).json() == []
    after = order(cartona, key)
    assert (after["status"], after["_synced"], after["_changed_at"]) == ("pending", True, before)


@pytest.mark.parametrize("money", [{"installment_cost": 1850}, {"wallet_top_up": 50}])
def test_otp_tries(cartona, money):
    key = placed(cartona, **money)["hashed_id"]
    for status in ("approved", "assigned_to_salesman"):
        single(cartona, key, status)
    assert single(cartona, key, "delivered").status_code == 422
    assert single(cartona, key, "delivered", retailer_otp="٧٣٩").status_code == 422
    bulk = {"hashed_id": key, "status": "delivered", "retailer_otp": "000000"}
    assert cartona.post(STATUS, [bulk], headers=TOKEN).json() == []
    assert (order(cartona, key)["status"], order(cartona, key)["_otp_tries"]) == ("assigned_to_salesman", 2)
    assert single(cartona, key, "delivered", retailer_otp="739104").ok


def test_pull_window(cartona):
    cairo = zoneinfo.ZoneInfo("Africa/Cairo")
    at = datetime.datetime(2026, 7, 1, 12, tzinfo=cairo).timestamp()
    cartona.post("/_orders", {"hashed_id": "old", "order_details": [{"id": 1, "amount": 1}], "_changed_at": at})
    new = placed(cartona)["hashed_id"]

    def pulled(**window):
        reply = cartona.get(PULL, headers=TOKEN, params=window)
        return [one["hashed_id"] for one in reply.json()] if reply.ok else reply.status_code

    early, noon = {"from": "2026-07-01T11:59:59"}, {"from": "2026-07-01 12:00", "to": "2026-07-01T12:00:00.000"}
    later = {"from": "2026-07-01T12:00:01"}
    for window in ({}, early, noon, later):
        assert pulled(**window) == ["old", new]
    for bad in ("", "2026-07-01", "2026-07-01T12:00:00Z", "2026-07-01T12:00:00+03:00", "2026-13-01T00:00", "1782"):
        assert pulled(**{"from": bad}) == pulled(to=bad) == 400
    assert cartona.post("/_orders", {"hashed_id": "old", "_changed_at": "now"}).status_code == 400
    cartona.post("/_reset", {"pull_window": True})
    cartona.post("/_orders", {"hashed_id": "old", "order_details": [{"id": 1, "amount": 1}], "_changed_at": at})
    new = placed(cartona)["hashed_id"]
    assert [pulled(**window) for window in ({}, early, noon, later)] == [["old", new], ["old", new], ["old"], [new]]
    assert pulled(to="x") == 400
    single(cartona, "old", "approved")
    assert pulled(**later) == [new, "old"]

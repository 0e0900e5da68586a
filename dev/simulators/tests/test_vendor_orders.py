import pytest

from .vendor import KEY, ORDER, ROOT, UUID, call, get, place, placed, refused, stock


def test_place_an_order(vendor):
    variant = get(vendor, "/products")["products"][0]["variants"][0]["id"]
    made = placed(vendor, items=[{"variantId": variant, "quantity": 2}, {"variantId": "BAC-WATER-30", "quantity": 1}])
    line = {"variantId": variant, "sku": "BPC-5", "quantity": 2, "unitPrice": 29.99, "totalPrice": 59.98}
    assert made["items"][0] == line and made["items"][1]["sku"] == "BAC-WATER-30"
    assert UUID.fullmatch(made["orderId"]) and made["orderNumber"].startswith("ORD-")
    money = (made["status"], made["subtotal"], made["shippingAmount"], made["totalAmount"])
    assert money == ("PENDING", 71.98, 9.95, 81.93)
    assert set(made["shippingTierApplied"]) == {"id", "uniqueTierId", "name", "serviceName"}
    assert (stock(vendor, "BPC-5"), stock(vendor, "BAC-WATER-30")) == (133, 299)


def test_the_same_order_again(vendor):
    made = placed(vendor)
    reply = place(vendor, items=[])
    refused(vendor, reply)
    assert (reply.json()["orderId"], reply.json()["orderNumber"]) == (made["orderId"], made["orderNumber"])
    assert stock(vendor, "BPC-5") == 133 and len(vendor.state()["shop"]["orders"]) == 1


def test_what_cannot_be_ordered(vendor):
    coat = get(vendor, "/products")["products"][1]["variants"][3]["id"]
    for name in ("COAT-L-BLU", coat, "NOPE", None):
        error = refused(vendor, place(vendor, items=[ORDER["items"][0], {"variantId": name, "quantity": 1}]))
        assert error.startswith("Price not configured for variant")
    for quantity in (0, -1, 1.5, "1", None, True):
        error = refused(vendor, place(vendor, items=[{"variantId": "BPC-5", "quantity": quantity}]))
        assert error.startswith("Invalid quantity")
    twice = [{"variantId": "BPC-10", "quantity": 4}, {"variantId": "BPC-10", "quantity": 4}]
    for items in ([{"variantId": "BPC-10", "quantity": 8}], twice, [{"variantId": "COAT-L-WHI", "quantity": 1}]):
        assert "Insufficient" in refused(vendor, place(vendor, items=[ORDER["items"][0], *items]))
    assert (stock(vendor, "BPC-5"), stock(vendor, "BPC-10")) == (135, 7)
    assert vendor.state()["shop"]["orders"] == []


@pytest.mark.parametrize(
    "more",
    [
        {"partnerOrderId": None},
        {"partnerOrderId": 42},
        {"customer": None},
        {"customer": {"firstName": 5}},
        {"customer": {"name": "Noor"}},
        {"items": None},
        {"items": []},
        {"items": [5]},
        {"items": [{"variantId": "BPC-5", "quantity": 1, "price": 1}]},
        {"shippingAddress": "x"},
        {"billingAddress": {"street": "x"}},
        {"shippingTierId": "x"},
        {"uniqueTierId": "1_DAY"},
        {"note": "x"},
    ],
)
def test_a_wrong_order(vendor, more):
    refused(vendor, place(vendor, **more))
    assert stock(vendor, "BPC-5") == 135


def test_a_wrong_body(vendor):
    headers = {**KEY, "Content-Type": "application/json"}
    refused(vendor, vendor.post(ROOT + "/orders", headers=headers))
    refused(vendor, vendor.post(ROOT + "/orders", [], headers=KEY))
    refused(vendor, vendor.post(ROOT + "/orders", headers={**KEY, "Content-Type": "text/plain"}))


def test_shipping_tiers_of_orders(vendor):
    tiers = get(vendor, "/shipping-tiers")
    asked = [{}, {"uniqueTierId": "2_DAY"}, {"shippingTierId": tiers[1]["id"]}]
    rates = [placed(vendor, partnerOrderId=f"T{n}", **more)["shippingAmount"] for n, more in enumerate(asked)]
    assert rates == [9.95, 4.95, 4.95]
    big = placed(vendor, partnerOrderId="big", items=[{"variantId": "BPC-10", "quantity": 3}])
    assert (big["shippingTierApplied"]["uniqueTierId"], big["shippingAmount"]) == ("2_DAY", 4.95)


def test_get_an_order(vendor):
    made = placed(vendor, shippingAddress={"firstName": "Ana", "address1": "2 Side St", "postalCode": "1"})
    order = get(vendor, "/orders/" + made["orderId"])
    assert order == get(vendor, "/orders/S00042")
    assert order["partnerOrderId"] == "S00042" and order["shipments"] == order["trackingEvents"] == []
    assert order["shippingAddress"] == {
        "firstName": "Ana",
        "lastName": "Adel",
        "address1": "2 Side St",
        "address2": None,
        "city": "Unknown",
        "state": "Unknown",
        "postalCode": "1",
        "country": "US",
    }
    item = {"productName": "BPC-157", "variantName": "5mg", "sku": "BPC-5"}
    assert item.items() <= order["items"][0].items()
    assert not {"customer", "billingAddress", "paymentStatus"} & set(order)
    assert vendor.state()["shop"]["orders"][0]["customer"]["email"] == "noor@example.com"
    refused(vendor, vendor.get(ROOT + "/orders/NOPE", headers=KEY), 404)


def test_cancel_gives_the_goods_back_once(vendor):
    made = placed(vendor)
    for message in ("Order cancelled successfully", "Order is already cancelled"):
        reply = call(vendor, "DELETE", "/orders/S00042")
        told = {"message": message, "orderId": made["orderId"], "orderNumber": made["orderNumber"]}
        assert (reply.status_code, reply.json()) == (200, {"success": True, **told})
        assert stock(vendor, "BPC-5") == 135
    assert get(vendor, "/orders/S00042")["status"] == "CANCELLED"
    refused(vendor, place(vendor))


def test_cancel_and_put_know_only_our_number(vendor):
    made = placed(vendor)
    refused(vendor, call(vendor, "DELETE", "/orders/" + made["orderId"]), 404)
    refused(vendor, call(vendor, "PUT", "/orders/" + made["orderId"], {"status": "CANCELLED"}), 404)
    assert stock(vendor, "BPC-5") == 133


def test_goods_that_left_do_not_come_back(vendor):
    placed(vendor)
    vendor.post("/_order", {"order": "S00042", "status": "SHIPPED"})
    assert call(vendor, "DELETE", "/orders/S00042").ok
    assert get(vendor, "/orders/S00042")["status"] == "CANCELLED" and stock(vendor, "BPC-5") == 133


def test_put(vendor):
    made = placed(vendor)
    reply = call(vendor, "PUT", "/orders/S00042", {"status": "PROCESSING", "paymentStatus": "COMPLETED"})
    assert reply.json() == {"success": True, "data": {"orderId": made["orderId"], "status": "PROCESSING"}}
    assert vendor.state()["shop"]["orders"][0]["paymentStatus"] == "COMPLETED"
    for body in ({"status": "processing"}, {"paymentStatus": 5}, {"state": "PENDING"}, []):
        refused(vendor, call(vendor, "PUT", "/orders/S00042", body))
    assert call(vendor, "PUT", "/orders/S00042", {}).json()["data"]["status"] == "PROCESSING"
    call(vendor, "PUT", "/orders/S00042", {"status": "CANCELLED"})
    assert stock(vendor, "BPC-5") == 135

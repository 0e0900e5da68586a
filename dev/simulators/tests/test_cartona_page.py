import json
import re

import requests

from .test_cartona import BULK, TOKEN, single
from .test_cartona_retailer import SUGAR, TEA, amounts, order, placed


def send(cartona, path="/", **fields):
    return requests.post(cartona.url + path, data=fields, timeout=15)


RETAILER = {
    "do": "place",
    "retailer_name": "<b>بقالة</b>",
    "retailer_number": "+201000000009",
    "delivered_by": "delivered_by_cartona",
    "supplier_code": "1",
    "wallet_top_up": "12.5",
}


def test_page_places_and_carries(cartona, told):
    reply = send(cartona, **RETAILER, **{"amount:551001": "2", "amount:551377": " "}, note_message="قريبا", push="1")
    assert reply.status_code == 200 and "?order=" in reply.url
    made = cartona.state()["orders"][0]
    assert amounts(made) == [("DESK-001", 2)] and "retailer_code" not in made["retailer"]
    assert (made["wallet_top_up"], made["note_message"]) == (12.5, "قريبا")
    assert "Odoo took the webhook: 200" in reply.text and json.loads(told.got[0][2])["status"] == "pending"
    assert "&lt;b&gt;بقالة&lt;/b&gt;" in reply.text and "<b>بقالة" not in reply.text
    for status in ("approved", "assigned_to_salesman", "returned"):
        reply = send(cartona, do="carry", hashed_id=made["hashed_id"], status=status, push="1")
        assert json.loads(told.got[-1][2])["status"] == status
    assert "Nothing more can be done" in reply.text


def test_page_edits_and_cancels(cartona, told):
    made = placed(cartona, TEA, SUGAR)
    key, ids = made["hashed_id"], [line["id"] for line in made["order_details"]]
    path = f"/?order={key}"
    assert "Start editing" in cartona.get(path).text
    assert "Save the order" in send(cartona, path, do="begin", hashed_id=key).text
    shown = {f"{kind}:{line['id']}": line["amount"] for line in made["order_details"] for kind in ("before", "amount")}
    shown |= {"do": "save", "hashed_id": key, "push": "1"}
    reply = send(cartona, path, **{**shown, f"amount:{ids[0]}": "-1", "add_amount": "3"})
    assert reply.status_code == 400 and "“-1” is no whole number" in reply.text and "no product is chosen" in reply.text
    assert order(cartona, key)["status"] == "editing" and told.got == []
    change = {f"amount:{ids[0]}": "4", f"cancel:{ids[1]}": "1", "add_product": "551016", "add_amount": "3"}
    assert send(cartona, path, **{**shown, **change}).ok
    assert amounts(order(cartona, key)) == [("TEA-25#C", 4), ("SUG-1", 10), ("NOTE-001", 3)]
    assert json.loads(told.got[0][2])["status"] == "pending"
    single(cartona, key, "approved")
    page = cartona.get(path).text
    assert "Start editing" not in page and "Cancel as the retailer" in page
    told.replies = [(500, b"<script>")]
    reply = send(cartona, path, do="cancel", hashed_id=key, reason="delayed_order", push="1")
    assert "Odoo refused the webhook: 500" in reply.text and "&lt;script&gt;" in reply.text
    reply = send(cartona, path, do="cancel", hashed_id=key, reason="")
    assert reply.status_code == 400 and "is cancelled_by_retailer" in reply.text


def test_page_names_every_mistake_and_keeps_what_was_typed(cartona):
    cartona.post(BULK, [{"internal_product_id": "DESK-002", "is_published": False}], headers=TOKEN)
    fields = {"amount:551001": "13", "amount:551002": "1", "amount:551003": "x<", "wallet_top_up": "nan"}
    reply = send(cartona, **{**RETAILER, **fields, "retailer_name": " ", "retailer_number": "", "note_message": "هنا"})
    assert reply.status_code == 400
    for words in ("13 are wanted, 12 are in stock", "DESK-002 is not published", "“x&lt;” is no whole", "“nan” is no"):
        assert words in reply.text
    assert "Retailer name: it is missing" in reply.text and "at least one of them" in reply.text
    assert "هنا" in reply.text and 'value="13"' in reply.text and cartona.state()["orders"] == []
    assert "No product is chosen" in send(cartona, **RETAILER).text
    assert send(cartona, do="x").status_code == 400


def test_page_shows_what_odoo_did_and_any_injected_order(cartona):
    strange = {"hashed_id": "a/<&'\"", "order_details": [{"id": 1, "amount": 1.5}], "retailer": 5, "status": "<i>"}
    cartona.post("/_orders", [strange, {"hashed_id": "plain1", "order_details": [{"id": 1, "amount": 1}]}])
    single(cartona, "plain1", "approved")
    cartona.post(BULK, [{"internal_product_id": "DESK-001", "selling_price": 7.5}], headers=TOKEN)
    page = cartona.get("/").text
    assert "pending → approved" in page and ">7.50</td>" in page and "<i>" not in page
    link = re.search(r'href="(\?order=a[^"]+)"', page).group(1)
    assert "Order a/&lt;&amp;" in cartona.get("/" + link).text
    assert "There is no order gone" in cartona.get("/?order=gone").text

"""The page where a person is the retailer, and sees what Odoo made of it."""

import time
from html import escape
from urllib.parse import quote

from werkzeug.wrappers import Response

from ..page import MOST, document, table
from ..remote import BadRequest
from . import widgets
from .composing import CARRIERS, RETAILER
from .forms import MONEY, action_of
from .panel import cash, panel, retailer
from .widgets import button, choice, entry, form, price, td

PRODUCT = ("supplier_product_id", "internal_product_id", "supplier_product_name", "unit", "unit_count")
LIVE = {"selling_price": price, "available_stock_quantity": widgets.plain, "in_stock": None, "is_published": None}
SHELF = ("Supplier id", "Internal id", "Name", "Unit", "Count", "Price", "Stock", "In stock", "Published")
MONEY_OF = ("total_price", "cartona_credit", "installment_cost", "wallet_top_up")
ORDER = ("Order", "Status", "Retailer", "Total", "Credit", "Instalment", "Wallet top-up", "Cash at the door")
ORDER += ("Delivered by", "Synced", "OTP", "Status history")
DID = {
    "place": "placed",
    "begin": "is being edited",
    "save": "saved",
    "cancel": "cancelled by the retailer",
    "carry": "carried on by Cartona",
    "staff_edit": "changed by Cartona's staff",
}


def clock(epoch):
    return time.strftime("%H:%M:%S", time.localtime(epoch))


def said(notice):
    """The last thing done here, and what Odoo answered to it."""
    if notice is None:
        return "<div data-live='said'></div>"
    push, bad = notice["push"], False
    text = f"{clock(notice['time'])} Order {escape(notice['hashed_id'])} {escape(notice['did'])}. "
    if push is None:
        text += "Odoo was not told; it learns of it when it pulls."
    elif not push["status"]:
        text, bad = text + f"Odoo did not answer the webhook: <code>{escape(push['body'][:300])}</code>", True
    else:
        bad = push["status"] >= 300
        word = "refused the webhook" if bad else "took the webhook"
        text += f"Odoo {word}: {push['status']} after {push['seconds']:.2f} s <code>{escape(push['body'][:300])}</code>"
    return f"<div data-live='said'><div class='said{' bad' if bad else ''}' role='status'>{text}</div></div>"


def wrong(problems):
    if not problems:
        return ""
    items = "".join(f"<li dir='auto'>{escape(problem)}</li>" for problem in problems)
    return f"<div class='wrong' role='alert'><p>That did not work:</p><ul>{items}</ul></div>"


def shelf_row(key, row, values):
    cells = [td(row[name], "short" if name != "supplier_product_name" else "") for name in PRODUCT[:2]]
    cells += [td(row[name]) for name in PRODUCT[2:4]] + [td(row["unit_count"], "number")]
    for name, show in LIVE.items():
        kind = "number" if show else "short" if row[name] else "short off"
        cells.append(td(show(row[name]) if show else row[name], kind, live=f"{key}-{name}"))
    what = escape(row["internal_product_id"] or key)
    for name, step, label in (
        ("amount", 1, "Amount of"),
        ("offer_amount", 1, "At the offer price:"),
        ("offer_price", "any", "Offer price of"),
    ):
        field = f"{name}:{key}"
        cells.append(
            f'<td><input type="number" min="0" step="{step}" name="{escape(field)}"'
            f' value="{escape(values.get(field, ""))}" aria-label="{label} {what}"></td>'
        )
    return "<tr>" + "".join(cells) + "</tr>"


def place_form(products, values):
    """Who orders, what and how it is paid."""

    def typed(name, default=""):
        return values.get(name, default)

    who = {key: typed(key, value) for key, value in RETAILER.items()}
    people = (
        entry("retailer_name", "Retailer name", who["retailer_name"])
        + entry("retailer_code", "Retailer code (may be empty)", who["retailer_code"])
        + entry("retailer_number", "Phone", who["retailer_number"], "tel")
        + entry("retailer_number2", "Second phone", who["retailer_number2"], "tel")
        + entry("retailer_address", "Address", who["retailer_address"], "area", wide=True)
        + entry("address_notes", "Address notes", who["address_notes"], "area", wide=True)
    )
    money = "".join(entry(key, label, typed(key, "0"), "number", min=0, step="any") for key, label in MONEY.items())
    carriers = [(value, value.replace("_", " ")) for value in CARRIERS]
    rest = (
        choice("delivered_by", "Delivered by", carriers, typed("delivered_by"))
        + entry("supplier_code", "Supplier code (account)", typed("supplier_code", "1"))
        + entry("note_message", "Note", typed("note_message"), "area", wide=True)
    )
    shelf = [shelf_row(key, row, values) for key, row in list(products.items())[:MOST]]
    columns = (*SHELF, "Amount (packs)", "At offer price", "Offer price")
    more = f"<p class='none'>{len(products) - MOST} more</p>" if len(products) > MOST else ""
    return form(
        "place",
        f"<div class='fields'>{people}</div><div class='fields'>{money}{rest}</div>"
        f"<h3>Products ({len(products)})</h3><p><label>Find a product "
        f"<input id='seek' type='search' dir='auto' form='none'></label></p>"
        f"<div class='scroll' id='shelf'>{widgets.rows(columns, shelf)}</div>{more}" + button("Place the order"),
        values,
    )


def orders_table(orders, here):
    lines = []
    for order in list(reversed(orders))[:MOST]:
        key = order["hashed_id"]
        money = [order.get(name) for name in MONEY_OF] + [cash(order)]
        link = f'<a href="?order={escape(quote(key, safe=""))}">{escape(key)}</a>'
        lines.append(
            f"<tr><td>{'<b>' + link + '</b>' if key == here else link}</td>"
            f'<td data-cell="{escape(key)}-status">{widgets.badge(order["status"])}</td>'
            + td(retailer(order).get("retailer_name"))
            + "".join(td(price(value), "number", cell=f"{key}-{at}") for at, value in enumerate(money))
            + td(str(order.get("delivered_by", "")).removeprefix("delivered_by_"))
            + td(order["_synced"])
            + td(order["_otp"])
            + td(" → ".join(map(str, order["_status_history"])))
            + "</tr>"
        )
    body = widgets.rows(ORDER, lines) if lines else "<p class='none'>none yet: place one below</p>"
    return f"<section data-live='orders'><h2>Orders ({len(orders)})</h2>{body}</section>"


class Page:
    """Mixed into the remote: answers GET and POST of its root."""

    def page(self, request):
        if request.method == "POST":
            return self.act(request)
        with self.lock:
            return self.show(request.args.get("order"), {}, [])

    def act(self, request):
        """Do what a form says, then show the order; or the form again with what is wrong."""
        values = request.form.to_dict()
        with self.lock:
            body, problems = action_of(values, self.products)
        if not problems:
            try:
                done = self._retailer(body, {})
            except BadRequest as error:
                problems = [str(error)]
        if problems:
            with self.lock:
                return self.show(values.get("hashed_id") or request.args.get("order"), values, problems, 400)
        with self.lock:
            did = DID[values["do"]]
            self.notice = {"time": time.time(), "hashed_id": done["hashed_id"], "did": did, "push": done["push"]}
        return Response(status=303, headers={"Location": f"?order={quote(done['hashed_id'], safe='')}"})

    def show(self, key, values, problems, status=200):
        order = self.orders.get(key) if key else None
        if key and order is None and not problems:
            problems = [f"There is no order {key}; perhaps the simulator began anew."]
        box = panel(order, self.next_statuses(order), self.products, values) if order else ""
        placing = place_form(self.products, values if values.get("do") == "place" else {})
        pushed, called = ("kind", "hashed_id", "status", "body"), ("method", "path", "items", "status")
        pushes = [[clock(one["time"]), *(one[name] for name in pushed)] for one in self.pushes[:-21:-1]]
        calls = [[clock(one["time"]), *(one[name] for name in called)] for one in self.calls.show()[:-51:-1]]
        again = f"?order={quote(key, safe='')}" if order else "?"
        body = (
            f"<h1>{escape(self.title)}</h1><div class='bar'><a href='{again}'>Reload</a> "
            "<a href='?#place'>Place an order</a> Orders, prices and stock refresh by themselves.</div>"
            f"{wrong(problems)}{said(self.notice)}{box}{orders_table(list(self.orders.values()), key)}"
            f"<section class='box' id='place'><h2>Place an order as a retailer</h2>{placing}</section>"
            f"<section data-live='pushes'>{table('Last webhooks to Odoo', ['time', *pushed], pushes)}</section>"
            f"<section data-live='calls'>{table('Last calls', ['time', *called], calls)}</section>"
            f"<script>{widgets.SCRIPT}</script>"
        )
        return Response(document(self.title, body, widgets.STYLE), status, mimetype="text/html")

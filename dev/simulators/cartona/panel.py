"""One order on the page: what it is, and what its retailer, Cartona's courier or staff may do with it now."""

from html import escape

from .forms import name_of
from .orders import EDITABLE, REASONS
from .retailer import CARRIED
from .widgets import badge, button, choice, entry, form, plain, price, rows, td

LINE = ("Line", "Product", "Name", "Unit", "Count", "Amount", "Price", "Comment")
RESULT = {
    "approved": "Approve",
    "assigned_to_salesman": "Hand to the courier",
    "delivered": "Delivered",
    "returned": "Returned",
}


def cash(order):
    """What the supplier collects at the door; None when Cartona collects."""
    if order.get("delivered_by") == "delivered_by_cartona":
        return None
    paid = [order.get(key) or 0 for key in ("cartona_credit", "installment_cost")]
    return (order.get("total_price") or 0) - sum(paid) + (order.get("wallet_top_up") or 0)


def retailer(order):
    return order["retailer"] if isinstance(order.get("retailer"), dict) else {}


def facts(order):
    who = retailer(order)
    shown = [
        ("Retailer", who.get("retailer_name")),
        ("Total", price(order.get("total_price"))),
        ("Code", who.get("retailer_code")),
        ("Cartona credit", price(order.get("cartona_credit"))),
        ("Phones", ", ".join(filter(None, (who.get("retailer_number"), who.get("retailer_number2"))))),
        ("Instalment", price(order.get("installment_cost"))),
        ("Address", who.get("retailer_address")),
        ("Wallet top-up", price(order.get("wallet_top_up"))),
        ("Address notes", who.get("address_notes")),
        ("Cash at the door", price(cash(order))),
        ("Note", order.get("note_message")),
        ("Retailer's OTP", f"{order['_otp']} ({order['_otp_tries']} wrong)"),
        ("Delivered by", order.get("delivered_by")),
        ("Why it ended", order.get("cancellation_reason") or order.get("return_reason")),
    ]
    return "<dl>" + "".join(f"<dt>{k}</dt><dd dir='auto'>{escape(plain(v))}</dd>" for k, v in shown) + "</dl>"


def line_row(line):
    name = line.get("internal_product_id") or line.get("supplier_product_id")
    shown = "".join(
        [
            td(line["id"]),
            td(name),
            td(line.get("product_name")),
            td(line.get("unit")),
            td(line.get("unit_count"), "number"),
        ]
    )
    key = f"line-{line['id']}"
    money = td(price(line.get("selling_price", line.get("price"))), "number", cell=key + "-price")
    return shown + td(line["amount"], "number", cell=key) + money + td(line.get("comment"))


def edit_fields(order, products, values):
    """Amounts, cancel boxes and one new line."""
    lines = []
    for line in order["order_details"]:
        key, now = line["id"], plain(line["amount"])
        amount = entry(f"amount:{key}", f"Amount of line {key}", values.get(f"amount:{key}", now), "number", min=1)
        box = " checked" if values.get(f"cancel:{key}") else ""
        mark = escape(str(key))
        lines.append(
            "<tr>"
            + td(key)
            + td(line.get("internal_product_id") or line.get("supplier_product_id"))
            + td(line.get("product_name"))
            + td(price(line.get("selling_price", line.get("price"))), "number")
            + f'<td><input type="hidden" name="before:{mark}" value="{escape(now)}">'
            f"{amount}</td>"
            f'<td><label><input type="checkbox" name="cancel:{mark}" value="1"{box}> cancel this line</label></td></tr>'
        )
    sold = [(key, row) for key, row in products.items() if row["is_published"]][:500]
    options = [("", "no new line")] + [
        (key, f"{name_of(row)} - {row['supplier_product_name']} - {price(row['selling_price'])}") for key, row in sold
    ]
    new = choice("add_product", "Add a product", options, values.get("add_product", ""))
    new += entry("add_amount", "Amount of the new line (packs)", values.get("add_amount"), "number", min=1)
    columns = ("Line", "Product", "Name", "Price", "Amount (packs)", "")
    return rows(columns, lines) + f"<div class='fields'>{new}</div>"


def doings(order, following, products, values):
    """The forms that are legal now, by the same rules that the actions check."""
    key, status, done = order["hashed_id"], order["status"], values.get("do")

    def typed(action):
        return values if done == action else {}

    parts = []
    if status == "pending":
        inner = "The retailer may edit: " + button("Start editing")
        parts.append(form("begin", inner, typed("begin"), key, row=True))
    if status == "editing":
        parts.append("<h3>The retailer is editing, so the supplier must not act</h3>")
        inner = edit_fields(order, products, typed("save")) + button("Save the order")
        parts.append(form("save", inner, typed("save"), key))
    if status in ("pending", "approved"):
        reasons = [("", "none given")] + [(reason, reason) for reason in sorted(REASONS)]
        inner = choice("reason", "Reason", reasons, typed("cancel").get("reason", ""))
        inner = f"<div class='fields'>{inner}</div>" + button("Cancel as the retailer", grave=True)
        parts.append(form("cancel", inner, typed("cancel"), key, row=True))
    steps = [step for step in CARRIED if step in following]
    if order.get("delivered_by") == "delivered_by_cartona" and steps:
        inner = "Cartona carries this order: "
        if "returned" in steps:
            why = entry("return_reason", "Reason of a return", typed("carry").get("return_reason"))
            inner += f"<div class='fields'>{why}</div>"
        for step in steps:
            inner += button(RESULT[step], more=f" name='status' value='{step}'")
        parts.append(form("carry", inner, typed("carry"), key, row=True))
    if status in EDITABLE:
        inner = edit_fields(order, products, typed("staff_edit")) + button("Change as Cartona's staff")
        shown = " open" if done == "staff_edit" else ""
        staff = form("staff_edit", inner, typed("staff_edit"), key)
        parts.append(f"<details{shown}><summary>Change lines as Cartona's staff</summary>{staff}</details>")
    if status == "assigned_to_salesman":
        parts.insert(0, "<p>The goods are under way: the retailer can neither edit nor cancel any more.</p>")
    return "".join(parts) or "<p class='none'>Nothing more can be done with this order.</p>"


def panel(order, following, products, values):
    """The whole box; following: what the one who delivers may set next."""
    when = escape(f"{order['status']} {order['_changed_at']}")
    lines = ["<tr>" + line_row(line) + "</tr>" for line in order["order_details"]]
    return (
        f"<section class='box' id='order'><div data-live='panel'><h2>Order {escape(order['hashed_id'])} "
        f"<span data-cell='panel-status'>{badge(order['status'])}</span></h2>{facts(order)}{rows(LINE, lines)}</div>"
        f"<div data-live='doings' data-when='{when}'>{doings(order, following, products, values)}</div></section>"
    )

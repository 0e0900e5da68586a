"""The PrestaShop remote: its controls, what it sends and what it answers."""

import concurrent.futures
import json
import pathlib

from ..remote import BadRequest, Remote, answer
from . import compose, forward, reverse, sender
from .shop import Shop

SECRET = "demo-prestashop-secret"
WEBHOOK = "/prestashop/webhook"
SAMPLES = pathlib.Path(__file__).resolve().parents[3] / "tests" / "samples" / "prestashop"
OPTIONS = {"secret": SECRET, "reverse_enabled": True, "allowed_ips": [], "domain": None}
TABLES = {"customers": "new_customer", "addresses": "new_address", "cart_rules": "new_cart_rule"}
SEND_KEYS = {"url", "secret", "headers", "copies"}
SHOWN_EVENTS = 2000


class PrestaShop(Remote):
    title = "PrestaShop with odoo_sales_sync (simulated)"

    def __init__(self, odoo_url):
        self.shop = Shop()
        super().__init__(odoo_url)
        self.controls.update(
            {
                ("POST", "/_send"): self._send,
                ("POST", "/_order"): self._order,
                ("GET", "/_samples"): lambda body, args: sample_names(),
            }
        )

    def reset(self, options):
        if not isinstance(options, dict) or set(options) - set(OPTIONS) - set(TABLES) - {"orders", "first_id"}:
            raise BadRequest(f"options are {', '.join([*OPTIONS, *TABLES, 'orders', 'first_id'])}")
        self.options = {key: options.get(key, value) for key, value in OPTIONS.items()}
        self.shop.clear()
        for kind in self.shop.ids if "first_id" in options else ():
            self.shop.ids[kind] = int(options["first_id"])
        for table, make in TABLES.items():
            for row in options.get(table, []):
                getattr(self.shop, make)(row)
        for row in options.get("orders", []):
            if not {"id_order", "reference"} <= set(row):
                raise BadRequest("an order has id_order and reference")
            self.shop._absorb_order(
                {
                    "current_state": 0,
                    "id_order_state": row.get("current_state", 0),
                    "note": "",
                    "id_carrier": 2,
                    "order_details": [],
                    "order_history": [],
                    **row,
                },
                {},
            )

    def handle(self, request, path):
        if path == reverse.PATH:
            return reverse.call(self.shop, self.options, request)
        return answer({"error": "Not found"}, 404)

    # -- sending -------------------------------------------------------------
    def _send(self, body, args):
        wanted = {"batch", "sample", "recording", "raw", "resend"} & set(body)
        if len(wanted) != 1 or set(body) - wanted - SEND_KEYS:
            raise BadRequest("give one of batch, sample, recording, raw, resend; and url, secret, headers, copies")
        if "raw" in body:
            bodies = [body["raw"]]
        elif "batch" in body:
            bodies = [forward.compact(body["batch"])]
        elif "resend" in body:
            bodies = [forward.compact(self._batch_again(body["resend"]))]
        else:
            name = f"contract-{body['sample']}" if "sample" in body else body["recording"]
            bodies = sample_bodies(name)
        posts = [self._post(text, body) for text in bodies]
        return {**posts[-1], **({"posts": posts} if len(posts) > 1 else {})}

    def _batch_again(self, numbers):
        """A new batch of events that are queued as pending or failed, as a repaired sender would make it."""
        with self.lock:
            events = [self.shop.events.get(number, {}).get("_event") for number in numbers]
            if not numbers or None in events:
                raise BadRequest("resend takes numbers of events that were not sent successfully")
            return forward.batch(self.shop, events)

    def _post(self, text, options):
        """Send one body and mark the queue rows by the answer."""
        given = sender.parsed(text)
        given = given if isinstance(given, dict) else {}
        events = given.get("events") if isinstance(given.get("events"), list) else []
        with self.lock:
            rows = [forward.remember(self.shop, event) for event in events if isinstance(event, dict)]
            for row in rows:
                row["batch_id"] = given.get("batch_id")
        url, secret = options.get("url") or self.odoo_url + WEBHOOK, options.get("secret", self.options["secret"])

        def once(_number):
            return sender.post(
                url, text, secret, given.get("batch_id"), given.get("test") is True, options.get("headers")
            )

        copies = int(options.get("copies", 1))
        with concurrent.futures.ThreadPoolExecutor(max(1, copies)) as pool:
            replies = list(pool.map(once, range(copies)))
        with self.lock:
            for status, reply, _seconds in replies:
                sender.mark(rows, status, reply)
            for row in rows:
                if row["sync_status"] == "success":
                    row["_event"] = None
            marked = [{key: row[key] for key in ("id_event", "sync_status", "sync_error")} for row in rows]
        results = [
            {"status": status, "body": reply, "results": sender.results_of(reply), "seconds": seconds}
            for status, reply, seconds in replies
        ]
        return {
            **results[-1],
            "batch_id": given.get("batch_id"),
            "events": marked,
            **({"copies": results} if copies > 1 else {}),
        }

    def _order(self, body, args):
        """Compose orders (or a change of one) and send a batch for each."""
        given = dict(body)
        count, send, later = int(given.pop("count", 1)), given.pop("send", True), given.pop("later", False)
        parallel = int(given.pop("parallel", 1))
        options = {key: given.pop(key) for key in SEND_KEYS if key in given}
        make = compose.change_order if "id_order" in given else compose.new_order
        composed = []
        with self.lock:
            if later:  # leave the 5 seconds in which the module drops a second change of the same kind
                self.shop.skew += 5
            for _number in range(count):
                order, request = make(self.shop, given)
                composed.append(
                    (
                        {
                            "id_order": order["id_order"],
                            "reference": order["reference"],
                            "id_customer": order["id_customer"],
                            "total_paid": order["total_paid"],
                            "current_state": order["current_state"],
                            "suppressed": request.suppressed,
                        },
                        request.batch() if request.events else None,
                    )
                )

        def post(item):
            order, batch = item
            shown = {"batch": batch} if count == 1 or not send else {}
            sent = self._post(forward.compact(batch), options) if send and batch else {}
            return {**order, **shown, **sent}

        with concurrent.futures.ThreadPoolExecutor(max(1, parallel)) as pool:
            orders = list(pool.map(post, composed))
        return orders[0] if count == 1 else {"orders": orders}

    # -- showing ---------------------------------------------------------------
    def state(self, args):
        shop = self.shop
        rows = [
            {key: value for key, value in row.items() if not key.startswith("_")}
            for row in list(shop.events.values())[-SHOWN_EVENTS:]
        ]
        counts = {}
        for row in shop.events.values():
            counts[row["sync_status"]] = counts.get(row["sync_status"], 0) + 1
        options = {key: value for key, value in self.options.items() if key != "secret"}
        return {
            **options,
            "customers": list(shop.customers.values()),
            "addresses": list(shop.addresses.values()),
            "orders": [short(order) for order in shop.orders.values()],
            "cart_rules": list(shop.cart_rules.values()),
            "events": rows,
            "events_by_status": counts,
            "reverse_operations": shop.operations,
        }

    def tables(self):
        state = json.loads(json.dumps(self.state({})))
        pages = {
            "orders": [
                "id_order",
                "reference",
                "id_customer",
                "current_state",
                "total_paid",
                "tracking_number",
                "note",
            ],
            "customers": [
                "id_customer",
                "firstname",
                "lastname",
                "email",
                "company",
                "active",
                "newsletter",
                "deleted",
            ],
            "addresses": [
                "id_address",
                "id_customer",
                "alias",
                "firstname",
                "lastname",
                "address1",
                "postcode",
                "city",
                "id_country",
                "phone",
            ],
            "cart_rules": [
                "id_cart_rule",
                "code",
                "name",
                "reduction_percent",
                "reduction_amount",
                "quantity",
                "date_from",
                "date_to",
                "active",
            ],
            "events": [
                "id_event",
                "entity_type",
                "entity_id",
                "action_type",
                "hook_name",
                "sync_status",
                "sync_error",
                "date_add",
            ],
            "reverse_operations": ["operation_id", "entity_type", "entity_id", "action_type", "status", "error"],
        }
        return [
            (
                name.replace("_", " ").capitalize(),
                columns,
                [[row.get(key) for key in columns] for row in reversed(state[name])],
            )
            for name, columns in pages.items()
        ]


def short(order):
    shown = {
        key: order.get(key)
        for key in (
            "id_order",
            "reference",
            "id_customer",
            "id_currency",
            "id_carrier",
            "current_state",
            "total_paid",
            "total_paid_tax_excl",
            "tracking_number",
            "note",
            "date_add",
            "date_upd",
            "order_history",
        )
    }
    shown["order_details"] = [
        {
            key: line[key]
            for key in (
                "id_order_detail",
                "product_id",
                "product_attribute_id",
                "product_reference",
                "product_quantity",
                "unit_price_tax_excl",
                "total_price_tax_incl",
            )
        }
        for line in order["order_details"]
    ]
    return shown


def sample_names():
    return sorted(path.stem for path in SAMPLES.glob("*.json"))


def sample_bodies(name):
    """The exact bodies of a sample: by its name, or a recording's name without its number."""
    names = sample_names()
    found = name if name in names else next((n for n in names if n.partition("-")[2] == name and n[0].isdigit()), None)
    if found is None:
        raise BadRequest(f"no such sample: {name}")
    return [post["body_raw"] for post in json.loads((SAMPLES / f"{found}.json").read_text("utf-8"))["posts"]]

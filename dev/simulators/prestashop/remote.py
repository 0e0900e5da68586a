"""The PrestaShop remote: its controls, what it sends and what it answers."""

import concurrent.futures
import json
import pathlib
import threading

from ..remote import BadRequest, Remote, answer
from . import compose, forward, reverse, sender, shopside, show
from .shop import Shop
from .webservice import access, catalogue, rights

SECRET = "demo-prestashop-secret"
WEBHOOK = "/prestashop/webhook"
SAMPLES = pathlib.Path(__file__).resolve().parents[3] / "tests" / "samples" / "prestashop"
OPTIONS = {"secret": SECRET, "reverse_enabled": True, "allowed_ips": [], "domain": None, **access.OPTIONS}
RECORDS = {"orders", "first_id", "products", "generate"}
TABLES = {"customers": "new_customer", "addresses": "new_address", "cart_rules": "new_cart_rule"}
SEND_KEYS = {"url", "secret", "headers", "copies"}


class PrestaShop(Remote):
    title = "PrestaShop with odoo_sales_sync (simulated)"

    def __init__(self, odoo_url):
        self.shop = Shop()
        super().__init__(odoo_url)
        self.controls.update(
            {
                ("POST", "/_send"): self._send,
                ("POST", "/_order"): self._order,
                ("POST", "/_shop"): self._shop,
                ("GET", "/_samples"): lambda body, args: sample_names(),
            }
        )

    def reset(self, options):
        if not isinstance(options, dict) or set(options) - set(OPTIONS) - set(TABLES) - RECORDS:
            raise BadRequest(f"options are {', '.join([*OPTIONS, *TABLES, *sorted(RECORDS)])}")
        wrong = rights.check_options(options)
        if wrong:
            raise BadRequest(wrong)
        self.options = {key: options.get(key, value) for key, value in OPTIONS.items()}
        self.shop.clear()
        for kind in self.shop.ids if "first_id" in options else ():
            self.shop.ids[kind] = int(options["first_id"])
        for table, make in TABLES.items():
            for row in options.get(table, []):
                getattr(self.shop, make)(row)
        for product in options.get("products", []):
            catalogue.put(self.shop, product)
        catalogue.generate(self.shop, options.get("generate", 0))
        for row in options.get("orders", []):
            if not {"id_order", "reference"} <= set(row):
                raise BadRequest("an order has id_order and reference")
            state = row.get("current_state", 0)
            self.shop._absorb_order({**self.shop.bare_order(), "id_order_state": state, **row}, {})

    def handle(self, request, path):
        if path == reverse.PATH:
            return reverse.call(self.shop, self.options, request)
        if access.is_mine(path):
            response, request_ = access.call(self.shop, self.options, request, path)
            self._send_later(request_)
            return response
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

    def _send_later(self, request):
        """The events of a call go out by themselves, after its answer."""
        if request is not None and request.events:
            text = forward.compact(request.batch())
            threading.Thread(target=self._post, args=(text, {}), daemon=True).start()

    def _shop(self, body, args):
        """Something done in the shop; its events are sent unless they are to be lost."""
        given = dict(body)
        send, later = given.pop("send", True), given.pop("later", False)
        options = {key: given.pop(key) for key in SEND_KEYS if key in given}
        with self.lock:
            self.shop.skew += 5 if later else 0
            done, request = shopside.act(self.shop, given)
            batch = request.batch() if request.events else None
        sent = self._post(forward.compact(batch), options) if send and batch else {}
        return {**done, "suppressed": request.suppressed, "batch": batch, **sent}

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
        options = {key: value for key, value in self.options.items() if key not in ("secret", "webservice_key")}
        return {**options, **show.state(self.shop, args)}

    def tables(self):
        return show.tables(json.loads(json.dumps(show.state(self.shop, {}))))


def sample_names():
    return sorted(path.stem for path in SAMPLES.glob("*.json"))


def sample_bodies(name):
    """The exact bodies of a sample: by its name, or a recording's name without its number."""
    names = sample_names()
    found = name if name in names else next((n for n in names if n.partition("-")[2] == name and n[0].isdigit()), None)
    if found is None:
        raise BadRequest(f"no such sample: {name}")
    return [post["body_raw"] for post in json.loads((SAMPLES / f"{found}.json").read_text("utf-8"))["posts"]]

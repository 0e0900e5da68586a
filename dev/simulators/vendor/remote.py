"""The vendor remote: its options, its two APIs, its controls."""

import json

from ..remote import BadRequest, Remote, answer
from . import retailer, show
from .bodies import Refused, text, whole
from .limit import Limit
from .shelf import Shelf
from .shop import ROOT, Shop
from .staff import WEBHOOK, Staff

OPTIONS = {  # option -> (default, is right, what it is)
    "rate_limit": (5, lambda v: whole(v) and v >= 0, "a whole number of calls in a second, 0 for no limit"),
    "rate_counts": ("calls", lambda v: v == "calls", "calls"),
    "products": ([], lambda v: isinstance(v, list), "an array of bodies of create calls"),
    "token": ("demo-vendor-token", text, "a text"),
    "partner_id": (7, lambda v: whole(v) and v > 0, "a whole number above 0"),
    "webhook_url": (None, lambda v: v is None or (text(v) and v.startswith("http")), "a URL or null"),
    "channel_active": (True, lambda v: isinstance(v, bool), "true or false"),
}
SHOWN = ("rate_limit", "rate_counts", "partner_id", "channel_active")


class Vendor(Staff, Remote):
    title = "Vendor (simulated): a retailer that takes our stock, and the vendor's shop"

    def __init__(self, odoo_url):
        super().__init__(odoo_url)
        self.controls.update({("POST", "/_order"): self._order, ("POST", "/_stock"): self._stock})

    def reset(self, options):
        if not isinstance(options, dict) or set(options) - set(OPTIONS):
            raise BadRequest(f"options are {', '.join(OPTIONS)}")
        chosen = {}
        for key, (default, right, must) in OPTIONS.items():
            chosen[key] = options.get(key, default)
            if not right(chosen[key]):
                raise BadRequest(f"{key} is {must}")
        try:
            self.shelf = Shelf(chosen["partner_id"], chosen["products"])
        except Refused as refused:
            raise BadRequest(f"products: {refused}") from None
        self.options = chosen
        self.webhook_url = chosen["webhook_url"]
        self.limit = Limit(chosen["rate_limit"])
        self.shop = Shop(chosen["channel_active"])

    # -- the APIs ----------------------------------------------------------------
    def _suffer(self, request, path, call):
        """The limit stands before all else: it counts when a call arrives, not when a fault lets it through."""
        if retailer.is_mine(single_slash(path)):
            with self.lock:
                admitted = self.limit.admits()
            if not admitted:
                return answer({"error": "rate_limited"}, 429, {"Retry-After": "1"})
        return super()._suffer(request, path, call)

    def handle(self, request, path):
        path = single_slash(path)
        if retailer.is_mine(path):
            return retailer.call(self.shelf, self.options["token"], request, path)
        if path.startswith(ROOT + "/"):
            return self.shop.call(request, path)
        return answer({"error": "Not found"}, 404)

    # -- showing -----------------------------------------------------------------
    def state(self, args):
        return {
            **{key: self.options[key] for key in SHOWN},
            "webhook_url": self.webhook_url or self.odoo_url + WEBHOOK,
            "products": self.shelf.state(args.get("default_code")),
            "rate_limited": self.limit.refused,
            "shop": self.shop.state(),
        }

    def tables(self):
        return show.tables(json.loads(json.dumps(self.state({}))))


def single_slash(path):
    """A base URL that ends with a slash makes two of them."""
    return "/" + path.lstrip("/")

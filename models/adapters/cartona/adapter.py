from odoo import _, models

from ..canonical import Fetch, Look, Poll, ProductPush
from ..errors import CredentialError, RejectedError
from . import order_calls, orders, reading, shelf
from .api import Api
from .products import by_base, identifiers, product_to_remote, results_of, says_something
from .reading import ORDERS, PRODUCTS
from .tables import PATHS


class CartonaAdapter(models.AbstractModel):
    """Cartona's supplier API: what goes out, and what is read."""

    _name = "sync.hub.adapter.cartona"
    _inherit = "sync.hub.adapter"
    _description = "Cartona adapter"

    _flows = ("stock", "price", "publication", "limits", "fetch", "poll", "audit", "ack", "lines", "status")
    _sources = (ORDERS,)
    _catalogue = (PRODUCTS,)
    _audits = {"price": ("price",), "stock": ("stock",), "publication": ("published",), "limits": ("limits",)}
    _presets = {"timezone": "Africa/Cairo", "tolerance": 1.0, "push_customers": False, "push_coupons": False}
    _presets["cancel_reason"] = "cannot_deliver_the_order"
    _product_field = "cartona_id"
    _not_repeatable = ("lines",)
    _secret_header = "AuthorizationToken"
    _retry_schedule = "5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600"

    def push(self, config, transport, items):
        api, first = Api(config, transport), items[0]
        if isinstance(first, ProductPush):
            return self._push_products(api, items)
        if isinstance(first, Fetch):
            return reading.fetch_orders(api, items)
        if isinstance(first, Look):
            return {first.key: shelf.look(api, first)}
        if isinstance(first, Poll):
            read = reading.poll_products if first.resource == PRODUCTS else reading.poll_orders
            return {first.key: read(api, first)}
        return order_calls.push(api, items)

    def _not_audited(self):
        return [_("The list of products does not show whether stock is unlimited.")]

    def _is_field_id(self, remote_id):
        return "internal_product_id" in identifiers(remote_id)

    def _status_of(self, config, transport, remote_id):
        ask = Fetch(key="status", entity="order", remote_id=remote_id)
        found = reading.fetch_orders(Api(config, transport), [ask])["status"].events
        return orders.status_to_hub(found[0].payload.get("status")) if found else None

    def _push_products(self, api, items):
        """{key: None or error}: by id, by pack of a base product, and stock by base product, each in one call."""
        wires = [product_to_remote(item, api.config) for item in items]
        results = dict.fromkeys(item.key for item in items)
        spoken = [(item, wire) for item, wire in zip(items, wires, strict=True) if says_something(wire, api.config)]
        for operation, wanted in (("bulk_update", False), ("bulk_update_base", True)):
            part = [pair for pair in spoken if ("base_product_id" in identifiers(pair[0].remote_id)) == wanted]
            self._bulk(api, operation, part, results)
        by_pieces = [
            (item, {"base_product_id": item.base_id, "available_stock_quantity": item.stock.pieces})
            for item in items
            if by_base(item, api.config)
        ]
        for _item, wire in by_pieces:
            if api.config["supplier_code"]:
                wire[api.config["supplier_code_key"]] = api.config["supplier_code"]
        self._bulk(api, "bulk_stock", by_pieces, results)
        return results

    @staticmethod
    def _bulk(api, operation, pairs, results):
        """One bulk call; what it refuses goes into `results`."""
        if not pairs:
            return
        items, wires = [item for item, _wire in pairs], [wire for _item, wire in pairs]
        told = results_of(api.call("POST", operation, json=wires), items, wires)
        results.update({key: error for key, error in told.items() if error})

    def check(self, config, transport):
        if not config["token"]:
            raise CredentialError(_("The field API token is empty."))
        api, profile = Api(config, transport), config["path_profile"]
        other = next(name for name in PATHS if name != profile)
        reply = self._list_one(api)
        if reply.status == 404:
            if self._list_one(api, other).status == 200:
                raise RejectedError(
                    _(
                        "Cartona does not know the paths of '%(mine)s', but those of '%(other)s': "
                        "choose them in the field Path profile.",
                        mine=profile,
                        other=other,
                    )
                )
            raise RejectedError(_("Cartona does not know either path profile: check the field URL."))
        api.check(reply)
        if not isinstance(reply.data, list):
            raise RejectedError(_("The address answers, but not like Cartona: check the field URL."))
        return _("Cartona answers and accepts the token.")

    @staticmethod
    def _list_one(api, profile=None):
        params = {"page": 1, "per_page": 1}
        return api.transport.request("GET", api.url("products", profile), api.headers, params=params, classify=False)

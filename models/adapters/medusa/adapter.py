import pytz
from odoo import _, models

from ..adapter import Parsed
from ..canonical import Look, Poll, ProductCard, ProductPush, Version
from ..errors import CredentialError, RejectedError
from . import lists, order_calls, prices, products, products_in, shelf, stock
from .api import Api


class MedusaAdapter(models.AbstractModel):
    """Medusa v2: what goes out by its Admin API; where no address is given, it reads Odoo by its own client."""

    _name = "sync.hub.adapter.medusa"
    _inherit = "sync.hub.adapter"
    _description = "Medusa adapter"

    _needs_url = False
    _flows = ("catalogue", "price", "stock", "status", "parcel", "capture", "refund", "customer")
    _flows += ("fetch", "poll", "audit")
    _audits = {"catalogue": ("name", "published", "sku", "barcode"), "price": ("price",), "stock": ("stock",)}
    _lists = (lists.LOCATIONS,)
    _catalogue = (products_in.PRODUCTS,)
    _stock_places = True
    # States in which Medusa holds back the pieces of an order.
    _reserving = ("pending", "partially_fulfilled", "requires_action", "draft")
    _presets = {
        "price_tax": "excluded",
        "timezone": "UTC",
        "push_payments": True,
        "push_coupons": False,
        "push_publication": False,
    }
    _timeout = (5, 60)

    def _offered(self, connector):
        return self._flows if connector.url else ()

    def push(self, config, transport, items):
        api, first = Api(config, transport), items[0]
        if isinstance(first, ProductCard):
            return products.push(api, items)
        if isinstance(first, ProductPush):
            return self._push_values(api, items)
        if isinstance(first, Look):
            return {first.key: shelf.look(api, first)}
        if isinstance(first, Poll):
            read = products_in.poll if first.resource == products_in.PRODUCTS else lists.poll
            return {first.key: read(api, first)}
        return order_calls.push(api, items)

    def _not_audited(self):
        return [_("Descriptions, options, pictures, categories and customs data are not compared.")]

    @staticmethod
    def _push_values(api, items):
        """{key: None or error}; what is urgent goes first."""
        results = dict.fromkeys(item.key for item in items)
        for field, call in (("stock", stock.push), ("price", prices.push)):
            mine = [item for item in items if getattr(item, field) is not None and results[item.key] is None]
            if mine:
                results.update({key: error for key, error in call(api, mine).items() if error})
        return results

    # ------------------------------------------------------------ what was read

    def parse(self, connector, log):
        payload = log.payload_json()
        version = Version(time=pytz.utc.localize(log.source_time or log.create_date), polled=True)
        if log.entity == lists.LOCATIONS:
            return Parsed(lists.locations_to_hub(payload), version)
        if log.entity == "stock":
            return Parsed(products_in.stock_to_hub(payload), version)
        if log.entity == products_in.PRODUCTS:
            return Parsed(products_in.catalogue_to_hub(payload, log.remote_id), version)
        return Parsed(products_in.state_to_hub(payload), version)

    def _remote_products(self, state):
        """What of a product can be tied to Odoo's."""
        return products_in.remote_products(state)

    def check(self, config, transport):
        if not config["url"]:
            if config["reader_problem"]:
                raise RejectedError(config["reader_problem"])
            return _("Medusa's user is ready: products can be read.")
        if not config["token"]:
            raise CredentialError(_("The field API token is empty: paste a secret API key of Medusa."))
        api = Api(config, transport)
        places = api.list("/admin/stock-locations", "stock_locations", fields="id,name")
        stores = api.get("/admin/stores", fields="id,name")["stores"]
        return _(
            "The shop %(shop)s answers and accepts the key; it has %(count)s stock locations.",
            shop=stores[0]["name"] if stores else "",
            count=len(places),
        )

import pytz
from odoo import _, models
from pydantic import ValidationError

from ..adapter import NO_REQUEST, Event, Inbox, Parsed
from ..canonical import Fetch, Poll, RecordPush, VendorNews, VendorStock, Version
from ..errors import CredentialError, PayloadError
from . import shop
from .shop_api import ShopApi

#: Entity of a message that something has changed.
NEWS = "vendor_news"


class VendorApiAdapter(models.AbstractModel):
    """The other direction: a vendor's own shop, whose products we sell and to whom we send orders."""

    _inherit = "sync.hub.adapter.vendor_api"

    _needs_url = False
    _flows = ("offer", "audit", "fetch", "poll", "purchase")
    _sources = (shop.INVENTORY,)
    _catalogue = (shop.PRODUCTS,)
    _lists = (shop.TIERS,)

    def _offered(self, connector):
        flows = ("offer", "audit") if connector.url else ()
        return (*flows, "fetch", "poll", "purchase") if connector.shop_url else flows

    def push(self, config, transport, items):
        first, api = items[0], ShopApi(config, transport)
        if isinstance(first, Poll):
            return {item.key: api.poll(item) for item in items}
        if isinstance(first, Fetch):
            return {item.key: api.fetch(item) for item in items}
        if isinstance(first, RecordPush):
            return {item.key: api.send(item) for item in items}
        return super().push(config, transport, items)

    def check(self, config, transport):
        said = []
        if config["url"] or not config["shop_url"]:
            said.append(super().check(config, transport))
        if config["shop_url"]:
            if not config["shop_key"]:
                raise CredentialError(_("The field Key of the vendor's shop is empty."))
            count = len(ShopApi(config, transport).list(shop.INVENTORY))
            said.append(_("The vendor's shop answers: it has %s variants.", count))
        return " ".join(said)

    # ------------------------------------------------------------ what comes in

    def verify(self, request, secrets):
        if len(secrets) == 1 and not any(secrets.values()):
            # The shop does not sign. Nothing of the message is believed: it only makes us read.
            return next(iter(secrets))
        return super().verify(request, secrets)

    def receive(self, body, request=NO_REQUEST):
        if not isinstance(body, dict):
            raise PayloadError("The body must be a JSON object")
        if body.get("test") is True:
            return Inbox([], test=True)
        kind = str(body.get("type") or "unknown").replace("\x00", "")[:64]
        known = kind == "inventory_update"
        ignored = "" if known else _("Not a message of stock.")
        return Inbox([Event(None, NEWS, "hint", NEWS, {"type": kind}, ignored=ignored)])

    def parse(self, connector, log):
        payload = log.payload_json()
        version = Version(time=pytz.utc.localize(log.source_time or log.create_date), polled=True)
        if log.entity == NEWS:
            return Parsed(VendorNews(id=NEWS, time=version.time), version)
        try:
            return Parsed(self._meaning(log, payload), version, log.idempotency_key.split(":")[3])
        except ValidationError as error:
            detail = error.errors()[0]
            raise PayloadError(f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None

    @staticmethod
    def _meaning(log, payload):
        if log.entity == shop.PRODUCTS:
            return shop.catalogue_to_hub(payload, log.remote_id)
        if log.entity == shop.INVENTORY:
            return VendorStock(id=shop.INVENTORY, quantities=payload["quantities"])
        if log.entity == shop.TIERS:
            return shop.tiers_to_hub(payload)
        return shop.order_to_hub(payload, log.remote_id)

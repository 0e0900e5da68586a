import pytz
from odoo import _, models
from pydantic import ValidationError

from ..adapter import NO_REQUEST, Parsed
from ..canonical import Fetch, Hint, Poll, Version
from ..errors import PayloadError
from . import events, orders, reading, wire
from .api import Api
from .tables_in import STATES


class MedusaAdapter(models.AbstractModel):
    """What comes in: orders and customers, by webhook as a hint, and read from the Admin API."""

    _inherit = "sync.hub.adapter.medusa"

    _sources = reading.SOURCES
    _iso_codes = True
    _review_unknown = True
    _client_note = "Order created from Medusa"

    def _default_maps(self, connector):
        names = self._state_names()
        states = [("order_state", word, names[word], *row) for word, row in STATES.items()]
        return [*super()._default_maps(connector), *states]

    def _state_names(self):
        return {
            "pending": _("Not fulfilled"),
            "partially_fulfilled": _("Partially fulfilled"),
            "fulfilled": _("Fulfilled"),
            "partially_shipped": _("Partially shipped"),
            "shipped": _("Shipped"),
            "partially_delivered": _("Partially delivered"),
            "delivered": _("Delivered"),
            "canceled": _("Cancelled"),
            "requires_action": _("Requires action"),
            "draft": _("Draft"),
        }

    # ------------------------------------------------------------ webhook

    def verify(self, request, secrets):
        return events.key_of_sender(request, secrets)

    def receive(self, body, request=NO_REQUEST):
        return events.inbox_of(body, request)

    # ------------------------------------------------------------ reading

    def push(self, config, transport, items):
        if isinstance(items[0], Fetch):
            return reading.fetch(Api(config, transport), items)
        if isinstance(items[0], Poll) and items[0].resource in reading.SOURCES:
            return {item.key: reading.poll(Api(config, transport), item) for item in items}
        return super().push(config, transport, items)

    # ------------------------------------------------------------ meaning

    def parse(self, connector, log):
        if log.action == "hint":
            event = log.payload_json().get("event") or None
            return Parsed(Hint(id=log.remote_id, entity=log.entity, event=event), Version())
        if log.entity not in ("order", "customer"):
            return super().parse(connector, log)
        payload = log.payload_json()
        version = Version(time=pytz.utc.localize(log.source_time or log.create_date), polled=True)
        try:
            if log.entity == "customer":
                message = orders.customer_to_hub(wire.Customer.model_validate(payload))
            else:
                words = {"credit": _("Credit"), "codes": _("Promotion codes: %s")}
                message = orders.order_to_hub(wire.Order.model_validate(payload), words)
        except ValidationError as error:
            detail = error.errors()[0]
            raise PayloadError(f"{'.'.join(map(str, detail['loc'])) or log.entity}: {detail['msg']}") from None
        return Parsed(message, version, reading.digest_of(payload))

import pytz
from odoo import models
from pydantic import ValidationError

from ..adapter import NO_REQUEST, Event, Inbox, Parsed
from ..canonical import Version
from ..errors import PayloadError
from . import mapping, mapping_money, mapping_webservice, tables, wire


class PrestashopAdapter(models.AbstractModel):
    """PrestaShop with the module odoo_sales_sync 2.x: batches of sales events in."""

    _name = "sync.hub.adapter.prestashop"
    _inherit = "sync.hub.adapter"
    _description = "PrestaShop adapter"

    #: The module sends the secret as it is and signs nothing.
    _secret_prefix = ""
    _retry_schedule = "10, 60, 300, 900, 3600, 86400*"

    def _default_maps(self, connector):
        currency = connector.company_id.currency_id
        return [
            *(("country", str(number), code, code) for number, code in tables.COUNTRIES.items()),
            *(
                ("order_state", str(number), *row, tables.ORDER_STATE_EXTRAS.get(number, {}))
                for number, row in tables.ORDER_STATES.items()
            ),
            ("currency", "1", "", currency.name),
        ]

    def receive(self, body, request=NO_REQUEST):
        if not isinstance(body, dict):
            raise PayloadError("The body must be a JSON object")
        if body.get("test") is True:
            return Inbox([], test=True)
        events = body.get("events")
        if events is None and "event_id" in body and "entity_type" in body:
            # Documents of older module versions show one bare event.
            events = [body]
        if not isinstance(events, list) or not events:
            raise PayloadError("events must be a list of at least one event")
        return Inbox(
            [self._receive_event(event) for event in events],
            batch_id=str(body.get("batch_id") or "").replace("\x00", ""),
        )

    def _receive_event(self, raw):
        """The `Event` of one element, or the error text that answers it."""
        if not isinstance(raw, dict):
            return "The event is not an object"
        try:
            event = wire.Event.model_validate(raw)
        except ValidationError as error:
            return first_error(error)
        entity = tables.ENTITIES.get((event.entity_type, event.about_address), event.entity_type or "unknown")
        remote_id = event.entity_id or ""
        if entity == "address":
            data = event.after_data if isinstance(event.after_data, dict) else {}
            remote_id = wire.Address.model_validate(data).id or event.context_data.address_id or remote_id
        if entity == "coupon" and event.action_type in tables.USES:
            entity, remote_id = "coupon_usage", mapping_money.usage_id(event)
        ignored = ""
        if event.hook_name == "reverse_webhook":
            ignored = "This event reports our own call"
        elif (entity, event.action_type) in tables.IGNORED:
            ignored = tables.IGNORED[entity, event.action_type]
        elif entity not in (*tables.ENTITIES.values(), "coupon_usage"):
            ignored = tables.IGNORED.get(entity, "This kind of event is not known")
        return Event(
            # Unique in the shop's own table. Event ids alone start again at 1 after a reinstall.
            key=event.transaction_hash or (event.event_id and f"{event.event_id}@{event.hook_timestamp}"),
            entity=entity,
            action=event.action_type or "unknown",
            remote_id=remote_id,
            payload=raw,
            # The zone only matters for comparing with other sources; the row is parsed with the connector's.
            version=mapping.version_to_hub(event, "UTC"),
            ignored=ignored,
        )

    def parse(self, connector, log):
        zone = connector.timezone or "UTC"
        payload = log.payload_json()
        try:
            if "webservice" in payload:
                # Read by ourselves: its age is the moment of reading.
                time = pytz.utc.localize(log.source_time) if log.source_time else None
                version = Version(time=time, polled=True)
                return Parsed(mapping_webservice.to_hub(payload, zone), version, payload["digest"])
            event = wire.Event.model_validate(payload)
            message = {
                "customer": lambda: mapping.customer_to_hub(event),
                "address": lambda: mapping.address_to_hub(event),
                "order": lambda: mapping.order_to_hub(event, zone),
                "invoice": lambda: mapping_money.invoice_to_hub(event, zone),
                "payment": lambda: mapping_money.payment_to_hub(event, zone),
                "coupon": lambda: mapping_money.coupon_to_hub(event, zone),
                "coupon_usage": lambda: mapping_money.usage_to_hub(event),
            }[log.entity]()
        except ValidationError as error:
            raise PayloadError(first_error(error)) from None
        return Parsed(message, mapping.version_to_hub(event, zone))


def first_error(error):
    """A pydantic error as one sentence that names the field and the value."""
    detail = error.errors()[0]
    return f"{'.'.join(map(str, detail['loc'])) or 'event'}: {detail['msg']}"

import pytz
from odoo import _, models
from pydantic import ValidationError

from .. import signature
from ..adapter import NO_REQUEST, Inbox, Parsed
from ..canonical import Version
from ..errors import PayloadError, SignatureError, SkipRow
from . import orders, products, reading, wire
from .tables import LADDER, LEAPS, STATES

#: Headers that may carry the HMAC-SHA256 of the raw body.
SIGNATURES = ("X-Signature", "X-Cartona-Signature", "X-Webhook-Signature", "X-Hub-Signature-256", "AuthorizationToken")


class CartonaAdapter(models.AbstractModel):
    """What comes in: orders and their states, by webhook and from the feed."""

    _inherit = "sync.hub.adapter.cartona"

    _acknowledges = True
    _review_unknown = True
    _ladder = LADDER
    _leaps = LEAPS
    _editable = LADDER[:3]

    def _default_maps(self, connector):
        names = self._state_names()
        return [("order_state", word, names[word], *row) for word, row in STATES.items()]

    def _state_names(self):
        return {
            "pending": _("Pending"),
            "editing": _("Being edited"),
            "approved": _("Approved"),
            "assigned_to_salesman": _("On its way"),
            "delivered": _("Delivered"),
            "cancelled_by_retailer": _("Cancelled by the retailer"),
            "cancelled_by_supplier": _("Cancelled by the supplier"),
            "cancelled_by_cartona": _("Cancelled by Cartona"),
            "cancelled": _("Cancelled"),
            "returned": _("Returned"),
            "return": _("Returned"),
        }

    def _cancel_reasons(self):
        # The first six are what a supplier would say; Cartona takes the others too.
        return {
            "out_of_stock": _("Out of stock"),
            "cannot_deliver_the_order": _("The order cannot be delivered"),
            "delayed_order": _("The order is late"),
            "expired_products": _("Products have expired"),
            "missing_items": _("Items are missing"),
            "supplier_asked_me_to_cancel": _("The supplier asked to cancel"),
            "pending_order_without_action": _("Nothing was done for too long"),
            "removed_items": _("Items were removed"),
            "supplier_attitude": _("Conduct of the supplier"),
            "different_prices": _("Other prices"),
            "different_products": _("Other products"),
        }

    def verify(self, request, secrets):
        given = [request.headers.get(name) for name in SIGNATURES if request.headers.get(name)]
        if not given:
            raise SignatureError("The secret is missing: send it as AuthorizationToken, or sign the body", status=401)
        # All of them are compared, so that the time taken tells nothing.
        found = [key for key, secret in secrets.items() if self._proves(given, request.raw, secret)]
        if not found:
            raise SignatureError("The secret is wrong", status=403)
        return found[0]

    @staticmethod
    def _proves(given, raw, secret):
        """Whether a header holds the secret, or the body's HMAC."""
        proofs = [signature.same_secret(value, secret) for value in given]
        proofs += [signature.is_signed(value, secret, raw) for value in given]
        return any(proofs)

    def receive(self, body, request=NO_REQUEST):
        if isinstance(body, dict) and body.get("test") is True:
            return Inbox([], test=True)
        elements = body if isinstance(body, list) else [body]
        if not elements or not all(isinstance(element, dict) for element in elements):
            raise PayloadError("Send one order (or state) as an object, or several as an array of objects")
        return Inbox([self._receive_element(element) for element in elements])

    @staticmethod
    def _receive_element(element):
        """The `Event` of one element, or the error text that answers it."""
        whole = "order_details" in element
        try:
            (wire.Order if whole else wire.Status).model_validate(element)
        except ValidationError as error:
            detail = error.errors()[0]
            named = ".".join(map(str, detail["loc"])) or "order"
            lacks = detail["type"] in ("missing", "string_type") and "input_value" not in detail
            return f"{named}: {'is missing' if lacks else detail['msg']}"
        event = reading.event_of_order(element)
        if event is None:
            return "hashed_id: must be a text that is not empty"
        if whole:
            return event
        return event._replace(action="status")

    def parse(self, connector, log):
        payload = {**log.payload_json(), **log.private_json()}
        read = log.action == "read"
        # Cartona's messages bear no time: what counts is when one came, or when it was read.
        time = log.source_time if read and log.source_time else log.create_date
        version = Version(time=pytz.utc.localize(time), polled=True)
        try:
            if log.entity == reading.PRODUCTS:
                return Parsed(products.catalogue_to_hub(payload), version)
            if log.action == "status":
                return Parsed(orders.status_event_to_hub(wire.Status.model_validate(payload)), version)
            order = wire.Order.model_validate(payload)
        except ValidationError as error:
            detail = error.errors()[0]
            raise PayloadError(f"{'.'.join(map(str, detail['loc'])) or 'order'}: {detail['msg']}") from None
        if connector.supplier_code and order.supplier_code not in (None, connector.supplier_code):
            said = _("Of account %(theirs)s; this connector is of account %(mine)s.")
            raise SkipRow("ignored", said % {"theirs": order.supplier_code, "mine": connector.supplier_code})
        untaxed = connector.price_tax == "excluded"
        message = orders.order_to_hub(order, connector.timezone or "UTC", untaxed, read)
        return Parsed(message, version, reading.digest_of(payload) if read else False)

    def reply(self, inbox, outcomes):
        return {"success": all(outcome["success"] for outcome in outcomes), "results": outcomes}

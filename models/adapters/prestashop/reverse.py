"""The module's reverse endpoint: one entity per call, the verdict in the body, text escaped twice on the way.

Rules are checked here before anything is sent: the shop answers HTTP 500 to every refusal, and to some with a PHP
fatal that says nothing.
"""

import html
import re
import uuid

from ..errors import CredentialError, MappingError, RejectedError, TransientError

PATH = "/modules/odoo_sales_sync/reverse_webhook.php"
#: Characters that PrestaShop refuses in the name of a customer or an address.
NOT_IN_NAMES = re.compile(r"[0-9!<>,;?=+()/\\@#\"°*{}_^$%:¤|\[\]`]")
#: A dot in a customer's name is followed by a space or the end.
BAD_DOT = re.compile(r"\.(?=\S)")
NOT_IN_ADDRESSES = re.compile(r"[!<>?=+@{}_$%]")
TRACKING = re.compile(r"[~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]+")
#: What a shop accepts of a field: (longest text, characters it refuses, what it is called in Odoo).
RULES = {
    "firstname": (255, NOT_IN_NAMES, "Name"),
    "lastname": (255, NOT_IN_NAMES, "Name"),
    "company": (255, re.compile(r"[<>={}]"), "Company"),
    "alias": (32, re.compile(r"[<>={}]"), "Address name"),
    "address1": (128, NOT_IN_ADDRESSES, "Street"),
    "address2": (128, NOT_IN_ADDRESSES, "Street 2"),
    "city": (64, re.compile(r"[!<>;?=+@#\"°{}_$%]"), "City"),
    "postcode": (12, re.compile(r"[^a-zA-Z 0-9-]"), "ZIP"),
    "phone": (32, re.compile(r"[^+0-9. ()/-]"), "Phone"),
    "phone_mobile": (32, re.compile(r"[^+0-9. ()/-]"), "Mobile"),
    "vat_number": (32, re.compile(r"[<>={}]"), "Tax ID"),
    "dni": (16, re.compile(r"[^0-9A-Za-z.-]"), "Tax ID"),
    "tracking_number": (64, re.compile(r"[^~:#,%&_=()\[\].? +\-@/a-zA-Z0-9]"), "Tracking Reference"),
}


def typographic(text):
    """A text that survives the endpoint's double escaping: its quotes would gain a backslash each."""
    text = str(text).replace("\\", "").replace("'", "’").replace('"', "”")
    # A tag is cut out on the way, and what looks like the beginning of one takes the rest of the text with it.
    text = text.replace("<", "‹").replace(">", "›")
    return re.sub(r"\s*[\r\n]+\s*", " / ", text)


def checked(values, what):
    """The values, after each was found acceptable.

    :raises MappingError: naming the field as Odoo's user knows it, and the character that is refused.
    """
    for field, value in values.items():
        if field not in RULES or not value:
            continue
        longest, refused, label = RULES[field]
        bad = refused.search(value)
        if bad or len(value) > longest:
            why = f"the character {bad.group()!r}" if bad else f"more than {longest} characters"
            raise MappingError(
                f"PrestaShop does not accept the field {label} of {what}: '{value}' has {why}. Correct it in Odoo.",
                field=field,
                value=value,
                code="not_acceptable",
            )
        if field in ("firstname", "lastname") and BAD_DOT.search(value):
            raise MappingError(
                f"PrestaShop wants a space after the dot in the field {label} of {what}: '{value}'.",
                field=field,
                value=value,
                code="not_acceptable",
            )
    return values


class ShopStopped(RejectedError):
    """The shop's program ended amid its work: repeating it does not help, and nobody knows what was saved."""

    code = "shop_stopped"


class Reverse:
    """Calls of the reverse endpoint of one connector."""

    def __init__(self, config, transport):
        self.url = config["url"].rstrip("/") + PATH
        # While a replaced secret is still valid the shop may not have the new one yet.
        self.secrets = [config["webhook_secret"] or "", *reversed(config.get("old_secrets") or [])]
        self.transport = transport

    def _post(self, body):
        """The reply to a body; what refuses one secret, before it touches anything, is asked with the next."""
        for secret in self.secrets:
            reply = self.transport.request("POST", self.url, {"X-Webhook-Secret": secret}, body, classify=False)
            if reply.status != 403 or "disabled" in reply.text:
                break
        return reply

    def send(self, entity, action, data):
        """Send one entity; return the answer's body of a success.

        :raises RejectedError: the shop refuses the values, or its program stopped at them.
        """
        body = {"entity_type": entity, "action_type": action, "event_id": str(uuid.uuid4()), "data": data}
        reply = self._post(body)
        answer = reply.data if isinstance(reply.data, dict) else {}
        if reply.status == 200 and answer.get("success") is True:
            return answer
        said = html.unescape(str(answer.get("error") or "")) or reply.text[:300]
        if reply.status == 403 and "disabled" in said:
            # The module's own default. Orders go on coming in, and what waits is sent once it is switched on.
            raise TransientError(f"HTTP 403: {said}. Enable it in the module's settings.", 300, code="reverse_disabled")
        if reply.status == 403:
            raise CredentialError(f"HTTP 403: {said} (field Webhook Secret)")
        if reply.status in (429, 502, 503, 504):
            self.transport.check(reply)
        if reply.status == 200 and not answer:
            # A page of a proxy or of maintenance: nobody knows what the shop did.
            raise TransientError("HTTP 200 with a body that is not the module's", code="malformed")
        if reply.status == 500 and not said.strip():
            raise ShopStopped("The shop's program stopped at these values without saying why (HTTP 500, no text).")
        raise RejectedError(f"HTTP {reply.status}: {said}", divisible=reply.status == 500)

    def probe(self):
        """What the endpoint answers to a call that it refuses before it touches anything."""
        body = {"entity_type": "customer", "action_type": "updated"}
        return self._post(body)

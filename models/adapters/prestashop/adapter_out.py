from odoo import _, models

from ..canonical import Fetch, Look, Poll, ProductPush
from ..errors import CredentialError, RejectedError
from . import catalogue, lists, products, reading, sending, shelf
from .reverse import Reverse
from .webservice import Webservice

#: Flows that the module's reverse endpoint takes.
REVERSE_FLOWS = ("status", "tracking", "note", "customer", "address", "coupon")
#: Flows that need PrestaShop's own Webservice.
WEBSERVICE_FLOWS = ("stock", "price", "fetch", "poll", "audit")
#: What the key must be allowed to do: resource -> methods.
RIGHTS = {
    **dict.fromkeys(
        (
            "customers addresses orders order_details order_histories order_payments order_invoices order_carriers"
            " order_slip order_cart_rules cart_rules carriers currencies countries states order_states taxes products"
            " combinations stock_availables languages messages"
        ).split(),
        {"get"},
    ),
    "stock_availables": {"get", "patch"},
    "products": {"get", "patch"},
    "combinations": {"get", "patch"},
}


class PrestashopAdapter(models.AbstractModel):
    """The outbound half: to the module's reverse endpoint, and to the shop's Webservice."""

    _inherit = "sync.hub.adapter.prestashop"

    _flows = REVERSE_FLOWS
    _needs_url = False
    _sources = (*reading.OFTEN, *reading.SOURCES)
    _lists = tuple(lists.LISTS)
    _catalogue = (products.CATALOGUE,)
    _audits = {"price": ("price",), "stock": ("stock",)}
    _not_repeatable = ("address",)
    _price_tax = "excluded"
    _price_digits = 6
    # What a shop sells at which price is decided by whoever asks for it.
    _presets = {"push_price": False, "push_stock": False, "price_tax": "excluded"}

    def _offered(self, connector):
        if not connector.url:
            return ()
        key = self.env["sync.hub.secret"]._get(connector, "token")
        return REVERSE_FLOWS + WEBSERVICE_FLOWS if key else REVERSE_FLOWS

    def push(self, config, transport, items):
        first = items[0]
        if isinstance(first, ProductPush):
            return catalogue.push(Webservice(config, transport), items)
        if isinstance(first, Fetch):
            return reading.fetch(Webservice(config, transport), items)
        if isinstance(first, Look):
            return {first.key: shelf.look(Webservice(config, transport), first)}
        if isinstance(first, Poll):
            read = products.poll if first.resource in self._catalogue else reading.poll
            return {first.key: read(Webservice(config, transport), first)}
        return sending.push(config, transport, items)

    def check(self, config, transport):
        if not config["url"]:
            return _("This connector only receives. Paste its address and secret into the shop.")
        said = [self._check_reverse(config, transport)]
        if config["token"]:
            said.append(self._check_webservice(Webservice(config, transport)))
        return " ".join(said)

    def _check_reverse(self, config, transport):
        reverse = Reverse(config, transport)
        reply = reverse.probe()
        said = reply.data.get("error") if isinstance(reply.data, dict) else None
        if said and said.startswith("Missing required field"):
            return _("The shop answers and accepts the secret.")
        if reply.status == 403 and "disabled" in (said or ""):
            raise RejectedError(
                _(
                    "The shop takes nothing back: switch on Reverse sync in its module Odoo Sales Sync. It says: %s",
                    said,
                )
            )
        if reply.status == 403:
            said = said or f"HTTP {reply.status}"
            raise CredentialError(
                _(
                    "The shop refuses the webhook secret: paste this connector's into its module Odoo Sales Sync. It "
                    "says: %s",
                    said,
                )
            )
        raise RejectedError(f"HTTP {reply.status} from {reverse.url}: {said or reply.text[:200]}")

    def _check_webservice(self, webservice):
        """What the Webservice key may do, in a sentence.

        :raises SyncError: the key is refused, or lacks a right.
        """
        rights = webservice.rights()
        lacks = [f"{name} {' '.join(sorted(need - rights.get(name, set()))).upper()}"
                 for name, need in RIGHTS.items() if need - rights.get(name, set())]  # fmt: skip
        version = webservice.version()
        if version and version < (8,):
            lacks = [row for row in lacks if not row.endswith("PATCH")]
        if lacks:
            raise CredentialError(
                _(
                    "The Webservice key works, but it may not: %s. Allow it in the shop, Advanced Parameters > "
                    "Webservice.",
                    ", ".join(lacks),
                )
            )
        return _("The Webservice key works (PrestaShop %s).", ".".join(map(str, version)) or "?")

from collections.abc import Mapping
from typing import NamedTuple

from odoo import models

from . import signature, standard_webhooks
from .canonical import Message, Version
from .errors import PayloadError
from .transport import TIMEOUT


class Parsed(NamedTuple):
    """What an inbound row means: a canonical message and the age of the snapshot it was taken from."""

    message: Message
    version: Version
    digest: str | bool = False


class Event(NamedTuple):
    """One event of a webhook, before it is understood.

    :param str key: idempotency key, unique per connector; None when the remote gives none.
    :param str entity: the hub's word for what it is about (`customer`, `address`, `order` ...).
    :param str remote_id: the remote's id of that record; orders of one lane are kept by it.
    :param str ignored: why the event needs no work, "" when it does.
    :param str digest: of something that was read: what is known to be applied already is not stored again.
    :param dict private: what no log shows; kept until the event is worked, then forgotten.
    """

    key: str | None
    entity: str
    action: str
    remote_id: str
    payload: dict
    version: Version = Version()
    ignored: str = ""
    digest: str = ""
    private: dict | None = None


class Created(NamedTuple):
    """The remote made a record of ours and gave it this id."""

    remote_id: str


class Taken(NamedTuple):
    """The remote has taken what it was told, under this id; `ids` tells what else got one, in the flow's words."""

    remote_id: str
    ids: dict


class Fetched(NamedTuple):
    """What a remote was asked for: events for the inbox, and where to go on reading.

    :param int offset: where the next page begins, None when there is none.
    :param str since: the date from which that is counted, "" for the one asked for.
    """

    events: list
    offset: int | None = None
    since: str = ""


class Shelf(NamedTuple):
    """What a remote shows of its products for an audit (see `canonical.Shown`).

    :param float asked: seconds since 1970 when the reading began: what was told later is not in it.
    :param int offset: where the next page begins, None when there is none.
    :param int unreadable: records that nobody could make sense of.
    """

    products: list
    asked: float
    offset: int | None = None
    unreadable: int = 0


class Request(NamedTuple):
    """A webhook's request: its headers (their names in any case), the query of its address, and the raw body."""

    headers: Mapping = {}
    query: Mapping = {}
    raw: bytes = b""


#: Of a body of which nothing else is known.
NO_REQUEST = Request()


class Inbox(NamedTuple):
    """A webhook body taken apart.

    :param list results: for each element of the body its event, or the error text that answers it.
    :param bool test: the body only asks whether we are there.
    :param kept: what is stored of the body, None for all of it.
    """

    results: list
    batch_id: str = ""
    test: bool = False
    kept: object = None


class Adapter(models.AbstractModel):
    """Speaks one kind of remote: wire on one side, canonical messages on the other.

    An adapter never touches `sale.order` and its like; importers and exporters do. Methods that call the
    remote get a `Transport` and run with no transaction open.
    """

    _name = "sync.hub.adapter"
    _description = "Remote system adapter"

    #: Outbound flows that the remote accepts, in the hub's words (see `flows.FLOWS`).
    _flows = ()
    #: Whether a connector of this kind is of no use without an address.
    _needs_url = True
    #: Values of a new connector of this kind: {field: value}.
    _presets = {}
    #: Flows whose creates a remote would carry out twice: after an unknown outcome a person decides.
    _not_repeatable = ()
    #: Field of product.product that holds the remote id, when the kind maps products by a field.
    _product_field = None
    #: Seconds before each try, see `transport.backoff`.
    _retry_schedule = "5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600"
    #: Lists of the remote that are read by schedule, in that order.
    _sources = ()
    #: Short lists of the remote's own values, read from time to time into the value maps.
    _lists = ()
    #: Lists that hold the remote's own products, read in full from time to time.
    _catalogue = ()
    #: What an audit can compare: flow -> fields (see `audit.line.FIELDS`); {} where nothing can be seen.
    _audits = {}
    #: Whether an audit has to ask for each of our records, because the remote has no list.
    _audits_singly = False
    #: Whether prices go out with tax as the connector says, or always in one way; None for as it says.
    _price_tax = None
    #: Whether an order is acknowledged to the remote once it is in Odoo.
    _acknowledges = False
    #: What the note of an order says that the remote's own client has written into Odoo, "" where there is none.
    _client_note = ""
    #: Whether the remote names currencies, countries and their states by ISO codes.
    _iso_codes = False
    #: Whether a person looks at an order whose state nobody has mapped.
    _review_unknown = False
    #: The states of an order in the order in which they follow; () when the value map alone decides.
    _ladder = ()
    #: State beside the ladder -> states from which it may be told.
    _leaps = {}
    #: States in which the lines of an order may be changed.
    _editable = ()
    #: Whether stock is told for each of the remote's own places, as the value map of places says.
    _stock_places = False
    #: States of an order in which the remote holds back the pieces of its lines.
    _reserving = ()
    #: Decimal places of a price; None for those of its currency.
    _price_digits = None
    #: Most records of one call.
    _batch_size = 100
    #: Seconds to connect and to wait for an answer.
    _timeout = TIMEOUT
    #: What a new webhook secret begins with.
    _secret_prefix = standard_webhooks.PREFIX
    #: Name of the header that carries the webhook's secret.
    _secret_header = "X-Webhook-Secret"

    def _offered(self, connector):
        """The outbound flows that this connector can serve as it is configured."""
        return self._flows

    def _default_maps(self, connector):
        """Value maps of a fresh remote: rows of (kind, remote value, remote label, value)."""
        return []

    def _only_asks(self, method, url):
        """Whether a call changes nothing at the remote, so that a preview may make it."""
        return method in ("GET", "HEAD")

    def _not_audited(self):
        """What of the flows that an audit compares the remote does not show, in sentences."""
        return []

    def _cancel_reasons(self):
        """Reasons that the remote takes for a cancellation: {its word: what it means}, the usual ones first."""
        return {}

    def _is_field_id(self, remote_id):
        """Whether the product's own field can hold this id, which makes it the simple case."""
        return True

    def _status_of(self, config, transport, remote_id):
        """The state of one order as the remote has it, None when it cannot be asked."""
        return None

    def _next_status(self, present, target):
        """The next state that may be told on the way from one to another, None when there is none."""
        if target in self._leaps:
            return target if present in self._leaps[target] else None
        if present not in self._ladder or target not in self._ladder:
            return None
        here = self._ladder.index(present)
        return self._ladder[here + 1] if self._ladder.index(target) > here else None

    def authenticate(self, request, secrets):
        """The connector key, of `secrets` ({key: secret}), whose sender a `Request` proves to come from.

        By Standard Webhooks where the request is signed so, else in the remote's own way.

        :raises SignatureError: 401 or 403; nothing of the request may be kept.
        """
        if standard_webhooks.is_used(request.headers) and any(secrets.values()):
            return standard_webhooks.sender_of(request, secrets)
        return self.verify(request, secrets)

    def verify(self, request, secrets):
        """The connector key, of `secrets` ({key: secret}), whose sender the `Request` proves to come from.

        :raises SignatureError: 401 or 403; nothing of the request may be kept.
        """
        return signature.find_by_secret(request.headers.get(self._secret_header), secrets)

    def receive(self, body, request=NO_REQUEST):
        """Take a webhook body (parsed JSON) apart into an `Inbox`; `request` is what it came with.

        :raises PayloadError: the whole body is not what the contract says; nothing is kept.
        """
        raise PayloadError("This kind of connector does not receive webhooks")

    def parse(self, connector, log):
        """The `Parsed` message of one inbound row.

        :raises PayloadError: the row's payload does not fit the contract.
        """
        raise NotImplementedError

    def reply(self, inbox, outcomes):
        """The JSON answer to a webhook: `outcomes` is a list of {success, error, duplicate, log_id}."""
        return {"success": True, "batch_id": inbox.batch_id, "results": outcomes}

    def push(self, config, transport, items):
        """Send items of one exporter; return {item.key: what became of it}.

        That is None (accepted), a `SyncError`, a `Created`, a `Taken` or a `Fetched`. An error of the whole call is
        raised.
        `config` is the connector's plain configuration (`sync.hub.connector._push_config`): no database.
        """
        raise NotImplementedError

    def check(self, config, transport):
        """Try the credentials without changing anything; return a sentence for the admin.

        :raises SyncError: with a message that says what to correct.
        """
        raise NotImplementedError

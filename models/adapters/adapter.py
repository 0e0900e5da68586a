from typing import NamedTuple

from odoo import models

from . import signature
from .canonical import Message, Version
from .errors import PayloadError


class Parsed(NamedTuple):
    """What an inbound row means: a canonical message and the age of the snapshot it was taken from."""

    message: Message
    version: Version


class Event(NamedTuple):
    """One event of a webhook, before it is understood.

    :param str key: idempotency key, unique per connector; None when the remote gives none.
    :param str entity: the hub's word for what it is about (`customer`, `address`, `order` ...).
    :param str remote_id: the remote's id of that record; orders of one lane are kept by it.
    :param str ignored: why the event needs no work, "" when it does.
    """

    key: str | None
    entity: str
    action: str
    remote_id: str
    payload: dict
    version: Version = Version()
    ignored: str = ""


class Inbox(NamedTuple):
    """A webhook body taken apart.

    :param list results: for each element of the body its event, or the error text that answers it.
    :param bool test: the body only asks whether we are there.
    """

    results: list
    batch_id: str = ""
    test: bool = False


class Adapter(models.AbstractModel):
    """Speaks one kind of remote: wire on one side, canonical messages on the other.

    An adapter never touches `sale.order` and its like; importers and exporters do. Methods that call the
    remote get a `Transport` and run with no transaction open.
    """

    _name = "sync.hub.adapter"
    _description = "Remote system adapter"

    #: Outbound flows that the remote accepts, in the hub's words (see `sync.hub.connector.FLOWS`).
    _flows = ()
    #: Field of product.product that holds the remote id, when the kind maps products by a field.
    _product_field = None
    #: Seconds before each try, see `transport.backoff`.
    _retry_schedule = "5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600"
    #: Most records of one call.
    _batch_size = 100
    #: Name of the header that carries the webhook's secret.
    _secret_header = "X-Webhook-Secret"

    def _default_maps(self, connector):
        """Value maps of a fresh remote: rows of (kind, remote value, remote label, value)."""
        return []

    def verify(self, headers, raw, secrets):
        """The connector key, of `secrets` ({key: secret}), whose sender this is.

        :raises SignatureError: 401 or 403; nothing of the request may be kept.
        """
        return signature.find_by_secret(headers.get(self._secret_header), secrets)

    def receive(self, body):
        """Take a webhook body (parsed JSON) apart into an `Inbox`.

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
        """Send `ProductPush` items in one call; return {remote_id: None or SyncError} per item.

        `config` is the connector's plain configuration (`sync.hub.connector._push_config`): no database.
        """
        raise NotImplementedError

    def check(self, config, transport):
        """Try the credentials without changing anything; return a sentence for the admin.

        :raises SyncError: with a message that says what to correct.
        """
        raise NotImplementedError

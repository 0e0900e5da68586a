import logging
import time

from odoo import SUPERUSER_ID, api, http
from odoo.http import request
from odoo.modules.registry import Registry

from ..models.adapters import signature, wirejson
from ..models.adapters.adapter import Request
from ..models.adapters.errors import AddressError, LimitError, PayloadError, SignatureError, SyncError
from ..models.adapters.redaction import redact, redact_headers
from ..models.drain import RACES, wake_lanes
from ..models.secret import Sender
from .body import NoLength, TooLarge, read_body

_logger = logging.getLogger(__name__)

#: Addresses that remotes already use -> kind; the connector is found by its secret.
FIXED = {
    "/prestashop/webhook": "prestashop",
    "/cartona_integration/webhook/orders": "cartona",
    "/cartona_integration/webhook/order_status": "cartona",
    "/medusa/webhook": "medusa",
}
#: No session, no login, no form: the sender proves himself with his secret. 19.0 would give such routes a
#: read-only cursor.
ROUTE = {
    "type": "http",
    "auth": "none",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "readonly": False,
}
#: Fields of a connector that taking a message in needs: read at once, they are not asked for again.
READ = ("kind", "company_id", "state", "inbound_lanes", "allowed_ips", "request_limit")
#: Megabytes of a body when nothing is configured.
BODY_LIMIT_MB = 10
#: Events of one body: each costs a row and a line of the answer, however short it is.
MOST_EVENTS = 10_000
#: Times that storing is tried when another request stores the same events at the same moment.
TRIES = 20


class CodingError(PayloadError):
    """The body is compressed: it is not unpacked, since what it grows to is known too late."""


#: Error -> HTTP status; the first that fits.
STATUSES = {TooLarge: 413, NoLength: 411, CodingError: 415, AddressError: 403, LimitError: 429, SyncError: 400}
#: Whether a proof was given -> what whoever did not prove himself is told.
UNPROVEN = {True: "The secret is wrong", False: "The secret is missing"}


class WebhookController(http.Controller):
    """Takes messages in: prove the sender, store, answer. Understanding them is the drain's work."""

    @http.route(list(FIXED), **ROUTE)
    def fixed(self, **_kwargs):
        return self._take(kind=FIXED[request.httprequest.path])

    @http.route(
        ["/sync_hub/<string:key>/webhook", "/sync_hub/<string:key>/webhook/<path:topic>"],
        **ROUTE,
    )
    def canonical(self, key, topic="", **_kwargs):
        return self._take(key=key)

    def _take(self, kind=None, key=None):
        started = time.monotonic()
        env = request.env(user=SUPERUSER_ID)
        asked = Request(request.httprequest.headers, request.httprequest.args)
        try:
            self._check_address()
            raw = self._body(env)
            asked = asked._replace(raw=raw)
            connector, by_old = self._authenticate(env, asked, kind, key)
            connector._admit(request.httprequest.remote_addr)
            self._check_coding()
            body = wirejson.loads(raw)
            inbox = connector._adapter().receive(body, asked)
            self._check_number(inbox)
        except SyncError as error:
            return self._refuse(error, asked)
        if inbox.test:
            connector._heard()
            return self._answer({"success": True, "message": "Sync Hub is listening"}, 200)
        return self._store(connector, inbox, body if inbox.kept is None else inbox.kept, started, by_old)

    def _refuse(self, error, asked):
        """The answer to what is not taken, and a line for whoever looks why."""
        _logger.warning(
            "sync_hub: refused a webhook to %s from %s: %s",
            request.httprequest.path.split("/webhook")[0][:20],
            request.httprequest.remote_addr,
            error,
        )
        if isinstance(error, SignatureError):
            given = signature.is_proof_given(asked)
            # The same for an unknown address, a wrong secret and a wrong signature: it tells a stranger nothing.
            return self._answer({"success": False, "error": UNPROVEN[given]}, 403 if given else 401)
        status = next(status for kind, status in STATUSES.items() if isinstance(error, kind))
        headers = {"Retry-After": str(error.seconds)} if isinstance(error, LimitError) else {}
        return self._answer({"success": False, "error": str(error)}, status, headers)

    # ------------------------------------------------------------ checks

    def _body(self, env):
        limit = int(env["ir.config_parameter"].get_param("sync_hub.body_limit_mb") or BODY_LIMIT_MB) * 1024 * 1024
        raw = read_body(limit)
        if not raw:
            raise PayloadError("The body is empty: send JSON with Content-Type application/json")
        return raw

    @staticmethod
    def _check_address():
        if "\x00" in request.httprequest.path:
            # PostgreSQL has no such text: nobody has this address.
            raise PayloadError("The address holds a NUL byte")

    @staticmethod
    def _check_number(inbox):
        if len(inbox.results) > MOST_EVENTS:
            raise TooLarge(f"The body has {len(inbox.results)} events: send at most {MOST_EVENTS} at once")

    @staticmethod
    def _check_coding():
        coding = request.httprequest.headers.get("Content-Encoding", "identity").strip().lower()
        if coding not in ("", "identity"):
            raise CodingError(f"Content-Encoding {coding[:20]} is not understood: send the body as it is")

    def _authenticate(self, env, asked, kind, key):
        """(connector that the request proves to come from, whether by a secret that was replaced).

        :raises SignatureError: 401/403, also for an unknown address: it tells a stranger nothing.
        """
        Connector = env["sync.hub.connector"]
        if key is not None:
            kind = Connector.search([("key", "=", key)]).kind
            if not kind:
                raise SignatureError("The secret is wrong", status=403)
        secrets = env["sync.hub.secret"]._of_kind(kind, "webhook_secret")
        if key is not None:
            mine = {sender: secret for sender, secret in secrets.items() if sender.key == key}
            secrets = mine or {Sender(key): ""}
        found = env[f"sync.hub.adapter.{kind}"].authenticate(asked, secrets)
        return Connector.search_fetch([("key", "=", found.key)], READ), bool(found.old)

    # ------------------------------------------------------------ store and answer

    def _store(self, connector, inbox, body, started, by_old):
        events = [event for event in inbox.results if not isinstance(event, str)]
        values = {
            "method": "POST",
            "url": request.httprequest.path,
            "remote_address": request.httprequest.remote_addr,
            "batch": inbox.batch_id,
            "old_secret": by_old,
            "request_headers": redact_headers(dict(request.httprequest.headers)),
            "request_body": wirejson.dumps(redact(body)),
            "status": 200,
        }
        safe = [event._replace(payload=redact(event.payload)) for event in events]
        ids, lanes = self._commit(request.env.cr.dbname, connector, values, safe)
        wake_lanes(request.env.cr.dbname, lanes)
        outcomes, stored = [], iter(ids)
        for result in inbox.results:
            if isinstance(result, str):
                outcomes.append({"success": False, "error": result})
                continue
            log_id = next(stored)
            outcomes.append({"success": True, "duplicate": log_id is None, **({"log_id": log_id} if log_id else {})})
        answer = connector._adapter().reply(inbox, outcomes)
        _logger.info(
            "sync_hub: %s events from connector %s in %.0f ms",
            len(events),
            connector.id,
            (time.monotonic() - started) * 1e3,
        )
        return self._answer(answer, 200)

    def _commit(self, dbname, connector, values, events):
        """Store the exchange and its rows in a transaction of their own; returns (row ids, lanes to wake).

        Two identical batches may arrive at the same moment. The loser of that race must look again in a new
        snapshot at once; Odoo's own retry would sleep for seconds first.
        """
        for left in reversed(range(TRIES)):
            try:
                with Registry(dbname).cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    exchange = env["sync.hub.exchange"]._append(connector, values)
                    ids = env["sync.hub.log"]._append_events(connector, events, exchange)
                    if connector.state == "draft":
                        # No drain will tell whoever waits for it while setting up.
                        env["sync.hub.drain"]._show_moved(connector.id)
                    lanes = {
                        (connector.id, "in", connector._inbound_lane(event.entity, event.remote_id))
                        for event, log_id in zip(events, ids, strict=True)
                        if log_id and not event.ignored
                    }
                return ids, lanes
            except RACES:
                if not left:
                    raise
        return [], set()

    @staticmethod
    def _answer(body, status, headers=None):
        return request.make_json_response(body, headers=headers, status=status)

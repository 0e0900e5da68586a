"""The vendor API that we serve: vendors keep their products, stock and prices with us."""

import logging
import traceback

from odoo import SUPERUSER_ID, api, http
from odoo.http import request
from odoo.modules.registry import Registry

from ..models.adapters import wirejson
from ..models.adapters.errors import AddressError, PayloadError
from ..models.drain import RACES
from ..models.vendor.wire import VendorError
from .body import NoLength, TooLarge, read_body
from .webhook import ROUTE, TRIES

_logger = logging.getLogger(__name__)

#: Bytes of a body; a product with a thousand variants has a tenth of it.
LIMIT = 2 * 1024 * 1024


class VendorApiController(http.Controller):
    """Plain JSON in, Odoo's envelope out; an error is a string, for an object counts as a success there."""

    @http.route("/vendor_api/product/read", **ROUTE)
    def product_read(self, **query):
        return self._serve("read", query)

    @http.route("/vendor_api/product/create", **ROUTE)
    def product_create(self, **query):
        return self._serve("create", query)

    @http.route("/vendor_api/product/update", **ROUTE)
    def product_update(self, **query):
        return self._serve("update", query)

    def _serve(self, operation, query):
        scheme, _space, text = request.httprequest.headers.get("Authorization", "").partition(" ")
        env = request.env(user=SUPERUSER_ID)
        token = env["sync.hub.vendor.token"]._of(text.strip() if scheme.lower() == "bearer" else "")
        if not token:
            return self._refuse(401, "invalid_token", "The token is missing, wrong, expired or revoked.")
        try:
            token._admit_address(request.httprequest.remote_addr)
        except AddressError as error:
            return self._refuse(403, "address_not_allowed", f"{error}.")
        if str(query.get("partner_id", "")).strip() != str(token.partner_id.id):
            return self._refuse(403, "partner_mismatch", "partner_id is not the number that belongs to the token.")
        try:
            body = wirejson.loads(read_body(LIMIT))
        except (TooLarge, NoLength) as error:
            return self._refuse(413 if isinstance(error, TooLarge) else 411, "invalid_request", f"{error}.")
        except PayloadError as error:
            return self._answer({"error": "invalid_request", "message": str(error)})
        return self._answer(self._work(operation, token, body))

    def _work(self, operation, token, body):
        """The result of an operation; whatever happens, it is an answer that the client understands."""
        token_id, context = token.id, {"allowed_company_ids": token.company_id.ids}
        try:
            return self._in_transaction(context, lambda env: self._try(env, operation, token_id, body))
        except Exception as error:
            _logger.exception("sync_hub: vendor API, %s", operation)
            said = {"error": "internal_error", "message": "This is our fault, and we have been told. Try again later."}
            trace = "".join(traceback.format_exception(error))
            told = (token_id, operation, body, said, None, False, trace)
            self._in_transaction(context, lambda env: self._note(env, *told))
            return said

    def _try(self, env, operation, token_id, body):
        token = env["sync.hub.vendor.token"].browse(token_id)
        service = env["sync.hub.vendor.service"]
        try:
            with env.cr.savepoint():
                result, product, changed = getattr(service, f"_do_{operation}")(token, body)
        except VendorError as error:
            result, product, changed = error.result, None, False
        if operation != "read":
            self._note(env, token_id, operation, body, result, product, changed)
        token._note_use()
        return result

    @staticmethod
    def _note(env, token_id, *told):
        env["sync.hub.log"]._note_vendor(env["sync.hub.vendor.token"].browse(token_id), *told)

    @staticmethod
    def _in_transaction(context, function):
        """What the function returns, committed; once more in a new snapshot when another call was faster."""
        for left in reversed(range(TRIES)):
            try:
                with Registry(request.db).cursor() as cursor:
                    return function(api.Environment(cursor, SUPERUSER_ID, context))
            except RACES:
                if not left:
                    raise
        return None

    # ------------------------------------------------------------ answers

    @staticmethod
    def _answer(result):
        return request.make_json_response({"jsonrpc": "2.0", "id": None, "result": result})

    @staticmethod
    def _refuse(status, word, message):
        body = {"jsonrpc": "2.0", "id": None, "error": word, "message": message}
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
        return request.make_json_response(body, headers=headers, status=status)

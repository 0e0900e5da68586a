"""The addresses of the management API: prove the caller, validate, work, answer."""

import functools

from odoo import http
from odoo.http import request

from ...models.adapters import wirejson
from ...models.adapters.errors import PayloadError
from ..webhook import ROUTE
from . import auth, openapi, params
from .errors import ApiError, not_understood, translated, validated
from .table import BASE, ROUTES, Asked

#: Bytes of a body.
LIMIT = 64 * 1024
#: Other methods are answered by us, since Odoo's own answer is a page. No session, no login page, no form.
METADATA = {key: value for key, value in ROUTE.items() if key != "methods"}


def serve(route, record_id):
    """The response of one address; whatever is wrong is an answer in JSON."""
    try:
        _check_method(route)
        if route.work is None:
            return _response(openapi.document(), 200)
        env = auth.environment()
        asked = _asked(route, record_id)
        # What fails half-way must not be committed with the answer that says so.
        with env.cr.savepoint():
            answer = route.work(env, asked)
        return _response(answer.model_dump(by_alias=True), route.status)
    except Exception as raised:
        error = translated(raised)
        return _response(error.body, error.status, error.headers)


def _check_method(route):
    allowed = ["GET", "HEAD"] if route.method == "GET" else [route.method]
    if request.httprequest.method not in allowed:
        said = f"This address takes {' and '.join(allowed)} only."
        raise ApiError(405, "method_not_allowed", said, headers={"Allow": ", ".join(allowed)})


def _asked(route, record_id):
    """The parts of the request as the models of the table.

    :raises ApiError: 400, 413.
    """
    number = validated(params.Record, {"id": record_id}).id if route.has_id else None
    # A parameter that is given twice is a list, and no model of ours takes one.
    lists = request.httprequest.args.lists()
    query = validated(route.query, {name: values[0] if len(values) == 1 else values for name, values in lists})
    body = validated(route.body, _body() if route.body is not params.Nothing else {})
    return Asked(number, query, body)


def _body():
    """The JSON object that was sent; {} when nothing was.

    :raises ApiError: 400, 413.
    """
    http_request = request.httprequest
    if not http_request.content_length:
        return {}
    if http_request.content_length > LIMIT:
        raise ApiError(413, "too_large", f"The body is larger than {LIMIT} bytes.")
    if http_request.mimetype != "application/json":
        raise not_understood([{"field": "body", "message": "Send JSON with Content-Type application/json."}])
    try:
        body = wirejson.loads(http_request.get_data())
    except PayloadError as error:
        raise not_understood([{"field": "body", "message": str(error)}]) from None
    if not isinstance(body, dict):
        raise not_understood([{"field": "body", "message": "must be a JSON object"}])
    return body


def _response(body, status, headers=None):
    fixed = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store"}
    return request.make_response(wirejson.dumps(body), [*{**fixed, **(headers or {})}.items()], status=status)


def _endpoint(route):
    """The controller's method of one row of the table."""

    @http.route(route.rule, **METADATA)
    def routed(self, id=None):
        return serve(route, id)

    # Odoo hands the query over as arguments, and one that is called self would break the call.
    @functools.wraps(routed)
    def positional(controller, /, **parts):
        return routed(controller, **({"id": parts["id"]} if route.has_id else {}))

    return positional


class ManagementApiController(http.Controller):
    """What a client program does with the hub; see docs/management_api.md."""

    @http.route(f"{BASE}/<path:rest>", **METADATA)
    def unknown(self, **_parts):
        error = ApiError(404, "not_found", "There is no such address: see openapi.json.")
        return _response(error.body, error.status)


for _route in ROUTES:
    setattr(ManagementApiController, _route.name, _endpoint(_route))

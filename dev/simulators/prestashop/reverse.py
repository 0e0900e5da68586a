"""modules/odoo_sales_sync/reverse_webhook.php: the checks, the router and its answers."""

import json
import time
import uuid

from werkzeug.wrappers import Response

from . import reverse_people, reverse_sales
from .rules import Failure, Fatal

PATH = "/modules/odoo_sales_sync/reverse_webhook.php"
TYPE = "application/json; charset=utf-8"
PROCESSORS = {
    "customer": reverse_people.customer,
    "contact": reverse_people.customer,
    "order": reverse_sales.order,
    "address": reverse_people.address,
    "coupon": reverse_sales.coupon,
    "discount": reverse_sales.coupon,
    "cart_rule": reverse_sales.coupon,
}
ACTIONS = ("created", "updated", "deleted")
MAX_OPERATION_ID, MAX_CORRELATION_ID = 64, 36


def reply(status, data, pretty=False):
    text = (
        json.dumps(data, indent=4, ensure_ascii=False)
        if pretty
        else json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    )
    return Response(text, status, content_type=TYPE)


def refuse(status, error):
    return reply(status, {"success": False, "error": error})


def call(shop, options, request):
    """One request to the endpoint."""
    if options["domain"] and request.host != options["domain"]:
        return Response("", 302, {"Location": f"http://{options['domain']}/index.php?"}, content_type=TYPE)
    if request.method != "POST":
        return refuse(405, "Method not allowed. Use POST.")
    if not options["reverse_enabled"]:
        return refuse(403, "Reverse synchronization is disabled")
    if not options["secret"]:
        return refuse(500, "Server configuration error: webhook secret not configured")
    if request.headers.get("X-Webhook-Secret", "") != options["secret"]:
        return refuse(403, "Invalid webhook secret")
    if options["allowed_ips"] and request.remote_addr not in options["allowed_ips"]:
        return refuse(403, "IP address not whitelisted")
    raw = request.get_data()
    if not raw:
        return refuse(400, "Empty payload")
    try:
        payload = json.loads(raw)
    except ValueError:
        payload = None
    if payload is None:
        return refuse(400, "Invalid JSON: No error")
    begun = time.perf_counter()
    try:
        result, status = {"success": True, **route(shop, payload)}, 200
    except Failure as failure:
        result, status = {"success": False, "error": str(failure)}, 500
        if not isinstance(failure, Unrouted):
            result["processing_time_ms"] = int((time.perf_counter() - begun) * 1000)
    except Fatal:
        return Response("", 500, content_type=TYPE)
    if status == 200:
        result["processing_time_ms"] = int((time.perf_counter() - begun) * 1000)
    result.update(received_at=shop.iso(), processing_time_seconds=round(time.perf_counter() - begun, 3))
    return reply(status, result, pretty=True)


class Unrouted(Failure):
    """Refused by the router, before any processor."""


def route(shop, payload):
    if not isinstance(payload, (dict, list)):
        raise Unrouted("Payload must be a JSON object")
    payload = payload if isinstance(payload, dict) else {}
    kind, action = payload.get("entity_type"), payload.get("action_type")
    if not kind:
        raise Unrouted("Missing required field: entity_type")
    data = payload.get("data")
    if data is None:
        raise Unrouted("Missing required field: data")
    if not isinstance(kind, str) or kind not in PROCESSORS:
        raise Unrouted(f"Invalid entity_type. Must be one of: {', '.join(PROCESSORS)}")
    action = "updated" if action is None else action
    if action not in ACTIONS:
        raise Unrouted(f"Invalid action_type. Must be one of: {', '.join(ACTIONS)}")
    if not isinstance(data, dict):
        if data != []:  # PHP cannot tell an empty object from an empty list
            raise Fatal
        data = {}
    operation_id = payload.get("event_id") or str(uuid.uuid4())
    if kind == "order" and action == "created":
        return PROCESSORS[kind](shop, action, data)  # refused, and not tracked
    operation = track(shop, operation_id, kind, action)
    try:
        result = PROCESSORS[kind](shop, action, data)
    except Failure as failure:
        operation.update(status="failed", error=str(failure))
        tell(shop, operation_id, kind, action, data.get("id"), "failed", str(failure))
        raise
    operation.update(status="success", entity_id=int(result["entity_id"]))
    tell(shop, operation_id, kind, action, int(result["entity_id"]), "success", "")
    return result


def track(shop, operation_id, kind, action):
    """The operations row. One that the table refuses (too long, not text, known) is not kept; work goes on."""
    row = {
        "operation_id": operation_id,
        "entity_type": kind,
        "entity_id": None,
        "action_type": action,
        "status": "processing",
        "error": None,
        "date_add": shop.local(),
    }
    known = any(old["operation_id"] == operation_id for old in shop.operations)
    if isinstance(operation_id, str) and len(operation_id) <= MAX_OPERATION_ID and not known:
        shop.operations.append(row)
    return row


def tell(shop, operation_id, kind, action, entity_id, status, error):
    """The row in the module's event list; it uses a number of the same counter."""
    correlation = str(operation_id)
    if len(correlation) > MAX_CORRELATION_ID:
        return
    number = shop.next("event")
    shop.events[number] = {
        "id_event": number,
        "entity_type": kind,
        "entity_id": entity_id,
        "action_type": action,
        "hook_name": "reverse_webhook",
        "transaction_hash": None,
        "correlation_id": correlation,
        "sync_status": status,
        "sync_attempts": 0,
        "sync_error": error,
        "batch_id": None,
        "date_add": shop.local(),
        "_event": None,
    }

"""The log: rows by filter, one row, retry, and figures of all of them."""

from collections import defaultdict
from math import ceil

from odoo.tools import escape_psql

from ...models.adapters import wirejson
from ...models.adapters.errors import PayloadError
from . import answers, connectors
from .errors import ApiError
from .params import STATUS_OF, STATUSES, TRIGGER_WORDS

#: Columns of a row in a list; payloads may have megabytes.
LIGHT = (
    "trigger res_model res_id exchange_id state reason error error_code attempts next_try_at duration_ms connector_id"
    " direction entity action remote_id create_date done_at"
).split()
EXCHANGE = ["method", "url", "status"]
#: Columns that only a single row shows.
FULL, EXCHANGE_FULL = ["payload"], ["request_body", "response_body"]
#: Rows of the figures' page.
RECENT = 10


# ------------------------------------------------------------ what the routes call


def listed(env, asked):
    """One page of the rows that fit, newest first."""
    query, Log = asked.query, env["sync.hub.log"]
    domain = _domain(env, query)
    total = Log.search_count(domain)
    rows = _rows(env, domain, LIGHT, offset=(query.page - 1) * query.limit, limit=query.limit)
    return answers.LogsAnswer(
        logs=[answers.LogRow(**values) for values in _shown(env, rows, EXCHANGE)],
        pagination=answers.Pagination(page=query.page, limit=query.limit, total=total, pages=ceil(total / query.limit)),
    )


def single(env, asked):
    """One row with its payloads.

    :raises ApiError: 404.
    """
    rows = _rows(env, [("id", "=", asked.id)], [*LIGHT, *FULL])
    if not rows:
        raise ApiError(404, "Sync log not found", "There is no such log row, or not for this user.")
    (values,) = _shown(env, rows, [*EXCHANGE, *EXCHANGE_FULL])
    return answers.LogAnswer(log=answers.Log(**values))


def retry(env, asked):
    """Work a row again, as the button does; the row as it is then.

    :raises ApiError: 404; the button's UserError when the row cannot be retried.
    """
    single(env, asked)
    env["sync.hub.log"].browse(asked.id).action_retry()
    return single(env, asked)


def stats(env, asked):
    """Figures of the whole log, and its newest rows."""
    groups = env["sync.hub.log"]._read_group([], ["state", "trigger"], ["__count"])
    by_status, by_trigger = dict.fromkeys(("SUCCESS", "FAILED", "PENDING"), 0), {}
    for state, trigger, count in groups:
        by_status[STATUS_OF[state]] += count
        word = _trigger(trigger) or "UNKNOWN"
        by_trigger[word] = by_trigger.get(word, 0) + count
    total, successful = sum(by_status.values()), by_status["SUCCESS"]
    rows = _shown(env, _rows(env, [], LIGHT, limit=RECENT), EXCHANGE)
    fields = answers.Recent.model_fields
    return answers.StatsAnswer(
        stats=answers.Stats(
            total=total,
            successful=successful,
            failed=by_status["FAILED"],
            success_rate=f"{100 * successful / total:.2f}" if total else "0",
            by_trigger=by_trigger,
        ),
        recent=[answers.Recent(**{name: row[name] for name in fields}) for row in rows],
    )


def queue(env, asked):
    """How many rows wait, are worked and are finished, in the words of job queues."""
    counts = dict(env["sync.hub.log"]._read_group([], ["state"], ["__count"]))
    names = {
        "waiting": ("pending",),
        "active": ("sending",),
        "completed": ("done", "skipped"),
        "failed": ("failed",),
        "delayed": ("retrying",),
        "total": counts,
    }
    return answers.QueueAnswer(
        stats=answers.QueueStats(**{name: sum(counts.get(s, 0) for s in states) for name, states in names.items()})
    )


# ------------------------------------------------------------ filter


def _domain(env, query):
    """The rows that are asked for."""
    domain = []
    if query.status:
        domain += [("state", "in", STATUSES[query.status])]
    if query.trigger_type:
        domain += [("trigger", "=", TRIGGER_WORDS[query.trigger_type])]
    if query.start_date:
        domain += [("create_date", ">=", query.start_date)]
    if query.end_date:
        domain += [("create_date", "<", query.end_date)]
    if query.connector:
        domain += [("connector_id", "=", connectors.chosen(env, query.connector).id)]
    if query.direction:
        domain += [("direction", "=", query.direction)]
    if query.entity:
        domain += [("entity", "=", query.entity)]
    return domain + (_sku_domain(env, query.variant_sku) if query.variant_sku else [])


def _sku_domain(env, sku):
    """Rows of the products with such a SKU, and of products that Odoo does not know by their remote id."""
    pattern = escape_psql(sku)
    variants = env["product.product"].with_context(active_test=False).search([("default_code", "ilike", pattern)])
    templates = variants.with_context(active_test=False).product_tmpl_id
    of = lambda records: ["&", ("res_model", "=", records._name), ("res_id", "in", records.ids)]  # noqa: E731
    unknown = ["&", ("entity", "=", "product"), ("remote_id", "ilike", pattern)]
    return ["|", "|", *of(variants), *of(templates), *unknown]


# ------------------------------------------------------------ rows as the API shows them


def _rows(env, domain, fields, **page):
    """Values of log rows, newest first; relations as ids."""
    return env["sync.hub.log"].search_read(domain, fields, order="id desc", load=None, **page)


def _shown(env, rows, exchange_fields):
    """The values of rows under the API's names; whatever they point to is read once for all of them."""
    exchanges = _by_id(env["sync.hub.exchange"], {row["exchange_id"] for row in rows}, exchange_fields)
    products = _products(env, rows)
    return [_values(row, exchanges.get(row["exchange_id"], {}), products) for row in rows]


def _by_id(model, ids, fields):
    """{id: values} of those of these records that the user may see."""
    found = model.search_read([("id", "in", [i for i in ids if i])], fields, order="id", load=None)
    return {values["id"]: values for values in found}


def _values(row, exchange, products):
    payloads = {}
    if "payload" in row:
        sent, received = exchange.get("request_body"), exchange.get("response_body")
        payloads = {"request_payload": _json(row["payload"] or sent), "response_payload": _json(received)}
    product = products.get((row["res_model"], row["res_id"]), {})
    # What names no record of ours is known by the remote's own word for it.
    named = row["remote_id"] if row["entity"] == "product" else False
    return {
        **{name: row[name] for name in ("id", "state", "reason", "error_code", "attempts", "next_try_at", "direction",
                                        "entity", "action", "remote_id", "done_at")},
        **{name: product.get(name) for name in ("variant_id", "product_id", "product_name", "variant")},
        **payloads,
        "variant_sku": product.get("variant_sku") or named,
        "order_id": row["res_model"] == "sale.order" and row["res_id"],
        "trigger_type": _trigger(row["trigger"]),
        "http_method": exchange.get("method"),
        "endpoint": exchange.get("url"),
        "status_code": exchange.get("status") or None,
        "status": STATUS_OF[row["state"]],
        "error_message": row["error"],
        # Times of the log are cut to seconds, so what was quick may seem to have ended before it began.
        "duration": max(row["duration_ms"], 0) if row["state"] == "done" else None,
        "connector": row["connector_id"],
        "created_at": row["create_date"],
    }  # fmt: skip


def _trigger(trigger):
    return trigger.upper() if trigger else None


def _json(text):
    """What a kept body says: its JSON value, else (XML, an error page) the text; None when there is none."""
    try:
        return wirejson.loads(text) if text else None
    except PayloadError:
        return text


def _products(env, rows):
    """{(model, id): the API's values} of the products that rows are about, archived ones included."""
    ids = {model: {row["res_id"] for row in rows if row["res_model"] == model}
           for model in ("product.product", "product.template")}  # fmt: skip
    Variant = env["product.product"].with_context(active_test=False, display_default_code=False)
    domain = ["|", ("id", "in", [*ids["product.product"]]), ("product_tmpl_id", "in", [*ids["product.template"]])]
    variants = Variant.search_read(
        domain, ["display_name", "default_code", "product_tmpl_id", "active"], order="id", load=None
    )
    Template = env["product.template"].with_context(active_test=False)
    found, variants_of = {}, defaultdict(list)
    for variant in variants:
        variants_of[variant["product_tmpl_id"]].append(variant)
    for template in Template.search_read([("id", "in", [*variants_of])], ["name"], order="id"):
        mine = variants_of[template["id"]]
        shown = {"product_id": template["id"], "product_name": template["name"]}
        for variant in mine:
            found["product.product", variant["id"]] = {**shown, **_variant(variant, template)}
        sold = [variant for variant in mine if variant["active"]] or mine
        skus = ", ".join(filter(None, (variant["default_code"] for variant in sold)))
        one = _variant(sold[0], template) if len(sold) == 1 else {"variant_sku": skus}
        found["product.template", template["id"]] = {**shown, **one}
    return found


def _variant(variant, template):
    """What a variant adds to the values of its product."""
    sku = variant["default_code"]
    product = answers.Named(id=template["id"], name=template["name"])
    shown = answers.Variant(id=variant["id"], name=variant["display_name"], sku=sku, product=product)
    return {"variant_id": variant["id"], "variant_sku": sku, "variant": shown}

"""Connectors, and the work that is started for them."""

from . import answers
from .errors import ApiError
from .params import MOST

GROUP_MANAGER = "sync_hub.group_manager"
SHOWN = "name kind state company_id key open_count failed_count last_in_at last_out_at breaker_until".split()
#: State of a run -> state of the job.
JOB_STATES = {"running": "active", "done": "completed", "cancelled": "failed"}


def chosen(env, name):
    """The connector of this id or key.

    :raises ApiError: 404, also for one of another company.
    """
    domain = [("key", "=", name)]
    if name.isascii() and name.isdecimal() and int(name) <= MOST:
        domain = ["|", ("id", "=", int(name)), *domain]
    found = env["sync.hub.connector"].search(domain, limit=1)
    if not found:
        raise ApiError(404, "Connector not found", "There is no such connector, or not for this user.")
    return found


def listed(env, asked):
    """All connectors of the user's companies; nothing of them is a secret."""
    manager = env.user.has_group(GROUP_MANAGER)
    rows = env["sync.hub.connector"].search_read([], SHOWN)
    return answers.ConnectorsAnswer(
        connectors=[
            answers.Connector(
                **{name: row[name] for name in ("id", "name", "kind", "state", "last_in_at", "last_out_at",
                                                "breaker_until")},
                key=row["key"] if manager else None,
                company=answers.Named(id=row["company_id"][0], name=row["company_id"][1]),
                open=row["open_count"],
                failed=row["failed_count"],
            )
            for row in rows
        ]
    )  # fmt: skip


# ------------------------------------------------------------ full sync


def full(env, asked):
    """Start the full sync of one connector or of all that are active; one that runs already is joined.

    :raises ApiError: 404 for an unknown connector, 409 when there is nothing to start.
    """
    name = asked.body.connector or asked.query.connector
    found = chosen(env, name) if name else _active(env)
    if not found.filtered(lambda connector: connector.state == "active"):
        what = f"The connector {found.name} is not active" if name else "No connector is active"
        raise ApiError(409, "conflict", f"{what}: activate it in Sync Hub > Configuration > Connectors.")
    started = found._start_full_sync("manual_full")
    if not started:
        raise ApiError(409, "conflict", "Nothing of products goes out of these connectors.")
    return answers.FullSyncAnswer(
        message="Full inventory sync has been queued",
        job_id=started[0].run_id,
        jobs=[answers.StartedJob(job_id=one.run_id, connector=one.connector.id, joined=one.joined) for one in started],
    )


def _active(env):
    return env["sync.hub.connector"].search([("state", "=", "active")])


def product(env, asked):
    """Tell every active connector that takes the product all about it.

    :raises ApiError: 404 for an unknown product, 409 when no active connector takes it.
    """
    template = env["product.template"].with_context(active_test=False).search([("id", "=", asked.id)])
    if not template:
        raise ApiError(404, "Product not found", "There is no such product, or not for this user.")
    appended = template.with_context(active_test=True)._hub_send_now(_active(env))
    if not appended:
        raise ApiError(409, "conflict", f"No active connector takes the product {template.name}.")
    return answers.ProductSyncAnswer(message="Product sync has been queued", product_id=template.id, appended=appended)


def job(env, asked):
    """How far a full sync or a replay is; one that nobody knows is an answer too."""
    run = env["sync.hub.run"].search([("id", "=", asked.id)])
    if not run:
        return answers.JobAnswer(job=answers.NoJob())
    ended = run.state != "running"
    result = answers.JobResult(total=run.total, failed=run.failed_count, cancelled=run.cancelled_count)
    return answers.JobAnswer(
        job=answers.Job(
            id=run.id,
            name=run.name,
            data=answers.JobData(
                kind=run.kind, connector=run.connector_id.id, trigger_type=run.trigger.upper() if run.trigger else None
            ),
            state=JOB_STATES[run.state],
            progress=min(max(run.progress, 0), 100),
            result=result if ended else None,
            failed_reason="The run was cancelled." if run.state == "cancelled" else None,
            # A run is never started anew: its rows are tried again each for itself.
            attempts_made=1,
            timestamp=run.create_date,
            processed_on=run.create_date,
            finished_on=run.finished_at,
        )
    )

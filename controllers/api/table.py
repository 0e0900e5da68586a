"""Every address of the management API in one table: the Odoo routes and the OpenAPI document are made from it."""

from typing import Any, NamedTuple

from . import answers, connectors, logs, params

BASE = "/sync_hub/api/v1"


class Route(NamedTuple):
    """One address.

    :param str path: below the base, a record's id as {id}.
    :param work: function (environment, `Asked`) -> instance of `answer`; None for the document itself.
    :param errors: statuses beside those that every address may answer with.
    :param links: (name of another address, place of the record's id in the answer that it takes).
    """

    name: str
    method: str
    path: str
    summary: str
    work: Any
    answer: Any
    status: int = 200
    query: type = params.Nothing
    body: type = params.Nothing
    errors: tuple = ()
    links: tuple = ()

    @property
    def rule(self):
        """The path for Odoo; whether the id is a number is ours to say, in JSON."""
        return f"{BASE}{self.path.replace('{id}', '<string:id>')}"

    @property
    def has_id(self):
        return "{id}" in self.path


class Asked(NamedTuple):
    """A request, validated."""

    id: int | None
    query: params.Asked
    body: params.Asked


ROUTES = (
    Route("startFullSync", "POST", "/sync/full", "Send everything of one connector, or of all active ones",
          connectors.full, answers.FullSyncAnswer, 202, params.Chosen, params.ChosenBody, (404, 409, 413),
          links=(("getJob", "/jobId"),)),
    Route("syncProduct", "POST", "/sync/product/{id}", "Send everything of one product to all active connectors",
          connectors.product, answers.ProductSyncAnswer, 202, errors=(404, 409)),
    Route("getJob", "GET", "/sync/job/{id}", "How far a full sync or a replay is",
          connectors.job, answers.JobAnswer),
    Route("getQueueStats", "GET", "/sync/queue/stats", "How much waits, is worked and is finished",
          logs.queue, answers.QueueAnswer),
    Route("listLogs", "GET", "/sync/logs", "The log, newest first",
          logs.listed, answers.LogsAnswer, query=params.LogFilter, errors=(404,),
          links=(("getLog", "/logs/0/id"), ("retryLog", "/logs/0/id"))),
    Route("getLog", "GET", "/sync/logs/{id}", "One row of the log with its payloads",
          logs.single, answers.LogAnswer, errors=(404,)),
    Route("retryLog", "POST", "/sync/logs/{id}/retry", "Work a row of the log again",
          logs.retry, answers.LogAnswer, errors=(404, 409), links=(("getLog", "/log/id"),)),
    Route("getStats", "GET", "/sync/stats", "Figures of the whole log, and its newest rows",
          logs.stats, answers.StatsAnswer, links=(("getLog", "/recent/0/id"),)),
    Route("listConnectors", "GET", "/connectors", "The connectors and how they are",
          connectors.listed, answers.ConnectorsAnswer),
    Route("getOpenApi", "GET", "/openapi.json", "This document; needs no key", None, None),
)  # fmt: skip

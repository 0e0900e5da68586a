from odoo import _, models

from ..adapters.canonical import Fetch, Poll, RecordPush
from .push import Push


class Reading(Push):
    """Something to ask the remote for: there is nothing to compare."""

    def __init__(self, row, ask):
        super().__init__(row, row.remote_id, values={row.flow: True})
        self.ask = ask

    def message(self, changes):
        return self.ask


class FetchExporter(models.AbstractModel):
    """Single records that the remote is asked for, because a message left a doubt or a person wants to know."""

    _name = "sync.hub.exporter.fetch"
    _inherit = "sync.hub.exporter"
    _description = "Fetch exporter"

    _chunk = 20

    def _pushes(self, connector, rows):
        for row in rows:
            key = f"fetch,{row.entity},{row.remote_id}"
            yield Reading(row, Fetch(key=key, entity=row.entity, remote_id=row.remote_id))


class PollExporter(models.AbstractModel):
    """Pages of lists that are read by schedule."""

    _name = "sync.hub.exporter.poll"
    _inherit = "sync.hub.exporter"
    _description = "Poll exporter"

    # One page is one call: what people wait for goes in between.
    _chunk = 1

    def _pushes(self, connector, rows):
        for row in rows:
            cursor = self.env["sync.hub.cursor"]._of(connector, row.remote_id)
            if not cursor.since:
                cursor._start()
            page = {field: cursor[field] for field in ("resource", "since", "until", "offset", "windowed")}
            page["mark"] = cursor.mark or ""
            yield Reading(row, Poll(key=f"poll,{cursor.resource}", **page))


class AckExporter(models.AbstractModel):
    """Orders that are safely in Odoo: the remote need not offer them any more."""

    _name = "sync.hub.exporter.ack"
    _inherit = "sync.hub.exporter"
    _description = "Acknowledgement exporter"

    _chunk = 20

    def _pushes(self, connector, rows):
        orders = self.env["sale.order"].browse(rows.mapped("res_id")).exists()
        bindings = self.env["sync.hub.binding"]._of_records(connector, orders).filtered(lambda b: b.entity == "order")
        known = bindings.grouped("res_id")
        for row in rows:
            binding = known.get(row.res_id)
            if not binding:
                row._finish("skipped", reason="ignored", result=_("The shop does not know this order."))
                continue
            remote_id = binding[-1].remote_id
            key = f"ack,{remote_id}"
            yield Reading(row, RecordPush(key=key, entity="order", remote_id=remote_id, values={"ack": True}))

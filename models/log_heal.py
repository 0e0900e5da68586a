"""A failure that a later operation of the same record has made good needs nobody's attention any more."""

from odoo import _, fields, models

from .adapters import canonical
from .flows import PRODUCT_FLOWS

#: Messages that carry the whole record: what an older one of it has failed to say is said by them. Not in the list:
#: what happens to a record (money that moves, a coupon that is used) and what says only a part of it.
WHOLE = (
    canonical.Address,
    canonical.Coupon,
    canonical.Customer,
    canonical.Order,
    canonical.ProductState,
    canonical.StockState,
    canonical.ValueList,
    canonical.VendorOrderState,
)

#: Rows that are about one of several remote records of ours.
_OWN = "CASE WHEN {0}.action IN ('unpublish', 'pack') THEN {0}.action || ',' || coalesce({0}.remote_id, '') ELSE '' END"

#: What makes the failed row f one that the row d has made good. What goes out carries the values of now.
_RECORD = f"""
    d.direction = 'out' AND f.direction = 'out' AND f.flow = d.flow AND f.scope IS NULL
    AND f.res_model = d.res_model AND f.res_id = d.res_id AND {_OWN.format("f")} = {_OWN.format("d")}
"""
_ASKED = """
    d.direction = 'out' AND f.direction = 'out' AND d.flow = 'fetch' AND f.flow = 'fetch'
    AND f.entity = d.entity AND f.remote_id = d.remote_id
"""
#: Whether a row was read by us: its trigger tells no more once it was retried.
_READ = (
    "coalesce((SELECT x.direction = 'out' FROM sync_hub_exchange x WHERE x.id = {0}.exchange_id), {0}.trigger = 'poll',"
    " false)"
)
#: A reading shows what was true when it was made, which is never after it was stored, whatever the remote's clock says.
#: Of two messages the one of the later time says more. Their times are not compared with those of readings: they may be
#: of another zone.
_MESSAGE = f"""
    d.direction = 'in' AND f.direction = 'in' AND f.entity = d.entity AND f.remote_id = d.remote_id
    AND CASE WHEN {_READ.format("d")} THEN f.create_date <= least(d.source_time, d.create_date)
             ELSE NOT {_READ.format("f")} AND (f.source_time IS NULL OR f.source_time <= d.source_time) END
"""


def is_whole(message):
    """Whether a canonical message tells all there is to tell of its record."""
    if isinstance(message, canonical.Order):
        return message.complete and message.status is not None
    return isinstance(message, WHOLE)


class SyncHubLog(models.Model):
    _inherit = "sync.hub.log"

    def _heal(self):
        """Close the older failures of the records of these rows, as far as the rows have told what those could not.

        Of inbound rows only those of whole records may be given (see `is_whole`).
        """
        good = self.filtered(
            lambda row: (
                row.state == "done"
                # Of values it is known that the remote has the one of now; why an order is told nothing may vary.
                or (row.state == "skipped" and row.reason == "unchanged" and row.flow in PRODUCT_FLOWS)
            )
        )
        if not good:
            return
        self.env["sync.hub.log"].flush_model()
        said, at = _("Made good by operation %s of the same record."), fields.Datetime.now()
        matches = []
        if good.filtered(lambda row: row.direction == "in" and row.remote_id):
            matches.append(_MESSAGE)
        if good.filtered(lambda row: row.direction == "out" and row.res_id):
            matches.append(_RECORD)
        if good.filtered(lambda row: row.direction == "out" and not row.res_id and row.flow == "fetch"):
            matches.append(_ASKED)
        for match in matches:
            self.env.cr.execute(
                f"""
                UPDATE sync_hub_log f SET state = 'skipped', reason = 'superseded', done_at = %(at)s,
                                          next_try_at = NULL, private = NULL,
                                          result = replace(%(said)s, '%%s', d.id::text)
                  FROM sync_hub_log d
                 WHERE d.id = ANY(%(ids)s) AND f.state = 'failed' AND f.connector_id = d.connector_id
                   -- Whether the remote has made it is a question that only a look at the remote answers.
                   AND f.error_code IS DISTINCT FROM 'outcome_unknown'
                   AND f.id < d.id AND {match}
                """,
                {"ids": good.ids, "said": said, "at": at},
            )
            if self.env.cr.rowcount:
                self.env["sync.hub.log"].invalidate_model()

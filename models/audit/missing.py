from odoo import _, models

from ..adapters.canonical import Look, Wanted
from ..exporter.catalogue import WITHDRAWN
from ..exporter.reading import Reading
from .differences import Difference
from .page import OWN_FLOW

#: Bindings of one step that no page has shown.
STEP = 200
#: Records that are asked for singly in one step: as many calls, or more.
SINGLY = 10


class AuditExporter(models.AbstractModel):
    """Pages of audits that are running; after the last one, what no page has shown."""

    _name = "sync.hub.exporter.audit"
    _inherit = "sync.hub.exporter"
    _description = "Audit exporter"

    # One page is one call: what people wait for goes in between.
    _chunk = 1

    def _pushes(self, connector, rows):
        for row in rows:
            audit = self.env["sync.hub.audit"].browse(row.res_id).exists()
            audit._take_up_again()
            if audit.state != "running":
                row._finish("skipped", reason="ignored", result=_("The audit was cancelled."))
                continue
            ask = audit._question()
            if ask:
                yield Reading(row, ask)
            elif not audit._seek_missing():
                audit._finish("done")
                row._finish("done", result=audit._said())


class SyncHubAudit(models.Model):
    """What to ask next, and what is missing at the remote."""

    _inherit = "sync.hub.audit"

    def _take_up_again(self):
        """One whose operation somebody retries goes on, unless another one runs by now."""
        running = [("connector_id", "=", self.connector_id.id), ("state", "=", "running")]
        if self.state == "failed" and not self.search_count(running, limit=1):
            self.write({"state": "running", "done_at": False, "error": False})

    def _question(self):
        """The next page to ask for, None when all was shown."""
        if self.phase == "missing":
            return None
        key = f"audit,{self.id}"
        if not self.connector_id._adapter()._audits_singly:
            return Look(key=key, offset=self.offset)
        after = [("connector_id", "=", self.connector_id.id), ("entity", "in", OWN_FLOW), ("id", ">", self.offset)]
        bindings = self.env["sync.hub.binding"].search(after, order="id", limit=SINGLY)
        if not bindings:
            self.write({"phase": "missing", "offset": 0})
            return None
        wanted = [Wanted(id=b.remote_id, skus=tuple(b._base("offer") or ())) for b in bindings]
        return Look(key=key, offset=bindings[-1].id, wanted=wanted)

    def _take_page(self, message, shelf):
        """Note a page and where to go on; returns values of the log row."""
        values = self._note_page(shelf, [wanted.id for wanted in message.wanted])
        if self.state == "running":
            singly = bool(message.wanted)
            following = message.offset if singly else shelf.offset
            last = following is None
            self.write({"offset": 0 if last else following, "phase": "missing" if last else "list"})
        return values

    # ------------------------------------------------------------ what no page has shown

    def _seek_missing(self):
        """List the next of the bindings that no page has shown; False when there are no more."""
        if self.connector_id._adapter()._audits_singly:
            return False
        if not self.offset:
            self._bind_by_field()
        # Of a remote that is told whole products their variants are compared with them.
        whole = [entity for entity in self._entities(self.flows) if entity in OWN_FLOW]
        self.env["sync.hub.binding"].flush_model()
        self.env.cr.execute(
            """
            SELECT b.id FROM sync_hub_binding b
             WHERE b.connector_id = %s AND b.entity = ANY(%s) AND b.id > %s
               AND NOT EXISTS (SELECT 1 FROM sync_hub_audit_seen s WHERE s.audit_id = %s AND s.binding = b.id)
             ORDER BY b.id LIMIT %s
            """,
            [self.connector_id.id, whole or self._entities(self.flows), self.offset, self.id, STEP],
        )
        bindings = self.env["sync.hub.binding"].browse([row[0] for row in self.env.cr.fetchall()])
        if not bindings:
            return False
        self._list_missing(bindings, self.since)
        self.checked_count += len(bindings)
        self.offset = bindings[-1].id
        return True

    def _bind_by_field(self):
        """Products that bear a remote id in their field and were never told of are linked all the same."""
        field = self.connector_id._adapter()._product_field
        if not field or "product" not in self._entities(self.flows):
            return
        products = self.env["product.product"].with_context(active_test=False).search([(field, "!=", False)])
        bound = [("connector_id", "=", self.connector_id.id), ("entity", "=", "product"), ("from_field", "=", True)]
        known = set(self.env["sync.hub.binding"].search(bound).mapped("res_id"))
        new = products.filtered(lambda product: product.id not in known)
        self.env["sync.hub.exporter.product"]._bindings(self.connector_id, new)

    def _list_missing(self, bindings, since):
        """Lines for bindings whose record the remote does not show although it is sold."""
        if not bindings:
            return
        told, errors = self._told_now(bindings)
        moving, names, missing = self._moving(bindings, since), self._names(bindings), {}
        for (binding, flow), (value, _push) in told.items():
            if any((binding, one) in moving for one in self._flows_of(binding)):
                continue
            if self._is_for_sale(flow, value):
                name = names.get((binding.res_model, binding.res_id)) or binding.remote_id
                missing.setdefault(binding, (flow, Difference("product", name, _("nothing"))))
        for error in errors.values():
            self.unreadable += 1
            self._note(error)
        self._list({(b, flow): [one] for b, (flow, one) in missing.items()}, "missing_remote")

    @staticmethod
    def _is_for_sale(flow, value):
        """Whether a remote that does not have it lacks something."""
        if flow == "offer":
            return any(quantity for quantity, _price in value.values())
        return value is not False and value != WITHDRAWN

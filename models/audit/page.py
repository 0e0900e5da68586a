from odoo import _, models

from ..adapters.canonical import Shown
from ..adapters.errors import SyncError
from ..flows import FLOWS
from ..log import OPEN
from .differences import COMPARE, Words

#: Lines for products of the remote that nobody has linked; more are only counted.
UNKNOWN_LINES = 200
#: Entity of a binding -> the model whose binding tells of it is the flow's own; all others are values of variants.
OWN_FLOW = ("catalogue", "offer")


class SyncHubAudit(models.Model):
    """One page: whose products these are, what they would be told now, and what differs."""

    _inherit = "sync.hub.audit"

    def _note_page(self, shelf, wanted=()):
        """Compare a page and note what differs; returns values of the log row: done, or to be worked again.

        :param wanted: remote ids that were asked for singly; what is not shown of them is missing.
        """
        self.ensure_one()
        if self.state != "running":
            return {"state": "skipped", "reason": "ignored", "result": _("The audit was cancelled.")}
        bindings = self._bindings_of(shelf.products)
        asked_for = self.env["sync.hub.binding"]
        if wanted:
            mine = [("connector_id", "=", self.connector_id.id), ("entity", "in", OWN_FLOW)]
            asked_for = asked_for.search([*mine, ("remote_id", "in", wanted)])
        found, matched, unknown = {}, self.env["sync.hub.binding"], []
        for shown in shelf.products:
            mine = self._meant(shown, bindings)
            for binding in mine:
                found.setdefault(binding, shown)
            matched |= mine
            if not mine and not shown.frame and shown.entity == "product":
                unknown.append(shown)
        self.env["sync.hub.audit.seen"]._add(self, matched)
        self._compare({b: shown for b, shown in found.items() if not shown.frame}, shelf.asked)
        self._list_missing(asked_for - matched, shelf.asked)
        self._list_unknown(unknown)
        self.unreadable += shelf.unreadable
        self.checked_count += len(matched | asked_for)
        return {"state": "pending", "attempts": 0, "result": self._said()}

    def _said(self):
        return _("%(checked)s compared, %(count)s differences.", checked=self.checked_count,
                 count=self.difference_count)  # fmt: skip

    # ------------------------------------------------------------ whose they are

    def _bindings_of(self, products):
        """{(entity, remote id): bindings} of what a page shows."""
        ids = {entity: [i for shown in products if shown.entity == entity for i in shown.ids]
               for entity in self._entities(self.flows)}  # fmt: skip
        Binding, connector = self.env["sync.hub.binding"], self.connector_id
        found = Binding
        for entity, remote_ids in ids.items():
            mine = [("connector_id", "=", connector.id), ("entity", "=", entity), ("remote_id", "in", remote_ids)]
            found |= Binding.search(mine)
        field = connector._adapter()._product_field
        if field:
            # A product that bears the id of its field is linked, whether or not it was ever told of.
            Product = self.env["product.product"].with_context(active_test=False)
            products = Product.browse(found.mapped("res_id")).exists()
            products |= Product.search([(field, "in", ids.get("product", []))])
            mine = self.env["sync.hub.exporter.product"]._bindings(connector, products)
            found = Binding.concat(*mine.values())
        by_id = {}
        for binding in found:
            key = (binding.entity, binding.remote_id)
            by_id[key] = by_id.get(key, Binding) | binding
        return by_id

    def _meant(self, shown, bindings):
        mine = self.env["sync.hub.binding"]
        for remote_id in shown.ids:
            mine |= bindings.get((shown.entity, remote_id), mine.browse())
        # Of one account's products another's are none.
        return mine.filtered(lambda b: not (b.account and shown.account) or b.account == shown.account)

    # ------------------------------------------------------------ what they would be told

    def _told_now(self, bindings):
        """({(binding, flow): (value, Push)}, {(binding, flow): error}): what the exporters would send at this moment.

        Their own code decides, on rows that are never stored: an audit and a push cannot be of two minds.
        """
        Log, rows = self.env["sync.hub.log"], {}
        keys = {(b.res_model, b.res_id, self._row_id(b)): b for b in bindings}
        for binding in bindings:
            for flow in self._flows_of(binding):
                values = {"connector_id": self.connector_id.id, "trigger": "audit", "direction": "out", "flow": flow}
                values.update(entity=binding.entity, res_model=binding.res_model, res_id=binding.res_id)
                values.update(action="pack" if self._row_id(binding) else "update", remote_id=self._row_id(binding))
                rows.setdefault(FLOWS[flow].exporter, []).append(Log.new(values))
        told, errors = {}, {}
        for mine in rows.values():
            mine = Log.concat(*mine)
            looking = self.env["sync.hub.drain"].with_context(hub_only_look=True)
            pushes = looking._export(self.connector_id, mine.with_context(hub_only_look=True))
            for push in pushes:
                for row in push.rows:
                    key = keys[row.res_model, row.res_id, row.remote_id], row.flow
                    if push.error is not None:
                        errors[key] = push.error
                    elif row.flow in push.values:
                        told[key] = push.values[row.flow], push
            for row in mine.filtered(lambda r: r.state == "failed"):
                # Something unforeseen: the log has its traceback.
                errors[keys[row.res_model, row.res_id, row.remote_id], row.flow] = SyncError(row.error)
        return told, errors

    @staticmethod
    def _row_id(binding):
        return False if binding.entity in OWN_FLOW else binding._key()

    def _flows_of(self, binding):
        """The audited flows that tell of this binding's remote record."""
        own = binding.entity if binding.entity in OWN_FLOW else None
        return [flow for flow in self.flows if (flow if flow in OWN_FLOW else None) == own]

    def _moving(self, bindings, since):
        """The (binding, flow) whose value is on its way, or was told after a time (seconds since 1970)."""
        domain = [("connector_id", "=", self.connector_id.id), ("direction", "=", "out"), ("state", "in", OPEN)]
        moving, wide = set(), set()
        for row in self.env["sync.hub.log"].search([*domain, ("scope", "!=", False)]):
            wide.add(row.flow)
        by_record = bindings.grouped(lambda b: (b.res_model, b.res_id))
        for model in set(bindings.mapped("res_model")):
            ids = bindings.filtered(lambda b, m=model: b.res_model == m).mapped("res_id")
            for row in self.env["sync.hub.log"].search([*domain, ("res_model", "=", model), ("res_id", "in", ids)]):
                moving |= {(binding, row.flow) for binding in by_record[model, row.res_id]}
        for binding in bindings:
            told = {flow for flow, state in (binding.agreed or {}).items() if ((state or {}).get("sent") or 0) >= since}
            moving |= {(binding, flow) for flow in told | wide}
        return moving

    # ------------------------------------------------------------ what differs

    def _compare(self, found, asked):
        """Make lines for what differs; {binding: what is shown of it}."""
        bindings = self.env["sync.hub.binding"].concat(*found)
        told, errors = self._told_now(bindings)
        moving, words = self._moving(bindings, asked), self._words()
        differing = {}
        for (binding, flow), (value, push) in told.items():
            if (binding, flow) in moving:
                self.moving_count += 1
                continue
            differences = COMPARE[flow](value, found[binding], words, push)
            if differences is None:
                self.unreadable += 1
            elif differences:
                differing[binding, flow] = differences
        for (_binding, flow), error in errors.items():
            if flow in self.flows:
                self.unreadable += 1
                self._note(error)
        self._list(differing, "differs")

    def _list(self, differing, kind):
        """Lines of {(binding, flow): [Difference]}."""
        names = self._names({binding for binding, _flow in differing})
        lines = [
            {
                **self._of_binding(binding, names),
                "flow": flow,
                "part": one.of or False,
                "field": one.field,
                "odoo_value": one.ours,
                "remote_value": one.theirs,
                "kind": one.kind if kind == "differs" else kind,
            }
            for (binding, flow), differences in differing.items()
            for one in differences
        ]
        self.env["sync.hub.audit.line"].create(lines)
        self.difference_count += len(lines)
        self.product_count += len({binding for binding, _flow in differing})

    def _of_binding(self, binding, names):
        return {
            "audit_id": self.id,
            "connector_id": self.connector_id.id,
            "binding_id": binding.id,
            "res_model": binding.res_model,
            "res_id": binding.res_id,
            "remote_id": binding.remote_id,
            "name": names.get((binding.res_model, binding.res_id)),
        }

    def _names(self, bindings):
        """{(model, id): name} of the products of these bindings."""
        names = {}
        for model in {binding.res_model for binding in bindings}:
            ids = [binding.res_id for binding in bindings if binding.res_model == model]
            lang = self.connector_id.run_as_id.lang
            records = self.env[model].with_context(active_test=False, lang=lang).browse(ids).exists()
            names.update({(model, record.id): record.display_name for record in records})
        return names

    def _words(self):
        places = self.env["sync.hub.map"]._places_known(self.connector_id)
        return Words(
            yes=_("yes"),
            no=_("no"),
            unlimited=_("unlimited"),
            uncounted=_("not counted"),
            nothing=_("nothing"),
            places={place: warehouse.name for place, warehouse in places.items()},
        )

    # ------------------------------------------------------------ what nobody has linked

    def _list_unknown(self, products: list[Shown]):
        """Products of the remote that are none of Odoo's: counted, and the first of them listed."""
        listed = max(UNKNOWN_LINES - self.unknown_count, 0)
        self.env["sync.hub.audit.line"].create(
            [
                {
                    "audit_id": self.id,
                    "connector_id": self.connector_id.id,
                    "remote_id": shown.ids[0],
                    "name": shown.name or shown.ids[0],
                    "field": "product",
                    "remote_value": shown.name or shown.ids[0],
                    "kind": "unknown_here",
                }
                for shown in products[:listed]
            ]
        )
        self.unknown_count += len(products)

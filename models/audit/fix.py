from odoo import _, models
from odoo.exceptions import AccessError, UserError

from ..flows import CATALOGUE
from ..log import OPEN

#: What may close a row that was appended for a line: others have told the remote meanwhile.
SETTLED = (False, "unchanged", "superseded")
#: Triggers of rows that may have been appended for lines, or taken up again.
TRIGGERS = ("audit", "retry", "replay")


class SyncHubAuditLine(models.Model):
    """Sending what Odoo has, for all lines or some."""

    _inherit = "sync.hub.audit.line"

    def action_fix(self):
        """Send what Odoo has now for these lines; the ones that are being sent stay as they are."""
        if not (self.env.su or self.env.user.has_group("sync_hub.group_manager")):
            raise AccessError(_("Only a Sync Manager sends what an audit has found."))
        self.check_access_rule("read")
        count = self.sudo()._fix()
        if not count:
            raise UserError(
                _(
                    "None of these lines can be sent: they are sent already, not linked with a product, or the "
                    "connector does not send such values any more (Sync Hub > Configuration > Connectors)."
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": _("%s values are sent.", count),
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_ignore(self):
        """Leave these lines as they are."""
        if not (self.env.su or self.env.user.has_group("sync_hub.group_manager")):
            raise AccessError(_("Only a Sync Manager decides what is left as it is."))
        self.check_access_rule("read")
        self.sudo().filtered(lambda line: line.state in ("open", "failed")).state = "ignored"

    def _is_hidden_there(self):
        """Whether somebody has hidden at the remote what Odoo sells: only a person brings that back."""
        return self.field == "published" and self.flow == "publication" and self._wants_sale()

    def _wants_sale(self):
        product = self.env["product.product"].browse(self.res_id).exists()
        return bool(product.active and self.binding_id.published)

    def _fix(self):
        """Append rows that tell the remote what Odoo has; returns the number of lines that they are for."""
        count = 0
        lines = self.filtered(lambda line: line.kind != "unknown_here" and line.state in ("open", "failed", "ignored"))
        for connector, mine in lines.grouped("connector_id").items():
            target = next((t for t in self.env["sync.hub.connector"]._outbound() if t.id == connector.id), None)
            if target:
                count += mine._append(connector, target)
        return count

    def _append(self, connector, target):
        groups, packs = {}, self._packs(connector)
        for line in self:
            for told in line._rows_needed(connector, target, packs):
                groups.setdefault(told, self.browse())
                groups[told] |= line
        self._forget_agreed(connector, groups)
        rows = self.env["sync.hub.log"].create([
            {
                "connector_id": connector.id,
                "company_id": connector.company_id.id,
                "direction": "out",
                "priority": target.flows[flow],
                "trigger": "audit",
                "entity": "product",
                "flow": flow,
                "action": "pack" if key else "update",
                "remote_id": key,
                "res_model": model,
                "res_id": res_id,
            }
            for model, res_id, key, flow in groups
        ])  # fmt: skip
        for row, mine in zip(rows, groups.values(), strict=True):
            mine.write({"state": "fixing", "log_id": row.id})
        if rows:
            self.env["sync.hub.drain"]._wake_after_commit(connector.id, "out", 0)
        return len(self.browse({line.id for mine in groups.values() for line in mine}))

    def _packs(self, connector):
        """Ids of products that are more than one product there: a row has to say which is meant."""
        products = self.env["product.product"].browse(self.mapped("res_id"))
        mine = [("connector_id", "=", connector.id), ("res_model", "=", products._name)]
        mine += [("entity", "=", "product"), ("res_id", "in", products.ids)]
        groups = self.env["sync.hub.binding"]._read_group(mine, ["res_id"], ["__count"])
        return {res_id for res_id, count in groups if count > 1}

    def _rows_needed(self, connector, target, packs):
        """[(model, record id, pack or False, flow)] of what has to be told to settle this line."""
        binding = self.binding_id
        if not binding:
            return []
        flows = [self.flow]
        if self.kind == "missing_remote" and binding.entity == "product":
            flows = [flow for flow in connector._audited_flows() if flow != CATALOGUE]
        key = binding._key() if binding.entity == "product" and binding.res_id in packs else False
        return [(binding.res_model, binding.res_id, key, flow) for flow in flows if flow in target.flows]

    @staticmethod
    def _forget_agreed(connector, groups):
        """What was agreed holds no more: the remote shows something else."""
        by_flow = {}
        for (_model, _id, _key, flow), lines in groups.items():
            by_flow.setdefault(flow, set()).update(lines.binding_id.ids)
        bindings = next(iter(groups.values())).env["sync.hub.binding"] if groups else None
        for flow, ids in by_flow.items():
            bindings.browse(ids)._clear_agreed([flow])


class SyncHubLog(models.Model):
    """Lines of audits follow the rows that were appended for them."""

    _inherit = "sync.hub.log"

    def _finish(self, state, **values):
        result = super()._finish(state, **values)
        rows = self.browse(self.ids)
        if rows and state not in OPEN:
            if any(trigger in TRIGGERS for trigger in rows.mapped("trigger")):
                settled = state in ("done", "skipped") and values.get("reason", False) in SETTLED
                lines = (
                    self.env["sync.hub.audit.line"]
                    .sudo()
                    .search([("log_id", "in", rows.ids), ("state", "in", ("fixing", "failed"))])
                )
                lines.write({"state": "fixed" if settled else "failed"})
            ended = rows.filtered(lambda row: row.flow == "audit" and state != "done")
            if ended:
                audits = self.env["sync.hub.audit"].sudo().browse(ended.mapped("res_id")).exists()
                audits.filtered(lambda a: a.state == "running")._finish("failed", error=values.get("error"))
        return result

"""Where the button of a remedy leads."""

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .map import KINDS


def form(record, name=None, **more):
    """The action that opens a record."""
    return {
        "type": "ir.actions.act_window",
        "name": name or record.display_name,
        "res_model": record._name,
        "res_id": record.id,
        "views": [(False, "form")],
        **more,
    }


class SyncHubRemedies(models.AbstractModel):
    """Something failed, with its cause in plain words and the way to its remedy.

    Inherited by what has connector_id, entity, error_code, error_field and remote_value.
    """

    _name = "sync.hub.remedies"
    _description = "Sync failure with a remedy"

    cause = fields.Char(compute="_compute_remedy")
    remedy = fields.Char(compute="_compute_remedy", string="What to do")
    remedy_label = fields.Char(compute="_compute_remedy")

    def _newest(self):
        """The row of the log that shows what is meant."""
        raise NotImplementedError

    @api.depends("connector_id", "error_code", "error_field", "remote_value")
    def _compute_remedy(self):
        table = self.env["sync.hub.remedy.table"]
        known = table._remedies()
        for row in self:
            remedy = table._remedy_of(row, known)
            kind = KINDS.get(row.error_field, ("",))[0]
            words = {"value": row.remote_value or "?", "shop": row.connector_id.name or _("The shop")}
            words["kind"] = self._kind_label(row.error_field) or kind
            row.cause = remedy.cause % words
            row.remedy = remedy.remedy
            row.remedy_label = self._can_go(row, remedy) and remedy.label

    @api.model
    def _kind_label(self, kind):
        return dict(self.env["sync.hub.map"]._fields["kind"]._description_selection(self.env)).get(kind)

    @staticmethod
    def _can_go(row, remedy):
        """Whether the button leads anywhere."""
        newest = row._newest()
        return {
            "_go_record": lambda: bool(newest.record_name),
            "_go_edit": lambda: newest._can_edit(),
            "_go_operation": lambda: newest != row,
        }.get(remedy.go, lambda: bool(remedy.go))()

    def action_remedy(self):
        """Go where the cause is mended."""
        self.ensure_one()
        self.check_access_rights("read")
        self.check_access_rule("read")
        remedy = self.env["sync.hub.remedy.table"]._remedy_of(self)
        if not remedy.go:
            raise UserError(_("The error says what to do."))
        return getattr(self, remedy.go)()

    # ------------------------------------------------------------ where

    def _go_map(self):
        Map = self.env["sync.hub.map"]
        value = self.remote_value or ""
        if value:
            Map.sudo()._note_missing(self.connector_id, self.error_field, value)
        row = Map._row(self.connector_id, self.error_field, value)
        return form(row, _("Value map")) if row else self._go_maps()

    def _go_maps(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.map_action")
        filters = {"search_default_connector_id": self.connector_id.id}
        if self.error_field in KINDS:
            filters[f"search_default_{self.error_field}"] = 1
        return {**action, "context": filters}

    def _go_connector(self):
        return form(self.connector_id)

    def _go_shop_product(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.remote_product_action")
        filters = {"search_default_connector_id": self.connector_id.id}
        value = self._note_unknown_product() or self.remote_value
        if value:
            filters["search_default_name"] = value
        return {**action, "context": filters}

    def _note_unknown_product(self):
        """Let the product that an order speaks of be among the shop's, although nobody has read them: there it is
        linked. Its remote id, None when the message does not tell it."""
        row, Remote = self._newest(), self.env["sync.hub.remote.product"]
        if row.direction != "in" or not Remote.check_access_rights("create", raise_exception=False):
            return None
        try:
            message = row.connector_id._adapter().parse(row.connector_id, row).message
        except Exception:
            # Whatever is wrong with it, the list can be shown.
            return None
        refs = [line.product for line in getattr(message, "lines", ()) if line.product and line.product.id]
        ref = next((ref for ref in refs if self.remote_value in (ref.sku, ref.id, ref.name)), None)
        if not ref:
            return None
        if not Remote.search_count([("connector_id", "=", row.connector_id.id), ("remote_id", "=", ref.id)], limit=1):
            values = {"sku": ref.sku or False, "barcode": ref.barcode or False, "name": ref.name or ref.id}
            Remote.create({"connector_id": row.connector_id.id, "remote_id": ref.id, **values})
        return ref.id

    def _go_record(self):
        return self._newest().action_open_record()

    def _go_operation(self):
        return form(self._newest())

    def _go_edit(self):
        return self._newest().action_edit()

    def _go_approval(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.log_action")
        return {
            **action,
            "context": {"search_default_approval": 1, "search_default_connector_id": self.connector_id.id},
        }

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..models.adapters import wirejson
from ..models.adapters.errors import PayloadError, SyncError
from ..models.adapters.redaction import redact


class SyncHubEditWizard(models.TransientModel):
    """Correct a message that a shop has sent, as JSON, and work it again. What it was is kept."""

    _name = "sync.hub.edit.wizard"
    _description = "Edit and retry"

    log_id = fields.Many2one("sync.hub.log", required=True, readonly=True)
    error = fields.Text(related="log_id.error")
    note = fields.Char(string="Why")
    payload = fields.Text(required=True)
    diff = fields.Text(compute="_compute_diff", string="Changes")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        values["payload"] = self.env["sync.hub.log"].browse(values.get("log_id")).payload_pretty
        return values

    @api.depends("payload")
    def _compute_diff(self):
        for wizard in self:
            wizard.diff = self.env["sync.hub.edit"]._diff(wizard.log_id.payload or "", wizard.payload or "")

    def action_save(self):
        """Keep both versions, store the new one and work the row again.

        :raises UserError: it is no JSON, or not what the shop's description allows; names the field.
        """
        row = self.log_id
        if not row._can_edit():
            raise row._why_not_editable()
        row.check_access_rule("read")
        before, after = row.payload, wirejson.dumps(self._understood())
        if wirejson.loads(before) == wirejson.loads(after):
            raise UserError(_("Nothing was changed: press Retry instead."))
        self._check_meaning(row.sudo(), after)
        self.env["sync.hub.edit"].sudo().create({"log_id": row.id, "note": self.note, "before": before, "after": after})
        row.sudo().payload = after
        row.with_context(hub_why="edit")._requeue("retry")
        return {"type": "ir.actions.act_window_close"}

    def _understood(self):
        """The JSON value that was typed, without what is never kept."""
        try:
            value = wirejson.loads(self.payload)
        except PayloadError as error:
            raise UserError(_("Payload: %s", error)) from None
        if not isinstance(value, dict):
            raise UserError(_("Payload: it must be an object in braces, as the shop has sent it."))
        return redact(value)

    def _check_meaning(self, row, payload):
        """Let the adapter read it, as it will when it is worked.

        :raises UserError: what it says, or the message is of another record now.
        """
        adapter = row.connector_id._adapter()
        known = {row.remote_id} | {self._id_of(adapter, row)}
        draft = row.new({"payload": payload}, origin=row)
        try:
            told = adapter.parse(row.connector_id, draft).message.id
        except PayloadError as error:
            raise UserError(_("Payload: %s", error)) from None
        except SyncError:
            # What it lacks in Odoo shows when it is worked.
            return
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
            raise UserError(_("Payload: it cannot be read (%s).", problem)) from None
        if told not in known:
            raise UserError(
                _("Payload: this is a message of record %(old)s, not of %(new)s.", old=row.remote_id, new=told)
            )

    @staticmethod
    def _id_of(adapter, row):
        """The id of the record that the message spoke of, None when it cannot be read."""
        try:
            return adapter.parse(row.connector_id, row).message.id
        except Exception:
            return None

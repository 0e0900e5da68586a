from odoo import _, models
from odoo.exceptions import AccessError, UserError

from .remedy_actions import form
from .run import TAKES


class SyncHubLog(models.Model):
    """What a person does at the error desk besides retrying."""

    _inherit = "sync.hub.log"

    def action_skip(self):
        """Ask for the reason, then close these rows."""
        if not self.filtered(lambda row: row.state in TAKES["skip"]):
            raise UserError(_("Only operations that failed or wait for a retry can be skipped."))
        return self._desk_wizard("skip", _("Skip operations"))

    def action_export(self):
        """Download these rows as lines of JSON."""
        wizard = self.env["sync.hub.replay.wizard"].create({**self._chosen("export"), "log_ids": [(6, 0, self.ids)]})
        return wizard.action_export()

    def action_edit(self):
        """Open the payload of an inbound row to correct it."""
        self.ensure_one()
        if not self._can_edit():
            raise self._why_not_editable()
        return {
            "type": "ir.actions.act_window",
            "name": _("Edit and retry"),
            "res_model": "sync.hub.edit.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_log_id": self.id, "dialog_size": "extra-large"},
        }

    def _desk_wizard(self, what, title):
        values = {**self._chosen(what), "log_ids": [(6, 0, self.ids)]}
        return self.env["sync.hub.replay.wizard"]._opened(title, **values)

    @staticmethod
    def _chosen(what):
        return {"what": what, "state": False}

    def _can_edit(self):
        """Whether the user may correct what this row has brought."""
        return (
            self.direction == "in"
            and bool(self.connector_id and self.payload)
            and self.state in ("failed", "skipped")
            and self.env.user.has_group("sync_hub.group_manager")
        )

    def _why_not_editable(self):
        if not self.env.user.has_group("sync_hub.group_manager"):
            return AccessError(_("Only a Sync Manager edits what a shop has sent."))
        return UserError(_("Only messages of a shop that failed or were skipped can be edited."))

    def _skip_by_hand(self, note, user):
        """Close rows that nobody will work any more; `note` says why."""
        self.check_access_rights("read")
        self.check_access_rule("read")
        rows = self.sudo().filtered(lambda row: row.state in TAKES["skip"])
        said = _("%(user)s: %(note)s", user=user.name, note=note)
        rows.with_context(hub_by=user.name)._finish("skipped", reason="by_hand", result=said)

    def action_open_form(self):
        """The row in a page of its own."""
        self.ensure_one()
        return form(self)

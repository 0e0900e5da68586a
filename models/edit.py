import difflib

from odoo import api, fields, models

from .adapters import wirejson


class SyncHubEdit(models.Model):
    """What somebody has changed about a message before it was tried again. Never written again."""

    _name = "sync.hub.edit"
    _description = "Edited message"
    _order = "id desc"
    _rec_name = "log_id"

    log_id = fields.Many2one("sync.hub.log", required=True, ondelete="cascade", readonly=True, index=True)
    company_id = fields.Many2one("res.company", related="log_id.company_id", store=True, readonly=True)
    note = fields.Char(string="Why", readonly=True)
    before = fields.Text(readonly=True)
    after = fields.Text(readonly=True)
    diff = fields.Text(compute="_compute_diff", string="Changes")

    @api.depends("before", "after")
    def _compute_diff(self):
        for edit in self:
            edit.diff = self._diff(edit.before or "", edit.after or "")

    @api.model
    def _diff(self, before, after):
        """The lines that differ between two JSON texts, with the ones around them; "" when nothing does."""
        lines = difflib.unified_diff(
            wirejson.pretty(before).split("\n"), wirejson.pretty(after).split("\n"), lineterm="", n=2
        )
        # The first two only name the files.
        return "\n".join(list(lines)[2:])


class SyncHubLog(models.Model):
    _inherit = "sync.hub.log"

    edit_ids = fields.One2many("sync.hub.edit", "log_id", readonly=True, string="Edits")

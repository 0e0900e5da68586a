from odoo import _, api, fields, models
from odoo.exceptions import UserError

from ..models.remote_link import AT_ONCE

#: Confidences that a person may ask for, the surest first.
LEVELS = ["certain", "likely", "weak"]


class SyncHubLinkWizard(models.TransientModel):
    """Shows what would be linked, and links it once that is confirmed."""

    _name = "sync.hub.link.wizard"
    _description = "Link products"

    row_ids = fields.Many2many("sync.hub.remote.product", string="Chosen products")
    connector_id = fields.Many2one("sync.hub.connector", help="Empty: all connectors.")
    min_confidence = fields.Selection(
        [("certain", "Certain only"), ("likely", "Certain and likely"), ("weak", "All proposals")],
        default="certain",
        required=True,
        string="Proposals",
        help="Certain: reference and barcode agree, or one of them does and the other is empty. "
        "Likely: one of them agrees, the other differs. Weak: the name alone. "
        "What somebody has chosen by hand is always linked.",
    )
    preview_ids = fields.Many2many("sync.hub.remote.product", compute="_compute_preview")
    count = fields.Integer(compute="_compute_preview", string="Products to link")
    count_by_hand = fields.Integer(compute="_compute_preview", string="Chosen by hand")
    count_certain = fields.Integer(compute="_compute_preview", string="Certain")
    count_likely = fields.Integer(compute="_compute_preview", string="Likely")
    count_weak = fields.Integer(compute="_compute_preview", string="By the name alone")
    count_ambiguous = fields.Integer(compute="_compute_preview", string="Ambiguous, left out")
    count_unmatched = fields.Integer(compute="_compute_preview", string="Without a product, left out")
    count_linked = fields.Integer(compute="_compute_preview", string="Linked already")

    def _rows(self):
        """The rows that the preview is about."""
        domain = [("gone", "=", False), ("kind", "!=", "parent")]
        if self.row_ids:
            domain.append(("id", "in", self.row_ids.ids))
        if self.connector_id:
            domain.append(("connector_id", "=", self.connector_id.id))
        return self.env["sync.hub.remote.product"].search(domain)

    @api.depends("row_ids", "connector_id", "min_confidence")
    def _compute_preview(self):
        for wizard in self:
            rows = wizard._rows()
            linkable = rows._linkable()
            by_hand = linkable.filtered("by_hand")
            proposed = (linkable - by_hand).grouped("confidence")
            none = rows.browse()
            wanted = LEVELS[: LEVELS.index(wizard.min_confidence or "certain") + 1]
            chosen = by_hand.union(*(proposed.get(level, none) for level in wanted))
            # In the order of the list.
            wizard.preview_ids = rows.filtered(set(chosen).__contains__)
            wizard.count = len(chosen)
            wizard.count_by_hand = len(by_hand)
            for level in LEVELS:
                wizard[f"count_{level}"] = len(proposed.get(level, none))
            states = rows.grouped("match_state")
            for state in ("ambiguous", "unmatched", "linked"):
                wizard[f"count_{state}"] = len(states.get(state, none) - by_hand)

    def action_link(self):
        """Link what the preview shows."""
        rows = self.preview_ids
        if not rows:
            raise UserError(_("There is nothing to link: choose products in the list, or take less certain proposals."))
        if len(rows) > AT_ONCE:
            run = self.env["sync.hub.run"]._start_link(rows)
            return {
                "type": "ir.actions.act_window",
                "res_model": "sync.hub.run",
                "res_id": run.id,
                "views": [(False, "form")],
            }
        rows._link()
        return {"type": "ir.actions.act_window_close"}

from odoo import _, api, fields, models, tools
from odoo.exceptions import UserError

from .log import OPEN

#: Codes whose value is of the row, and no cause that rows have in common.
OWN_VALUES = ("price_guard",)
#: Rows of a cause that its form shows; the button above them shows all.
SHOWN = 80
#: What makes one cause of failed rows.
KEY = ("connector_id", "company_id", "direction", "entity", "flow", "error_code", "error_field", "remote_value")


class SyncHubFailure(models.Model):
    """Failed rows of the log that have one cause in common: mended once, all of them are."""

    _name = "sync.hub.failure"
    _description = "Sync failure"
    _inherit = "sync.hub.remedies"
    _auto = False
    _order = "last_at desc, id"
    _rec_name = "cause"
    _depends = {"sync.hub.log": ["state", "create_date", "done_at", "error", *KEY]}

    connector_id = fields.Many2one("sync.hub.connector", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    direction = fields.Selection([("in", "In"), ("out", "Out")], readonly=True)
    entity = fields.Char(readonly=True)
    flow = fields.Char(readonly=True)
    error_code = fields.Char(readonly=True)
    error_field = fields.Char(readonly=True, string="Value of")
    remote_value = fields.Char(readonly=True, string="Value", help="What could not be told or understood.")
    count = fields.Integer(readonly=True, string="Operations")
    first_at = fields.Datetime(readonly=True, string="First seen")
    last_at = fields.Datetime(readonly=True, string="Last seen")
    log_id = fields.Many2one("sync.hub.log", readonly=True, string="Newest operation")
    error = fields.Text(readonly=True)
    log_ids = fields.Many2many("sync.hub.log", compute="_compute_log_ids", string="Newest operations")

    def init(self):
        value = "CASE WHEN error_code IN %s THEN NULL ELSE remote_value END AS remote_value"
        tools.drop_view_if_exists(self.env.cr, self._table)
        # Only what has failed is read, by an index of its own: it does not matter how much is done. The id is that of
        # the cause: it stays while rows come and go. More than 31 bits XML-RPC does not take; two causes of a thousand
        # share one in one database of four thousand, where the one then hides behind the other until it is mended.
        self.env.cr.execute(
            f"""
            CREATE VIEW {self._table} AS
            SELECT hashtextextended(ROW({", ".join(f"g.{name}" for name in KEY)})::text, 0) & 2147483647
                   AS id, g.*, newest.error
              FROM (SELECT {", ".join(KEY)}, count(*) AS count, min(create_date) AS first_at,
                           max(coalesce(done_at, create_date)) AS last_at, max(id) AS log_id
                      FROM (SELECT {", ".join(KEY[:-1])}, {value}, id, create_date, done_at
                              FROM sync_hub_log WHERE state = 'failed') failed
                     GROUP BY {", ".join(KEY)}) g
              JOIN sync_hub_log newest ON newest.id = g.log_id
            """,
            [OWN_VALUES],
        )

    def _newest(self):
        return self.log_id

    def _rows_domain(self):
        """The failed rows of these causes."""
        domain = []
        for group in self:
            terms = [("state", "=", "failed")]
            for name in KEY:
                if name == "remote_value" and group.error_code in OWN_VALUES:
                    continue
                value = group[name].id if name in ("connector_id", "company_id") else group[name]
                terms.append((name, "=", value or False))
            domain = ["|", *domain] if domain else domain
            domain += [*["&"] * (len(terms) - 1), *terms]
        return domain or [("id", "=", 0)]

    def _rows(self):
        """The failed rows of these causes, as far as the user may see them."""
        return self.env["sync.hub.log"].search(self._rows_domain())

    @api.depends("count")
    def _compute_log_ids(self):
        for group in self:
            group.log_ids = self.env["sync.hub.log"].search(group._rows_domain(), limit=SHOWN)

    # ------------------------------------------------------------ what a person does

    def action_retry(self):
        """Work all rows of these causes again; many of them in a run."""
        rows = self._rows()
        if not rows:
            raise UserError(_("Nothing of this has failed any more."))
        return self._then_desk(rows.action_retry())

    def action_skip(self):
        """Ask for the reason, then close all rows of these causes."""
        return self._wizard("skip", _("Skip operations"))

    def action_replay(self):
        """Choose by date and filter what is worked again."""
        return self._wizard("replay", _("Replay"))

    def action_export(self):
        """Download all rows of these causes as lines of JSON."""
        return self.env["sync.hub.replay.wizard"].create(self._wizard_values("export")).action_export()

    def action_open_rows(self):
        """All rows of these causes in the sync log."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.log_action")
        return {**action, "name": _("Failed"), "domain": self._rows_domain(), "context": {}}

    def action_open_form(self):
        """The cause with what to do about it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": _("Error desk"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _wizard(self, what, title):
        action = self.env["sync.hub.replay.wizard"]._opened(title, **self._wizard_values(what))
        action["context"]["hub_form"] = self.env.context.get("hub_form", False)
        return action

    @api.model
    def _then_desk(self, action):
        """An action after which the form of a cause may be of none: from there it is the list that comes next."""
        if self.env.context.get("hub_form") and action.get("tag") == "display_notification":
            action["params"]["next"] = self._desk()
        return action

    @api.model
    def _desk(self):
        return {**self.env["ir.actions.act_window"]._for_xml_id("sync_hub.failure_action"), "target": "main"}

    def _wizard_values(self, what):
        return {"what": what, "state": "failed", "rows_filter": self._rows_domain()}


class SyncHubLog(models.Model):
    _name = "sync.hub.log"
    _inherit = ["sync.hub.log", "sync.hub.remedies"]

    def _newest(self):
        return self

    @api.depends("state")
    def _compute_remedy(self):
        """Override: only what has failed, or waits after a failure, has a cause."""
        broken = self.filtered(lambda row: row.state in ("failed", *OPEN) and row.error_code)
        (self - broken).update({"cause": False, "remedy": False, "remedy_label": False})
        return super(SyncHubLog, broken)._compute_remedy()

from markupsafe import Markup
from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .onboarding_steps import ADDRESS, ADDRESSES, FIRST, KINDS, STEPS, lacking, steps_of


class SyncHubOnboarding(models.TransientModel):
    """Sets a connector up, step by step.

    What is entered is the connector's own, from the first step on: nothing of it is stored here, and the set-up can
    be left and taken up again at any time.
    """

    _name = "sync.hub.onboarding"
    _description = "Set-up of a connector"
    _inherits = {"sync.hub.connector": "connector_id"}

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade")
    step = fields.Selection([(step, step) for step in STEPS], default="start", required=True)
    asked = fields.Char(compute="_compute_step", help="The fields of this step, each between spaces.")
    is_first = fields.Boolean(compute="_compute_step")
    progress = fields.Html(compute="_compute_step", sanitize=False)
    guide = fields.Html(compute="_compute_step", sanitize=False)
    heard = fields.Datetime(compute="_compute_heard", string="First message")
    open_map_ids = fields.Many2many("sync.hub.map", compute="_compute_maps", string="Values without a counterpart")
    proposed_count = fields.Integer(compute="_compute_maps", string="Proposals")
    mapped_count = fields.Integer(compute="_compute_maps", string="Values that have a counterpart")
    can_read_values = fields.Boolean(compute="_compute_maps")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to make the connector with what its kind presets, and to go on where a set-up was left."""
        made = []
        for vals in vals_list:
            connector = self.env["sync.hub.connector"].browse(vals.get("connector_id"))
            if not connector:
                first = {field: vals[field] for field in FIRST if vals.get(field)}
                connector = connector.create({**first, "setup_step": "start"})
            step = connector.setup_step if connector.setup_step in steps_of(connector) else "credentials"
            made.append({"connector_id": connector.id, "step": step})
        return super().create(made)

    # ------------------------------------------------------------ what the page shows

    @api.depends("step", "kind", "shop_url")
    def _compute_step(self):
        for wizard in self:
            steps = steps_of(wizard)
            kind = KINDS.get(wizard.kind)
            names = kind.asks.get(wizard.step, "") if kind else ""
            wizard.asked = f" {names} "
            wizard.is_first = steps.index(wizard.step) == 0 if wizard.step in steps else True
            wizard.progress = wizard._progress(steps)
            wizard.guide = wizard._guide()

    def _progress(self, steps):
        """Where one is: the steps in a row, each a number and its title."""
        if len(steps) == 1:
            return False
        titles, here = self._titles(), steps.index(self.step) if self.step in steps else 0
        looks = lambda number: "primary" if number == here else "success" if number < here else "secondary"  # noqa: E731
        items = [
            Markup(
                '<li class="d-flex align-items-center me-3 mb-1{}"><span class="badge rounded-pill text-bg-{} me-1">{}'
                "</span>{}</li>"
            ).format(" fw-bold" if n == here else " text-muted", looks(n), n + 1, titles[step])
            for n, step in enumerate(steps)
        ]
        said = _("Step %(number)s of %(count)s", number=here + 1, count=len(steps))
        row = Markup('<ol class="list-unstyled d-flex flex-wrap mb-0">{}</ol>').format(Markup("").join(items))
        return Markup('<div class="text-muted small mb-1">{}</div>{}').format(said, row)

    def _guide(self):
        """What to do in this step, in plain words: a sentence, then one line for each thing to do."""
        texts = self._texts().get((self.kind, self.step)) or self._texts().get((None, self.step)) or ()
        if not texts:
            return False
        lines = Markup("").join(Markup("<li>{}</li>").format(text) for text in texts[1:])
        return Markup("<p>{}</p>{}").format(texts[0], Markup("<ol>{}</ol>").format(lines) if lines else "")

    @api.depends("connector_id")
    def _compute_heard(self):
        for wizard in self:
            wizard.heard = wizard.heard_at or wizard.last_in_at

    @api.depends("connector_id", "step", "price_tax")
    def _compute_maps(self):
        for wizard in self:
            rows = wizard.connector_id.map_ids if wizard.step in ("maps", "go") else self.env["sync.hub.map"]
            empty = rows.filtered(lambda row: not row.meaning)
            wizard.open_map_ids = empty.sorted(lambda row: (not row.proposal, not row.is_missing, row.kind))
            wizard.proposed_count = len(empty.filtered("proposal"))
            wizard.mapped_count = len(rows - empty)
            connector = wizard.connector_id
            wizard.can_read_values = bool(connector.kind and connector._adapter()._lists and connector._reads("poll"))

    # ------------------------------------------------------------ forward and back

    def action_next(self):
        """Go one step on, if nothing of this one is missing."""
        self.ensure_one()
        self._check_step()
        steps = steps_of(self)
        self._go_to(steps[min(steps.index(self.step) + 1, len(steps) - 1)])

    def action_back(self):
        self.ensure_one()
        steps = steps_of(self)
        self._go_to(steps[max(steps.index(self.step) - 1, 0)])

    def _go_to(self, step):
        self.step = self.connector_id.setup_step = step
        if step == "maps" and not self.values_read_at and self.can_read_values:
            self.connector_id.action_read_values()

    def _check_step(self):
        """:raises UserError: something that this step asks for is missing; it names the field."""
        connector = self.connector_id
        field = lacking(connector, self.step)
        if field:
            raise UserError(_("%s: fill it in to go on.", self._label(field)))
        shown = KINDS[self.kind].asks.get(self.step, "").split()
        for field in ADDRESSES:
            if field in shown and connector[field] and not ADDRESS.fullmatch(connector[field].strip()):
                raise UserError(_("%s: write the whole address, beginning with https://", self._label(field)))
        if self.step == "test" and not self.env.context.get("hub_skip"):
            if not connector.tested_at:
                raise UserError(_("Press 'Test now' first, or 'Go on without a test'."))
            if connector.test_error:
                raise UserError(_("The test has failed: %s", connector.test_error))

    def _label(self, field):
        """What the form calls a field of this kind."""
        own = self._labels().get((self.kind, field))
        return own or self.env["sync.hub.connector"].fields_get([field], ["string"])[field]["string"]

    # ------------------------------------------------------------ buttons of single steps

    def action_test_now(self):
        """Test the connection; the verdict is shown on the page."""
        self.connector_id.action_test()

    def action_show_secret(self):
        """Make a secret and show it once."""
        return self.connector_id.action_new_secret()

    def action_read_values(self):
        self.connector_id.action_read_values()

    def action_accept_all(self):
        """Take all proposals."""
        self.connector_id.action_accept_proposals()

    def action_all_values(self):
        """The connector's value maps, to change what is filled in."""
        return self.connector_id.action_open_maps()

    def action_close(self):
        """Leave the set-up; it goes on where it was left."""
        return {**self.env["ir.actions.act_window"]._for_xml_id("sync_hub.dashboard_action"), "target": "main"}

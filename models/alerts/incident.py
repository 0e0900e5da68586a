"""What is wrong with a connector, told once from its beginning to its end, however many operations it concerns."""

from odoo import _, api, fields, models

#: Minutes without a success after which a remote that does not answer is an incident.
UNREACHABLE = 10
ALERT_BY = [("activity", "Activity"), ("mail", "E-mail"), ("both", "Activity and e-mail"), ("none", "Nothing")]


class SyncHubConnector(models.Model):
    _inherit = "sync.hub.connector"

    alert_by = fields.Selection(
        ALERT_BY,
        default="activity",
        required=True,
        string="Alerts",
        help="Sent once when something begins to go wrong, not for each operation; closed when it is right again.",
    )
    alert_user_ids = fields.Many2many(
        "res.users",
        "sync_hub_connector_alert_user",
        string="Alert whom",
        help="Empty: the salesperson, else the user in whose name the connector works.",
    )
    incident_ids = fields.One2many("sync.hub.incident", "connector_id")
    incident_count = fields.Integer(compute="_compute_incident_count", string="Open incidents")

    def _compute_incident_count(self):
        counts = dict(
            self.env["sync.hub.incident"]._read_group(
                [("connector_id", "in", self.ids), ("closed_at", "=", False)], ["connector_id"], ["__count"]
            )
        )
        for connector in self:
            connector.incident_count = counts.get(connector, 0)

    def _alerted(self):
        """The users who are told of this connector's incidents."""
        return self.alert_user_ids or self.salesperson_id or self.run_as_id


class SyncHubIncident(models.Model):
    """One cause at one connector, from the moment it was seen until it was gone."""

    _name = "sync.hub.incident"
    _description = "Sync incident"
    _order = "closed_at desc, id desc"
    _rec_name = "summary"

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True)
    cause = fields.Char(required=True, readonly=True, help="The error code, or what else is wrong.")
    summary = fields.Char(readonly=True)
    note = fields.Text(readonly=True, string="What was said")
    count = fields.Integer(readonly=True, string="Operations", help="When it was last looked at.")
    opened_at = fields.Datetime(readonly=True, default=fields.Datetime.now, string="Since")
    closed_at = fields.Datetime(readonly=True, string="Gone since")

    def init(self):
        # Two who see it at the same moment tell it once.
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_incident_open_uniq ON sync_hub_incident (connector_id, cause)"
            " WHERE closed_at IS NULL"
        )

    # ------------------------------------------------------------ what is wrong

    @api.model
    def _present(self):
        """{(connector, cause): (summary, note, count)} of everything that is wrong now."""
        found = {}
        for connector, code, count, newest in self.env["sync.hub.log"]._read_group(
            [("state", "=", "failed"), ("connector_id.active", "=", True)],
            ["connector_id", "error_code"],
            ["__count", "id:max"],
        ):
            row = self.env["sync.hub.log"].browse(newest)
            note = " ".join(filter(None, [row.cause, row.remedy]))
            found[connector, code or "error"] = (self._failed_summary(code), note or row.error or "", count)
        for connector in self.env["sync.hub.connector"].search([("state", "=", "paused"), ("refused", "=", True)]):
            found[connector, "credentials"] = (*self._refused_texts(connector.pause_reason), 0)
        for connector, lane in self._unreachable():
            summary = _("The remote system of %s does not answer", connector.name)
            found[connector, "unreachable"] = (summary, lane.last_error or "", 0)
        active = self.env["sync.hub.connector"].search([("state", "=", "active")])
        for connector in active:
            if differing := connector.last_audit_id.open_count:
                summary = _("%(shop)s shows other values than Odoo", shop=connector.name)
                note = _("See Sync Hub > Operations > Audits: send what is right in Odoo, or ignore it.")
                found[connector, "audit"] = (summary, note, differing)
        if self.env["ir.config_parameter"].sudo().get_param("sync_hub.runner_missing"):
            for connector in active:
                found[connector, "no_runner"] = (
                    _("No job runner: operations are worked slowly"),
                    _("Start Odoo with workers and with queue_job as server-wide module."),
                    0,
                )
        return found

    @api.model
    def _failed_summary(self, code):
        labels = {
            "price_guard": _("Price changes wait for approval"),
            "mapping": _("Values have no counterpart in Odoo"),
            "rejected": _("The remote system refuses what is sent"),
            "outcome_unknown": _("Calls got lost: look whether they arrived"),
        }
        return labels.get(code) or _("Operations failed: %s", code or _("unknown"))

    @api.model
    def _refused_texts(self, reason):
        """(summary, note) of refused credentials."""
        note = _("%s Correct them in Sync Hub > Configuration > Connectors, then resume.", reason or "")
        return _("The credentials are refused"), note

    @api.model
    def _unreachable(self):
        """[(connector, lane)] of active connectors that have not been answered for a while."""
        found = {}
        for lane in self.env["sync.hub.lane"].search([("failures", ">", 0), ("connector_id.state", "=", "active")]):
            since = lane.last_success_at or lane.connector_id.activated_at or lane.connector_id.create_date
            silent = (fields.Datetime.now() - since).total_seconds() > UNREACHABLE * 60
            if silent and lane._is_probing():
                found[lane.connector_id] = lane
        return list(found.items())

    def action_open_rows(self):
        """What it concerns: operations on the error desk, or the report of the audit."""
        self.ensure_one()
        if self.cause == "audit":
            return self.connector_id.action_open_last_audit()
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.failure_action")
        mine = [("connector_id", "=", self.connector_id.id), ("error_code", "=", self.cause)]
        return {**action, "domain": mine, "context": {}}

    # ------------------------------------------------------------ opening, closing

    @api.model
    def _cron_watch(self):
        """Each few minutes: tell what has begun, close what is gone."""
        present = self._present()
        known = {(one.connector_id, one.cause): one for one in self.search([("closed_at", "=", False)])}
        for (connector, cause), (summary, note, count) in present.items():
            if (connector, cause) not in known:
                self._open(connector, cause, summary, note, count)
            elif known[connector, cause].count != count:
                known[connector, cause].count = count
        for key in known.keys() - present.keys():
            known[key]._close()

    @api.model
    def _open(self, connector, cause, summary, note, count=1):
        """Note that something is wrong and tell whom it concerns, unless that was done."""
        if self.sudo().search_count(
            [("connector_id", "=", connector.id), ("cause", "=", cause), ("closed_at", "=", False)], limit=1
        ):
            return
        self.sudo().create(
            {"connector_id": connector.id, "cause": cause, "summary": summary, "note": note, "count": count}
        )
        users = connector._alerted()
        if connector.alert_by in ("activity", "both"):
            connector._report(summary, note, cause=cause, users=users)
        if connector.alert_by in ("mail", "both"):
            for user in users:
                self._mail(user, f"{connector.name}: {summary}", "sync_hub.alert_mail", connector=connector, note=note)

    @api.model
    def _gone(self, connectors, cause):
        """A cause was put right by a person or by what just happened: close it without waiting."""
        self.sudo().search(
            [("connector_id", "in", connectors.ids), ("cause", "=", cause), ("closed_at", "=", False)]
        )._close()

    def _close(self):
        for incident in self.sudo():
            incident.closed_at = fields.Datetime.now()
            incident.connector_id._settle(incident.cause)
            incident.connector_id._message_log(body=_("Gone: %s", incident.summary))

    @api.model
    def _mail(self, user, subject, template, **values):
        """Queue an e-mail to a user in his language; Odoo's own queue sends it."""
        values.update(user=user, base_url=self.get_base_url())
        body = self.env["ir.qweb"].with_context(lang=user.lang)._render(template, values)
        self.env["mail.mail"].sudo().create(
            {"subject": subject, "body_html": body, "email_to": user.email_formatted, "auto_delete": True}
        )

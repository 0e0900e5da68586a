from datetime import timedelta

from odoo import _, api, fields, models
from odoo.exceptions import UserError

from .adapters import wirejson
from .adapters.canonical import Poll, ValueList
from .adapters.errors import SyncError
from .adapters.transport import Transport
from .connector_secret import limits_of

#: Name of the job that reads a connector's lists before it is active; its id follows.
JOB = "sync_hub.values:"
#: After which a reading that nobody has ended is taken for lost.
LOST = timedelta(minutes=10)


class SyncHubConnector(models.Model):
    """What is known while somebody sets a connector up, before any drain works for it."""

    _inherit = "sync.hub.connector"

    setup_step = fields.Char(readonly=True, copy=False, help="Where the set-up was left. Empty: it is done.")
    heard_at = fields.Datetime(
        readonly=True, copy=False, string="First heard", help="When a test message of the remote came first."
    )
    test_result = fields.Char(readonly=True, copy=False, help="What the last test said.")
    values_read_at = fields.Datetime(readonly=True, copy=False, string="Values read")
    values_error = fields.Char(readonly=True, copy=False)
    values_reading = fields.Boolean(compute="_compute_values_reading", string="Values are being read")

    def _compute_values_reading(self):
        since = fields.Datetime.now() - LOST
        names = {connector.id: f"{JOB}{connector.id}" for connector in self}
        waiting = ("pending", "enqueued", "started", "wait_dependencies")
        domain = [("identity_key", "in", list(names.values())), ("state", "in", waiting), ("date_created", ">", since)]
        busy = set(self.env["queue.job"].sudo().search(domain).mapped("identity_key"))
        for connector in self:
            connector.values_reading = names[connector.id] in busy

    def action_set_up(self):
        """Go on with the set-up, where it was left."""
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        wizard = self.env["sync.hub.onboarding"].create({"connector_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": _("Connect %s", self.name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
        }

    def action_activate(self):
        result = super().action_activate()
        self.filtered("setup_step").setup_step = False
        return result

    def _heard(self):
        """A test message has come. Noted once, while the connector is set up: traffic writes no configuration."""
        if self.state == "draft":
            if not self.heard_at:
                self.heard_at = fields.Datetime.now()
            self.env["sync.hub.drain"]._show_moved(self.id)

    # ------------------------------------------------------------ lists before it is active

    def action_read_values(self):
        """Read the remote's own short lists into the value maps, by a job; nothing else is read or sent."""
        self.ensure_one()
        self.check_access_rights("write")
        self.check_access_rule("write")
        if not self._adapter()._lists or not self._reads("poll"):
            raise UserError(_("%s has no lists that can be read: values appear as they come.", self.name))
        if self.state != "draft":
            self.action_read_maps()
            return
        self.values_error = False
        self.sudo().with_delay(
            identity_key=f"{JOB}{self.id}", description=_("Value maps of %s", self.name), max_retries=1
        )._job_read_values()

    def _job_read_values(self):
        """Read the lists once. What goes wrong is told on the connector, not by a failed job."""
        self.ensure_one()
        transport = Transport(timeout=(5, 20), **limits_of(self._push_config()))
        error = False
        try:
            for resource in self._adapter()._lists:
                self._read_values_of(resource, transport)
        except SyncError as wrong:
            error = str(wrong)[:500]
        self.env["sync.hub.exchange"].sudo()._keep(self, transport.exchanges)
        self.write({"values_read_at": fields.Datetime.now(), "values_error": error})
        self.env["sync.hub.drain"]._show_moved(self.id)

    def _read_values_of(self, resource, transport):
        ask = Poll(key=resource, resource=resource, since="", until="", windowed=False, mark="setup")
        fetched = self._adapter().push(self._push_config(), transport, [ask])[ask.key]
        env = self._import_env()
        for event in fetched.events:
            # Understood as a row of the inbox is; there is none, since no drain works before the activation.
            message = self._adapter().parse(self, self._as_row(event)).message
            if isinstance(message, ValueList):
                env["sync.hub.importer.value.map"]._apply(self.with_env(env), [message])

    @api.model
    def _as_row(self, event):
        values = {
            "entity": event.entity,
            "action": event.action,
            "remote_id": event.remote_id,
            "idempotency_key": event.key,
            "source_time": fields.Datetime.now(),
            "payload": wirejson.dumps(event.payload),
        }
        return self.env["sync.hub.log"].new(values)

from datetime import timedelta

from odoo import _, api, fields, models

from . import compat
from .flows import FLOWS
from .log import OPEN

#: Entity -> (priority, seconds): what our own pushes change too is looked at a little later, many at once.
NOT_URGENT = {"product": (58, 5), "inventory": (58, 5)}


class SyncHubConnector(models.Model):
    """Reading from a remote: by schedule, in full, and single records that a message left in doubt."""

    _inherit = "sync.hub.connector"

    cursor_ids = fields.One2many("sync.hub.cursor", "connector_id", string="Lists that are read")
    can_read = fields.Boolean(compute="_compute_can_read", help="The connector has what it needs to read the shop.")

    @api.depends("url", "reconcile", "kind")
    def _compute_can_read(self):
        for connector in self:
            connector.can_read = connector._reads("poll")

    def _reads(self, flow):
        """True when this connector can ask its remote for records."""
        offered = self.kind and flow in self._adapter()._offered(self)
        return bool(offered and self[FLOWS[flow].switch])

    @api.model
    def _keep_crons(self):
        """At each installation and update: our scheduled actions run for ever."""
        mine = self.env["ir.model.data"].sudo().search([("module", "=", "sync_hub"), ("model", "=", "ir.cron")])
        compat.set_endless(self.env["ir.cron"].sudo().browse(mine.mapped("res_id")).exists())

    @api.model
    def _keep_maps(self):
        """At each installation and update: a kind that has learned of states gives them to its older connectors."""
        Map = self.env["sync.hub.map"]
        for connector in self.with_context(active_test=False).search([("kind", "!=", False)]):
            adapter = connector._adapter()
            states = [("connector_id", "=", connector.id), ("kind", "=", "order_state")]
            if (adapter._ladder or adapter._review_unknown) and not Map.search_count(
                [*states, ("order_action", "!=", False)], limit=1
            ):
                # What came meanwhile and nobody has mapped.
                Map.search(states).unlink()
                Map._preload(connector, adapter._default_maps(connector))

    # ------------------------------------------------------------ lists

    @api.model
    def _cron_poll(self):
        """Every few minutes: read what changed at the remotes since the last time."""
        for connector in self.search([("state", "=", "active")]):
            connector._start_reading("schedule")

    @api.model
    def _cron_reconcile(self):
        """Every night: read everything of the last weeks once more."""
        for connector in self.search([("state", "=", "active")]):
            # Not further than the connector is in use: what was done before is not for it to do again.
            back_to = max(connector._look_back(), connector.activated_at or connector.create_date)
            connector._start_reading("schedule", back_to, lists=True)

    def action_read_maps(self):
        """Fill the value maps from the remote's own lists."""
        for connector in self:
            connector._read_lists(connector._adapter()._lists, "manual_full")
        return self._notification(
            _("Reading value maps"), _("New values appear on the page Value maps as they are read."), "success"
        )

    def action_reconcile(self):
        """Read everything of the last weeks now."""
        for connector in self:
            connector._start_reading("manual_full", connector._look_back(), lists=True)
        return self._notification(
            _("Reading the shop"), _("What differs appears in the sync log as it is read."), "success"
        )

    def _look_back(self):
        days = self.reconcile_days or 36500
        return max(fields.Datetime.now() - timedelta(days=days), fields.Datetime.to_datetime("1970-01-02"))

    def _start_reading(self, trigger, back_to=None, lists=False):
        """Begin to read what changed; with `lists` the value maps' lists before it."""
        adapter = self._adapter()
        first = [name for name in adapter._lists if lists and name not in adapter._sources]
        last = adapter._catalogue if lists else ()
        self._read_lists([*first, *adapter._sources, *last], trigger, back_to)

    def _read_lists(self, resources, trigger, back_to=None):
        """Begin to read these lists; one that is being read goes on."""
        self.ensure_one()
        if not self._reads("poll"):
            return
        Log = self.env["sync.hub.log"].sudo()
        for resource in resources:
            # By the index of a remote record: entity and id are the list's name.
            mine = [("entity", "=", resource), ("remote_id", "=", resource), ("flow", "=", "poll")]
            mine.append(("connector_id", "=", self.id))
            row = Log.search(mine, limit=1)
            if row and row.state in OPEN:
                continue
            self.env["sync.hub.cursor"].sudo()._of(self, resource)._start(back_to)
            if row:
                # One row per list, taken up again: a row for each look would hide what happens.
                row._requeue(trigger)
            else:
                self._append_reading("poll", resource, resource, trigger)

    # ------------------------------------------------------------ single records

    def _ask_for(self, entity, remote_id, why, trigger="webhook"):
        """Ask the remote for one record as it is now; False when this connector cannot read."""
        if not remote_id or not self._reads("fetch"):
            return False
        self._append_reading("fetch", entity, remote_id, trigger, why)
        return True

    def _append_reading(self, flow, entity, remote_id, trigger, why=False):
        urgent = flow != "fetch" or trigger != "webhook" or entity not in NOT_URGENT
        priority, seconds = (FLOWS[flow].priority, 0) if urgent else NOT_URGENT[entity]
        row = (
            self.env["sync.hub.log"]
            .sudo()
            .create(
                {
                    "connector_id": self.id,
                    "company_id": self.company_id.id,
                    "direction": "out",
                    "priority": priority,
                    "next_try_at": bool(seconds) and fields.Datetime.now() + timedelta(seconds=seconds),
                    "trigger": trigger,
                    "entity": entity,
                    "flow": flow,
                    "action": "read",
                    "remote_id": remote_id,
                    "result": why,
                }
            )
        )
        self.env["sync.hub.drain"]._wake_after_commit(self.id, "out", 0)
        return row

import json
import time as clock

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .clock import SKEW, is_ahead
from .flows import PRODUCT_FLOWS
from .texts import differing

#: Field that a person changes -> flows that have to be told anew.
TOUCHES = {
    **dict.fromkeys(("connector_id", "remote_id", "res_model", "res_id", "account"), PRODUCT_FLOWS),
    **dict.fromkeys(("factor", "uom_id", "packaging_id"), ("price", "stock")),
    "availability": ("stock", "catalogue"),
    **dict.fromkeys(("bundle", "base_ref", "unit_count"), ("stock",)),
    "published": ("publication",),
    "min_order": ("limits",),
    "max_order": ("limits",),
}

#: What stands in place of a call's token once a message has crossed it: only another call settles what is true.
CROSSED = "crossed"


class SyncHubBinding(models.Model):
    """An Odoo record <-> its id at one connector, with what both sides last agreed on, per flow."""

    _name = "sync.hub.binding"
    _description = "Sync binding"
    _order = "connector_id, entity, id"
    _rec_name = "remote_id"

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True)
    entity = fields.Char(required=True, help="product, customer, address, order ...")
    remote_id = fields.Char(required=True, string="Remote ID")
    res_model = fields.Char(required=True, string="Model")
    res_id = fields.Many2oneReference(required=True, model_field="res_model", string="Record")
    factor = fields.Float(default=1.0, help="How many of the variant's unit one remote product holds.")
    agreed = fields.Json(readonly=True, help="Per flow, what both sides last agreed on.")
    version_time = fields.Datetime(readonly=True, help="Time of the newest snapshot that was applied.")
    version_sequence = fields.Float(digits=(20, 0), readonly=True, help="Its running number at the remote.")
    version_polled = fields.Boolean(readonly=True, help="That snapshot was read by us: its time is exact.")
    payload_hash = fields.Char(readonly=True)
    read_digest = fields.Char(readonly=True, help="Mark of what was last read of it, while that is what was applied.")

    def init(self):
        self.env.cr.execute(
            # One id may stand for a product in each of several accounts behind one token.
            "DROP INDEX IF EXISTS sync_hub_binding_remote_uniq;"
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_binding_account_uniq"
            " ON sync_hub_binding (connector_id, entity, remote_id, coalesce(account, ''));"
            "CREATE INDEX IF NOT EXISTS sync_hub_binding_record_idx"
            " ON sync_hub_binding (res_model, res_id, connector_id)"
        )

    @api.constrains("factor")
    def _check_factor(self):
        for binding in self:
            if binding.factor <= 0:
                raise ValidationError(_("Factor: a remote product holds more than nothing of the variant."))

    @api.model_create_multi
    def create(self, vals_list):
        bindings = super().create(vals_list)
        bindings._push_linked()
        return bindings

    def write(self, vals):
        flows = {flow for field in vals for flow in TOUCHES.get(field, ())}
        result = super().write(vals)
        if flows and not self.env.context.get("hub_engine"):
            # Another product or pack: what was agreed holds no more.
            self._clear_agreed(flows)
            self._push_linked(flows)
        return result

    def _push_linked(self, flows=("price", "stock")):
        """A person linked products or changed their pack: push what they are now."""
        if self.env.context.get("hub_engine"):
            return
        bindings = self.filtered(lambda b: b.entity == "product" and b.res_model == "product.product")
        products = self.env["product.product"].browse(bindings.mapped("res_id"))
        for flow in sorted(flows):
            products._hub_touch(flow, "changed")

    @api.model
    def _find(self, connector, entity, remote_id, account=None):
        """The binding of a remote id, or an empty recordset.

        :param account: which of several accounts is meant; without one of its own, the one for all holds.
        """
        if not remote_id:
            return self.browse()
        mine = [("connector_id", "=", connector.id), ("entity", "=", entity), ("remote_id", "=", remote_id)]
        # The usual order would join the connectors, for each line of each order.
        found = self.search(mine, order="id")
        if len(found) > 1:
            mine = found.filtered(lambda b: account and b.account == account)
            found = (mine or found.filtered(lambda b: not b.account) or found)[:1]
        return found

    @api.model
    def _record_of(self, connector, entity, remote_id):
        """The bound Odoo record, or None when there is none (any more)."""
        binding = self._find(connector, entity, remote_id)
        record = binding and self.env[binding.res_model].browse(binding.res_id).exists()
        return record or None

    @api.model
    def _bind(self, connector, entity, remote_id, record, **values):
        """Bind a record to a remote id, replacing what that id was bound to before."""
        self = self.with_context(hub_engine=True)
        values.update(res_model=record._name, res_id=record.id)
        binding = self._find(connector, entity, remote_id, values.get("account"))
        if binding and (values.get("account") or False) != binding.account:
            binding = binding.browse()
        if binding:
            binding.write(values)
            return binding
        return self.create({"connector_id": connector.id, "entity": entity, "remote_id": remote_id, **values})

    @api.model
    def _of_records(self, connector, records):
        """All bindings of these records at the connector."""
        return self.search(
            [("connector_id", "=", connector.id), ("res_model", "=", records._name), ("res_id", "in", records.ids)]
        )

    # ------------------------------------------------------------ agreed values

    def _agrees(self, flow, value):
        """True when both sides are known to hold this value."""
        state = (self.agreed or {}).get(flow) or {}
        return "value" in state and state["value"] == value

    def _known(self, flow):
        """What the remote is known to hold, None when nobody knows."""
        state = (self.agreed or {}).get(flow) or {}
        return state.get("value")

    def _base(self, flow):
        """What both sides last had in common, the ground on which changes of both are told apart; None if unknown."""
        state = (self.agreed or {}).get(flow) or {}
        return state.get("value", state.get("base"))

    #: Seconds within which a message may have crossed something of ours on its way.
    _CROSSING = 120

    #: Flow of whose values the last ones are kept -> key under which they are.
    _KEPT = {"lines": "lines told"}

    def _remembered(self, values):
        """What to note, beside the agreed state, of `values` ({flow: value}) that the remote has just taken."""
        kept, now = {}, clock.time()
        for flow in self._KEPT.keys() & values.keys():
            recent = self._recent(flow) or [[now, self._base(flow) or []]]
            kept[self._KEPT[flow]] = {"recent": [*recent, [now, values[flow]]]}
        return kept

    def _recent(self, flow, since=None):
        """[[time, value]] of what the remote had lately, as long as a message of that time may still come.

        :param datetime since: aware time of a reading: it tells of nothing that was over by then.
        """
        state = (self.agreed or {}).get(self._KEPT[flow]) or {}
        rows = [row for row in state.get("recent", ()) if abs(clock.time() - row[0]) < self._CROSSING]
        over = [row for row in rows if since and row[0] <= since.timestamp()]
        return rows[max(len(over) - 1, 0) :] if len(over) < len(rows) else []

    def _is_claimed(self, flow):
        """Whether a call with this flow's value is under way, or nobody knows what became of it."""
        return "claim" in ((self.agreed or {}).get(flow) or {})

    @staticmethod
    def _contradicts(agreed, told):
        """Whether a message says something else than what was agreed, in what both of them speak of."""
        if isinstance(agreed, dict) and isinstance(told, dict):
            return bool(differing({field: told[field] for field in told if field in agreed}, agreed))
        return agreed != told

    def _learned(self, told, time, read=False):
        """Note what a message shows that the remote holds: {flow: value}. Returns the flows that crossed ours.

        A message that left before our own last call arrived tells of a past: whatever is in Odoo now has to be said
        again, or both sides would stay different for ever.

        :param datetime time: aware time of the message, None when unknown.
        :param bool read: we have read it ourselves, so that its time is exact.
        """
        crossed, states = [], {}
        for flow, value in told.items():
            state, base = (self.agreed or {}).get(flow) or {}, self._base(flow)
            doubt = self._doubt(state, time, read)
            differs = self._contradicts(state.get("value"), value)
            if isinstance(value, dict) and isinstance(base, dict):
                # What this message does not speak of stays as it was known.
                value = {**base, **value}
            # The doubt outlives the message: the next one may have left before our call as well.
            if "claim" in doubt or (doubt and differs):
                crossed.append(flow)
                states[flow] = {"base": value, **doubt}
            else:
                states[flow] = {"value": value, **doubt}
        self._write_agreed({self.id: states} if states else {})
        return crossed

    def _doubt(self, state, time, read):
        """What of a flow's state makes it doubtful whether a message tells of the time after our last call."""
        if "claim" in state:
            return {"claim": CROSSED}
        sent = state.get("sent")
        # A call that seems to come yet was made before the clock was set back: nobody knows when.
        if not sent or sent > clock.time() + SKEW.total_seconds():
            return {}
        after = time is not None and time.timestamp() >= sent + (0 if read else self._CROSSING)
        return {} if after else {"sent": sent}

    def _settled(self, flow, value, token):
        """The state of a flow whose value the remote has just taken in the call of this token."""
        state, now = (self.agreed or {}).get(flow) or {}, clock.time()
        if state.get("claim") == token:
            # When it was sent: a message that is older has crossed it on the way.
            return {"value": value, "sent": now}
        if state.get("claim") == CROSSED:
            return {"base": state.get("base"), "sent": now}
        # Somebody has forgotten it during the call.
        return state

    def _write_agreed(self, changes):
        """Set {binding id: {flow: state}} in one statement; the columns nobody else writes."""
        if not changes:
            return
        self.env.cr.execute(
            "UPDATE sync_hub_binding b SET agreed = coalesce(b.agreed, '{}'::jsonb) || c.state::jsonb"
            "  FROM unnest(%s, %s) AS c(id, state) WHERE b.id = c.id",
            [list(changes), [json.dumps(state) for state in changes.values()]],
        )
        self.browse(changes).invalidate_recordset(["agreed"])

    def _clear_agreed(self, flows):
        """Forget what was agreed: the next push is sent whatever its value."""
        self._write_agreed({binding.id: dict.fromkeys(flows, {}) for binding in self})

    # ------------------------------------------------------------ age of snapshots

    #: Seconds by which the times of two events of one record may contradict their numbers.
    _CLOCK_TOLERANCE = 5
    #: Seconds a shop's clock may be set back (end of summer time) before a number means another life of the shop.
    _CLOCK_SETBACK = 2 * 3600

    def _compare(self, version):
        """How a snapshot compares with the last one applied: "newer", "stale" or "epoch".

        "epoch": a lower number with a later time, which means that the shop was installed again.
        """
        if not self.version_time or version.time is None:
            return "newer"
        came = version.time.replace(tzinfo=None)
        if self.version_polled and is_ahead(self.version_time) and not is_ahead(came):
            # Noted by our own clock, which was set back since: until then all that comes would look stale. An event's
            # time is the shop's, whose clock may always be ahead.
            return "newer"
        lead = (came - self.version_time).total_seconds()
        if version.polled or self.version_polled:
            # What we have read ourselves is true as of that second; anything older is stale.
            return "newer" if lead >= 0 else "stale"
        if version.sequence >= self.version_sequence:
            return "newer" if lead > -self._CLOCK_SETBACK else "stale"
        return "epoch" if lead > self._CLOCK_TOLERANCE else "stale"

    #: Longest that a reading takes from the time that it bears, in seconds.
    _READING = 5

    def _crosses_reading(self, version):
        """Whether a message may tell of the time before what was read last, although its own time is not earlier.

        A shop's events bear whole seconds, and a reading the time of its beginning.
        """
        if not self.version_polled or version.polled or not self.version_time or version.time is None:
            return False
        lead = (version.time.replace(tzinfo=None) - self.version_time).total_seconds()
        return 0 <= lead <= self._READING

    def _applied(self, version):
        """Remember the age of the snapshot that was just applied."""
        if version.time is None:
            return
        values = {"version_time": version.time.replace(tzinfo=None), "version_polled": version.polled}
        if not version.polled:
            values["version_sequence"] = float(version.sequence)
        self.write(values)

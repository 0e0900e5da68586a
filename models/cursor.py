from datetime import timedelta
from uuid import uuid4

import pytz
from odoo import _, api, fields, models

#: How far the span of a reading reaches back over the one before: times have one second, transactions are long.
OVERLAP = timedelta(minutes=10)
#: How far ahead of now the end of the last reading may lie: our machines' clocks differ by seconds.
AHEAD = timedelta(minutes=1)
#: How far to read back when it lies further ahead: our clock was set back. The nightly reading goes further.
DOUBT = timedelta(days=1)
#: What a shop's clock may be set back by.
CLOCK_CHANGE = timedelta(hours=1)


class SyncHubCursor(models.Model):
    """How far one list of a remote has been read. Written by the drain that reads it, and when a reading starts."""

    _name = "sync.hub.cursor"
    _description = "Sync reading position"
    _order = "connector_id, id"
    _rec_name = "resource"
    _log_access = False

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade")
    resource = fields.Char(required=True, string="List", help="The remote's own name of the list.")
    watermark = fields.Datetime(string="Read up to", help="Everything that changed before this time was read.")
    since = fields.Char(help="Begin of the present reading, in the remote's local time.")
    until = fields.Char(help="Its end; fixed, so that the pages stay where they are.")
    until_utc = fields.Datetime()
    offset = fields.Integer()
    mark = fields.Char(help="Of the present reading.")
    windowed = fields.Boolean(default=True, help="Off: read whatever its age.")
    read_count = fields.Integer(string="Read")
    new_count = fields.Integer(string="News")
    done_at = fields.Datetime(string="Last finished")

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_cursor_uniq ON sync_hub_cursor (connector_id, resource)"
        )

    @api.model
    def _of(self, connector, resource):
        """The cursor of a list; a new one begins now."""
        domain = [("connector_id", "=", connector.id), ("resource", "=", resource)]
        values = {"connector_id": connector.id, "resource": resource, "watermark": fields.Datetime.now()}
        return self.search(domain) or self.create(values)

    def _start(self, back_to=None):
        """Fix the span of a reading: from the last one, or from further back, until now."""
        self.ensure_one()
        zone = pytz.timezone(self.connector_id.timezone or "UTC")
        now = fields.Datetime.now()
        begin, end = back_to or self.watermark - OVERLAP, now
        if begin > now - OVERLAP + AHEAD:
            # The last reading was by a clock that has been set back since: when it was is not known.
            begin = now - DOUBT
        local = [pytz.utc.localize(moment).astimezone(zone) for moment in (begin, end)]
        if local[0].utcoffset() != local[1].utcoffset():
            # The shop writes local times: when its clock was set back an hour of them comes twice.
            local = [min(local) - CLOCK_CHANGE, max(local) + CLOCK_CHANGE]
        since, until = (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in local)
        self.write({"since": since, "until": until, "until_utc": end, "offset": 0, "read_count": 0, "new_count": 0})
        self.write({"windowed": not back_to, "mark": uuid4().hex[:12]})

    @api.model
    def _note_page(self, connector, message, fetched, new):
        """Note a page that was read; returns the values of its log row: done, or to be worked again."""
        # Not named cursor: Odoo's translation takes a local of that name for the database's.
        place = self._of(connector, message.resource)
        place.read_count += len(fetched.events)
        place.new_count += new
        result = _("%(read)s read, %(new)s with news.", read=place.read_count, new=place.new_count)
        if fetched.offset is not None:
            place.write({"offset": fetched.offset, "since": fetched.since or place.since})
            # A failure on a later page has the whole schedule of tries.
            return {"state": "pending", "result": result, "attempts": 0}
        place.write({"watermark": place.until_utc, "done_at": fields.Datetime.now()})
        return {"result": result}

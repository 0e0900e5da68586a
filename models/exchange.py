from odoo import api, fields, models

from .adapters import wirejson


class SyncHubExchange(models.Model):
    """One HTTP request and its answer, redacted before it is stored. Never written again."""

    _name = "sync.hub.exchange"
    _description = "Sync exchange"
    _order = "id desc"
    _rec_name = "url"

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True, readonly=True)
    direction = fields.Selection([("in", "In"), ("out", "Out")], required=True, readonly=True)
    method = fields.Char(readonly=True)
    url = fields.Char(string="URL", readonly=True)
    remote_address = fields.Char(readonly=True)
    batch = fields.Char(readonly=True, help="The remote's own id of the message, for tracing.")
    request_headers = fields.Text(readonly=True)
    request_body = fields.Text(readonly=True)
    status = fields.Integer(readonly=True)
    response_body = fields.Text(readonly=True)
    request_pretty = fields.Text(compute="_compute_pretty", string="Request (readable)")
    response_pretty = fields.Text(compute="_compute_pretty", string="Answer (readable)")
    error = fields.Char(readonly=True)
    duration_ms = fields.Integer(string="Duration (ms)", readonly=True)
    old_secret = fields.Boolean(readonly=True, help="The sender used a secret that has been replaced.")
    log_ids = fields.One2many("sync.hub.log", "exchange_id", readonly=True)

    def init(self):
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS sync_hub_exchange_newest_idx ON sync_hub_exchange (connector_id, direction, id)"
        )
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS sync_hub_exchange_old_secret_idx ON sync_hub_exchange (connector_id, id)"
            " WHERE old_secret"
        )

    @api.depends("request_body", "response_body")
    def _compute_pretty(self):
        for exchange in self:
            exchange.request_pretty = wirejson.pretty(exchange.request_body)
            exchange.response_pretty = wirejson.pretty(exchange.response_body)

    @api.model
    def _append(self, connector, values):
        """Store what somebody sent us and return it, in one statement: he waits for the answer.

        :param connector: read already; the values of its fields are not asked of this transaction.
        """
        moment = fields.Datetime.now()
        row = {"connector_id": connector.id, "company_id": connector.company_id.id, "direction": "in", **values}
        row |= {"create_uid": self.env.uid, "create_date": moment, "write_uid": self.env.uid, "write_date": moment}
        columns, marks = ", ".join(row), ", ".join(["%s"] * len(row))
        self.env.cr.execute(f"INSERT INTO sync_hub_exchange ({columns}) VALUES ({marks}) RETURNING id", [*row.values()])
        return self.browse(self.env.cr.fetchone())

    @api.model
    def _keep(self, connector, exchanges):
        """Store outbound `transport.Exchange` tuples and return the records."""
        return self.create(
            [{"connector_id": connector.id, "direction": "out", **exchange._asdict()} for exchange in exchanges]
        )

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

from .adapters.errors import MappingError, TransientError

#: kind -> (label, field that holds the Odoo side)
KINDS = {
    "order_state": ("Order state", "order_action"),
    "tax": ("Tax rate", "tax_id"),
    "currency": ("Currency", "currency_id"),
    "country": ("Country", "country_id"),
    "state": ("State / province", "country_state_id"),
    "payment_method": ("Payment method", "journal_id"),
    "carrier": ("Carrier", "carrier_id"),
    "tax_id": ("Tax (id)", "tax_id"),
    "group": ("Customer group", "partner_category_id"),
    "language": ("Language", "lang_id"),
    "account": ("Account", "pricelist_id"),
    "location": ("Stock location", "warehouse_id"),
}

#: Kinds that nothing fails without.
OPTIONAL = {"carrier", "group", "tax_id", "account", "location"}

ORDER_ACTIONS = [
    ("none", "Nothing"),
    ("sent", "Mark the quotation as sent"),
    ("confirm", "Confirm the order"),
    ("paid", "Mark as paid and confirm"),
    ("deliver", "Confirm and deliver everything"),
    ("cancel", "Cancel the order"),
    ("hold", "Hold for a person"),
    ("wait", "Wait: the buyer is changing it"),
    ("return", "Ask for a return"),
]


class SyncHubMap(models.Model):
    """A value of the remote <-> what it means in Odoo."""

    _name = "sync.hub.map"
    _description = "Sync value map"
    _order = "connector_id, kind, remote_value"
    _rec_name = "remote_value"

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True)
    kind = fields.Selection([(key, label) for key, (label, _field) in KINDS.items()], required=True)
    remote_value = fields.Char(required=True, help="The value as the remote sends it, for example an id.")
    remote_label = fields.Char(help="What the remote calls it.")
    remote_group = fields.Char(readonly=True, help="What it belongs to at the remote.")
    order_action = fields.Selection(ORDER_ACTIONS, string="Odoo does")
    order_event = fields.Selection(
        [
            ("confirmed", "confirmed"),
            ("dispatched", "on its way"),
            ("shipped", "delivered"),
            ("cancelled", "cancelled"),
            ("returned", "returned"),
        ],
        string="Sent when Odoo's order is",
        help="The state that the shop is told when the order in Odoo has come so far.",
    )
    is_final = fields.Boolean(string="Final", help="An order in this state is told nothing any more.")
    tax_id = fields.Many2one("account.tax", check_company=True, domain="[('type_tax_use', '=', 'sale')]")
    currency_id = fields.Many2one("res.currency")
    country_id = fields.Many2one("res.country")
    country_state_id = fields.Many2one("res.country.state")
    journal_id = fields.Many2one("account.journal", check_company=True, domain="[('type', 'in', ('bank', 'cash'))]")
    carrier_id = fields.Many2one("delivery.carrier", check_company=True)
    partner_category_id = fields.Many2one("res.partner.category", string="Contact tag")
    lang_id = fields.Many2one("res.lang")
    pricelist_id = fields.Many2one(
        "product.pricelist", check_company=True, help="Of this account's prices. Empty: the connector's."
    )
    warehouse_id = fields.Many2one(
        "stock.warehouse", check_company=True, help="Whose stock is told for this place of the remote."
    )
    meaning = fields.Char(compute="_compute_meaning", help="What the value is in Odoo.")
    is_missing = fields.Boolean(compute="_compute_is_missing", search="_search_is_missing")

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_map_uniq ON sync_hub_map (connector_id, kind, remote_value)"
        )

    @api.constrains("connector_id", "kind", "remote_value")
    def _check_unique(self):
        for row in self:
            domain = [
                ("connector_id", "=", row.connector_id.id),
                ("kind", "=", row.kind),
                ("remote_value", "=", row.remote_value),
            ]
            if self.search_count(domain) > 1:
                raise ValidationError(
                    _("%(connector)s maps the value %(value)s twice.",
                      connector=row.connector_id.name, value=row.remote_value)
                )  # fmt: skip

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._told_prices()
        rows._told_places()
        return rows

    def write(self, vals):
        result = super().write(vals)
        if {"warehouse_id", "kind"} & set(vals):
            self._told_places()
        if {"pricelist_id", "remote_value", "kind", "connector_id"} & set(vals):
            self._told_prices()
        return result

    def _told_prices(self):
        """The pricelist of an account has changed: what its products cost there may be another price."""
        rows = self.filtered(lambda row: row.kind == "account" and row.pricelist_id)
        if rows or self.filtered(lambda row: row.kind == "account"):
            self.env.registry.clear_cache()
        for connector in rows.connector_id.filtered(lambda c: c.active and c.state != "draft"):
            connector._push_all(("price",), "changed")

    def _told_places(self):
        """A place of the remote got another warehouse: it has to be told of that one's stock."""
        rows = self.filtered(lambda row: row.kind == "location" and row.warehouse_id)
        for connector in rows.connector_id.filtered(lambda c: c.active and c.state != "draft"):
            connector._push_all(("stock",), "changed")

    @api.depends("kind", *(field for _label, field in KINDS.values()))
    def _compute_is_missing(self):
        for row in self:
            row.is_missing = row.kind not in OPTIONAL and not (row.kind and row[KINDS[row.kind][1]])

    @api.depends("kind", *(field for _label, field in KINDS.values()))
    def _compute_meaning(self):
        actions = dict(self._fields["order_action"]._description_selection(self.env))
        for row in self:
            value = row[KINDS[row.kind][1]] if row.kind else False
            named = actions.get(value) if row.kind == "order_state" else bool(value) and value.display_name
            row.meaning = named or False

    def _search_is_missing(self, operator, value):
        domain = []
        for kind, (_label, field) in KINDS.items():
            if kind in OPTIONAL:
                continue
            domain = ["|", *domain] if domain else domain
            domain += ["&", ("kind", "=", kind), (field, "=", False)]
        # 17.0 asks ("=", True), 19.0 ("in", {True}).
        asked = True in value if operator in ("in", "not in") else bool(value)
        return domain if (operator in ("=", "in")) == asked else ["!", *domain]

    @api.model
    def _row(self, connector, kind, remote_value):
        """The row of a remote value, empty when there is none."""
        if not remote_value:
            return self.browse()
        domain = [("connector_id", "=", connector.id), ("kind", "=", kind), ("remote_value", "=", str(remote_value))]
        return self.search(domain)

    @api.model
    def _remote_of(self, connector, kind, record):
        """The remote's value of an Odoo record, None when there is none; of several the first one."""
        domain = [("connector_id", "=", connector.id), ("kind", "=", kind), (KINDS[kind][1], "=", record.id)]
        return self.search(domain, order="id", limit=1).remote_value or None

    @api.model
    def _lookup(self, connector, kind, remote_value):
        """The Odoo value of a remote one, or None when nothing is mapped."""
        if remote_value is None:
            return None
        mine = [("connector_id", "=", connector.id), ("kind", "=", kind), ("remote_value", "=", str(remote_value))]
        field = KINDS[kind][1]
        row = self.search_fetch(mine, [field], order="id")
        return row[field] or None if row else None

    @api.model
    def _require(self, connector, kind, remote_value, label=""):
        """The Odoo value of a remote one.

        :raises MappingError: naming the value and the menu; the drain then leaves an empty row to fill in.
        """
        value = self._lookup(connector, kind, remote_value)
        if value is None:
            named = f"{remote_value} {label}".strip()
            raise MappingError(
                _(
                    "%(kind)s '%(value)s' of %(connector)s has no counterpart in Odoo. "
                    "Choose it in Sync Hub > Configuration > Value maps, then retry.",
                    kind=dict(self._fields["kind"]._description_selection(self.env))[kind],
                    value=named,
                    connector=connector.name,
                ),
                field=kind,
                value=str(remote_value),
            )
        return value

    @api.model
    def _note_missing(self, connector, kind, remote_value):
        """Leave an empty row for a value nobody mapped yet, for the admin to fill in."""
        if (
            kind in KINDS
            and remote_value
            and not self.search_count(
                [("connector_id", "=", connector.id), ("kind", "=", kind), ("remote_value", "=", remote_value)]
            )
        ):
            self.create({"connector_id": connector.id, "kind": kind, "remote_value": remote_value})

    @api.model
    def _preload(self, connector, rows):
        """Create the adapter's default rows that do not exist yet.

        :param rows: (kind, remote value, label, value[, further values of the row]).
        """
        known = {(row.kind, row.remote_value) for row in self.search([("connector_id", "=", connector.id)])}
        for kind, remote_value, label, value, *more in rows:
            if (kind, remote_value) in known:
                continue
            self.create(
                {
                    "connector_id": connector.id,
                    "kind": kind,
                    "remote_value": remote_value,
                    "remote_label": label,
                    KINDS[kind][1]: self._default_value(kind, value),
                    **(more[0] if more else {}),
                }
            )

    @api.model
    def _default_value(self, kind, value):
        """The value or record id behind the code of a default row."""
        models_by_kind = {"country": ("res.country", "code"), "currency": ("res.currency", "name")}
        if kind not in models_by_kind:
            return value
        model, field = models_by_kind[kind]
        return self.env[model].with_context(active_test=False).search([(field, "=", value)], limit=1).id

    @api.model
    def _places_known(self, connector):
        """{place of the remote: warehouse} of the places that have one."""
        mine = [("connector_id", "=", connector.id), ("kind", "=", "location"), ("warehouse_id", "!=", False)]
        return {row.remote_value: row.warehouse_id for row in self.search(mine, order="id")}

    @api.model
    def _places(self, connector):
        """{place of the remote: warehouse}, in the order in which what is withheld is taken from them.

        :raises SyncError: they are just being read, or nobody has chosen a warehouse.
        """
        mine = [("connector_id", "=", connector.id), ("kind", "=", "location")]
        if not self.search_count(mine, limit=1):
            connector._read_lists(connector._adapter()._lists, "changed")
            raise TransientError(_("The stock locations of %s are being read.", connector.name), 5, code="reading")
        places = self._places_known(connector)
        if not places:
            raise MappingError(
                _(
                    "No stock location of %(connector)s has a warehouse. Choose one in Sync Hub > Configuration > "
                    "Value maps, kind Stock location.",
                    connector=connector.name,
                ),
                field="location",
                code="no_location",
            )
        return places

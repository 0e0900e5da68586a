from odoo import _, api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Decimal places of a shop's prices.
PRICE_DIGITS = 6
#: How sure a proposal is, the surest first.
CONFIDENCES = [
    ("certain", "Certain"),
    ("likely", "Likely"),
    ("weak", "Weak"),
    ("ambiguous", "Ambiguous"),
    ("none", "None"),
]
#: Fields on which a row's proposal rests.
MATCHED = {
    *("connector_id", "remote_id", "kind", "sku", "barcode", "name", "gone", "chosen_product_id", "by_hand"),
    *("unit_count", "base_ref"),
}


class SyncHubRemoteProduct(models.Model):
    """A product as a remote sells it, and the variant of Odoo that it stands for, or may stand for."""

    _name = "sync.hub.remote.product"
    _description = "Product of a shop"
    _order = "connector_id, sku, remote_id"
    _rec_name = "remote_id"
    _check_company_auto = True

    connector_id = fields.Many2one("sync.hub.connector", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", related="connector_id.company_id", store=True)
    remote_id = fields.Char(required=True, string="Remote ID", help="The id that its orders name.")
    parent_remote_id = fields.Char(index=True, string="Combination of", help="Remote id of the product.")
    kind = fields.Selection(
        [("simple", "Product"), ("combination", "Combination"), ("parent", "Product with combinations")],
        default="simple",
        required=True,
    )
    sku = fields.Char(string="Reference")
    barcode = fields.Char()
    name = fields.Char(required=True)
    price = fields.Float(digits=(16, PRICE_DIGITS), help="The shop's price without tax, when it was last read.")
    on_sale = fields.Boolean(default=True, help="The shop shows it to its customers.")
    code = fields.Char(string="Shop's number", readonly=True)
    unit = fields.Char(string="Shop's unit")
    unit_count = fields.Integer(string="Pieces", default=1, help="How many base pieces the shop counts in it.")
    base_ref = fields.Char(string="Base product", index=True, help="What all its packs are made of, at the shop.")
    bundle = fields.Boolean()
    factor = fields.Float(
        string="Units per pack",
        default=1.0,
        help="How many of the product's unit of measure one of the shop's holds: 24 for a carton of 24.",
    )
    reading_ref = fields.Char(readonly=True, help="The reading of the list that showed it last.")
    gone = fields.Boolean(readonly=True, help="The shop does not have it any more.")
    seen_at = fields.Datetime(readonly=True, string="Last news", help="When reading it last showed something new.")
    product_id = fields.Many2one("product.product", string="Linked with", readonly=True, index=True)
    proposed_product_id = fields.Many2one("product.product", string="Proposal", readonly=True, index=True)
    confidence = fields.Selection(CONFIDENCES, default="none", readonly=True, required=True)
    match_state = fields.Selection(
        [
            ("unmatched", "Unmatched"),
            ("ambiguous", "Ambiguous"),
            ("proposed", "Proposed"),
            ("linked", "Linked"),
            ("not_sellable", "Not sold itself"),
        ],
        string="State",
        default="unmatched",
        readonly=True,
        required=True,
        index=True,
    )
    chosen_product_id = fields.Many2one(
        "product.product",
        string="Product in Odoo",
        check_company=True,
        index=True,
        help="What 'Link products' will link it with: the proposal, unless somebody chooses another one.",
    )
    by_hand = fields.Boolean(readonly=True, help="Somebody has chosen; no proposal takes its place.")
    chosen_reference = fields.Char(
        compute="_compute_chosen_reference",
        inverse="_inverse_chosen_reference",
        string="Internal reference",
        help="Of the chosen product; to be filled in by an import.",
    )

    def init(self):
        self.env.cr.execute(
            "CREATE UNIQUE INDEX IF NOT EXISTS sync_hub_remote_product_uniq"
            " ON sync_hub_remote_product (connector_id, remote_id)"
        )

    # ------------------------------------------------------------ writing

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create([self._said_by_hand(vals) for vals in vals_list])
        if not self.env.context.get("hub_engine"):
            rows._match()
        return rows

    def write(self, vals):
        result = super().write(self._said_by_hand(vals))
        if MATCHED & set(vals) and not self.env.context.get("hub_engine"):
            self._match()
        return result

    @api.model
    def _said_by_hand(self, vals):
        return {"by_hand": True, **vals} if {"chosen_product_id", "factor"} & set(vals) else vals

    @api.ondelete(at_uninstall=False)
    def _unlink_except_read(self):
        if any(row.seen_at and not row.gone for row in self):
            raise UserError(_("What was read from the shop stays until the shop does not have it any more."))

    @api.constrains("factor")
    def _check_factor(self):
        if any(row.factor <= 0 for row in self):
            raise ValidationError(_("Units per pack: a pack holds more than nothing."))

    @api.constrains("chosen_product_id", "kind")
    def _check_chosen(self):
        for row in self:
            if row.chosen_product_id and row.by_hand and row.kind == "parent":
                raise ValidationError(
                    _("%s has combinations, which are what is sold: choose a product for each of them.", row.name)
                )

    # ------------------------------------------------------------ import and export

    @api.depends("chosen_product_id.default_code")
    def _compute_chosen_reference(self):
        for row in self:
            row.chosen_reference = row.chosen_product_id.default_code

    def _inverse_chosen_reference(self):
        wanted = {row: (row.chosen_reference or "").strip() for row in self}
        for connector in self.connector_id:
            mine = {row: text for row, text in wanted.items() if row.connector_id == connector}
            domain = [*self._products_domain(connector), ("default_code", "in", [*filter(None, mine.values())])]
            found = self.env["product.product"].search(domain).grouped("default_code")
            for row, reference in mine.items():
                if reference != (row.chosen_product_id.default_code or ""):
                    row.chosen_product_id = self._only_one(reference, found.get(reference)) if reference else False

    @staticmethod
    def _only_one(reference, products):
        if not products:
            raise ValidationError(_("Internal reference '%s': no product bears it.", reference))
        if len(products) > 1:
            raise ValidationError(_("Internal reference '%s': more than one product bears it.", reference))
        return products

    @api.model
    def load(self, fields, data):  # pylint: disable=redefined-outer-name
        """Override of `base` so that a file without ids updates the rows of its connectors and remote ids."""
        base = super(SyncHubRemoteProduct, self.with_context(hub_engine=True))
        with self.env.cr.savepoint() as savepoint:
            if not {"id", ".id"} & set(fields) and {"connector_id", "remote_id"} <= set(fields):
                rows = self._rows_of_file(fields, data)
                if all(rows):
                    fields = [".id", *fields]
                    data = [[str(row.id), *line] for row, line in zip(rows, data, strict=True)]
            result = base.load(fields, data)
            self.browse(result["ids"] or [])._match()
            if not result["ids"]:
                savepoint.rollback()
                self.env.invalidate_all()
        return result

    def _rows_of_file(self, fields, data):  # pylint: disable=redefined-outer-name
        """The row of each line, made where the shop's product was not known; empty when its connector is not."""
        names = {line[fields.index("connector_id")] for line in data}
        named = self.env["sync.hub.connector"].search([("name", "in", list(names))]).grouped("name")
        # Of two with one name neither is meant for certain.
        connectors = {name: connector for name, connector in named.items() if len(connector) == 1}
        mine = self.search([("connector_id", "in", [connector.id for connector in connectors.values()])])
        known = {(row.connector_id.id, row.remote_id): row for row in mine}
        keys, new = [], {}
        for line in data:
            values = dict(zip(fields, line, strict=True))
            key = (connectors.get(values["connector_id"], self.browse()).id, values["remote_id"])
            keys.append(key)
            if all(key) and key not in known:
                new[key] = {"connector_id": key[0], "remote_id": key[1], "name": values.get("name") or key[1]}
        made = self.with_context(hub_engine=True).create(list(new.values())).with_env(self.env)
        known.update(zip(new, made, strict=True))
        return [known.get(key, self.browse()) for key in keys]

    # ------------------------------------------------------------ buttons

    @api.model
    def action_read(self):
        """Read the catalogue of every shop that can be asked."""
        return self.env["sync.hub.connector"].search([("state", "=", "active")])._read_catalogue()

    def action_match(self):
        """Propose anew, for these rows or for all."""
        self.check_access_rights("write")
        (self or self.search([("match_state", "!=", "linked")]))._match()

    def action_open_wizard(self):
        """Show what would be linked: of these rows, or of all."""
        self.check_access_rights("write")
        (self or self.search([("match_state", "!=", "linked")]))._match()
        return {
            "type": "ir.actions.act_window",
            "name": _("Link products"),
            "res_model": "sync.hub.link.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_row_ids": [(6, 0, self.ids)]},
        }

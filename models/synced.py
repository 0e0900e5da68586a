"""What Odoo's own records show of their synchronization: a button, filters, and lines in their chatter."""

from lxml import etree
from odoo import _, api, fields, models

from .flows import PRODUCT_TOLD
from .log import OPEN

SYNC_STATES = [("failed", "Failed"), ("waiting", "Waiting"), ("synced", "Synced")]


class SyncHubSynced(models.AbstractModel):
    """A record of Odoo that operations of the sync log are about."""

    _name = "sync.hub.synced"
    _description = "Synced record"

    #: Flows, one of which a connector must serve for its "Not linked to" filter to make sense here; () for no filter.
    _hub_linked_by = ()

    hub_sync_state = fields.Selection(
        SYNC_STATES,
        compute="_compute_hub_sync_state",
        search="_search_hub_sync_state",
        string="Sync",
        groups="sync_hub.group_user",
    )
    hub_sync_at = fields.Datetime(compute="_compute_hub_sync_state", string="Last synced", groups="sync_hub.group_user")
    hub_linked_ids = fields.Many2many(
        "sync.hub.connector",
        compute="_compute_hub_linked_ids",
        search="_search_hub_linked_ids",
        string="Linked to",
        groups="sync_hub.group_user",
    )

    def _hub_covered(self):
        """{model: field path from this record}: the records whose operations are this one's; "id" is itself."""
        return {self._name: "id"}

    def _hub_rows_domain(self):
        """Rows of the log that are about these records."""
        domain = []
        for model, path in self._hub_covered().items():
            ids = self.ids if path == "id" else self.with_context(active_test=False).sudo().mapped(path).ids
            mine = ["&", ("res_model", "=", model), ("res_id", "in", ids)]
            domain = ["|", *domain, *mine] if domain else mine
        return domain

    def _compute_hub_sync_state(self):
        for record in self:
            states = dict.fromkeys(
                state
                for state, in self.env["sync.hub.log"]._read_group(record._hub_rows_domain(), ["state"])
            )  # fmt: skip
            record.hub_sync_state = (
                "failed" if "failed" in states
                else "waiting" if any(state in states for state in OPEN)
                else "synced" if "done" in states
                else False
            )  # fmt: skip
            newest = [*record._hub_rows_domain(), ("state", "=", "done")]
            record.hub_sync_at = self.env["sync.hub.log"].search(newest, limit=1).done_at

    @api.model
    def _search_hub_sync_state(self, operator, value):
        states = {"failed": ("failed",), "waiting": OPEN, "synced": ("done",)}
        negative, words, _none = self._hub_asked(operator, value)
        domain = self._hub_of("sync.hub.log", [("state", "in", [state for word in words for state in states[word]])])
        return ["!", *domain] if negative else domain

    def _compute_hub_linked_ids(self):
        for record in self:
            record.hub_linked_ids = self.env["sync.hub.binding"].search(record._hub_rows_domain()).connector_id

    @api.model
    def _search_hub_linked_ids(self, operator, value):
        negative, asked, none = self._hub_asked(operator, value)
        words = [word for word in asked if isinstance(word, str)]
        ids = [key for key in asked if not isinstance(key, str)]
        for word in words:
            ids += self.env["sync.hub.connector"].search([("name", "ilike", word)]).ids
        domain = self._hub_of("sync.hub.binding", [] if none else [("connector_id", "in", ids)])
        # Who asks for none wants those without a link.
        return ["!", *domain] if negative != none else domain

    @api.model
    def _hub_asked(self, operator, value):
        """(whether the term is negative, the values it names, whether it names none): 17.0 and 19.0 differ in form."""
        if operator in ("any", "not any"):
            # 19.0 asks for the connectors themselves by their fields.
            value = self.env["sync.hub.connector"].search([*value]).ids or [0]
        values = [value] if isinstance(value, (str, int)) else [*value]
        asked = [one for one in values if one is not False]
        return operator.startswith(("!", "not")), asked, not asked

    @api.model
    def _hub_of(self, model, domain):
        """A domain of the records that such rows or bindings are about."""
        found = []
        for res_model, path in self._hub_covered().items():
            query = self.env[model]._search([("res_model", "=", res_model), *domain])
            mine = [(path if path == "id" else f"{path}.id", "in", query.subselect("res_id"))]
            found = ["|", *found, *mine] if found else mine
        return found

    # ------------------------------------------------------------ screens

    def action_hub_log(self):
        """The operations of these records."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.log_action")
        action.update(domain=self._hub_rows_domain(), context={})
        return action

    @api.model
    def _hub_connectors_to_link(self):
        """Connectors that records like these are linked to, of the companies at work."""
        mine = [("company_id", "in", self.env.companies.ids), ("state", "!=", "draft")]
        return self.env["sync.hub.connector"].sudo().search(mine).filtered(
            lambda connector: set(self._hub_linked_by) & set(connector._adapter()._offered(connector))
        )  # fmt: skip

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        if view_type != "search" or not self._hub_linked_by:
            return key
        return (*key, *((connector.id, connector.name) for connector in self._hub_connectors_to_link()))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """A filter for each connector: which of these records it does not know."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "search" and self._hub_linked_by:
            group = {"groups": "sync_hub.group_user"}
            filters = [
                etree.Element("filter", {
                    "name": f"hub_not_linked_{connector.id}",
                    "string": _("Not linked to %s", connector.name),
                    "domain": f"[('hub_linked_ids', 'not in', [{connector.id}])]",
                    **group,
                })
                for connector in self._hub_connectors_to_link()
            ]  # fmt: skip
            if filters:
                arch.append(etree.Element("separator"))
                arch.extend(filters)
        return arch, view

    def _hub_known_at(self, connector, remote_id):
        """Note that a remote has made these records."""
        self._hub_tell(_("%(connector)s knows this now as %(id)s.", connector=connector.name, id=remote_id))

    def _hub_tell(self, text):
        """A line in the chatter that nobody is sent."""
        for record in self.sudo():
            record._message_log(body=text)


class ProductTemplate(models.Model):
    _name = "product.template"
    _inherit = ["product.template", "sync.hub.synced"]
    _hub_linked_by = PRODUCT_TOLD

    def _hub_covered(self):
        return {"product.template": "id", "product.product": "product_variant_ids"}


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "sync.hub.synced"]
    _hub_linked_by = PRODUCT_TOLD

    def _hub_covered(self):
        return {"product.product": "id", "product.template": "product_tmpl_id"}


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "sync.hub.synced"]

    def _hub_covered(self):
        return {"sale.order": "id", "stock.picking": "picking_ids"}

    def _creation_message(self):
        """The first line of the chatter says where the order comes from."""
        self.ensure_one()
        if not self.hub_connector_id:
            return super()._creation_message()
        name = self.hub_connector_id.sudo().name
        return _("Order %(number)s came from %(shop)s.", number=self.client_order_ref or "", shop=name)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "sync.hub.synced"]
    _hub_linked_by = ("customer",)

    def _creation_message(self):
        origin = self.env["sync.hub.connector"].sudo().browse(self.env.context.get("sync_origin") or 0).exists()
        return _("This contact came from %s.", origin.name) if origin else super()._creation_message()


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "sync.hub.synced"]

    def _hub_covered(self):
        return {"stock.picking": "id", "sale.order": "sale_id"}

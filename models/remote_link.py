from odoo import _, api, fields, models
from odoo.exceptions import UserError

#: Rows that are linked at once; more are linked by a run that shows how far it is.
AT_ONCE = 200
#: Rows of one step of such a run.
STEP = 500


class SyncHubRemoteProduct(models.Model):
    """Linking: nothing here happens before somebody has seen what will be linked."""

    _inherit = "sync.hub.remote.product"

    def _linkable(self):
        """The rows that would be linked, or linked with another product."""
        return self.filtered(
            lambda row: (
                row.chosen_product_id
                and (row.chosen_product_id != row.product_id or row._pack_differs())
                and row.kind != "parent"
                and not row.gone
            )
        )

    def _pack_differs(self):
        """Whether somebody has changed how much a linked pack holds."""
        if not self.by_hand or not self.product_id:
            return False
        binding = self.env["sync.hub.binding"]._find(self.connector_id, "product", self.remote_id)
        return bool(binding) and abs(binding.factor - self.factor) > 1e-9

    def _link_packs(self, connector, field):
        """Link rows of a kind whose simple products bear the remote's id in a field: one row is the product itself,
        further ones are packs of it."""
        adapter, Binding = connector._adapter(), self.env["sync.hub.binding"]
        for row in self:
            product, former = row.chosen_product_id, row.product_id
            details = {"factor": row.factor, "unit": row.unit, "unit_count": row.unit_count or 1}
            details.update(base_ref=row.base_ref, bundle=row.bundle)
            if former and former != product and former[field] == row.remote_id:
                former[field] = False
            own = product[field] in (False, row.remote_id)
            if own and row.factor == 1.0 and adapter._is_field_id(row.remote_id):
                Binding._bind(connector, "product", row.remote_id, product, from_field=True, **details)
                product[field] = row.remote_id
                continue
            binding = Binding._find(connector, "product", row.remote_id)
            values = {"res_model": "product.product", "res_id": product.id, "from_field": False, **details}
            if product[field] == row.remote_id:
                # It is still the product's own, of another size.
                values["from_field"] = True
            if binding:
                binding.write(values)
            else:
                values.update(connector_id=connector.id, entity="product", remote_id=row.remote_id)
                Binding.create(values)

    def _link(self):
        """Link each row with its chosen product, and push that product's stock and price."""
        Binding = self.env["sync.hub.binding"]
        for connector, rows in self._linkable().grouped("connector_id").items():
            if field := connector._adapter()._product_field:
                rows._link_packs(connector, field)
            else:
                known = {
                    binding.remote_id: binding
                    for binding in Binding.search(
                        [
                            ("connector_id", "=", connector.id),
                            ("entity", "=", "product"),
                            ("remote_id", "in", rows.mapped("remote_id")),
                        ]
                    )
                }
                new = []
                for row in rows:
                    product = {"res_model": "product.product", "res_id": row.chosen_product_id.id}
                    if row.remote_id in known:
                        known[row.remote_id].write(product)
                    else:
                        own = {"connector_id": connector.id, "entity": "product", "remote_id": row.remote_id}
                        new.append({**own, **product})
                Binding.create(new)
            rows.write({"by_hand": False})

    def action_unlink_products(self):
        """Cut the link with Odoo; what the shop holds stays as it is."""
        for connector, rows in self.filtered("product_id").grouped("connector_id").items():
            if field := connector._adapter()._product_field:
                for row in rows.filtered(lambda row, name=field: row.product_id[name] == row.remote_id):
                    row.product_id[field] = False
            domain = [
                ("connector_id", "=", connector.id),
                ("entity", "=", "product"),
                ("remote_id", "in", rows.mapped("remote_id")),
            ]
            self.env["sync.hub.binding"].search(domain).unlink()
            rows.write({"by_hand": False})


class SyncHubBinding(models.Model):
    """A link that comes or goes shows at the shop's product at once, whoever made it."""

    _inherit = "sync.hub.binding"

    @api.model_create_multi
    def create(self, vals_list):
        bindings = super().create(vals_list)
        bindings._show_at_remote_products()
        return bindings

    def write(self, vals):
        concerned = {"connector_id", "entity", "remote_id", "res_model", "res_id", "factor"} & set(vals)
        before = self._remote_products() if concerned else None
        result = super().write(vals)
        if concerned:
            (before | self._remote_products())._match()
        return result

    def unlink(self):
        rows = self._remote_products()
        result = super().unlink()
        rows._match()
        return result

    def _show_at_remote_products(self):
        self._remote_products()._match()

    def _remote_products(self):
        rows = self.env["sync.hub.remote.product"].sudo()
        bindings = self.filtered(lambda binding: binding.entity == "product")
        if not bindings:
            return rows
        ids = [("connector_id", "in", bindings.connector_id.ids), ("remote_id", "in", bindings.mapped("remote_id"))]
        return rows.search(ids)


class ProductProduct(models.Model):
    _inherit = "product.product"

    def unlink(self):
        rows = self.env["sync.hub.remote.product"].sudo()
        for field in ("product_id", "proposed_product_id", "chosen_product_id"):
            rows |= rows.search([(field, "in", self.ids)])
        rows.filtered(lambda row: row.chosen_product_id in self).with_context(hub_engine=True).by_hand = False
        result = super().unlink()
        rows.invalidate_recordset()
        rows._match()
        return result


class SyncHubRun(models.Model):
    _inherit = "sync.hub.run"

    kind = fields.Selection(selection_add=[("link", "Linking products")], ondelete={"link": "cascade"})

    @api.model
    def _start_link(self, rows):
        """Link many rows in steps."""
        run = self.sudo().create(
            {
                "name": _("Linking of %s products", len(rows)),
                "kind": "link",
                "total": len(rows),
                # With what was shown: a choice of a moment later was not confirmed.
                "waiting_ids": [[row.id, row.chosen_product_id.id] for row in rows],
                "connector_id": rows.connector_id.id if len(rows.connector_id) == 1 else False,
            }
        )
        run.with_delay(description=run.name)._job_link()
        return run

    def _job_link(self):
        """Link the next rows of the run; the rest is for the next job."""
        self.ensure_one()
        if self.state != "running":
            return
        step, rest = dict(self.waiting_ids[:STEP]), self.waiting_ids[STEP:]
        rows = self.env["sync.hub.remote.product"].browse(step).exists()
        rows.filtered(lambda row: row.chosen_product_id.id == step[row.id])._link()
        self.waiting_ids = rest
        if rest:
            self.with_delay(description=self.name)._job_link()
        else:
            self._close_finished()


class SyncHubConnector(models.Model):
    _inherit = "sync.hub.connector"

    can_read_catalogue = fields.Boolean(compute="_compute_can_read_catalogue")
    remote_product_count = fields.Integer(compute="_compute_remote_product_count", string="Shop products")

    @api.depends("url", "reconcile", "kind", "token")
    def _compute_can_read_catalogue(self):
        for connector in self:
            connector.can_read_catalogue = connector._reads("poll") and bool(connector._adapter()._catalogue)

    def _compute_remote_product_count(self):
        groups = self.env["sync.hub.remote.product"]._read_group(
            [("connector_id", "in", self.ids)], ["connector_id"], ["__count"]
        )
        counts = dict(groups)
        for connector in self:
            connector.remote_product_count = counts.get(connector, 0)

    def action_read_catalogue(self):
        """Read the shop's products now."""
        self.check_access_rights("write")
        self.check_access_rule("write")
        return self._read_catalogue()

    def _read_catalogue(self):
        able = self.filtered("can_read_catalogue")
        if not able:
            raise UserError(
                _("No shop can be asked for its products: a connector needs an address and a key to read it.")
            )
        for connector in able:
            # What is not news in the shop may be in Odoo: products have got their references meanwhile.
            self.env["sync.hub.remote.product"].search([("connector_id", "=", connector.id)])._match()
            connector._read_lists(connector._adapter()._catalogue, "manual_full")
        return self._notification(
            _("Reading the shop's products"), _("They appear on the page Shop products as they are read."), "success"
        )

    def action_open_remote_products(self):
        action = self.env["ir.actions.act_window"]._for_xml_id("sync_hub.remote_product_action")
        action["context"] = {"search_default_connector_id": self.id}
        return action

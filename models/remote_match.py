from odoo import models

#: Fields that matching writes; nothing else depends on them.
WRITTEN = ("product_id", "proposed_product_id", "chosen_product_id", "confidence", "match_state", "factor")
TYPES = ("int", "int", "int", "text", "text", "float8")


def stem(code):
    """What stands before the # of a code, "" when it has none."""
    head, mark, _tail = (code or "").partition("#")
    return head.strip() if mark else ""


class Codes:
    """Products and rows by reference, barcode and name, read once for many rows.

    :param dict taken: {remote id: product id} of what is linked at the connector.
    """

    def __init__(self, rows, connector, taken):
        self.taken = set(taken.values())
        self.by_field = {}
        open_rows = rows.filtered(lambda row: row.remote_id not in taken and row.kind != "parent")
        for mine, theirs in (("sku", "default_code"), ("barcode", "barcode")):
            self.by_field[mine] = self._products(rows, connector, theirs, open_rows.mapped(mine))
        # An ERP's own code at the remote is its reference, or its barcode; for packs often with something after a #.
        self.by_code = self._products(rows, connector, "barcode", open_rows.mapped("sku"))
        self.by_stem = self._products(rows, connector, "default_code", [stem(row.sku) for row in open_rows])
        self.siblings = self._siblings(connector, open_rows)
        unknown = open_rows.filtered(lambda row: not self.found(row, "sku") and not self.found(row, "barcode"))
        self.by_field["name"] = self._names(unknown, connector)
        self.twice = {field: self._twice(connector, open_rows, field) for field in self.by_field}

    @staticmethod
    def _products(rows, connector, field, values):
        values = list(set(filter(None, values)))
        domain = [*rows._products_domain(connector), (field, "in", values)]
        return rows.env["product.product"].sudo().search(domain).grouped(field) if values else {}

    @staticmethod
    def _names(rows, connector):
        """Variants by the name that tells them apart, as in "Shirt (M, Blue)"."""
        values = {text for row in rows for text in (row.name, row.name.rpartition(" (")[0]) if text}
        domain = [*rows._products_domain(connector), ("name", "in", list(values))]
        Product = rows.env["product.product"].sudo().with_context(display_default_code=False)
        return Product.search(domain).grouped("display_name") if values else {}

    @staticmethod
    def _twice(connector, rows, field):
        """The values that more than one product of the shop has."""
        values = list(set(filter(None, rows.mapped(field))))
        if not values:
            return set()
        rows.flush_model()
        rows.env.cr.execute(
            f"SELECT {field} FROM sync_hub_remote_product WHERE connector_id = %s AND {field} = ANY(%s)"
            f" AND kind != 'parent' AND gone IS NOT TRUE GROUP BY {field} HAVING count(*) > 1",
            [connector.id, values],
        )
        return {value for (value,) in rows.env.cr.fetchall()}

    @staticmethod
    def _siblings(connector, rows):
        """{base product: a row of it that is linked}: its packs are packs of one variant."""
        bases = list(set(filter(None, rows.mapped("base_ref"))))
        domain = [("connector_id", "=", connector.id), ("base_ref", "in", bases), ("product_id", "!=", False)]
        return {row.base_ref: row for row in rows.search(domain)} if bases else {}

    def found(self, row, field):
        """Ids of the products that have the row's reference, barcode or name."""
        products = row[field] and self.by_field[field].get(row[field])
        return set(products.ids) if products else set()

    def proposal(self, row):
        """(product id or False, confidence, units per pack) of a row that is not linked."""
        product_id, confidence = self._by_codes(row)
        if product_id or confidence == "ambiguous":
            return product_id, confidence, 1.0
        return self._as_pack(row) or (*self._by_name(row), 1.0)

    def _as_pack(self, row):
        """A pack of a product that is known otherwise, None when it is none."""
        sibling = self.siblings.get(row.base_ref) if row.base_ref else None
        if sibling:
            return sibling.product_id.id, "likely", sibling.factor * row.unit_count / (sibling.unit_count or 1)
        products = self.by_stem.get(stem(row.sku)) if stem(row.sku) else None
        if products and len(products) == 1:
            return products.id, "likely", float(row.unit_count or 1)
        return None

    def _by_codes(self, row):
        """(product id or False, confidence) by reference and barcode."""
        by_sku, by_barcode = self.found(row, "sku"), self.found(row, "barcode")
        if not by_sku and not by_barcode:
            coded = self.by_code.get(row.sku) if row.sku else None
            if not coded:
                return False, "none"
            return (False, "ambiguous") if len(coded) > 1 else self._unless_taken(coded.id, "certain")
        both = by_sku & by_barcode
        if len(both) == 1 and not (row.sku in self.twice["sku"] and row.barcode in self.twice["barcode"]):
            return self._unless_taken(both.pop(), "certain")
        if (by_sku and by_barcode) or len(by_sku | by_barcode) > 1:
            return False, "ambiguous"
        field, product_id = ("sku", *by_sku) if by_sku else ("barcode", *by_barcode)
        if row[field] in self.twice[field]:
            return False, "ambiguous"
        product = self.by_field[field][row[field]]
        other = (row.barcode and product.barcode) if field == "sku" else (row.sku and product.default_code)
        return self._unless_taken(product_id, "likely" if other else "certain")

    def _by_name(self, row):
        products = self.found(row, "name") - self.taken
        if not products:
            return False, "none"
        if len(products) > 1 or row.name in self.twice["name"]:
            return False, "ambiguous"
        return products.pop(), "weak"

    def _unless_taken(self, product_id, confidence):
        """Another product of the shop has it already: a pack of it, or a mistake."""
        return product_id, "likely" if product_id in self.taken else confidence


class SyncHubRemoteProduct(models.Model):
    _inherit = "sync.hub.remote.product"

    def _products_domain(self, connector):
        """Products that the connector may sell; archived ones are left out by themselves."""
        company = connector.company_id
        return [("company_id", "in", (False, *(company.parent_ids.ids or company.ids)))]

    def _match(self):
        """Work out anew what these rows are linked with and what they may be; writes what differs, in one statement."""
        changes = []
        for connector, rows in self.sudo().grouped("connector_id").items():
            linked, packs = self._linked(connector), self._packs(connector)
            codes = Codes(rows, connector, linked)
            for row in rows:
                values = self._matched(row, linked.get(row.remote_id, False), codes, packs)
                present = tuple(row[f].id if row._fields[f].relational else row[f] for f in WRITTEN)
                if values != present:
                    changes.append((row.id, *values))
        if changes:
            self.env.cr.execute(
                f"UPDATE sync_hub_remote_product r SET {', '.join(f'{f} = c.{f}' for f in WRITTEN)}"
                f"  FROM unnest({', '.join(f'%s::{kind}[]' for kind in ('int', *TYPES))})"
                f"       AS c(id, {', '.join(WRITTEN)}) WHERE r.id = c.id",
                [[value or None for value in column] for column in zip(*changes, strict=True)],
            )
            self.browse([change[0] for change in changes]).invalidate_recordset()

    @staticmethod
    def _matched(row, product_id, codes, packs):
        """The values of the fields `WRITTEN`."""
        if row.kind == "parent":
            return product_id, False, False, "none", "not_sellable", row.factor
        if product_id:
            chosen = row.chosen_product_id.id if row.by_hand else product_id
            factor = row.factor if row.by_hand else packs.get(row.remote_id, 1.0)
            return product_id, False, chosen, "certain", "linked", factor
        proposed, confidence, factor = codes.proposal(row)
        if row.by_hand or not proposed:
            factor = row.factor
        chosen = row.chosen_product_id.id if row.by_hand else proposed
        if chosen:
            state = "proposed"
        else:
            state = "ambiguous" if confidence == "ambiguous" and not row.by_hand else "unmatched"
        return False, proposed, chosen, confidence, state, factor

    def _packs(self, connector):
        """{remote id: units per pack} of what is linked and holds more or less than one."""
        mine = [("connector_id", "=", connector.id), ("entity", "=", "product"), ("factor", "!=", 1.0)]
        return {b.remote_id: b.factor for b in self.env["sync.hub.binding"].sudo().search(mine)}

    def _linked(self, connector):
        """{remote id: product id} of what is linked at a connector."""
        self.env["sync.hub.binding"].flush_model()
        self.env.cr.execute(
            """
            SELECT b.remote_id, p.id FROM sync_hub_binding b JOIN product_product p ON p.id = b.res_id
             WHERE b.connector_id = %s AND b.entity = 'product' AND b.res_model = 'product.product'
            """,
            [connector.id],
        )
        linked = dict(self.env.cr.fetchall())
        if field := connector._adapter()._product_field:
            # Here the product itself says what it is at the remote.
            products = self.env["product.product"].sudo().with_context(active_test=False).search([(field, "!=", False)])
            linked.update({product[field]: product.id for product in products})
        return linked

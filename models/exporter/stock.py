from decimal import ROUND_FLOOR, Decimal

from odoo import models

from .. import compat
from ..adapters.canonical import Order
from ..adapters.errors import SyncError
from ..log import OPEN


class StockExporter(models.AbstractModel):
    """The quantity of variants that a connector may sell."""

    _name = "sync.hub.exporter.stock"
    _description = "Stock exporter"

    def _available(self, connector, products):
        """{product id: Decimal in the variant's unit}, after promised orders and the safety margin.

        Each warehouse counts for itself and never below zero: one that owes goods cannot borrow from another.
        """
        warehouses = connector.warehouse_ids or self.env["stock.warehouse"].search(
            [("company_id", "=", connector.company_id.id)]
        )
        promised = self._promised(connector)
        available = {product.id: Decimal(-connector.stock_buffer) - promised.get(product.id, 0) for product in products}
        lying = self._by_location(warehouses, products) if connector.stock_basis == "location" else {}
        for warehouse in warehouses:
            here = products.with_company(connector.company_id).with_context(**{compat.WAREHOUSE_KEY: warehouse.id})
            for product in here:
                here_now = lying.get((warehouse, product.id))
                quantity = self._quantity(connector, product) if here_now is None else here_now
                available[product.id] += max(Decimal(str(quantity)), Decimal(0))
            # Both of two orders that took the last unit at the same moment are confirmed; somebody must be told.
            self.env["sale.order"]._hub_flag_oversold(here, warehouse)
        return available

    def _by_location(self, warehouses, products):
        """{(warehouse, product id): sum over its locations of what lies there unreserved, never below zero}.

        A location that owes goods takes nothing from the others. Kits lie nowhere, and are left out.
        """
        counted = products.filtered(lambda product: not compat.is_kit(product))
        lying = {(warehouse, product.id): 0 for warehouse in warehouses for product in counted}
        for warehouse in warehouses:
            domain = [("product_id", "in", counted.ids), ("location_id", "child_of", warehouse.view_location_id.id)]
            domain += [("location_id.usage", "=", "internal"), ("location_id.active", "=", True)]
            sums = ["quantity:sum", "reserved_quantity:sum"]
            quants = self.env["stock.quant"].sudo()._read_group(domain, ["product_id", "location_id"], sums)
            for product, _location, quantity, reserved in quants:
                lying[warehouse, product.id] += max(quantity - reserved, 0)
        return lying

    @staticmethod
    def _quantity(connector, product):
        if connector.stock_basis == "demand":
            return product.qty_available - product.outgoing_qty
        return product.free_qty

    @staticmethod
    def _packs(quantity, factor):
        """Whole remote products of `factor` units each in a quantity, never below zero."""
        # A factor like 1/3 is not exact: a hair less than a whole pack is one.
        packs = (quantity / Decimal(str(factor))).quantize(Decimal("1e-9"))
        return max(int(packs.to_integral_value(ROUND_FLOOR)), 0)

    def _promised(self, connector):
        """{product id: Decimal} that the connector's shop has sold and Odoo has not imported yet.

        The shop has lowered its own stock for these orders; sending it the full quantity would oversell.
        """
        rows = self.env["sync.hub.log"].search(
            [
                ("connector_id", "=", connector.id),
                ("direction", "=", "in"),
                ("entity", "=", "order"),
                # A state says nothing of the lines.
                ("action", "!=", "status"),
                ("state", "in", (*OPEN, "failed")),
            ]
        )
        newest = {row.remote_id: row for row in rows.sorted("id")}
        promised = {}
        known = self.env["sync.hub.binding"]
        for remote_id, row in newest.items():
            if known._find(connector, "order", remote_id):
                continue
            for product, quantity in self._sold(connector, row):
                promised[product.id] = promised.get(product.id, 0) + quantity
        return promised

    def _sold(self, connector, row):
        """[(product, quantity)] of an order row, as far as it can be understood."""
        try:
            message = connector._adapter().parse(connector, row).message
        except SyncError:
            return []
        sold = []
        resolver = self.env["sync.hub.importer.product"]
        for line in message.lines if isinstance(message, Order) else ():
            if line.kind != "product":
                continue
            try:
                product, pack = resolver._resolve_pack(connector, line.product)
                sold.append((product, line.quantity * Decimal(str(pack.factor if pack else 1))))
            except SyncError:
                continue
        return sold

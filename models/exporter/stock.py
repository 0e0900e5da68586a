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
        less = self._withheld(connector, products)
        here = self._by_warehouse(connector, warehouses, products)
        return {product.id: sum((here[w, product.id] for w in warehouses), -less[product.id]) for product in products}

    def _by_place(self, connector, products):
        """{product id: {place of the remote: Decimal}}; what is withheld is taken from the first places.

        :raises SyncError: no place has a warehouse.
        """
        places = self.env["sync.hub.map"].sudo()._places(connector)
        warehouses = self.env["stock.warehouse"].browse({w.id for w in places.values()})
        less, here = self._withheld(connector, products), self._by_warehouse(connector, warehouses, products)
        by_place = {}
        for product in products:
            rest, levels = less[product.id], {}
            for place, warehouse in places.items():
                there = here[warehouse, product.id]
                levels[place] = max(there - rest, Decimal(0))
                rest = max(rest - there, Decimal(0))
            by_place[product.id] = levels
        return by_place

    def _withheld(self, connector, products):
        """{product id: Decimal} of what lies there and is not for sale: the safety margin, and promised orders."""
        promised = self._promised(connector)
        sold = {product_id: sum(quantity for _line, quantity in lines) for product_id, lines in promised.items()}
        return {product.id: Decimal(connector.stock_buffer) + sold.get(product.id, 0) for product in products}

    def _by_warehouse(self, connector, warehouses, products):
        """{(warehouse, product id): Decimal}, never below zero."""
        lying = self._by_location(warehouses, products) if connector.stock_basis == "location" else {}
        quantities = {}
        for warehouse in warehouses:
            here = products.with_company(connector.company_id).with_context(**{compat.WAREHOUSE_KEY: warehouse.id})
            for product in here:
                here_now = lying.get((warehouse, product.id))
                quantity = self._quantity(connector, product) if here_now is None else here_now
                quantities[warehouse, product.id] = max(Decimal(str(quantity)), Decimal(0))
            # Both of two orders that took the last unit at the same moment are confirmed; somebody must be told.
            self.env["sale.order"]._hub_flag_oversold(here, warehouse)
        return quantities

    def _held(self, connector, products):
        """{product id: ids of order lines} for which the remote holds pieces back and Odoo has given them away too."""
        held = {
            product_id: [line for line, _quantity in lines] for product_id, lines in self._promised(connector).items()
        }
        domain = [
            ("product_id", "in", products.ids),
            ("hub_line_id", "!=", False),
            ("order_id.hub_connector_id", "=", connector.id),
            ("order_id.hub_remote_status", "in", connector._adapter()._reserving),
        ]
        for line in self.env["sale.order.line"].sudo().search(domain):
            held.setdefault(line.product_id.id, []).append(line.hub_line_id)
        return held

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
        """{product id: [(line id, Decimal)]} that the connector's shop has sold and Odoo has not imported yet.

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
            for product, line_id, quantity in self._sold(connector, row):
                promised.setdefault(product.id, []).append((line_id, quantity))
        return promised

    def _sold(self, connector, row):
        """[(product, line id, quantity)] of an order row, as far as it can be understood."""
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
                sold.append((product, line.id, line.quantity * Decimal(str(pack.factor if pack else 1))))
            except SyncError:
                continue
        return sold

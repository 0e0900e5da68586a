from decimal import Decimal
from types import MappingProxyType

from odoo import Command, _, models

from .. import compat

#: Kind of an order's own amount -> product of the line.
PRODUCTS = {
    "shipping": "sync_hub.product_shipping",
    "wrapping": "sync_hub.product_wrapping",
    "discount": "sync_hub.product_discount",
}
#: Remote line id of the line that makes the total agree.
ROUNDING = "rounding"
#: Field of a line that both sides may change at the same time -> its place in what is told of the line.
TOLD = {"product_uom_qty": 1, "price_unit": 2}


class OrderLinesImporter(models.AbstractModel):
    """The lines of an order: made once, then brought in line with the newest snapshot by remote line id."""

    _name = "sync.hub.importer.order.lines"
    _inherit = "sync.hub.importer"
    _description = "Order lines importer"

    def _values(self, connector, order, currency):
        """{remote line id: values of sale.order.line} of a canonical order."""
        carrier = order.carrier and self.env["sync.hub.map"].sudo()._lookup(connector, "carrier", order.carrier)
        importer = self.with_context(hub_sale_taxes=self.env["sync.hub.importer.tax"]._sale_taxes(connector).ids)
        return {line.id: importer._line_values(connector, line, currency, carrier) for line in order.lines}

    def _own_product(self, connector, kind, carrier):
        """The product of an amount of the whole order; shipping is the mapped carrier's own."""
        if kind == "shipping" and carrier:
            return carrier.with_env(self.env).product_id
        return self.env.ref(PRODUCTS[kind])

    def _line_values(self, connector, line, currency, carrier=None):
        pack = None
        if line.kind == "product":
            product, pack = self.env["sync.hub.importer.product"]._resolve_pack(connector, line.product)
        else:
            product = self._own_product(connector, line.kind, carrier)
        price, taxes = self.env["sync.hub.importer.tax"]._price(connector, line, product, currency)
        unit = pack._line_uom(product).with_env(self.env) if pack else product.uom_id
        values = {
            "product_id": product.id,
            "name": line.product.name,
            "product_uom_qty": float(line.quantity),
            "price_unit": price,
            "discount": 0.0,
            "hub_line_id": line.id,
            compat.LINE_UOM: unit.id,
            compat.LINE_TAXES: [Command.set(taxes.ids)],
        }
        if line.own_taxes:
            values.update(
                hub_product_ref=pack._key() if pack else line.product.id,
                hub_pack=pack.factor if pack else 1.0,
                hub_given_by_seller=float(line.given_by_seller),
                hub_given_by_remote=float(line.given_by_remote),
            )
        if line.kind == "shipping" and "is_delivery" in self.env["sale.order.line"]._fields:
            values["is_delivery"] = True
        return values

    def _update(self, sale, wanted, prune=True, quiet=MappingProxyType({})):
        """Bring the lines of a sale order in line with `wanted`; returns the ids that were left as they are.

        :param bool prune: whether lines that are not wanted any more go; not when the list may be cut.
        :param dict quiet: {line id: fields that are no news}; they are left as they are. A line of which none is news
            is left, or away.
        """
        commands = []
        quiet = {**quiet, **dict.fromkeys(self._adopt(sale, wanted), set(TOLD))}
        lines = {line.hub_line_id: line for line in sale.order_line if line.hub_line_id}
        for line_id, values in wanted.items():
            line = lines.get(line_id)
            if quiet.get(line_id) == set(TOLD):
                continue
            if not line:
                commands.append(Command.create(values))
                continue
            kept = {compat.LINE_TAXES, "name", compat.LINE_UOM, *quiet.get(line_id, ())}
            if "price_unit" in kept:
                # It is part of what Odoo made of the price.
                kept.add("discount")
            plain = {k: v for k, v in values.items() if k not in kept}
            changes = self._line_changes(line, plain)
            taxes = values[compat.LINE_TAXES][0][2]
            if set(line[compat.LINE_TAXES].ids) != set(taxes):
                changes[compat.LINE_TAXES] = values[compat.LINE_TAXES]
            if changes:
                commands.append(Command.update(line.id, changes))
        for line_id, line in lines.items():
            if prune and line_id not in wanted and line_id != ROUNDING:
                # A line of a confirmed order cannot be deleted; its quantity can.
                gone = sale.state in ("draft", "sent")
                commands.append(Command.delete(line.id) if gone else Command.update(line.id, {"product_uom_qty": 0}))
        if commands:
            sale.write({"order_line": commands})
        return {line_id for line_id, fields in quiet.items() if fields}

    @staticmethod
    def _adopt(sale, wanted):
        """Lines that were added in Odoo learn under which ids the shop keeps them; returns these ids."""
        adopted, known = set(), set(sale.order_line.mapped("hub_line_id"))
        for line_id, values in wanted.items():
            waiting = sale.order_line.filtered(
                lambda line, v=values: (
                    line.hub_line_sent and not line.hub_line_id and line.product_id.id == v["product_id"]
                )
            )
            if line_id not in known and waiting:
                # Of several of one product the one of this quantity.
                same = waiting.filtered(lambda line, v=values: line.product_uom_qty == v["product_uom_qty"])
                (same or waiting)[0].write({"hub_line_id": line_id, "hub_line_sent": False})
                adopted.add(line_id)
        return adopted

    def _line_changes(self, line, values):
        changes = self._changes(line, values)
        for field in ("product_uom_qty", "price_unit", "discount"):
            if field in changes and abs(line[field] - changes[field]) < 1e-6:
                del changes[field]
        return changes

    def _round(self, connector, sale, total, untaxed=False):
        """Make the total agree to the cent with one visible line; returns what is still missing (Decimal)."""
        self = self.with_context(hub_untaxed=untaxed)
        currency = sale.currency_id
        rounding = sale.order_line.filtered(lambda line: line.hub_line_id == ROUNDING)
        gap = self._gap(sale, total) + Decimal(str(sum(rounding.mapped("price_total"))))
        if abs(gap) > Decimal(str(connector.tolerance)):
            self._set_rounding(sale, rounding, 0.0)
            return self._gap(sale, total)
        self._set_rounding(sale, rounding, currency.round(float(gap)))
        return self._gap(sale, total)

    def _gap(self, sale, total):
        mine = sale.amount_untaxed if self.env.context.get("hub_untaxed") else sale.amount_total
        return Decimal(str(sale.currency_id.round(float(total)))) - Decimal(str(sale.currency_id.round(mine)))

    def _set_rounding(self, sale, rounding, amount):
        if rounding and rounding.price_unit == amount:
            return
        if rounding:
            rounding.price_unit = amount
        elif amount:
            product = self.env.ref("sync_hub.product_rounding")
            values = {
                "product_id": product.id,
                "name": _("Rounding difference"),
                "product_uom_qty": 1,
                "price_unit": amount,
                "hub_line_id": ROUNDING,
                compat.LINE_UOM: product.uom_id.id,
                compat.LINE_TAXES: [Command.clear()],
            }
            sale.write({"order_line": [Command.create(values)]})

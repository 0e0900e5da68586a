import re
import threading
import time
from contextlib import contextmanager

from odoo import api, fields, models

#: What one order line has to say to be made again as it is.
LINE = ("name", "product_uom_qty", "price_unit", "discount", "sequence")
INTO = re.compile(r"^\s*INSERT INTO\s+\"?(\w+)", re.IGNORECASE)


@contextmanager
def statements():
    """Collect the SQL statements of this thread meanwhile."""
    thread, seen = threading.current_thread(), []
    hooks = thread.query_hooks = [*getattr(thread, "query_hooks", ()), lambda _cr, query, *_args: seen.append(query)]
    try:
        yield seen
    finally:
        hooks.pop()


class HubBenchBody(models.Model):
    """A message as a bare controller keeps it."""

    _name = "hub.bench.body"
    _description = "Benchmark: a kept message"

    raw = fields.Text()


class HubBench(models.AbstractModel):
    """Work that is timed in the process that does it, its commit included; every time is in seconds."""

    _name = "hub.bench"
    _description = "Benchmark"

    @api.model
    def write_all(self, model, ids, values):
        """Write records in one transaction; {"seconds", "inserts": {table: INSERT statements}}."""
        records = self.env[model].browse(ids)
        self.env.invalidate_all()
        with statements() as seen:
            begun = time.perf_counter()
            records.write(values)
            self.env.cr.commit()
            seconds = time.perf_counter() - begun
        tables = [found[1] for found in map(INTO.match, map(str, seen)) if found]
        return {"seconds": seconds, "inserts": {table: tables.count(table) for table in set(tables)}}

    @api.model
    def write_often(self, ids, prices):
        """Write each of the prices to the variants, one transaction each; seconds."""
        begun = time.perf_counter()
        for price in prices:
            self.env["product.product"].browse(ids).write({"list_price": price})
            self.env.cr.commit()
        return time.perf_counter() - begun

    @api.model
    def create_orders(self, ids, batched=False, confirm=False):
        """Make the same orders once more by plain `create`; seconds."""
        values = [self._values(order) for order in self.env["sale.order"].browse(ids)]
        self.env.invalidate_all()
        begun = time.perf_counter()
        for group in [values] if batched else [[one] for one in values]:
            orders = self.env["sale.order"].create(group)
            if confirm:
                orders.action_confirm()
            # As each user's own request would.
            self.env.cr.commit()
        return time.perf_counter() - begun

    def _values(self, order):
        values = {field: order[field].id for field in ("partner_id", "partner_invoice_id", "partner_shipping_id")}
        values.update(company_id=order.company_id.id, date_order=order.date_order, pricelist_id=order.pricelist_id.id)
        values.update(client_order_ref=order.client_order_ref, user_id=order.user_id.id, team_id=order.team_id.id)
        values["order_line"] = [(0, 0, self._line(line)) for line in order.order_line]
        return values

    @staticmethod
    def _line(line):
        taxes = "tax_id" if "tax_id" in line._fields else "tax_ids"
        return {
            "product_id": line.product_id.id,
            taxes: [(6, 0, line[taxes].ids)],
            **{field: line[field] for field in LINE},
        }

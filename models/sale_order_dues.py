from odoo import models


class SaleOrder(models.Model):
    """What a shop is told of the money of its orders."""

    _inherit = "sale.order"

    def _hub_tell_money(self, flow):
        """Tell the shops of these orders, unless the news comes from them."""
        orders = self.filtered("hub_connector_id")
        for connector, mine in orders.grouped("hub_connector_id").items():
            if self.env.context.get("sync_origin") != connector.id:
                self.env["sync.hub.log"]._append_records(flow, mine, "changed", only=connector.id)

    def _hub_money(self, move_type):
        """Money that came, or went back, by posted documents of this order; credit slips of the shop left out.

        A document of several orders counts for each of them with its own share.
        """
        self.ensure_one()
        moves = self.sudo().invoice_ids.filtered(
            lambda move: move.move_type == move_type and move.state == "posted" and not move.hub_credit_slip
        )
        total = 0.0
        for move in moves:
            mine = move.invoice_line_ids.filtered(lambda line: self in line.sale_line_ids.order_id)
            share = sum(mine.mapped("price_total")) / move.amount_total if move.amount_total else 0
            total += move._hub_money() * min(share, 1)
        return self.currency_id.round(total)

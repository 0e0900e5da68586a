"""What tests of invoices, payments and coupons need: accounts, journals, and a shop that sells one product."""

import copy

from odoo.exceptions import UserError

from .common import HubCase

#: Odoo without bank reconciliation knows only the first.
PAID = ("paid", "in_payment")


def refuse(*_values):
    """Stands for anything that Odoo refuses to do."""
    refusal = UserError
    raise refusal("the period is locked")


class MoneyCase(HubCase):
    """A shop whose products are all one, with the accounts and journals that booking needs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._ledger()
        cls.product = cls._product("Sold by the shop")
        cls.shop = cls._prestashop(missing_product="placeholder", placeholder_product_id=cls.product.id)

    @classmethod
    def _account(cls, kind, **values):
        Account = cls.env["account.account"]
        code = f"99{len(Account.search([('code', '=like', '99%')])):04d}"
        return Account.create({"code": code, "name": kind, "account_type": kind, **values})

    @classmethod
    def _ledger(cls):
        """Use the company's accounts where it has any, else make them: not every database has a chart."""
        partner = cls.env["res.partner"].create({"name": "Somebody"})
        if not partner.property_account_receivable_id:
            receivable = cls._account("asset_receivable", reconcile=True)
            if "ir.property" in cls.env:
                cls.env["ir.property"]._set_default("property_account_receivable_id", "res.partner", receivable)
            else:
                cls.env["ir.default"].set("res.partner", "property_account_receivable_id", receivable.id)
        if not cls.env["account.journal"].search([("type", "=", "sale"), ("company_id", "=", cls.company.id)]):
            income = cls._account("income")
            values = {"name": "Sales", "code": "HSAL", "type": "sale", "default_account_id": income.id}
            cls.env["account.journal"].create(values)
        cls.bank = cls._journal("HBNK")
        cls.card = cls._journal("HCRD")

    @classmethod
    def _journal(cls, code):
        account = cls._account("asset_cash")
        values = {"name": code, "code": code, "type": "bank", "default_account_id": account.id}
        journal = cls.env["account.journal"].create(values)
        outstanding = cls._account("asset_current", reconcile=True)
        lines = journal.inbound_payment_method_line_ids | journal.outbound_payment_method_line_ids
        lines.payment_account_id = outstanding
        return journal

    def take(self, body, sequence=None, **changes):
        """Receive a batch, its first event changed to a later one, and work it off; returns its rows."""
        body = copy.deepcopy(body)
        event = body["events"][0]
        if sequence:
            event.update(event_id=sequence, transaction_hash=f"{sequence:064d}")
        for key, value in changes.items():
            event[key] = {**event[key], **value} if isinstance(value, dict) and event[key] else value
        rows = self.receive(self.shop, body)
        self.wake_and_drain()
        return rows

    def snapshot(self, sale_number, **values):
        """Apply the newest snapshot of an order once more, with other values; returns what was said."""
        row = self._rows(self.shop, entity="order")[-1:]
        message = self.shop._adapter().parse(self.shop, row).message.model_copy(update=values)
        self.assertEqual(message.number, sale_number)
        env = self.shop._import_env()
        [(sale, said)] = env["sync.hub.importer.order"]._apply(self.shop, [message])
        self.env.flush_all()
        self.env.invalidate_all()
        return said

    def bookings(self, sale):
        return self.env["account.payment"].search([("hub_order_id", "=", sale.id)])

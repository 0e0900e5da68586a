from datetime import datetime, timezone
from decimal import Decimal

from ..models.adapters import canonical
from .common import event_of
from .money import PAID, MoneyCase, refuse


class TestPrestashopInvoices(MoneyCase):
    """The samples: 021 pays order 11 by wire (invoice 2, payment 4), 088 delivers it and tells invoice number 2."""

    number = "AANLKSIBQ"

    def test_policy_none_shows_the_number_on_the_order(self):
        rows = self.play(self.shop, "021-order-bankwire-2-paid-backoffice", "088-status-shipped-2")
        sale = self.order(self.number)
        self.assertEqual(set(rows.mapped("state")), {"done", "skipped"})
        self.assertEqual(sale.hub_invoice_number, "2")
        self.assertFalse(sale.invoice_ids)
        invoice = rows.filtered(lambda row: row.entity == "invoice")[0]
        self.assertIn("makes no invoices", invoice.result)

    def test_posted_invoice_has_the_shops_total_and_gets_its_number_later(self):
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        invoice = self.order(self.number).invoice_ids
        self.assertEqual((invoice.state, invoice.move_type), ("posted", "out_invoice"))
        self.assertEqual(invoice.amount_total, 92.27)
        self.assertAlmostEqual(invoice.amount_untaxed, 76.26, delta=0.011)
        self.assertEqual(str(invoice.invoice_date), "2026-11-21")
        self.assertFalse(invoice.hub_invoice_number)
        self.play(self.shop, "088-status-shipped-2")
        self.assertEqual(self.order(self.number).invoice_ids, invoice)
        self.assertEqual(invoice.hub_invoice_number, "2")

    def test_draft_policy_leaves_the_invoice_a_draft(self):
        self.shop.invoice_policy = "draft"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        self.assertEqual(self.order(self.number).invoice_ids.state, "draft")

    def test_other_total_stays_a_draft_with_one_activity(self):
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "013-order-bankwire-created")
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        sale = self.order(self.number)
        sale.invoice_ids.button_draft()
        sale.invoice_ids.unlink()
        self.env["sync.hub.binding"].search([("entity", "=", "invoice")]).unlink()
        body = event_of("021-order-bankwire-2-paid-backoffice", 2)
        self.take(body, 900, hook_timestamp="2026-11-21 06:00:00", after_data={"total_paid_tax_incl": "92.280000"})
        invoice = sale.invoice_ids
        self.assertEqual(invoice.state, "draft")
        self.assertEqual(len(invoice.activity_ids), 1)
        self.assertIn("92.28", invoice.activity_ids.note)

    def test_products_invoiced_on_delivery_are_invoiced_as_the_shop_ordered_them(self):
        self.product.invoice_policy = "delivery"
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        sale = self.order(self.number)
        self.assertEqual((sale.invoice_ids.state, sale.invoice_ids.amount_total), ("posted", 92.27))
        self.assertEqual(sale.invoice_status, "invoiced")

    def test_policy_switched_on_after_the_order_was_confirmed(self):
        self.product.invoice_policy = "delivery"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        self.shop.invoice_policy = "posted"
        self.take(event_of("021-order-bankwire-2-paid-backoffice", 2), 900, hook_timestamp="2026-11-21 06:00:00",
                  action_type="updated", after_data={"number": "2"})  # fmt: skip
        self.assertEqual(self.order(self.number).invoice_ids.amount_total, 92.27)

    def test_row_of_a_delivery_slip_makes_no_second_invoice(self):
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        slip = event_of("021-order-bankwire-2-paid-backoffice", 2)
        rows = self.take(slip, 900, hook_timestamp="2026-11-21 06:00:00", entity_id=77, after_data={"id": 77})
        self.assertStates(rows, [("done", "")])
        self.assertIn("invoiced already", rows.result)
        self.assertEqual(len(self.order(self.number).invoice_ids), 1)

    def test_invoice_made_by_a_person_before_is_the_shops_invoice(self):
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        sale = self.order(self.number)
        invoice = sale._create_invoices()
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "088-status-shipped-2")
        self.assertEqual(sale.invoice_ids, invoice)
        self.assertEqual((invoice.hub_invoice_number, invoice.state), ("2", "draft"))

    def test_pdf_and_assigned_number_apply_to_the_same_invoice(self):
        self.shop.invoice_policy = "draft"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        body = event_of("021-order-bankwire-2-paid-backoffice", 2)
        invoice = self.order(self.number).invoice_ids
        self.take(body, 901, hook_timestamp="2026-11-21 06:00:00", action_type="pdf_rendered", after_data={"number": 5})
        self.assertEqual(invoice.hub_invoice_number, "5")
        body["events"][0]["after_data"] = {"id": 2, "number": 6, "order_reference": self.number}
        rows = self.take(body, 902, hook_timestamp="2026-11-21 07:00:00", action_type="invoice_number_assigned")
        self.assertStates(rows, [("done", "")])
        self.assertEqual(invoice.hub_invoice_number, "6")
        self.assertEqual(self.order(self.number).invoice_ids, invoice)

    def test_invoice_before_its_order_waits_and_is_made_with_it(self):
        self.shop.invoice_policy = "posted"
        early = self.take(event_of("021-order-bankwire-2-paid-backoffice", 2))
        self.assertStates(early, [("retrying", "order_missing")])
        self.assertTrue(early.next_try_at)
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        self.assertStates(early, [("done", "")])
        self.assertEqual(self.order(self.number).invoice_ids.amount_total, 92.27)

    def test_invoice_of_an_order_that_is_not_confirmed_waits_for_it(self):
        self.shop.invoice_policy = "posted"
        self.take(event_of("021-order-bankwire-2-paid-backoffice", 1), 50, after_data={"current_state": 10})
        row = self.take(event_of("021-order-bankwire-2-paid-backoffice", 2))
        self.assertStates(row, [("retrying", "order_unconfirmed")])
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        self.assertStates(row, [("done", "")])
        self.assertEqual(self.order(self.number).invoice_ids.state, "posted")

    def test_invoice_of_a_cancelled_order_tells_a_person(self):
        self.shop.invoice_policy = "posted"
        self.take(event_of("021-order-bankwire-2-paid-backoffice", 1), 50, after_data={"current_state": 6})
        row = self.take(event_of("021-order-bankwire-2-paid-backoffice", 2))
        self.assertStates(row, [("done", "")])
        self.assertFalse(self.order(self.number).invoice_ids)
        self.assertEqual(len(self.order(self.number).activity_ids), 1)

    def test_credit_memo_event_is_acknowledged_with_a_sentence(self):
        row = self.take(event_of("021-order-bankwire-2-paid-backoffice", 2), action_type="credit_memo_created")
        self.assertStates(row, [("skipped", "ignored")])
        self.assertIn("Credit slips", row.result)

    def test_events_without_content_never_lose_an_order(self):
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        body = event_of("021-order-bankwire-2-paid-backoffice", 1)
        actions = ("payment_confirmed", "product_canceled", "product_refunded", "product_returned")
        for number, action in enumerate(actions):
            body["events"][0].update(after_data=None, context_data={"id_order_detail": 16, "cancel_quantity": 1})
            rows = self.take(body, 910 + number, action_type=action, hook_timestamp=f"2026-11-21 06:00:0{number}")
            self.assertStates(rows, [("done", "")])
            self.assertTrue(rows.result)
        self.assertEqual(self.order(self.number).amount_total, 92.27)
        self.assertFalse(self.order(self.number).hub_hold_reason)


class TestPrestashopRefunds(MoneyCase):
    """Credit slips come with what the Webservice tells of an order; here they are put into the snapshot by hand."""

    number = "AANLKSIBQ"

    def slip(self, **values):
        line = canonical.RefundLine(
            line_id="16", quantity=Decimal(1), total_excl=Decimal("19.12"), total_incl=Decimal("23.14")
        )
        values = {"id": "5", "order_id": "11", "time": datetime(2026, 11, 22, tzinfo=timezone.utc), **values}
        return canonical.Refund(**{"lines": (line,), **values})

    def test_quantities_of_a_snapshot_are_shown_on_the_lines(self):
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice", "088-status-shipped-2")
        line = self.order(self.number).order_line.filtered(lambda line: line.hub_line_id == "16")
        self.assertEqual((line.hub_qty_refunded, line.hub_qty_returned), (1, 0))
        self.assertIn("1 refunded, 0 returned", self.order(self.number).hub_returns)

    def test_without_a_posted_invoice_the_slip_is_shown_on_the_order(self):
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        said = self.snapshot(self.number, refunds=(self.slip(),))
        sale = self.order(self.number)
        self.assertIn("Credit slip 5 2026-11-22: 23.14", sale.hub_refunds)
        self.assertTrue([text for text in said if "no posted invoice" in text])
        self.assertFalse(self.env["account.move"].search([("hub_credit_slip", "=", "5")]))

    def test_slip_becomes_one_draft_credit_note_of_the_posted_invoice(self):
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        sale = self.order(self.number)
        for _again in range(2):
            self.snapshot(self.number, refunds=(self.slip(),))
        note = self.env["account.move"].search([("hub_credit_slip", "=", "5")])
        self.assertEqual(len(note), 1)
        self.assertEqual((note.move_type, note.state, note.amount_total), ("out_refund", "draft", 23.14))
        self.assertEqual(note.reversed_entry_id, sale.invoice_ids.filtered(lambda m: m.move_type == "out_invoice"))
        self.assertFalse(note.activity_ids)
        # What was given back does not wait to be invoiced again.
        self.assertEqual(sale.invoice_status, "invoiced")

    def test_slip_with_shipping_and_another_sum_tells_a_person(self):
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        slip = self.slip(shipping_excl=Decimal("7.00"), shipping_incl=Decimal("9.99"))
        self.snapshot(self.number, refunds=(slip,))
        note = self.env["account.move"].search([("hub_credit_slip", "=", "5")])
        self.assertEqual(len(note.invoice_line_ids), 2)
        self.assertEqual(len(note.activity_ids), 1)

    def test_shipping_of_a_mapped_carrier_is_given_back(self):
        product = self.env["product.product"].create({"name": "Van", "type": "service", "taxes_id": [(5, 0, 0)]})
        carrier = self.env["delivery.carrier"].create({"name": "Van", "product_id": product.id})
        body = event_of("021-order-bankwire-2-paid-backoffice")
        remote = str(body["events"][0]["after_data"]["id_carrier"])
        values = {"connector_id": self.shop.id, "kind": "carrier", "remote_value": remote, "carrier_id": carrier.id}
        self.env["sync.hub.map"].create(values)
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        self.assertIn(product, self.order(self.number).order_line.product_id)
        slip = self.slip(lines=(), shipping_excl=Decimal("7.00"), shipping_incl=Decimal("7.00"))
        self.snapshot(self.number, refunds=(slip,))
        note = self.env["account.move"].search([("hub_credit_slip", "=", "5")])
        self.assertEqual(note.invoice_line_ids.product_id, product)

    def test_credit_note_is_of_the_shops_own_day(self):
        self.shop.write({"invoice_policy": "posted", "timezone": "Europe/Madrid"})
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        late = datetime(2026, 11, 22, 23, 30, tzinfo=timezone.utc)
        self.snapshot(self.number, refunds=(self.slip(time=late),))
        note = self.env["account.move"].search([("hub_credit_slip", "=", "5")])
        self.assertEqual(str(note.invoice_date), "2026-11-23")
        self.assertIn("2026-11-23", self.order(self.number).hub_refunds)

    def test_a_refusal_by_odoo_does_not_fail_the_order(self):
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        with self.patched(type(self.env["sync.hub.importer.refund"]), "_lines", refuse):
            said = self.snapshot(self.number, refunds=(self.slip(),))
        self.assertIn("Credit slip 5 has no credit note: the period is locked", said)
        self.assertTrue(self.order(self.number).hub_refunds)

    def test_invoice_inside_a_snapshot_is_followed_like_its_event(self):
        self.shop.invoice_policy = "posted"
        self.play(self.shop, "013-order-bankwire-created")
        self.take(event_of("021-order-bankwire-2-paid-backoffice", 1))
        invoice = canonical.Invoice(id="2", order_id="11", number="2", total_incl=Decimal("92.27"))
        for _again in range(2):
            self.snapshot(self.number, invoices=(invoice,))
        made = self.order(self.number).invoice_ids
        self.assertEqual((made.state, made.hub_invoice_number, made.amount_total), ("posted", "2", 92.27))
        self.assertEqual(self.env["sync.hub.binding"]._record_of(self.shop, "invoice", "2"), made)

    def test_money_given_back_settles_the_credit_note(self):
        values = {"book_payments": True, "payment_journal_id": self.bank.id, "invoice_policy": "posted"}
        self.shop.write(values)
        self.play(self.shop, "021-order-bankwire-2-paid-backoffice")
        self.snapshot(self.number, refunds=(self.slip(),))
        self.take(event_of("021-order-bankwire-2-paid-backoffice", 3), 900, hook_timestamp="2026-11-21 06:00:00",
                  entity_id=99, after_data={"id": "99", "amount": "-23.14"})  # fmt: skip
        note = self.env["account.move"].search([("hub_credit_slip", "=", "5")])
        note.action_post()
        self.assertIn(note.payment_state, PAID)

from hashlib import sha256

from markupsafe import Markup, escape
from odoo import _, models

from ..adapters import canonical
from ..adapters.errors import MappingError

#: Fields of the header that a later snapshot may still change.
LATER = ("partner_id", "partner_shipping_id", "partner_invoice_id", "client_order_ref", "hub_delivery_ref")


class OrderImporter(models.AbstractModel):
    """Orders of a shop: created together, updated in place, never confirmed while the totals disagree."""

    _name = "sync.hub.importer.order"
    _inherit = "sync.hub.importer"
    _description = "Order importer"

    def _apply(self, connector, messages):
        told = {m.id: self._advance(connector, m) for m in messages if isinstance(m, canonical.OrderStatus)}
        orders = [message for message in messages if message.id not in told]
        done = iter(self._apply_orders(connector, orders) if orders else ())
        return [told[message.id] if message.id in told else next(done) for message in messages]

    def _apply_orders(self, connector, messages):
        known = [self._record_of(connector, "order", message.id) for message in messages]
        fresh = [message for message, sale in zip(messages, known, strict=True) if not sale]
        # One create for many orders costs a third of one by one.
        created = self.env["sale.order"].create([self._new_values(connector, message) for message in fresh])
        made = iter(created)
        return [
            self._finish(connector, message, sale or next(made), is_new=not sale)
            for message, sale in zip(messages, known, strict=True)
        ]

    # ------------------------------------------------------------ values

    def _new_values(self, connector, message):
        values = self._header(connector, message)
        values.update(
            company_id=connector.company_id.id,
            team_id=connector.team_id.id,
            user_id=connector.salesperson_id.id,
            hub_connector_id=connector.id,
            hub_cart_ref=getattr(message, "cart_id", None) or False,
        )
        if connector.warehouse_ids:
            values["warehouse_id"] = connector.warehouse_ids[0].id
        values.update(self._terms(connector, message))
        if isinstance(message, canonical.OrderStub):
            return values
        currency = self._currency(connector, message)
        values["pricelist_id"] = self._pricelist(connector, currency).id
        if message.time:
            values["date_order"] = message.time.replace(tzinfo=None)
        lines = self.env["sync.hub.importer.order.lines"]._values(connector, message, currency)
        values["order_line"] = [(0, 0, line) for line in lines.values()]
        return values

    def _header(self, connector, message):
        partners = self.env["sync.hub.importer.partner"]
        customer_id = getattr(message, "customer_id", None)
        person = getattr(message, "customer", None)
        if person:
            partner = partners._embedded(connector, person, self._read_at(message))
        else:
            partner = partners._ensure(connector, customer_id or f"unknown-{message.id}")
        values = {"partner_id": partner.id, "client_order_ref": message.number}
        # First: where the bill goes is where the customer lives.
        invoice_to = self._contact(connector, message, partner, "invoice_address")
        ship_to = self._contact(connector, message, partner, "delivery_address")
        values["partner_invoice_id"] = (invoice_to or partner).id
        values["partner_shipping_id"] = (ship_to or partner).id
        values["hub_delivery_ref"] = getattr(message, "delivery_address_id", None) or False
        return values

    def _contact(self, connector, message, partner, field):
        """The contact of one of the order's addresses, which came before or comes with it; None when there is none."""
        known = self._record_of(connector, "address", getattr(message, f"{field}_id", None))
        embedded = getattr(message, field, None)
        partners = self.env["sync.hub.importer.partner"]
        return known or partners._embedded_address(connector, partner, embedded, self._read_at(message))

    def _currency(self, connector, message):
        if not message.currency:
            return connector.company_id.currency_id
        return self.env["sync.hub.map"].sudo()._require(connector, "currency", message.currency).with_env(self.env)

    def _pricelist(self, connector, currency):
        """The pricelist that gives an order its currency; none is needed for the company's own."""
        if connector.pricelist_id.currency_id == currency:
            return connector.pricelist_id
        if currency == connector.company_id.currency_id:
            return self.env["product.pricelist"]
        domain = [("currency_id", "=", currency.id), ("company_id", "in", (False, connector.company_id.id))]
        pricelist = self.env["product.pricelist"].search(domain, limit=1)
        if not pricelist:
            raise MappingError(
                _(
                    "No pricelist in %(currency)s. Create one in Sales > Products > Pricelists, then retry.",
                    currency=currency.name,
                ),
                field="pricelist",
                value=currency.name,
            )
        return pricelist

    # ------------------------------------------------------------ after the header

    def _finish(self, connector, message, sale, is_new):
        if isinstance(message, canonical.OrderStub):
            asked = connector._ask_for("order", message.id, message.reason)
            if is_new:
                self._hold(connector, sale, message.reason, tell=not asked)
            return sale, [message.reason]
        said, was = [], sale.state
        left = set()
        accepted = sale.hub_accepted_total == f"{message.total_incl:.2f}"
        if accepted:
            # A person has looked at these very amounts and taken the order as he made it.
            said.append(_("Lines and total are left as they were released."))
        elif not is_new:
            left = self._update(connector, message, sale, said)
        self._forget_stock(connector, sale)
        if not accepted and self._untold_lines(connector, message, sale, left):
            said.append(_("Lines changed in Odoo are still to be told to the shop; the total is compared then."))
            # By whatever message it was learned: nobody else may be about to tell them.
            self.env["sync.hub.log"]._append_records("lines", sale, "changed", only=connector.id)
        elif not accepted:
            self._agree_total(connector, message, sale, said)
        self._take_pickup_code(message, sale)
        self._post_notes(connector, message, sale)
        self._take_details(connector, message, sale)
        self.env["sync.hub.importer.history"]._apply_to(connector, message, sale)
        self._follow_status(connector, message, sale, said)
        self._follow_money(connector, message, sale, said)
        if is_new or (sale.state == "sale" and was != "sale"):
            self._let_go_on(connector, sale, message.id)
        return sale, said

    def _follow_money(self, connector, message, sale, said):
        """Take over what the snapshot says of coupons, invoices, payments and refunds: in this order they build on
        each other."""
        for entity in ("coupon.use", "invoice", "payment", "refund"):
            self.env[f"sync.hub.importer.{entity}"]._apply_to(connector, message, sale, said)

    def _forget_stock(self, connector, sale):
        """The shop has lowered its own stock by what it sold: what was agreed with it holds no more."""
        products = sale.order_line.product_id
        self._bindings()._of_records(connector, products)._clear_agreed(["stock"])
        products.sudo()._hub_touch("stock", "order_created")

    def _update(self, connector, message, sale, said):
        """Take over a newer snapshot; returns the ids of lines that are left as Odoo has them."""
        changes = self._changes(sale, {k: v for k, v in self._header(connector, message).items() if k in LATER})
        if not message.lines:
            said.append(_("The snapshot has no lines; the ones known before were kept."))
            wanted = None
        else:
            currency = self._currency(connector, message)
            if sale.currency_id != currency and sale.state in ("draft", "sent"):
                # A stub learns its currency with its first content.
                changes["pricelist_id"] = self._pricelist(connector, currency).id
            wanted = self.env["sync.hub.importer.order.lines"]._values(connector, message, currency)
        if changes:
            sale.write(changes)
        if wanted is None:
            return set()
        quiet = self._quiet_fields(connector, message)
        if self._is_closed(sale):
            news = {key: line for key, line in wanted.items() if "product_uom_qty" not in quiet[key]}
            if self._differs(sale, news):
                connector._report(
                    _("The shop changed an order that is already delivered or invoiced"),
                    _("The new lines were not applied: compare them with the sync log."),
                    sale,
                )
                said.append(_("Lines not applied: the order is delivered, invoiced or locked."))
            return set()
        return self.env["sync.hub.importer.order.lines"]._update(sale, wanted, message.complete, quiet)

    @staticmethod
    def _is_closed(sale):
        done = any(line.qty_delivered or line.qty_invoiced for line in sale.order_line)
        return done or sale.locked or sale.state == "cancel"

    @staticmethod
    def _differs(sale, wanted):
        mine = {line.hub_line_id: line.product_uom_qty for line in sale.order_line if line.hub_line_id in wanted}
        return mine != {key: values["product_uom_qty"] for key, values in wanted.items()}

    def _agree_total(self, connector, message, sale, said):
        """Odoo's total must be the remote's to the cent, or nobody may act on the order."""
        if self._is_closed(sale):
            return
        gap = self.env["sync.hub.importer.order.lines"]._round(connector, sale, message.total_incl, message.untaxed)
        if gap or not message.complete:
            reason = _("The shop did not send all lines of this order.")
            if gap:
                mine = sale.amount_untaxed if message.untaxed else sale.amount_total
                remote, odoo = (f"{amount:.2f}" for amount in (message.total_incl, mine))
                reason = _("Totals disagree: the shop says %(remote)s, Odoo %(odoo)s.", remote=remote, odoo=odoo)
            sale.hub_held_total = f"{message.total_incl:.2f}"
            self._hold(connector, sale, reason)
            said.append(reason)
        elif sale.hub_state_hold:
            # The totals agree; what the shop's state holds the order for is another matter.
            sale.hub_hold_reason = sale.hub_state_hold
        elif sale.hub_hold_reason:
            sale.hub_hold_reason = False
            connector._settle("held", sale)

    def _held(self):
        return _("Order held: check it against the shop")

    def _hold(self, connector, sale, reason, tell=True):
        if sale.hub_hold_reason != reason:
            sale.hub_hold_reason = reason
        if tell:
            connector._report(self._held(), reason, sale, "held")

    def _post_notes(self, connector, message, sale):
        """Messages of the order into the chatter, each once; private ones as internal notes too."""
        posted = set((sale.hub_posted_notes or "").split("\n")) - {""}
        for note in message.notes:
            mark = f"{note.id}:{hash_of(note.text)}"
            if mark in posted:
                continue
            title = _("Private note of the shop") if note.private else _("Message of the customer")
            body = Markup("<b>{}</b><br/>{}").format(title, Markup("<br/>").join(escape(note.text).split("\n")))
            # A log note reaches followers who are employees only: no mail leaves, whoever wrote it.
            self._log_note(sale, body)
            posted.add(mark)
            sale.hub_posted_notes = "\n".join(sorted(posted))

    def _take_details(self, connector, message, sale):
        """The note and the carrier, unless somebody has changed them in Odoo since the shop told them last."""
        binding = self._bindings()._find(connector, "order", message.id)
        note = message.note or ""
        values = self._news(binding, "note", {"note": note}, {"hub_note": note or False}, {"hub_note": ("note",)})
        carrier = message.carrier and self.env["sync.hub.map"].sudo()._lookup(connector, "carrier", message.carrier)
        if message.tracking:
            values["hub_tracking"] = message.tracking
        values.update(self._terms(connector, message))
        if carrier and not sale.carrier_id:
            values["carrier_id"] = carrier.id
        changes = self._changes(sale, values)
        if changes:
            sale.write(changes)

    @staticmethod
    def _terms(connector, message):
        """What a marketplace's order says besides: who carries it when, and how its money comes."""
        settlement = getattr(message, "settlement", None)
        if settlement is None:
            return {}
        connector.env["sync.hub.map"].sudo()._note_missing(connector, "account", message.account)
        values = {
            "hub_account": message.account or False,
            "hub_route": message.route or False,
            "hub_carried_by": message.carried_by or False,
            "hub_preferred_day": message.preferred_day or False,
            "hub_expected_day": message.expected_day or False,
            "hub_delivery_day": message.delivery_day or False,
            "hub_pickup_day": message.pickup_day or False,
            "hub_credit": float(settlement.credit),
            "hub_installment": float(settlement.installment),
            "hub_top_up": float(settlement.top_up),
            "hub_rebate": float(settlement.rebate),
        }
        return values

    @staticmethod
    def _take_pickup_code(message, sale):
        """The courier's code is for the warehouse; whoever runs the connector need not be of it."""
        code, sale = getattr(message, "pickup_code", None), sale.sudo()
        if code and sale.hub_pickup_code != code:
            sale.hub_pickup_code = code

    def _told(self, connector, message, record):
        if isinstance(message, canonical.OrderStub):
            return {}
        if isinstance(message, canonical.OrderStatus):
            return {"status": message.status}
        told = {"note": {"note": message.note or ""}}
        if "lines" in connector._adapter()._flows:
            told["lines"] = [self.env["sync.hub.exporter.order"]._line_told(line) for line in message.lines]
        if message.status:
            told["status"] = message.status
        if message.tracking:
            told["tracking"] = message.tracking
        return told


def hash_of(text):
    """A short stable mark of a text."""
    return sha256(text.encode()).hexdigest()[:12]

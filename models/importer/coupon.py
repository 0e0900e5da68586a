from datetime import timedelta

import pytz
from odoo import Command, _, fields, models

from ..adapters.errors import MappingError, SkipRow
from ..loyalty_program import ALWAYS, FOREVER, UNLIMITED, is_unlimited

#: Points that no order of a program that must grant nothing ever comes to.
UNREACHABLE = 999999


class CouponImporter(models.AbstractModel):
    """A shop's discounts as loyalty programs, never wider in Odoo than in the shop."""

    _name = "sync.hub.importer.coupon"
    _inherit = "sync.hub.importer"
    _description = "Coupon importer"

    def _apply(self, connector, messages):
        return [self._coupon(connector, message) for message in messages]

    # ------------------------------------------------------------ the coupon itself

    def _coupon(self, connector, message):
        program = self._record_of(connector, "coupon", message.id)
        said = []
        if not program and message.deleted:
            raise SkipRow("ignored", _("Deleted in the shop before it was known here."))
        if not program:
            program = self._same_code(connector, message)
            if program:
                said.append(_("Linked to the program '%s' of the same code.", program.name))
        program = program and program.sudo()
        terms, blocked = self._terms(connector, message)
        values = self._program_values(connector, message, terms, blocked)
        reward = self._reward_values(connector, message)
        rule = self._rule_values(connector, message, values["currency_id"])
        if blocked and not message.deleted:
            said.append(_("Not active in Odoo: %s", " ".join(blocked)))
        if not program:
            program = self._create(connector, message, values, rule, reward)
        else:
            self._update(program, values, rule, reward, said)
        self._translate(connector, message, program)
        return program, said

    def _same_code(self, connector, message):
        """A program that bears the code already and belongs to nothing else of this shop.

        :raises MappingError: the code is taken, and not by the same coupon.
        """
        if not message.code:
            return None
        domain = [("mode", "=", "with_code"), ("code", "=", message.code)]
        rule = self.env["loyalty.rule"].sudo().search(domain, limit=1)
        if not rule:
            return None
        program = rule.program_id
        bound = self._bindings()._of_records(connector, program)
        if bound or program.company_id not in (connector.company_id, self.env["res.company"]):
            raise MappingError(
                _(
                    "The code '%(code)s' is taken by the program '%(program)s' in Sales > Products > Discount & "
                    "Loyalty. Change or archive one of the two, then retry.",
                    code=message.code,
                    program=program.display_name,
                ),
                field="code",
                value=message.code,
            )
        return program

    # ------------------------------------------------------------ values

    def _program_values(self, connector, message, terms, blocked):
        zone = pytz.timezone(connector.timezone or "UTC")
        # A rule that ends at midnight does not hold on that day any more, and Odoo's last day is a whole one.
        ends = message.date_to and (message.date_to - timedelta(seconds=1)).astimezone(zone).date()
        starts = message.date_from and message.date_from.astimezone(zone).date()
        limited = message.quantity > 0 and not is_unlimited(message.quantity)
        return {
            "program_type": "promo_code" if message.code else "promotion",
            "trigger": "with_code" if message.code else "auto",
            "currency_id": self._currency(connector, message).id,
            "date_from": starts if starts and str(starts) > ALWAYS else False,
            "date_to": ends if ends and str(ends) < FOREVER else False,
            "limit_usage": limited,
            "max_usage": message.quantity if limited else 0,
            "active": message.active and not message.deleted and not blocked,
            "hub_blocked": bool(blocked),
            "hub_terms": "\n".join(terms),
        }

    def _currency(self, connector, message):
        """The currency of the amount, else of the minimum, else the company's."""
        Map = self.env["sync.hub.map"].sudo()
        for value, currency in ((message.amount, message.currency), (message.minimum, message.minimum_currency)):
            if value and currency:
                return Map._require(connector, "currency", currency)
        return connector.company_id.currency_id

    def _rule_values(self, connector, message, currency_id):
        minimum = float(message.minimum)
        if minimum and message.minimum_currency:
            told = self.env["sync.hub.map"].sudo()._require(connector, "currency", message.minimum_currency)
            wanted = self.env["res.currency"].browse(currency_id)
            minimum = told._convert(minimum, wanted, connector.company_id, fields.Date.today())
        return {
            "mode": "with_code" if message.code else "auto",
            "code": message.code or False,
            "minimum_amount": minimum,
            "minimum_amount_tax_mode": "incl" if message.minimum_taxed else "excl",
            "minimum_qty": 0,
        }

    def _reward_values(self, connector, message):
        """The first of what the rule grants. A program with several rewards lets Odoo's customers choose one."""
        discount = {"reward_type": "discount", "required_points": 1, "discount_applicability": "order"}
        if message.product_scope == "cheapest":
            discount["discount_applicability"] = "cheapest"
        elif message.product_scope != "order":
            discount["discount_applicability"] = "specific"
            discount["discount_product_ids"] = [Command.set(self._products(connector, message).ids)]
        if message.percent:
            return {**discount, "discount_mode": "percent", "discount": float(message.percent)}
        if message.amount:
            return {**discount, "discount_mode": "per_order", "discount": float(message.amount)}
        if message.free_shipping:
            return {"reward_type": "shipping", "required_points": 1}
        gift = self._record_of(connector, "product", message.gift)
        if gift:
            return {"reward_type": "product", "required_points": 1, "reward_product_id": gift.id}
        return {**discount, "discount_mode": "percent", "discount": 0.01, "required_points": UNREACHABLE}

    def _products(self, connector, message):
        """The variants of the product that the rule is for, as far as they are linked."""
        rows = self._bindings().search(
            [
                ("connector_id", "=", connector.id),
                ("entity", "=", "product"),
                ("res_model", "=", "product.product"),
                ("remote_id", "=like", f"{message.product_id}-%"),
            ]
        )
        return self.env["product.product"].browse(rows.mapped("res_id")).exists()

    def _terms(self, connector, message):
        """(all that Odoo has no field for, those of it for which the program must not be used in Odoo)."""
        blocked, noted = [], []
        grants = [bool(message.percent or message.amount), message.free_shipping, bool(message.gift)]
        if not any(grants):
            blocked.append(_("It grants nothing."))
        elif not grants[0] and not grants[1] and not self._record_of(connector, "product", message.gift):
            blocked.append(_("Its gift is not linked to a product of Odoo."))
        if message.product_scope == "selection":
            blocked.append(_("Its discount is for a selection of products that the shop does not send."))
        if message.product_scope == "product" and not self._products(connector, message):
            blocked.append(_("Its discount is for product %s, which is not linked.", message.product_id))
        if message.customer_id:
            blocked.append(_("It is for customer %s only.", message.customer_id))
        for restriction in message.restrictions:
            blocked.append(_("It is restricted to certain %s.", restriction))
        if message.quantity <= 0:
            blocked.append(_("It is used up."))
        if sum(grants) > 1:
            noted.append(_("In the shop it grants more than one thing; in Odoo only the first of them."))
        if message.amount and not message.amount_taxed:
            noted.append(_("Its amount is without tax in the shop, and with tax in Odoo."))
        if message.quantity_per_user:
            noted.append(_("Each customer may use it %s times in the shop.", message.quantity_per_user))
        if message.partial_use:
            noted.append(_("What is left of it becomes a new coupon in the shop."))
        if message.priority > 1:
            noted.append(_("Priority %s.", message.priority))
        if message.description:
            noted.append(message.description)
        return blocked + noted, blocked

    # ------------------------------------------------------------ records

    def _create(self, connector, message, values, rule, reward):
        active = values["active"]
        # Odoo looks for rewards that are active, of an archived program too.
        Program = self.env["loyalty.program"].sudo().with_context(loyalty_skip_reward_check=True)
        return Program.create(
            {
                **values,
                "name": self._name_of(connector, message),
                "company_id": connector.company_id.id,
                "hub_connector_id": connector.id,
                "rule_ids": [Command.clear(), Command.create({**rule, "active": active})],
                "reward_ids": [Command.clear(), Command.create({**reward, "active": active})],
            }
        ).with_env(self.env(su=True))

    def _update(self, program, values, rule, reward, said):
        program = program.with_context(active_test=False)
        if len(program.rule_ids) != 1 or len(program.reward_ids) != 1:
            said.append(_("Its conditions and rewards were made in Odoo and are left as they are."))
            values = {key: values[key] for key in ("active", "hub_terms")}
        elif values["program_type"] != program.program_type:
            # Odoo makes the rules and rewards anew with the type.
            values["rule_ids"] = [Command.clear(), Command.create(rule)]
            values["reward_ids"] = [Command.clear(), Command.create(reward)]
        else:
            self._write(program.rule_ids, {**rule, "active": values["active"]})
            self._write(program.reward_ids, {**reward, "active": values["active"]})
        self._write(program, values)

    def _write(self, record, values):
        lines = {key: value for key, value in values.items() if record._fields[key].type in ("many2many", "one2many")}
        changes = self._changes(record, {key: value for key, value in values.items() if key not in lines})
        for key, commands in lines.items():
            if record._fields[key].type == "one2many" or set(record[key].ids) != set(commands[0][2]):
                changes[key] = commands
        if changes:
            record.write(changes)

    # ------------------------------------------------------------ what the shop holds now

    def _told(self, connector, message, record):
        values = self._program_values(connector, message, [], [])
        told = {
            "code": message.code,
            "name": record.with_context(lang=connector.run_as_id.lang).name,
            "quantity": UNLIMITED if is_unlimited(message.quantity) else message.quantity,
            "active": message.active and not message.deleted,
            "minimum": self._rule_values(connector, message, values["currency_id"])["minimum_amount"],
            "currency": self.env["res.currency"].browse(values["currency_id"]).name,
            "percent": float(message.percent),
            "amount": float(message.amount),
            "amount_taxed": message.amount_taxed,
            "free_shipping": message.free_shipping,
        }
        dates = {"date_from": str(values["date_from"] or ALWAYS), "date_to": str(values["date_to"] or FOREVER)}
        return {"coupon": {**told, **dates}}

    # ------------------------------------------------------------ names

    def _languages(self, connector, message):
        """{code of an Odoo language: name}; a language that nobody mapped is noted and left out."""
        Map, found = self.env["sync.hub.map"].sudo(), {}
        for remote, text in message.names.items():
            lang = Map._lookup(connector, "language", remote) if remote else None
            if lang:
                found[lang.code] = text
            elif remote in ("", "1"):
                # The language a shop was installed with.
                found.setdefault(connector.run_as_id.lang or "en_US", text)
            else:
                Map._note_missing(connector, "language", remote)
        return found

    def _name_of(self, connector, message):
        names = list(self._languages(connector, message).values()) or list(message.names.values())
        return next(iter(names), None) or message.code or _("Coupon %s of the shop", message.id)

    def _translate(self, connector, message, program):
        if program.hub_connector_id != connector:
            # Made in Odoo and only linked: it keeps its name.
            return
        for code, text in self._languages(connector, message).items():
            there = program.with_context(lang=code)
            if there.name != text and self.env["res.lang"]._lang_get(code):
                there.name = text

from odoo import _, models
from odoo.tools import float_compare

from ..adapters.errors import MappingError
from ..loyalty_program import ALWAYS, FOREVER, UNLIMITED
from .partner import RecordPusher
from .push import Push

#: What a coupon can grant, the first of it being what Odoo's reward stands for.
KINDS = ("percent", "amount", "free_shipping")


class CouponExporter(models.AbstractModel):
    """Coupon programs as a shop's discounts."""

    _name = "sync.hub.exporter.coupon"
    _inherit = "sync.hub.exporter"
    _description = "Coupon exporter"

    _chunk = 10

    def _pushes(self, connector, rows):
        for row in rows:
            program = self.env["loyalty.program"].with_context(active_test=False).browse(row.res_id).exists()
            bindings = self.env["sync.hub.binding"]._of_records(connector, program)
            binding = bindings.filtered(lambda b: b.entity == "coupon")[-1:]
            if not program or not (binding or program.hub_connector_id == connector):
                row._finish("skipped", reason="ignored", result=_("This program is none of the shop's."))
                continue
            try:
                values = self._values(connector, program, binding)
                yield RecordPusher(row, "coupon", binding, values, binding.remote_id or "")
            except MappingError as error:
                yield Push(row, error=error)

    def _values(self, connector, program, binding):
        """The canonical fields of a program, as the shop of the binding shall hold them.

        :raises MappingError: the program says something that a shop's coupon cannot.
        """
        program = program.with_context(active_test=False, lang=connector.run_as_id.lang)
        base = (binding._base("coupon") if binding else None) or {}
        # Odoo only archives a reward that was used; those of an archived program are archived with it.
        rule, reward = (lines.filtered("active") or lines for lines in (program.rule_ids, program.reward_ids))
        problem = self._problem(rule, reward) or self._fixed(connector, program, rule, reward, base)
        if problem:
            if base.get("active") and not program.active and not program.hub_blocked:
                # A coupon can be withdrawn, whatever else its program has become.
                return {**base, "active": False}
            raise MappingError(
                _(
                    "The program '%(program)s' cannot be a coupon of %(connector)s: %(problem)s",
                    program=program.display_name,
                    connector=connector.name,
                    problem=problem,
                ),
                code="not_acceptable",
            )
        values = {
            "code": rule.code,
            "name": program.name,
            "date_from": str(program.date_from or ALWAYS),
            "date_to": str(program.date_to or FOREVER),
            "minimum": rule.minimum_amount,
            **self._grants(reward, base),
        }
        if "amount" in values or rule.minimum_amount:
            values["currency"] = program.currency_id.name
        if program.limit_usage:
            values["quantity"] = program.max_usage
        else:
            # A blocked program may have no limit because the shop's coupon is used up.
            values["quantity"] = base.get("quantity") if program.hub_blocked else UNLIMITED
        values["active"] = base.get("active") if program.hub_blocked else program.active
        return {field: value for field, value in values.items() if value is not None}

    @staticmethod
    def _kind(reward):
        if reward.reward_type == "shipping":
            return "free_shipping"
        return "percent" if reward.discount_mode == "percent" else "amount"

    @staticmethod
    def _kind_held(base):
        """The kind that the shop is known to hold; None when nobody knows."""
        return next((kind for kind in KINDS if base.get(kind)), None)

    def _grants(self, reward, base):
        """What the reward grants, and what the shop shall not grant any more.

        A shop's coupon may grant more than Odoo's one reward. That stays as long as the reward is of the same kind.
        """
        kind = self._kind(reward)
        held = base if kind == self._kind_held(base) else {}
        if kind == "free_shipping":
            return {"free_shipping": True, "percent": 0, "amount": 0}
        grants = {kind: reward.discount, "free_shipping": held.get("free_shipping", False)}
        if kind == "amount":
            grants["amount_taxed"] = held.get("amount_taxed", True)
        return grants

    def _fixed(self, connector, program, rule, reward, base):
        """Which of the terms that a shop takes only for a new coupon, or never, differ from its own; "" for none."""
        kind = self._kind(reward)
        advice = _("Put it back, change it in the shop, or make a new coupon.")
        if "code" in base and (base["code"] or "") != rule.code:
            return _("the shop does not change the code of a coupon, there it is '%s'.", base["code"]) + " " + advice
        if "minimum" in base and float_compare(base["minimum"], rule.minimum_amount, precision_digits=2):
            text = _("the shop does not change the minimum amount of a coupon, there it is %s.", base["minimum"])
            return text + " " + advice
        if kind != "amount" and not rule.minimum_amount:
            return ""
        currency = connector.company_id.currency_id.name
        if kind == self._kind_held(base):
            currency = base.get("currency") or currency
        if program.currency_id.name != currency:
            return _(
                "its amounts are in %(currency)s, and the shop takes them in %(expected)s only.",
                currency=program.currency_id.name,
                expected=currency,
            )
        return ""

    def _problem(self, rule, reward):
        """Why a shop cannot grant this, "" when it can."""
        if len(rule) != 1 or len(reward) != 1:
            return _("it needs exactly one condition and one reward.")
        if not rule.code:
            return _("it has no code.")
        if rule.minimum_qty > 1 or rule.product_ids or rule.product_category_id or rule.product_tag_id:
            return _("its condition is for certain products or quantities.")
        if reward.reward_type == "shipping":
            return ""
        if reward.reward_type != "discount" or reward.discount_mode not in ("percent", "per_order"):
            return _("its reward is neither a discount of the order nor free shipping.")
        if reward.discount_applicability != "order":
            return _("its discount is not for the whole order.")
        if reward.discount_max_amount:
            return _("its discount has an upper limit.")
        return ""

from odoo import _, models

from ..adapters.errors import MappingError
from .partner import RecordPusher
from .push import Push


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
                yield RecordPusher(row, "coupon", binding, self._values(connector, program), binding.remote_id or "")
            except MappingError as error:
                yield Push(row, error=error)

    def _values(self, connector, program):
        """The canonical fields of a program.

        :raises MappingError: the program grants something that a shop's coupon cannot.
        """
        program = program.with_context(active_test=False, lang=connector.run_as_id.lang)
        rule, reward = program.rule_ids[:1], program.reward_ids[:1]
        problem = self._problem(program, rule, reward)
        if problem:
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
            "date_from": str(program.date_from) if program.date_from else None,
            "date_to": str(program.date_to) if program.date_to else None,
            "minimum": rule.minimum_amount,
            **self._grants(reward),
        }
        if program.limit_usage:
            values["quantity"] = program.max_usage
        if not program.hub_blocked:
            values["active"] = program.active
        return {field: value for field, value in values.items() if value is not None}

    @staticmethod
    def _grants(reward):
        """What the reward grants; never a percentage and an amount together."""
        if reward.reward_type == "shipping":
            return {"free_shipping": True}
        if reward.discount_mode == "percent":
            return {"percent": reward.discount}
        return {"amount": reward.discount, "amount_taxed": True}

    def _problem(self, program, rule, reward):
        """Why a shop cannot grant this, "" when it can."""
        if len(program.rule_ids) != 1 or len(program.reward_ids) != 1:
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

from odoo import api, models

from .watch import watch

PROGRAM = ("name", "active", "date_from", "date_to", "limit_usage", "max_usage", "hub_connector_id")


class LoyaltyProgram(models.Model):
    """What a shop is told about coupon programs."""

    _inherit = "loyalty.program"

    @api.model_create_multi
    def create(self, vals_list):
        programs = super().create(vals_list)
        programs._hub_touch()
        return programs

    def write(self, vals):
        with watch(self, vals, dict.fromkeys(PROGRAM, "coupon")) as changed:
            result = super().write(vals)
        changed.of("coupon")._hub_touch()
        return result

    def _hub_touch(self):
        """Tell the shops that know these programs, and the shop that shall learn of one."""
        Log = self.env["sync.hub.log"]
        Log._append_records("coupon", self, "changed")
        for connector, programs in self.sudo().filtered("hub_connector_id").grouped("hub_connector_id").items():
            if self.env.context.get("sync_origin") != connector.id:
                Log._append_records("coupon", programs, "changed", only=connector.id, unbound=True)


class LoyaltyRule(models.Model):
    _inherit = "loyalty.rule"

    def write(self, vals):
        with watch(self, vals, dict.fromkeys(("code", "minimum_amount", "active"), "coupon")) as changed:
            result = super().write(vals)
        changed.of("coupon").program_id._hub_touch()
        return result


class LoyaltyReward(models.Model):
    _inherit = "loyalty.reward"

    def write(self, vals):
        fields = ("discount", "discount_mode", "reward_type", "active")
        with watch(self, vals, dict.fromkeys(fields, "coupon")) as changed:
            result = super().write(vals)
        changed.of("coupon").program_id._hub_touch()
        return result

from odoo import api, models

from .watch import watch

PROGRAM = "name active date_from date_to limit_usage max_usage currency_id hub_connector_id rule_ids reward_ids".split()
RULE = "code minimum_amount minimum_qty product_ids product_category_id product_tag_id active".split()
REWARD = "discount discount_mode discount_applicability discount_max_amount reward_type active".split()


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

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        rules.program_id._hub_touch()
        return rules

    def write(self, vals):
        with watch(self, vals, dict.fromkeys(RULE, "coupon")) as changed:
            result = super().write(vals)
        changed.of("coupon").program_id._hub_touch()
        return result

    def unlink(self):
        programs = self.program_id
        result = super().unlink()
        programs.exists()._hub_touch()
        return result


class LoyaltyReward(models.Model):
    _inherit = "loyalty.reward"

    @api.model_create_multi
    def create(self, vals_list):
        rewards = super().create(vals_list)
        rewards.program_id._hub_touch()
        return rewards

    def write(self, vals):
        with watch(self, vals, dict.fromkeys(REWARD, "coupon")) as changed:
            result = super().write(vals)
        changed.of("coupon").program_id._hub_touch()
        return result

    def unlink(self):
        programs = self.program_id
        result = super().unlink()
        programs.exists()._hub_touch()
        return result

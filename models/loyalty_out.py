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


class ProgramPart(models.AbstractModel):
    """A condition or a reward: what becomes of it is news about its program."""

    _name = "sync.hub.program.part"
    _description = "Part of a coupon program"

    #: Fields whose change matters to a shop.
    _hub_watched = ()

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.program_id._hub_touch()
        return parts

    def write(self, vals):
        with watch(self, vals, dict.fromkeys(self._hub_watched, "coupon")) as changed:
            result = super().write(vals)
        changed.of("coupon").program_id._hub_touch()
        return result

    def unlink(self):
        programs = self.program_id
        result = super().unlink()
        programs.exists()._hub_touch()
        return result


class LoyaltyRule(models.Model):
    _name = "loyalty.rule"
    _inherit = ["loyalty.rule", "sync.hub.program.part"]

    _hub_watched = RULE


class LoyaltyReward(models.Model):
    _name = "loyalty.reward"
    _inherit = ["loyalty.reward", "sync.hub.program.part"]

    _hub_watched = REWARD

from odoo import _, models

from ..errors import RejectedError


class MedusaAdapter(models.AbstractModel):
    """A Medusa shop that reads Odoo by its own client: nothing is sent to it yet."""

    _name = "sync.hub.adapter.medusa"
    _inherit = "sync.hub.adapter"
    _description = "Medusa adapter"

    _needs_url = False
    _presets = {
        "price_tax": "excluded",
        "push_customers": False,
        "push_coupons": False,
        "push_orders": False,
        "reconcile": False,
    }

    def check(self, config, transport):
        if config["reader_problem"]:
            raise RejectedError(config["reader_problem"])
        return _("Medusa's user is ready: products can be read.")

import time

from odoo import _, models

from ..canonical import Look
from ..errors import CredentialError, RejectedError
from .api import Api, Told
from .offers import tell
from .shelf import look
from .tables import MISSING, PATH


class VendorApiAdapter(models.AbstractModel):
    """A retailer's Odoo that takes our products, stock and prices: we are its vendor."""

    _name = "sync.hub.adapter.vendor_api"
    _inherit = "sync.hub.adapter"
    _description = "Vendor API adapter"

    _flows = ("offer",)
    _audits = {"offer": ("price", "stock")}
    _audits_singly = True
    _presets = {
        "rate_limit": 5.0,
        "stock_basis": "location",
        "price_tax": "excluded",
        "full_sync_hours": 24,
        "push_customers": False,
        "push_coupons": False,
        "push_orders": False,
    }
    # Three tries.
    _retry_schedule = "2, 4"
    _timeout = (5, 30)
    # One product a call, and what became of it is known before the next: a crash repeats one at most.
    _batch_size = 1

    def push(self, config, transport, items):
        api, results = Api(config, transport), {}
        if isinstance(items[0], Look):
            return {items[0].key: look(api, items[0])}
        for offer in items:
            try:
                tell(api, offer)
                results[offer.key] = None
            except Told as told:
                results[offer.key] = RejectedError(f"{told.word}: {told}")
        return results

    def _only_asks(self, method, url):
        # Reading is a POST there.
        return url.endswith(f"/{PATH}/read") or super()._only_asks(method, url)

    def _not_audited(self):
        return [_("Names and attributes are told once, when a product is new: they are not compared.")]

    def check(self, config, transport):
        fields = self.env["sync.hub.connector"].fields_get(["token", "remote_partner"], ["string"])
        labels = {name: field["string"] for name, field in fields.items()}
        for field, label in labels.items():
            if not config[field]:
                raise CredentialError(_("The field %s is empty.", label))
        try:
            Api(config, transport).call("read", {"default_code": f"TEST-CONNECTION-{time.time() * 1000:.0f}"})
        except Told as told:
            if told.word not in MISSING:
                raise
        except CredentialError as error:
            whose = transport.exchanges[-1].status == 403 or "partner_mismatch" in str(error)
            field = labels["remote_partner" if whose else "token"]
            raise CredentialError(
                _("The retailer refuses us: check the field %(field)s. It says: %(said)s", field=field, said=error)
            ) from None
        return _("The retailer's Odoo answers and accepts the token.")

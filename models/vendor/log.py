from odoo import api, fields, models

from ..adapters import wirejson
from ..adapters.redaction import redact


class SyncHubLog(models.Model):
    """What vendors do by the API that we serve: they have no connector, their operations are done at once."""

    _inherit = "sync.hub.log"

    vendor_id = fields.Many2one("res.partner", readonly=True, ondelete="set null", index="btree_not_null")

    @api.model
    def _note_vendor(self, token, operation, body, result, product, changed, traceback=None):
        """Keep one operation of a vendor; one that changed nothing is skipped."""
        error = isinstance(result, dict) and result.get("error")
        state = "failed" if error else "done" if changed else "skipped"
        sku = self._sku_of(body)
        return self.create(
            {
                "company_id": token.company_id.id,
                "vendor_id": token.partner_id.id,
                "direction": "in",
                "state": state,
                "reason": "unchanged" if state == "skipped" else False,
                "trigger": "webhook",
                "entity": "product",
                "action": operation,
                "remote_id": sku,
                "res_model": product._name if product else False,
                "res_id": product.id if product else False,
                "attempts": 1,
                "payload": wirejson.dumps(redact(body)),
                "error_code": error or False,
                "error": result.get("message") if error else False,
                "traceback": traceback,
                "done_at": fields.Datetime.now(),
            }
        )

    @staticmethod
    def _sku_of(body):
        """The SKU that a body is about, as far as it names one."""
        if not isinstance(body, dict):
            return False
        product, variants = body.get("product"), body.get("variants")
        places = [body, product, *(variants if isinstance(variants, list) else [])]
        skus = [place.get("default_code") for place in places if isinstance(place, dict)]
        return next((sku.replace("\x00", "")[:256] for sku in skus if isinstance(sku, str) and sku), False)

from odoo import api, fields, models

from .log_append import TELLING


class SyncHubLog(models.Model):
    """Rows for remotes that are told whole products: one for each product, whatever changed about it."""

    _inherit = "sync.hub.log"

    @api.model
    def _append_templates(self, target, flow, products, trigger, templates=False, run=None):
        """Append one row per product that the connector sells, or has sold; returns their number.

        :param products: product.template records when `templates` is set, else variants.
        """
        changed = products if templates else products.sudo().product_tmpl_id
        ids = self.env["sync.hub.connector"].browse(target.id).sudo()._offers_of(changed, flow)
        if not ids:
            return 0
        if trigger in TELLING:
            self._tell_trigger(target.id, flow, ids, trigger, "product.template")
        self.flush_model(["state", "tx"])
        self.env.cr.execute(
            """
            INSERT INTO sync_hub_log (connector_id, company_id, direction, lane, priority, state, trigger,
                                      entity, flow, action, res_model, res_id, attempts, tx, run_id,
                                      create_uid, create_date, write_uid, write_date)
            SELECT %(connector)s, %(company)s, 'out', 0, %(priority)s, 'pending', %(trigger)s,
                   'product', %(flow)s, 'update', 'product.template', r.id, 0, txid_current(), %(run)s,
                   %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM unnest(%(ids)s) AS r(id)
             WHERE NOT EXISTS (SELECT 1 FROM sync_hub_log own
                                WHERE own.res_model = 'product.template' AND own.res_id = r.id
                                  AND own.connector_id = %(connector)s AND own.flow = %(flow)s
                                  AND own.tx = txid_current() AND own.state = 'pending')
            """,
            {
                "connector": target.id,
                "company": target.company_id,
                "priority": target.flows[flow],
                "trigger": trigger,
                "flow": flow,
                "run": run and run.id or None,
                "ids": ids,
                "uid": self.env.uid,
                "now": fields.Datetime.now(),
            },
        )
        count = self.env.cr.rowcount
        if count:
            self.env["sync.hub.drain"]._wake_after_commit(target.id, "out", 0)
        return count

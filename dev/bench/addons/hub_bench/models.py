import time

from odoo import api, models

SWITCH = "hub_bench.one_job_per_record"


class HubBench(models.AbstractModel):
    _inherit = "hub.bench"

    @api.model
    def tidy(self):
        """Put away what is old; {"seconds", "transactions", "longest"}, times in seconds."""
        times, begun = [], time.perf_counter()
        self.env["sync.hub.retention"].with_context(hub_bench_times=times)._cron_tidy()
        return {"seconds": time.perf_counter() - begun, "transactions": len(times), "longest": max(times)}


class SyncHubDrain(models.AbstractModel):
    _inherit = "sync.hub.drain"

    def _transaction(self, work):
        begun = time.perf_counter()
        result = super()._transaction(work)
        times = self.env.context.get("hub_bench_times")
        if times is not None:
            times.append(time.perf_counter() - begun)
        return result


class SyncHubLog(models.Model):
    """The other design: each record has a job of its own, made in the user's transaction."""

    _inherit = "sync.hub.log"

    @api.model
    def _append_products(self, flow, products, trigger, **options):
        if not self.env["ir.config_parameter"].sudo().get_param(SWITCH):
            return super()._append_products(flow, products, trigger, **options)
        # The drain is a job already, and its lane need not hold more than one record.
        self.env.cr.execute("SELECT coalesce(max(id), 0) FROM sync_hub_log")
        (last,) = self.env.cr.fetchone()
        count = super()._append_products(flow, products, trigger, **options)
        self.env.cr.execute(
            "UPDATE sync_hub_log SET lane = res_id WHERE id > %s AND tx = txid_current() AND lane = 0"
            " RETURNING connector_id, lane",
            [last],
        )
        for connector_id, lane in self.env.cr.fetchall():
            self.env["sync.hub.drain"]._delayed(connector_id, "out")(connector_id, lane)
        return count

from odoo.tests import tagged

from .api import ApiCase


@tagged("post_install", "-at_install")
class TestApiWork(ApiCase):
    def job(self, number):
        return self.get(f"/sync/job/{number}")["job"]

    def test_full_sync_of_all_that_are_active(self):
        self._connector("vendor_api", "Paused", url="https://paused.example.com", state="paused")
        body = self.call("POST", "/sync/full", status=202)
        run = self.env["sync.hub.run"].search([("connector_id", "=", self.vendor.id)])
        self.assertEqual(body, {
            "success": True, "message": "Full inventory sync has been queued", "jobId": run.id,
            "triggerType": "MANUAL_FULL",
            "jobs": [{"jobId": run.id, "connector": self.vendor.id, "joined": False}]})  # fmt: skip
        self.assertEqual((run.kind, run.trigger), ("full", "manual_full"))
        body = self.call("POST", "/sync/full", status=202)
        self.assertEqual(body["jobs"], [{"jobId": run.id, "connector": self.vendor.id, "joined": True}])

        job = self.job(run.id)
        self.assertEqual((job["found"], job["state"], job["result"], job["finishedOn"]), (True, "active", None, None))
        self.assertEqual(job["data"], {"kind": "full", "connector": self.vendor.id, "triggerType": "MANUAL_FULL"})
        self.wake_and_drain()
        job = self.job(run.id)
        self.assertEqual((job["state"], job["progress"], job["failedReason"]), ("completed", 100, None))
        self.assertEqual(job["result"], {"total": 1, "failed": 0, "cancelled": 0})
        self.assertTrue(job["finishedOn"])
        self.assertEqual(set(self.retailer.skus), {"BPC-5", "BPC-10"})

    def test_a_cancelled_job(self):
        (started,) = self.vendor._start_full_sync()
        run = self.env["sync.hub.run"].browse(started.run_id)
        run.action_cancel()
        job = self.job(run.id)
        self.assertEqual((job["state"], job["failedReason"]), ("failed", "The run was cancelled."))

    def test_a_job_that_nobody_knows(self):
        self.assertEqual(self.job(2**31 - 1), {"found": False, "message": "Job not found"})

    def test_full_sync_of_one(self):
        other = self._connector("vendor_api", "Other", url="https://other.example.com")
        for number, options in enumerate((
            {"params": {"connector": other.id}}, {"params": {"connector": other.key}},
            {"json": {"connector": other.id}}, {"json": {"connector": str(other.id)}},
            {"json": {"connector": float(other.id)}},
            {"json": {"connector": other.key}, "params": {"connector": self.vendor.id}},
        )):  # fmt: skip
            with self.subTest(options):
                (job,) = self.call("POST", "/sync/full", status=202, **options)["jobs"]
                self.assertEqual((job["connector"], job["joined"]), (other.id, number > 0))
        self.call("POST", "/sync/full", status=404, json={"connector": "nothing"})
        self.assertFalse(self.env["sync.hub.run"].search([("connector_id", "=", self.vendor.id)]))

    def test_full_sync_of_nothing(self):
        self.vendor.state = "paused"
        for options in ({}, {"json": {"connector": self.vendor.id}}):
            body = self.call("POST", "/sync/full", status=409, **options)
            self.assertEqual(body["error"], "conflict")
            self.assertIn("active", body["message"])
        self.vendor.state = "active"
        with self.patched(type(self.vendor), "_flows_told", lambda *_args: []):
            self.assertIn("Nothing", self.call("POST", "/sync/full", status=409)["message"])

    def test_one_product(self):
        body = self.call("POST", f"/sync/product/{self.template.id}", status=202)
        self.assertEqual((body["productId"], body["appended"], body["triggerType"]),
                         (self.template.id, 1, "MANUAL_SINGLE"))  # fmt: skip
        row = self._rows(self.vendor)
        self.assertEqual((row.trigger, row.state, row.create_uid), ("manual_single", "pending", self.user))
        self.wake_and_drain()
        self.assertEqual(set(self.retailer.skus), {"BPC-5", "BPC-10"})

    def test_one_product_that_nobody_takes(self):
        self.call("POST", "/sync/product/2147483647", status=404)
        other = self._product("Other", default_code="OTHER").product_tmpl_id
        self.assertIn("Other", self.call("POST", f"/sync/product/{other.id}", status=409)["message"])
        self.vendor.state = "paused"
        self.call("POST", f"/sync/product/{self.template.id}", status=409)
        self.assertFalse(self._rows(self.vendor, state="pending", trigger="manual_single"))

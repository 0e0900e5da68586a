-- A copied database must never talk to a live shop: connectors off, open work closed, secrets gone.
UPDATE sync_hub_connector
   SET state = 'draft', pause_reason = 'Neutralized: this is a copy of another database', url = NULL;
UPDATE sync_hub_log
   SET state = 'skipped', reason = 'ignored', result = 'Closed: this is a copy of another database', next_try_at = NULL
 WHERE state IN ('pending', 'sending', 'retrying');
DELETE FROM sync_hub_secret;
UPDATE queue_job SET state = 'cancelled'
 WHERE model_name IN ('sync.hub.drain', 'sync.hub.run', 'sync.hub.connector') AND state IN ('pending', 'enqueued', 'wait_dependencies');
-- Codes of couriers that came with open orders.
UPDATE sync_hub_log SET private = NULL WHERE private IS NOT NULL;
-- Vendors must not keep their stock in a copy.
UPDATE sync_hub_vendor_token SET digest = NULL, hint = NULL;
UPDATE sync_hub_run SET state = 'cancelled' WHERE state = 'running';
UPDATE sync_hub_audit SET state = 'cancelled' WHERE state = 'running';

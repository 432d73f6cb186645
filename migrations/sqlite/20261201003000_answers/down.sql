ALTER TABLE webhook_endpoints DROP COLUMN old_secret_until;
ALTER TABLE webhook_endpoints DROP COLUMN old_secret_sealed;
ALTER TABLE processes DROP COLUMN sat_sent_sha256;

-- The document whose hand-over to SAT began and that SAT may therefore have; empty again when this one certainly left
-- nothing there.
ALTER TABLE processes ADD COLUMN sat_sent_sha256 TEXT;
-- The secret before the last change, and until when messages are signed with it too.
ALTER TABLE webhook_endpoints ADD COLUMN old_secret_sealed TEXT;
ALTER TABLE webhook_endpoints ADD COLUMN old_secret_until TEXT;

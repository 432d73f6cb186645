-- Since when the store is known not to hold a document as it was received; empty again once it does.
ALTER TABLE documents ADD COLUMN damaged_at TEXT;
CREATE INDEX documents_damaged ON documents (organization_id, damaged_at) WHERE damaged_at IS NOT NULL;

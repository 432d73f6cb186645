DROP INDEX documents_damaged;
ALTER TABLE documents DROP COLUMN damaged_at;

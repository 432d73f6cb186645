ALTER TABLE logs DROP COLUMN source_id;

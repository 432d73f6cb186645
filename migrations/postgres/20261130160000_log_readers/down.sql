ALTER TABLE logs DROP COLUMN permission;

ALTER TABLE storage_intents DROP COLUMN organization_id;
DROP INDEX logs_dropped;
ALTER TABLE logs DROP COLUMN dropped_at;
DROP INDEX job_groups_old;
DROP INDEX executions_old;

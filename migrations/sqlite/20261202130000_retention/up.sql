-- What ended long ago, oldest first.
CREATE INDEX executions_old ON executions (organization_id, data_finalizacao, id) WHERE data_finalizacao IS NOT NULL;
CREATE INDEX job_groups_old ON job_groups (organization_id, finished_at, id) WHERE finished_at IS NOT NULL;

-- What the log is about is gone. Its lines follow some at a time, so that nobody waits for a long one.
ALTER TABLE logs ADD COLUMN dropped_at TEXT;
CREATE INDEX logs_dropped ON logs (id) WHERE dropped_at IS NOT NULL;

-- Whose upload it is; absent for what an older program noted.
ALTER TABLE storage_intents ADD COLUMN organization_id TEXT;

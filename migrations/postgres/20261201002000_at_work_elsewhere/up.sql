-- What the job started on another machine is at work there, or nobody knows whether it still is. See engine/limits.rs.
ALTER TABLE jobs ADD COLUMN elsewhere text CHECK (elsewhere IN ('working', 'unclear'));
-- There are few of them, and only for moments: they are claimed before all that only waits.
CREATE INDEX jobs_elsewhere ON jobs (lane) WHERE status = 'queued' AND elsewhere IS NOT NULL;

-- Robots that an older program started.
UPDATE jobs SET elsewhere = 'working'
WHERE status IN ('queued', 'running') AND id IN (
    SELECT job_id FROM executions WHERE start_sent_at IS NOT NULL AND status IN ('PENDENTE', 'EXECUTANDO')
);

-- One row for each job. The engine alone writes here; see backend/src/engine.
CREATE TABLE jobs (
    id                  TEXT NOT NULL PRIMARY KEY,
    organization_id     TEXT NOT NULL REFERENCES organizations (id),
    queue               TEXT NOT NULL,
    task                TEXT NOT NULL,
    payload             TEXT NOT NULL,
    status              TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'cancelled', 'dead')),
    -- Lower runs first.
    priority            INTEGER NOT NULL,
    run_at              TEXT NOT NULL,
    -- Attempts that count against max_attempts; work handed back by a graceful stop does not.
    attempt             INTEGER NOT NULL CHECK (attempt >= 0),
    max_attempts        INTEGER NOT NULL CHECK (max_attempts > 0),
    -- Grows by one with each claim: only the holder of the newest number may write.
    fence               INTEGER NOT NULL CHECK (fence >= 0),
    worker_id           TEXT,
    lease_expires_at    TEXT,
    timeout_ms          INTEGER NOT NULL CHECK (timeout_ms > 0),
    -- At most one unfinished job per key.
    unique_key          TEXT,
    subject_id          TEXT,
    requested_by        TEXT NOT NULL,
    progress            INTEGER NOT NULL CHECK (progress BETWEEN 0 AND 100),
    progress_message    TEXT,
    cancel_requested_at TEXT,
    last_error          TEXT,
    last_error_kind     TEXT CHECK (last_error_kind IN ('business', 'technical')),
    result              TEXT,
    created_at          TEXT NOT NULL,
    started_at          TEXT,
    finished_at         TEXT,
    CHECK ((status = 'running') = (lease_expires_at IS NOT NULL)),
    CHECK ((status = 'running') = (worker_id IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'cancelled', 'dead')) = (finished_at IS NOT NULL))
) STRICT;
CREATE INDEX jobs_claim ON jobs (queue, priority, run_at, id) WHERE status = 'queued';
CREATE INDEX jobs_due ON jobs (queue, run_at) WHERE status = 'queued';
CREATE INDEX jobs_lease ON jobs (lease_expires_at) WHERE status = 'running';
CREATE UNIQUE INDEX jobs_unique ON jobs (organization_id, unique_key) WHERE status IN ('queued', 'running');
CREATE INDEX jobs_list ON jobs (organization_id, id);
CREATE INDEX jobs_status ON jobs (organization_id, status, id);
CREATE INDEX jobs_task ON jobs (organization_id, task, id);
CREATE INDEX jobs_subject ON jobs (organization_id, subject_id, id);

-- How each attempt ended; rows are only added.
CREATE TABLE job_attempts (
    job_id      TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    fence       INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    worker_id   TEXT NOT NULL,
    started_at  TEXT NOT NULL,
    finished_at TEXT NOT NULL,
    outcome     TEXT NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled', 'lost', 'released')),
    error       TEXT,
    error_kind  TEXT CHECK (error_kind IN ('business', 'technical')),
    PRIMARY KEY (job_id, fence)
) STRICT;

CREATE TABLE job_log_lines (
    job_id  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    at      TEXT NOT NULL,
    level   TEXT NOT NULL CHECK (level IN ('info', 'warn', 'error')),
    message TEXT NOT NULL,
    PRIMARY KEY (job_id, seq)
) STRICT;

CREATE TABLE workers (
    id           TEXT NOT NULL PRIMARY KEY,
    host         TEXT NOT NULL,
    pid          INTEGER NOT NULL,
    version      TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    heartbeat_at TEXT NOT NULL
) STRICT;

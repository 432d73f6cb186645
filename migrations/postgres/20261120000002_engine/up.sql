-- One row for each job. The engine alone writes here; see backend/src/engine.
CREATE TABLE jobs (
    id                  uuid NOT NULL PRIMARY KEY,
    organization_id     uuid NOT NULL REFERENCES organizations (id),
    queue               text NOT NULL,
    task                text NOT NULL,
    payload             jsonb NOT NULL,
    status              text NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'cancelled', 'dead')),
    -- Lower runs first.
    priority            integer NOT NULL,
    run_at              timestamptz NOT NULL,
    -- Attempts that count against max_attempts; work handed back by a graceful stop does not.
    attempt             integer NOT NULL CHECK (attempt >= 0),
    max_attempts        integer NOT NULL CHECK (max_attempts > 0),
    -- Grows by one with each claim: only the holder of the newest number may write.
    fence               bigint NOT NULL CHECK (fence >= 0),
    worker_id           uuid,
    lease_expires_at    timestamptz,
    timeout_ms          bigint NOT NULL CHECK (timeout_ms > 0),
    -- At most one unfinished job per key.
    unique_key          text,
    subject_id          uuid,
    requested_by        text NOT NULL,
    progress            integer NOT NULL CHECK (progress BETWEEN 0 AND 100),
    progress_message    text,
    cancel_requested_at timestamptz,
    last_error          text,
    last_error_kind     text CHECK (last_error_kind IN ('business', 'technical')),
    result              jsonb,
    created_at          timestamptz NOT NULL,
    started_at          timestamptz,
    finished_at         timestamptz,
    CHECK ((status = 'running') = (lease_expires_at IS NOT NULL)),
    CHECK ((status = 'running') = (worker_id IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'cancelled', 'dead')) = (finished_at IS NOT NULL))
);
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
    job_id      uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    fence       bigint NOT NULL,
    attempt     integer NOT NULL,
    worker_id   uuid NOT NULL,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled', 'lost', 'released')),
    error       text,
    error_kind  text CHECK (error_kind IN ('business', 'technical')),
    PRIMARY KEY (job_id, fence)
);

CREATE TABLE job_log_lines (
    job_id  uuid NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq     bigint NOT NULL,
    at      timestamptz NOT NULL,
    level   text NOT NULL CHECK (level IN ('info', 'warn', 'error')),
    message text NOT NULL,
    PRIMARY KEY (job_id, seq)
);

CREATE TABLE workers (
    id           uuid NOT NULL PRIMARY KEY,
    host         text NOT NULL,
    pid          bigint NOT NULL,
    version      text NOT NULL,
    started_at   timestamptz NOT NULL,
    heartbeat_at timestamptz NOT NULL
);

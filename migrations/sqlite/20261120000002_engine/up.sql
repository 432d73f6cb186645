-- One row for each job. The engine alone writes here; see backend/src/engine.
CREATE TABLE jobs (
    id                  TEXT NOT NULL PRIMARY KEY,
    organization_id     TEXT NOT NULL REFERENCES organizations (id),
    queue               TEXT NOT NULL,
    -- The organisation and the path of limits that hold for it: '<id>/robots/VIVO' is under '<id>/robots' and '<id>' too.
    lane                TEXT NOT NULL,
    task                TEXT NOT NULL,
    payload             TEXT NOT NULL,
    status              TEXT NOT NULL CHECK (status IN ('queued', 'running', 'succeeded', 'cancelled', 'dead')),
    -- Lower runs first; each level is worth a minute of waiting.
    priority            INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
    run_at              TEXT NOT NULL,
    -- run_at plus a minute per level of priority: the order in which a lane is worked off.
    rank                TEXT NOT NULL CHECK (rank >= run_at),
    -- Attempts that count against max_attempts; work handed back by a graceful stop does not.
    attempt             INTEGER NOT NULL CHECK (attempt >= 0),
    -- Attempts during which the worker died: from the second on the job runs in a process of its own.
    losses              INTEGER NOT NULL CHECK (losses >= 0),
    max_attempts        INTEGER NOT NULL CHECK (max_attempts > 0),
    -- Grows by one with each claim: only the holder of the newest number may write.
    fence               INTEGER NOT NULL CHECK (fence >= 0),
    worker_id           TEXT,
    lease_expires_at    TEXT,
    -- At most one job per key: while one is unfinished, or for good when the key names a period.
    unique_key          TEXT,
    unique_scope        TEXT CHECK (unique_scope IN ('unfinished', 'period')),
    subject_id          TEXT,
    requested_by        TEXT NOT NULL,
    -- The group that it is part of, and the group that it waits for.
    group_id            TEXT,
    waits_for           TEXT,
    progress            INTEGER NOT NULL CHECK (progress BETWEEN 0 AND 100),
    progress_message    TEXT,
    cancel_requested_at TEXT,
    last_error          TEXT,
    last_error_kind     TEXT CHECK (last_error_kind IN ('business', 'technical')),
    result              TEXT,
    created_at          TEXT NOT NULL,
    started_at          TEXT,
    finished_at         TEXT,
    -- Of the last attempt.
    duration_ms         INTEGER CHECK (duration_ms >= 0),
    CHECK ((status = 'running') = (lease_expires_at IS NOT NULL)),
    CHECK ((status = 'running') = (worker_id IS NOT NULL)),
    CHECK ((status IN ('succeeded', 'cancelled', 'dead')) = (finished_at IS NOT NULL)),
    CHECK ((unique_key IS NULL) = (unique_scope IS NULL)),
    CHECK (waits_for IS NULL OR status <> 'running')
) STRICT;
CREATE INDEX jobs_claim ON jobs (queue, lane, rank, id)
    WHERE status = 'queued' AND waits_for IS NULL AND losses < 2;
CREATE INDEX jobs_isolated ON jobs (rank, id) WHERE status = 'queued' AND waits_for IS NULL AND losses >= 2;
CREATE INDEX jobs_due ON jobs (queue, run_at) WHERE status = 'queued' AND waits_for IS NULL;
-- There are never many of them: one small index serves limits, expired leases and what a worker runs.
CREATE INDEX jobs_running ON jobs (lane) WHERE status = 'running';
CREATE INDEX jobs_cancelling ON jobs (cancel_requested_at) WHERE status = 'running' AND cancel_requested_at IS NOT NULL;
CREATE UNIQUE INDEX jobs_unique ON jobs (organization_id, unique_key)
    WHERE status IN ('queued', 'running') AND unique_scope = 'unfinished';
CREATE UNIQUE INDEX jobs_unique_period ON jobs (organization_id, unique_key) WHERE unique_scope = 'period';
CREATE INDEX jobs_waits ON jobs (waits_for) WHERE waits_for IS NOT NULL;
CREATE INDEX jobs_group ON jobs (group_id, id) WHERE group_id IS NOT NULL;
CREATE INDEX jobs_kept ON jobs (task, finished_at) WHERE finished_at IS NOT NULL;
-- What people list, filter and sort by.
CREATE INDEX jobs_list ON jobs (organization_id, id);
CREATE INDEX jobs_status ON jobs (organization_id, status, id);
CREATE INDEX jobs_task ON jobs (organization_id, task, id);
-- What failed, of one task: few among very many.
CREATE INDEX jobs_dead ON jobs (organization_id, task, id) WHERE status = 'dead';
CREATE INDEX jobs_subject ON jobs (organization_id, subject_id, id) WHERE subject_id IS NOT NULL;
CREATE INDEX jobs_finished ON jobs (organization_id, finished_at, id) WHERE finished_at IS NOT NULL;
CREATE INDEX jobs_duration ON jobs (organization_id, duration_ms, id) WHERE duration_ms IS NOT NULL;

-- Words of what went wrong, for the search; only jobs that failed have any.
CREATE TABLE job_words (
    organization_id TEXT NOT NULL,
    word            TEXT NOT NULL,
    job_id          TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    PRIMARY KEY (organization_id, word, job_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_words_job ON job_words (job_id);

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
) STRICT, WITHOUT ROWID;

CREATE TABLE job_log_lines (
    job_id  TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    seq     INTEGER NOT NULL,
    at      TEXT NOT NULL,
    level   TEXT NOT NULL CHECK (level IN ('info', 'warn', 'error')),
    message TEXT NOT NULL,
    PRIMARY KEY (job_id, seq)
) STRICT, WITHOUT ROWID;

-- Jobs that belong together; `pending` counts down, and at zero what waits for the group becomes ready.
CREATE TABLE job_groups (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    total           INTEGER NOT NULL CHECK (total > 0),
    pending         INTEGER NOT NULL CHECK (pending BETWEEN 0 AND total),
    -- Ended without success.
    failed          INTEGER NOT NULL CHECK (failed BETWEEN 0 AND total),
    created_at      TEXT NOT NULL,
    finished_at     TEXT,
    CHECK ((pending = 0) = (finished_at IS NOT NULL))
) STRICT;

-- How many jobs of a lane run at once, and how many start in a period; a lane without a row has no limit.
CREATE TABLE job_limits (
    lane            TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    max_running     INTEGER CHECK (max_running > 0),
    rate_count      INTEGER CHECK (rate_count > 0),
    rate_seconds    INTEGER CHECK (rate_seconds > 0),
    -- Starts are spaced evenly: none before this instant.
    next_at         TEXT,
    updated_at      TEXT NOT NULL,
    updated_by      TEXT NOT NULL,
    CHECK ((rate_count IS NULL) = (rate_seconds IS NULL)),
    CHECK (max_running IS NOT NULL OR rate_count IS NOT NULL)
) STRICT;
CREATE INDEX job_limits_list ON job_limits (organization_id, lane);

-- A paused queue starts nothing of the organisation.
CREATE TABLE queue_pauses (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    queue           TEXT NOT NULL,
    paused_at       TEXT NOT NULL,
    paused_by       TEXT NOT NULL,
    PRIMARY KEY (organization_id, queue)
) STRICT;

CREATE TABLE workers (
    id           TEXT NOT NULL PRIMARY KEY,
    host         TEXT NOT NULL,
    pid          INTEGER NOT NULL,
    version      TEXT NOT NULL,
    slots        INTEGER NOT NULL CHECK (slots > 0),
    started_at   TEXT NOT NULL,
    heartbeat_at TEXT NOT NULL,
    -- Somebody asked it to finish what it has and take no more.
    draining_at  TEXT,
    drained_by   TEXT
) STRICT;

-- Ended attempts, counted: by the minute, and after a day by the hour. `bin` is the duration's place on a logarithmic
-- scale (see engine::stats), so that percentiles of any span can be read from sums.
CREATE TABLE job_rollups (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    grain           TEXT NOT NULL CHECK (grain IN ('minute', 'hour')),
    start           TEXT NOT NULL,
    task            TEXT NOT NULL,
    outcome         TEXT NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled', 'lost', 'released')),
    bin             INTEGER NOT NULL CHECK (bin >= 0),
    count           INTEGER NOT NULL CHECK (count > 0),
    PRIMARY KEY (organization_id, grain, start, task, outcome, bin)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_rollups_age ON job_rollups (grain, start);

-- How much waited, once a minute.
CREATE TABLE queue_depths (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    at              TEXT NOT NULL,
    queue           TEXT NOT NULL,
    waiting         INTEGER NOT NULL,
    running         INTEGER NOT NULL,
    PRIMARY KEY (organization_id, at, queue)
) STRICT;
CREATE INDEX queue_depths_age ON queue_depths (at);

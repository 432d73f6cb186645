-- Rules that fire something, with when each is due.
CREATE TABLE schedules (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name            TEXT NOT NULL,
    -- The name folded, for order and search.
    sort_name       TEXT NOT NULL,
    kind            TEXT NOT NULL,
    parameters      TEXT NOT NULL,
    -- The rule with its zone, calendars and exceptions.
    schedule        TEXT NOT NULL,
    catch_up        TEXT NOT NULL CHECK (catch_up IN ('none', 'last', 'all')),
    catch_up_hours  INTEGER NOT NULL CHECK (catch_up_hours > 0),
    overlap         TEXT NOT NULL CHECK (overlap IN ('skip', 'wait', 'allow', 'cancel_previous')),
    pause_after_failures INTEGER NOT NULL CHECK (pause_after_failures >= 0),
    failures_in_row INTEGER NOT NULL CHECK (failures_in_row >= 0),
    active          INTEGER NOT NULL CHECK (active IN (0, 1)),
    paused_at       TEXT,
    paused_by       TEXT,
    pause_note      TEXT,
    pause_cause     TEXT CHECK (pause_cause IN ('person', 'failures', 'unusable')),
    -- The next slot: what the rule gives and when it fires. Absent when there is none.
    next_nominal_at TEXT,
    next_at         TEXT,
    -- All slots up to here have their row or needed none.
    settled_at      TEXT NOT NULL,
    created_by      TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    version         INTEGER NOT NULL,
    CHECK ((paused_at IS NULL) = (pause_cause IS NULL)),
    CHECK ((next_at IS NULL) = (next_nominal_at IS NULL)),
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, sort_name),
    FOREIGN KEY (organization_id, paused_by) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id)
) STRICT;
-- The scheduler sleeps until the first of these.
CREATE INDEX schedules_due ON schedules (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX schedules_kind ON schedules (organization_id, kind, sort_name);

-- One slot of a schedule: it ran, or it did not and why. `nominal_at` is its identity, so that nothing fires it twice.
CREATE TABLE schedule_runs (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    schedule_id     TEXT NOT NULL,
    nominal_at      TEXT NOT NULL,
    due_at          TEXT NOT NULL,
    origin          TEXT NOT NULL CHECK (origin IN ('schedule', 'catch_up', 'manual', 'backfill')),
    status          TEXT NOT NULL CHECK (status IN
        ('waiting', 'running', 'succeeded', 'failed', 'cancelled', 'missed', 'dismissed')),
    cause           TEXT CHECK (cause IN ('down', 'paused', 'disabled', 'maintenance', 'overlap')),
    blocked_by      TEXT,
    job_id          TEXT,
    requested_by    TEXT,
    -- What moved it, as reasons.
    moved           TEXT NOT NULL,
    -- What exceptions change of the parameters.
    changes         TEXT NOT NULL,
    fired_at        TEXT,
    ended_at        TEXT,
    result          TEXT,
    failure         TEXT,
    created_at      TEXT NOT NULL,
    CHECK (status NOT IN ('missed', 'dismissed') OR cause IS NOT NULL),
    UNIQUE (organization_id, id),
    UNIQUE (schedule_id, nominal_at),
    FOREIGN KEY (organization_id, schedule_id) REFERENCES schedules (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, requested_by) REFERENCES users (organization_id, id)
) STRICT;
CREATE INDEX schedule_runs_history ON schedule_runs (schedule_id, due_at, id);
-- The last run of each.
CREATE INDEX schedule_runs_fired ON schedule_runs (schedule_id, fired_at, id) WHERE fired_at IS NOT NULL;
CREATE INDEX schedule_runs_status ON schedule_runs (schedule_id, status, due_at, id);
CREATE INDEX schedule_runs_missed ON schedule_runs (organization_id, due_at, id) WHERE status = 'missed';
-- What an earlier run blocks: the few that are not over.
CREATE INDEX schedule_runs_open ON schedule_runs (schedule_id, due_at) WHERE status IN ('waiting', 'running');
CREATE INDEX schedule_runs_age ON schedule_runs (created_at);

-- An organisation's own holidays. The built-in calendars are computed.
CREATE TABLE calendars (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- What schedules call it by.
    name            TEXT NOT NULL,
    title           TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    version         INTEGER NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
) STRICT;

CREATE TABLE calendar_days (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    calendar_id     TEXT NOT NULL,
    -- `2026-06-24`; of a day that returns each year the one of the year 2000.
    day             TEXT NOT NULL,
    yearly          INTEGER NOT NULL CHECK (yearly IN (0, 1)),
    name            TEXT NOT NULL,
    kind            TEXT NOT NULL CHECK (kind IN ('national', 'optional', 'local')),
    UNIQUE (calendar_id, day, yearly),
    FOREIGN KEY (organization_id, calendar_id) REFERENCES calendars (organization_id, id) ON DELETE CASCADE
) STRICT;

-- Times in which something rests.
CREATE TABLE maintenances (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    area            TEXT NOT NULL CHECK (area IN ('everything', 'schedules', 'robots', 'sat', 'messages')),
    reason          TEXT NOT NULL,
    starts_at       TEXT NOT NULL,
    ends_at         TEXT NOT NULL CHECK (ends_at > starts_at),
    -- Somebody ended it before.
    ended_at        TEXT,
    created_by      TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id)
) STRICT;
CREATE INDEX maintenances_ends ON maintenances (organization_id, ends_at, id);
-- What claims of jobs look at: the few that nobody ended and whose end is to come.
CREATE INDEX maintenances_current ON maintenances (ends_at) WHERE ended_at IS NULL;

-- Rules that fire something, with when each is due.
CREATE TABLE schedules (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    name            text NOT NULL,
    -- The name folded, for order and search.
    sort_name       text COLLATE "C" NOT NULL,
    kind            text COLLATE "C" NOT NULL,
    parameters      jsonb NOT NULL,
    -- The rule with its zone, calendars and exceptions.
    schedule        jsonb NOT NULL,
    catch_up        text COLLATE "C" NOT NULL CHECK (catch_up IN ('none', 'last', 'all')),
    catch_up_hours  integer NOT NULL CHECK (catch_up_hours > 0),
    overlap         text COLLATE "C" NOT NULL CHECK (overlap IN ('skip', 'wait', 'allow', 'cancel_previous')),
    pause_after_failures integer NOT NULL CHECK (pause_after_failures >= 0),
    failures_in_row integer NOT NULL CHECK (failures_in_row >= 0),
    active          boolean NOT NULL,
    paused_at       timestamptz,
    paused_by       uuid,
    pause_note      text,
    pause_cause     text COLLATE "C" CHECK (pause_cause IN ('person', 'failures', 'unusable')),
    -- The next slot: what the rule gives and when it fires. Absent when there is none.
    next_nominal_at timestamptz,
    next_at         timestamptz,
    -- All slots up to here have their row or needed none.
    settled_at      timestamptz NOT NULL,
    created_by      uuid,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL,
    CHECK ((paused_at IS NULL) = (pause_cause IS NULL)),
    CHECK ((next_at IS NULL) = (next_nominal_at IS NULL)),
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, sort_name),
    FOREIGN KEY (organization_id, paused_by) REFERENCES users (organization_id, id),
    FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id)
);
-- The scheduler sleeps until the first of these.
CREATE INDEX schedules_due ON schedules (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX schedules_kind ON schedules (organization_id, kind, sort_name);

-- One slot of a schedule: it ran, or it did not and why. `nominal_at` is its identity, so that nothing fires it twice.
CREATE TABLE schedule_runs (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    schedule_id     uuid NOT NULL,
    nominal_at      timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    origin          text COLLATE "C" NOT NULL CHECK (origin IN ('schedule', 'catch_up', 'manual', 'backfill')),
    status          text COLLATE "C" NOT NULL CHECK (status IN
        ('waiting', 'running', 'succeeded', 'failed', 'cancelled', 'missed', 'dismissed')),
    cause           text COLLATE "C" CHECK (cause IN ('down', 'paused', 'disabled', 'maintenance', 'overlap')),
    blocked_by      uuid,
    job_id          uuid,
    requested_by    uuid,
    -- What moved it, as reasons.
    moved           jsonb NOT NULL,
    -- What exceptions change of the parameters.
    changes         jsonb NOT NULL,
    fired_at        timestamptz,
    ended_at        timestamptz,
    result          jsonb,
    failure         text,
    created_at      timestamptz NOT NULL,
    CHECK (status NOT IN ('missed', 'dismissed') OR cause IS NOT NULL),
    UNIQUE (organization_id, id),
    UNIQUE (schedule_id, nominal_at),
    FOREIGN KEY (organization_id, schedule_id) REFERENCES schedules (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, requested_by) REFERENCES users (organization_id, id)
);
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
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    -- What schedules call it by.
    name            text NOT NULL,
    title           text NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
);

CREATE TABLE calendar_days (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    calendar_id     uuid NOT NULL,
    -- `2026-06-24`; of a day that returns each year the one of the year 2000.
    day             text COLLATE "C" NOT NULL,
    yearly          boolean NOT NULL,
    name            text NOT NULL,
    kind            text COLLATE "C" NOT NULL CHECK (kind IN ('national', 'optional', 'local')),
    UNIQUE (calendar_id, day, yearly),
    FOREIGN KEY (organization_id, calendar_id) REFERENCES calendars (organization_id, id) ON DELETE CASCADE
);

-- Times in which something rests.
CREATE TABLE maintenances (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    area            text COLLATE "C" NOT NULL CHECK (area IN ('everything', 'schedules', 'robots', 'sat', 'messages')),
    reason          text NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL CHECK (ends_at > starts_at),
    -- Somebody ended it before.
    ended_at        timestamptz,
    created_by      uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, created_by) REFERENCES users (organization_id, id)
);
CREATE INDEX maintenances_ends ON maintenances (organization_id, ends_at, id);
-- What claims of jobs look at: the few that nobody ended and whose end is to come.
CREATE INDEX maintenances_current ON maintenances (ends_at) WHERE ended_at IS NULL;

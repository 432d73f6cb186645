-- What each import changed in a calendar, so that it can be undone.
CREATE TABLE calendar_imports (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    calendar_id     uuid NOT NULL,
    file_name       text NOT NULL,
    format          text COLLATE "C" NOT NULL CHECK (format IN ('csv', 'ics')),
    -- Days; of those that were changed, before and after.
    added           jsonb NOT NULL,
    changed         jsonb NOT NULL,
    removed         jsonb NOT NULL,
    added_days      integer NOT NULL,
    changed_days    integer NOT NULL,
    removed_days    integer NOT NULL,
    imported_by     text NOT NULL,
    imported_at     timestamptz NOT NULL,
    undone_by       text,
    undone_at       timestamptz,
    CHECK ((undone_by IS NULL) = (undone_at IS NULL)),
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, calendar_id) REFERENCES calendars (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX calendar_imports_newest ON calendar_imports (calendar_id, id);

-- Years whose built-in holidays were compared with what a service outside says.
CREATE TABLE holiday_checks (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    year            integer NOT NULL,
    differences     integer NOT NULL CHECK (differences >= 0),
    checked_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, year)
);

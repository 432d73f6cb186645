-- What each import changed in a calendar, so that it can be undone.
CREATE TABLE calendar_imports (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    calendar_id     TEXT NOT NULL,
    file_name       TEXT NOT NULL,
    format          TEXT NOT NULL CHECK (format IN ('csv', 'ics')),
    -- Days; of those that were changed, before and after.
    added           TEXT NOT NULL,
    changed         TEXT NOT NULL,
    removed         TEXT NOT NULL,
    added_days      INTEGER NOT NULL,
    changed_days    INTEGER NOT NULL,
    removed_days    INTEGER NOT NULL,
    imported_by     TEXT NOT NULL,
    imported_at     TEXT NOT NULL,
    undone_by       TEXT,
    undone_at       TEXT,
    CHECK ((undone_by IS NULL) = (undone_at IS NULL)),
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, calendar_id) REFERENCES calendars (organization_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX calendar_imports_newest ON calendar_imports (calendar_id, id);

-- Years whose built-in holidays were compared with what a service outside says.
CREATE TABLE holiday_checks (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    year            INTEGER NOT NULL,
    differences     INTEGER NOT NULL CHECK (differences >= 0),
    checked_at      TEXT NOT NULL,
    PRIMARY KEY (organization_id, year)
) STRICT;

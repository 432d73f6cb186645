CREATE TABLE organizations (
    id                 TEXT NOT NULL PRIMARY KEY,
    name               TEXT NOT NULL,
    timezone           TEXT NOT NULL,
    late_after_days    INTEGER NOT NULL,
    max_document_bytes INTEGER NOT NULL,
    sat_url            TEXT,
    sat_token_sealed   TEXT,
    created_at         TEXT NOT NULL,
    updated_at         TEXT NOT NULL,
    version            INTEGER NOT NULL
) STRICT;

CREATE TABLE users (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name            TEXT NOT NULL,
    -- Signing in knows no organisation yet, so an e-mail is unique across all of them. Lower case.
    email           TEXT NOT NULL UNIQUE,
    role            TEXT NOT NULL CHECK (role IN ('viewer', 'analyst', 'manager', 'admin')),
    password_hash   TEXT NOT NULL,
    active          INTEGER NOT NULL,
    last_sign_in_at TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    version         INTEGER NOT NULL,
    UNIQUE (organization_id, id)
) STRICT;

CREATE TABLE sessions (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    user_id         TEXT NOT NULL,
    -- SHA-256 of the cookie: a copy of the database signs nobody in.
    token_hash      TEXT NOT NULL UNIQUE,
    created_at      TEXT NOT NULL,
    last_seen_at    TEXT NOT NULL,
    expires_at      TEXT NOT NULL,
    address         TEXT NOT NULL,
    user_agent      TEXT NOT NULL,
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
) STRICT;
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    name            TEXT NOT NULL,
    scopes          TEXT NOT NULL,
    -- The token never may do more than this person may.
    user_id         TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    expires_at      TEXT NOT NULL,
    last_used_at    TEXT,
    revoked_at      TEXT,
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
) STRICT;
CREATE INDEX api_tokens_list ON api_tokens (organization_id, id);

CREATE TABLE audit_events (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    at              TEXT NOT NULL,
    actor           TEXT NOT NULL,
    actor_user_id   TEXT,
    actor_token_id  TEXT,
    action          TEXT NOT NULL,
    subject_kind    TEXT NOT NULL,
    subject_id      TEXT,
    subject_name    TEXT NOT NULL,
    before          TEXT,
    after           TEXT,
    request_id      TEXT
) STRICT;
CREATE INDEX audit_events_list ON audit_events (organization_id, id);
CREATE INDEX audit_events_action ON audit_events (organization_id, action, id);
CREATE INDEX audit_events_subject ON audit_events (organization_id, subject_id, id);
CREATE INDEX audit_events_actor ON audit_events (organization_id, actor, id);
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events BEGIN SELECT RAISE(ABORT, 'audit_events is append-only'); END;

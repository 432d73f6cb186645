CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END
$$;

CREATE TABLE organizations (
    id                 uuid NOT NULL PRIMARY KEY,
    name               text NOT NULL,
    timezone           text NOT NULL,
    late_after_days    integer NOT NULL,
    max_document_bytes bigint NOT NULL,
    sat_url            text,
    sat_token_sealed   text,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    version            integer NOT NULL
);

CREATE TABLE users (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    name            text NOT NULL,
    -- Signing in knows no organisation yet, so an e-mail is unique across all of them. Lower case.
    email           text NOT NULL UNIQUE,
    role            text NOT NULL CHECK (role IN ('viewer', 'analyst', 'manager', 'admin')),
    password_hash   text NOT NULL,
    active          boolean NOT NULL,
    last_sign_in_at timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL,
    UNIQUE (organization_id, id)
);

CREATE TABLE sessions (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    user_id         uuid NOT NULL,
    -- SHA-256 of the cookie: a copy of the database signs nobody in.
    token_hash      text NOT NULL UNIQUE,
    created_at      timestamptz NOT NULL,
    last_seen_at    timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    address         text NOT NULL,
    user_agent      text NOT NULL,
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    name            text NOT NULL,
    scopes          jsonb NOT NULL,
    -- The token never may do more than this person may.
    user_id         uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    last_used_at    timestamptz,
    revoked_at      timestamptz,
    FOREIGN KEY (organization_id, user_id) REFERENCES users (organization_id, id)
);
CREATE INDEX api_tokens_list ON api_tokens (organization_id, id);

CREATE TABLE audit_events (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    at              timestamptz NOT NULL,
    actor           text COLLATE "C" NOT NULL,
    actor_user_id   uuid,
    actor_token_id  uuid,
    action          text COLLATE "C" NOT NULL,
    subject_kind    text NOT NULL,
    subject_id      uuid,
    subject_name    text NOT NULL,
    before          jsonb,
    after           jsonb,
    request_id      text
);
CREATE INDEX audit_events_list ON audit_events (organization_id, id);
CREATE INDEX audit_events_action ON audit_events (organization_id, action, id);
CREATE INDEX audit_events_subject ON audit_events (organization_id, subject_id, id);
CREATE INDEX audit_events_actor ON audit_events (organization_id, actor, id);
CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse_change();

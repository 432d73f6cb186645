-- Addresses of other systems that are told what happens.
CREATE TABLE webhook_endpoints (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    name            TEXT NOT NULL,
    url             TEXT NOT NULL,
    -- A list of the events it wants.
    events          TEXT NOT NULL,
    secret_sealed   TEXT NOT NULL,
    active          INTEGER NOT NULL CHECK (active IN (0, 1)),
    -- Why the program itself switched it off.
    off_reason      TEXT,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    version         INTEGER NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
) STRICT;

-- One message to one address, with how the last try went.
CREATE TABLE webhook_deliveries (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    endpoint_id     TEXT NOT NULL,
    event           TEXT NOT NULL,
    body            TEXT NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    tries           INTEGER NOT NULL CHECK (tries >= 0),
    last_status     INTEGER,
    last_error      TEXT,
    last_answer     TEXT,
    last_ms         INTEGER,
    job_id          TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    tried_at        TEXT,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, endpoint_id) REFERENCES webhook_endpoints (organization_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX webhook_deliveries_list ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_status ON webhook_deliveries (endpoint_id, status, id);
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (endpoint_id, event, id);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

-- Requests that were carried out under a key of their caller's, so that repeating one changes nothing. The answer is
-- sealed, for it may hold a secret that is shown once.
CREATE TABLE idempotency_keys (
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    caller          TEXT NOT NULL,
    request_key     TEXT NOT NULL,
    fingerprint     TEXT NOT NULL,
    -- Absent until the answer is known.
    status          INTEGER,
    answer_sealed   TEXT,
    created_at      TEXT NOT NULL,
    PRIMARY KEY (organization_id, caller, request_key)
) STRICT;
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

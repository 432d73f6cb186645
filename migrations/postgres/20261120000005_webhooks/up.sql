-- Addresses of other systems that are told what happens.
CREATE TABLE webhook_endpoints (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    name            text NOT NULL,
    url             text NOT NULL,
    -- A list of the events it wants.
    events          jsonb NOT NULL,
    secret_sealed   text NOT NULL,
    active          boolean NOT NULL,
    -- Why the program itself switched it off.
    off_reason      text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
);

-- One message to one address, with how the last try went.
CREATE TABLE webhook_deliveries (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    endpoint_id     uuid NOT NULL,
    event           text COLLATE "C" NOT NULL,
    body            text NOT NULL,
    status          text NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
    tries           integer NOT NULL CHECK (tries >= 0),
    last_status     integer,
    last_error      text,
    last_answer     text,
    last_ms         bigint,
    job_id          uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    tried_at        timestamptz,
    UNIQUE (organization_id, id),
    FOREIGN KEY (organization_id, endpoint_id) REFERENCES webhook_endpoints (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_list ON webhook_deliveries (endpoint_id, id);
CREATE INDEX webhook_deliveries_status ON webhook_deliveries (endpoint_id, status, id);
CREATE INDEX webhook_deliveries_event ON webhook_deliveries (endpoint_id, event, id);
CREATE INDEX webhook_deliveries_age ON webhook_deliveries (created_at);

-- Requests that were carried out under a key of their caller's, so that repeating one changes nothing. The answer is
-- sealed, for it may hold a secret that is shown once.
CREATE TABLE idempotency_keys (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    caller          text NOT NULL,
    request_key     text NOT NULL,
    fingerprint     text NOT NULL,
    -- Absent until the answer is known.
    status          integer,
    answer_sealed   text,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, caller, request_key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);

-- What e-mails say. Several people are written the same, and the lists of e-mails need none of it.
CREATE TABLE email_contents (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    text            text NOT NULL,
    html            text,
    attachment_name text,
    -- A table as CSV, of a few MiB at most.
    attachment      text,
    created_at      timestamptz NOT NULL,
    CHECK ((attachment_name IS NULL) = (attachment IS NULL)),
    UNIQUE (organization_id, id)
);
CREATE INDEX email_contents_age ON email_contents (created_at);

-- One e-mail to one address, with how the last try went. Its id is in its Message-ID.
CREATE TABLE emails (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    recipient       text NOT NULL,
    subject         text NOT NULL,
    content_id      uuid NOT NULL,
    -- By which the reader takes their address off a list.
    unsubscribe_url text,
    status          text COLLATE "C" NOT NULL CHECK (status IN ('pending', 'sent', 'refused', 'failed')),
    tries           integer NOT NULL CHECK (tries >= 0),
    -- A try is under way since then, or its end was never written.
    trying_since    timestamptz,
    -- It may have arrived although nobody said so.
    uncertain       boolean NOT NULL,
    last_error      text,
    last_answer     text,
    job_id          uuid NOT NULL,
    schedule_run_id uuid,
    created_at      timestamptz NOT NULL,
    tried_at        timestamptz,
    sent_at         timestamptz,
    UNIQUE (organization_id, id),
    -- One run writes to one address once.
    UNIQUE (schedule_run_id, recipient),
    FOREIGN KEY (organization_id, content_id) REFERENCES email_contents (organization_id, id)
);
CREATE INDEX emails_list ON emails (organization_id, id);
CREATE INDEX emails_status ON emails (organization_id, status, id);
CREATE INDEX emails_content ON emails (content_id);
CREATE INDEX emails_age ON emails (created_at);
-- Those that wait for a job.
CREATE INDEX emails_pending ON emails (job_id) WHERE status = 'pending';

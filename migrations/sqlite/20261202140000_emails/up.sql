-- What e-mails say. Several people are written the same, and the lists of e-mails need none of it.
CREATE TABLE email_contents (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    text            TEXT NOT NULL,
    html            TEXT,
    attachment_name TEXT,
    -- A table as CSV, of a few MiB at most.
    attachment      TEXT,
    created_at      TEXT NOT NULL,
    CHECK ((attachment_name IS NULL) = (attachment IS NULL)),
    UNIQUE (organization_id, id)
) STRICT;
CREATE INDEX email_contents_age ON email_contents (created_at);

-- One e-mail to one address, with how the last try went. Its id is in its Message-ID.
CREATE TABLE emails (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    recipient       TEXT NOT NULL,
    subject         TEXT NOT NULL,
    content_id      TEXT NOT NULL,
    -- By which the reader takes their address off a list.
    unsubscribe_url TEXT,
    status          TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'refused', 'failed')),
    tries           INTEGER NOT NULL CHECK (tries >= 0),
    -- A try is under way since then, or its end was never written.
    trying_since    TEXT,
    -- It may have arrived although nobody said so.
    uncertain       INTEGER NOT NULL CHECK (uncertain IN (0, 1)),
    last_error      TEXT,
    last_answer     TEXT,
    job_id          TEXT NOT NULL,
    schedule_run_id TEXT,
    created_at      TEXT NOT NULL,
    tried_at        TEXT,
    sent_at         TEXT,
    UNIQUE (organization_id, id),
    -- One run writes to one address once.
    UNIQUE (schedule_run_id, recipient),
    FOREIGN KEY (organization_id, content_id) REFERENCES email_contents (organization_id, id)
) STRICT;
CREATE INDEX emails_list ON emails (organization_id, id);
CREATE INDEX emails_status ON emails (organization_id, status, id);
CREATE INDEX emails_content ON emails (content_id);
CREATE INDEX emails_age ON emails (created_at);
-- Those that wait for a job.
CREATE INDEX emails_pending ON emails (job_id) WHERE status = 'pending';

-- Backups of the whole installation, which belong to its first organisation.
CREATE TABLE backups (
    id                TEXT NOT NULL PRIMARY KEY,
    organization_id   TEXT NOT NULL REFERENCES organizations (id),
    -- Of the file, as people see it.
    name              TEXT NOT NULL,
    -- Where the file is below the target.
    storage_key       TEXT NOT NULL CHECK (length(storage_key) <= 500),
    status            TEXT NOT NULL CHECK (status IN ('making', 'proven', 'failed')),
    size_bytes        INTEGER CHECK (size_bytes >= 0),
    sha256            TEXT CHECK (length(sha256) = 64),
    encrypted         INTEGER NOT NULL CHECK (encrypted IN (0, 1)),
    with_documents    INTEGER NOT NULL CHECK (with_documents IN (0, 1)),
    documents         INTEGER NOT NULL CHECK (documents >= 0),
    documents_bytes   INTEGER NOT NULL CHECK (documents_bytes >= 0),
    documents_missing INTEGER NOT NULL CHECK (documents_missing >= 0),
    row_count         INTEGER NOT NULL CHECK (row_count >= 0),
    database_kind     TEXT NOT NULL CHECK (database_kind IN ('sqlite', 'postgres')),
    version           TEXT NOT NULL,
    -- What the archive says about itself.
    manifest          TEXT,
    proof_ms          INTEGER CHECK (proof_ms >= 0),
    failure           TEXT,
    made_by           TEXT NOT NULL,
    schedule_id       TEXT,
    job_id            TEXT,
    created_at        TEXT NOT NULL,
    ended_at          TEXT,
    -- From here on it is no longer listed; the row goes once the file is gone.
    deleted_at        TEXT,
    CHECK ((status = 'making') = (ended_at IS NULL)),
    CHECK (status <> 'proven' OR (sha256 IS NOT NULL AND proof_ms IS NOT NULL)),
    CHECK (status <> 'failed' OR failure IS NOT NULL),
    UNIQUE (organization_id, id)
) STRICT;
CREATE INDEX backups_list ON backups (organization_id, id) WHERE deleted_at IS NULL;
CREATE INDEX backups_status ON backups (organization_id, status, id) WHERE deleted_at IS NULL;
CREATE INDEX backups_job ON backups (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX backups_deleted ON backups (deleted_at) WHERE deleted_at IS NOT NULL;

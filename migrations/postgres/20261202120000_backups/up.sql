-- Backups of the whole installation, which belong to its first organisation.
CREATE TABLE backups (
    id                uuid NOT NULL PRIMARY KEY,
    organization_id   uuid NOT NULL REFERENCES organizations (id),
    -- Of the file, as people see it.
    name              text NOT NULL,
    -- Where the file is below the target.
    storage_key       text NOT NULL CHECK (length(storage_key) <= 500),
    status            text NOT NULL CHECK (status IN ('making', 'proven', 'failed')),
    size_bytes        bigint CHECK (size_bytes >= 0),
    sha256            text CHECK (length(sha256) = 64),
    encrypted         boolean NOT NULL,
    with_documents    boolean NOT NULL,
    documents         bigint NOT NULL CHECK (documents >= 0),
    documents_bytes   bigint NOT NULL CHECK (documents_bytes >= 0),
    documents_missing bigint NOT NULL CHECK (documents_missing >= 0),
    row_count         bigint NOT NULL CHECK (row_count >= 0),
    database_kind     text NOT NULL CHECK (database_kind IN ('sqlite', 'postgres')),
    version           text NOT NULL,
    -- What the archive says about itself.
    manifest          jsonb,
    proof_ms          bigint CHECK (proof_ms >= 0),
    failure           text,
    made_by           text NOT NULL,
    schedule_id       uuid,
    job_id            uuid,
    created_at        timestamptz NOT NULL,
    ended_at          timestamptz,
    -- From here on it is no longer listed; the row goes once the file is gone.
    deleted_at        timestamptz,
    CHECK ((status = 'making') = (ended_at IS NULL)),
    CHECK (status <> 'proven' OR (sha256 IS NOT NULL AND proof_ms IS NOT NULL)),
    CHECK (status <> 'failed' OR failure IS NOT NULL),
    UNIQUE (organization_id, id)
);
CREATE INDEX backups_list ON backups (organization_id, id) WHERE deleted_at IS NULL;
CREATE INDEX backups_status ON backups (organization_id, status, id) WHERE deleted_at IS NULL;
CREATE INDEX backups_job ON backups (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX backups_deleted ON backups (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE processes (
    id                  TEXT NOT NULL PRIMARY KEY,
    organization_id     TEXT NOT NULL,
    client_id           TEXT NOT NULL,
    operator_id         TEXT NOT NULL,
    account_id          TEXT NOT NULL,
    -- '2026-10'
    mes_ano             TEXT NOT NULL,
    status              TEXT NOT NULL CHECK (status IN ('AGUARDANDO_DOWNLOAD', 'DOWNLOAD_EM_ANDAMENTO', 'DOWNLOAD_CONCLUIDO', 'ERRO_DOWNLOAD', 'AGUARDANDO_APROVACAO', 'REJEITADO', 'AGUARDANDO_ENVIO_SAT', 'ENVIANDO_SAT', 'ERRO_ENVIO_SAT', 'UPLOAD_REALIZADO')),
    status_since        TEXT NOT NULL,
    url_fatura          TEXT,
    fatura_s3_key       TEXT CHECK (length(fatura_s3_key) <= 500),
    fatura_filename     TEXT CHECK (length(fatura_filename) <= 255),
    fatura_sha256       TEXT,
    data_upload_manual  TEXT,
    data_download       TEXT,
    valor_fatura        INTEGER,
    data_vencimento     TEXT,
    data_envio_sat      TEXT,
    sat_protocol        TEXT,
    approved_by         TEXT,
    approved_at         TEXT,
    -- What was approved, and so the only thing that may be sent.
    approved_sha256     TEXT,
    rejection_reason    TEXT,
    error_cause         TEXT,
    error_step          TEXT,
    error_action        TEXT,
    created_at          TEXT NOT NULL,
    updated_at          TEXT NOT NULL,
    version             INTEGER NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, client_id, operator_id, mes_ano),
    FOREIGN KEY (organization_id, client_id) REFERENCES clients (organization_id, id),
    FOREIGN KEY (organization_id, operator_id) REFERENCES operators (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    -- Nothing goes to SAT that was not approved, byte for byte.
    CHECK (status NOT IN ('AGUARDANDO_ENVIO_SAT', 'ENVIANDO_SAT', 'ERRO_ENVIO_SAT', 'UPLOAD_REALIZADO') OR (approved_sha256 IS NOT NULL AND approved_sha256 = fatura_sha256))
) STRICT;
-- The list is read in order of id or of status_since, each filter having an index that ends in that order.
CREATE INDEX processes_month ON processes (organization_id, mes_ano, id);
CREATE INDEX processes_month_status ON processes (organization_id, mes_ano, status, id);
CREATE INDEX processes_month_operator ON processes (organization_id, mes_ano, operator_id, id);
CREATE INDEX processes_status ON processes (organization_id, status, id);
CREATE INDEX processes_operator ON processes (organization_id, operator_id, id);
CREATE INDEX processes_operator_status ON processes (organization_id, operator_id, status, id);
CREATE INDEX processes_client ON processes (organization_id, client_id, id);
CREATE INDEX processes_since ON processes (organization_id, status_since, id);
CREATE INDEX processes_status_since ON processes (organization_id, status, status_since, id);
CREATE INDEX processes_month_since ON processes (organization_id, mes_ano, status_since, id);
CREATE INDEX processes_late ON processes (organization_id, status_since, id) WHERE status <> 'UPLOAD_REALIZADO';
CREATE INDEX processes_operator_late ON processes (organization_id, operator_id, status_since, id) WHERE status <> 'UPLOAD_REALIZADO';
CREATE INDEX processes_account ON processes (organization_id, account_id);

CREATE TABLE process_moves (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    process_id      TEXT NOT NULL,
    at              TEXT NOT NULL,
    actor           TEXT NOT NULL,
    actor_user_id   TEXT,
    move            TEXT NOT NULL,
    from_status     TEXT,
    to_status       TEXT NOT NULL,
    reason          TEXT,
    FOREIGN KEY (organization_id, process_id) REFERENCES processes (organization_id, id)
) STRICT;
CREATE INDEX process_moves_process ON process_moves (process_id, id);
CREATE TRIGGER process_moves_no_update BEFORE UPDATE ON process_moves BEGIN SELECT RAISE(ABORT, 'process_moves is append-only'); END;
CREATE TRIGGER process_moves_no_delete BEFORE DELETE ON process_moves BEGIN SELECT RAISE(ABORT, 'process_moves is append-only'); END;

CREATE TABLE documents (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL,
    process_id      TEXT NOT NULL,
    number          INTEGER NOT NULL CHECK (number > 0),
    filename        TEXT NOT NULL CHECK (length(filename) <= 255),
    storage_key     TEXT NOT NULL UNIQUE CHECK (length(storage_key) <= 500),
    size_bytes      INTEGER NOT NULL CHECK (size_bytes > 0),
    pages           INTEGER NOT NULL CHECK (pages > 0),
    sha256          TEXT NOT NULL CHECK (length(sha256) = 64),
    uploaded_by     TEXT NOT NULL,
    created_at      TEXT NOT NULL,
    UNIQUE (process_id, number),
    FOREIGN KEY (organization_id, process_id) REFERENCES processes (organization_id, id)
) STRICT;
CREATE INDEX documents_sha256 ON documents (organization_id, sha256);

-- Written before an object is put, removed together with the row that will point to it; what stays is swept.
CREATE TABLE storage_intents (
    storage_key TEXT NOT NULL PRIMARY KEY,
    created_at  TEXT NOT NULL,
    -- Set before the object is removed: from then on no row may point to it.
    abandoned   INTEGER NOT NULL
) STRICT;
CREATE INDEX storage_intents_age ON storage_intents (created_at);

CREATE TABLE processes (
    id                  uuid NOT NULL PRIMARY KEY,
    organization_id     uuid NOT NULL,
    client_id           uuid NOT NULL,
    operator_id         uuid NOT NULL,
    account_id          uuid NOT NULL,
    -- '2026-10'
    mes_ano             text COLLATE "C" NOT NULL,
    status              text NOT NULL CHECK (status IN ('AGUARDANDO_DOWNLOAD', 'DOWNLOAD_EM_ANDAMENTO', 'DOWNLOAD_CONCLUIDO', 'ERRO_DOWNLOAD', 'AGUARDANDO_APROVACAO', 'REJEITADO', 'AGUARDANDO_ENVIO_SAT', 'ENVIANDO_SAT', 'ERRO_ENVIO_SAT', 'UPLOAD_REALIZADO')),
    status_since        timestamptz NOT NULL,
    url_fatura          text,
    fatura_s3_key       text CHECK (length(fatura_s3_key) <= 500),
    fatura_filename     text CHECK (length(fatura_filename) <= 255),
    fatura_sha256       text,
    data_upload_manual  timestamptz,
    data_download       timestamptz,
    valor_fatura        bigint,
    data_vencimento     date,
    data_envio_sat      timestamptz,
    sat_protocol        text,
    approved_by         text,
    approved_at         timestamptz,
    -- What was approved, and so the only thing that may be sent.
    approved_sha256     text,
    rejection_reason    text,
    error_cause         text,
    error_step          text,
    error_action        text,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    version             integer NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, client_id, operator_id, mes_ano),
    FOREIGN KEY (organization_id, client_id) REFERENCES clients (organization_id, id),
    FOREIGN KEY (organization_id, operator_id) REFERENCES operators (organization_id, id),
    FOREIGN KEY (organization_id, account_id) REFERENCES accounts (organization_id, id),
    -- Nothing goes to SAT that was not approved, byte for byte.
    CHECK (status NOT IN ('AGUARDANDO_ENVIO_SAT', 'ENVIANDO_SAT', 'ERRO_ENVIO_SAT', 'UPLOAD_REALIZADO') OR (approved_sha256 IS NOT NULL AND approved_sha256 = fatura_sha256))
);
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
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    process_id      uuid NOT NULL,
    at              timestamptz NOT NULL,
    actor           text NOT NULL,
    actor_user_id   uuid,
    move            text NOT NULL,
    from_status     text,
    to_status       text NOT NULL,
    reason          text,
    FOREIGN KEY (organization_id, process_id) REFERENCES processes (organization_id, id)
);
CREATE INDEX process_moves_process ON process_moves (process_id, id);
CREATE TRIGGER process_moves_append_only BEFORE UPDATE OR DELETE ON process_moves FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE documents (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL,
    process_id      uuid NOT NULL,
    number          integer NOT NULL CHECK (number > 0),
    filename        text NOT NULL CHECK (length(filename) <= 255),
    storage_key     text NOT NULL UNIQUE CHECK (length(storage_key) <= 500),
    size_bytes      bigint NOT NULL CHECK (size_bytes > 0),
    pages           integer NOT NULL CHECK (pages > 0),
    sha256          text NOT NULL CHECK (length(sha256) = 64),
    uploaded_by     text NOT NULL,
    created_at      timestamptz NOT NULL,
    UNIQUE (process_id, number),
    FOREIGN KEY (organization_id, process_id) REFERENCES processes (organization_id, id)
);
CREATE INDEX documents_sha256 ON documents (organization_id, sha256);

-- Written before an object is put, removed together with the row that will point to it; what stays is swept.
CREATE TABLE storage_intents (
    storage_key text NOT NULL PRIMARY KEY,
    created_at  timestamptz NOT NULL,
    -- Set before the object is removed: from then on no row may point to it.
    abandoned   boolean NOT NULL
);
CREATE INDEX storage_intents_age ON storage_intents (created_at);

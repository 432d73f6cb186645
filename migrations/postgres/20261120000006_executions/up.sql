-- How an organisation's robots are reached; without a row, by nothing but the defaults.
CREATE TABLE robot_settings (
    organization_id  uuid NOT NULL PRIMARY KEY REFERENCES organizations (id),
    url              text,
    token_sealed     text,
    -- Since when the API refuses the token; told to administrators once.
    token_refused_at timestamptz,
    honours_keys     boolean NOT NULL,
    max_minutes      integer NOT NULL CHECK (max_minutes > 0),
    sat_transport    text NOT NULL CHECK (sat_transport IN ('https', 'robot')),
    updated_at       timestamptz NOT NULL,
    version          integer NOT NULL
);

-- What something that runs has to say, line by line. Its id is that of the thing itself.
CREATE TABLE logs (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    -- Lines kept, and lines of the source that they came from: a source that is read again is not written twice.
    lines           bigint NOT NULL,
    source_lines    bigint NOT NULL,
    last_line       text,
    first_error     bigint,
    -- Nothing more will be written.
    ended           boolean NOT NULL,
    UNIQUE (organization_id, id)
);

-- Lines that were written together. Append-only.
CREATE TABLE log_chunks (
    log_id    uuid NOT NULL REFERENCES logs (id) ON DELETE CASCADE,
    first_seq bigint NOT NULL,
    last_seq  bigint NOT NULL,
    -- The worst level among them: 0 debug, 1 info, 2 warn, 3 error.
    worst     integer NOT NULL CHECK (worst BETWEEN 0 AND 3),
    -- A JSON list of the lines, as pages read them.
    lines     text NOT NULL,
    PRIMARY KEY (log_id, first_seq),
    CHECK (last_seq >= first_seq)
);
CREATE INDEX log_chunks_bad ON log_chunks (log_id, first_seq) WHERE worst >= 2;
CREATE TRIGGER log_chunks_append_only BEFORE UPDATE ON log_chunks FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- One run of a robot for a process.
CREATE TABLE executions (
    id                      uuid NOT NULL PRIMARY KEY,
    organization_id         uuid NOT NULL,
    process_id              uuid NOT NULL,
    -- Of the process, for filters; they never change there.
    client_id               uuid NOT NULL,
    operator_id             uuid NOT NULL,
    mes_ano                 text COLLATE "C" NOT NULL,
    tipo                    text NOT NULL CHECK (tipo IN ('DOWNLOAD_FATURA', 'UPLOAD_SAT')),
    status                  text COLLATE "C" NOT NULL CHECK (status IN ('PENDENTE', 'EXECUTANDO', 'CONCLUIDO', 'FALHOU', 'CANCELADO')),
    classe_rpa_utilizada    text NOT NULL,
    attempt                 integer NOT NULL CHECK (attempt > 0),
    -- Automatic repetitions before this one, after technical failures.
    retries                 integer NOT NULL CHECK (retries >= 0),
    hash_execucao           text COLLATE "C" NOT NULL,
    -- What a person added.
    parametros              text NOT NULL,
    -- What was sent, without the password.
    parametros_entrada      text,
    -- The document that goes to SAT.
    document_sha256         text,
    -- JSON as text: what the API says may hold what a JSON column refuses.
    resultado               text,
    mensagem_final          text,
    error_cause             text,
    error_step              text,
    error_action            text,
    outcome_unknown         boolean NOT NULL,
    endpoint                text,
    -- Written before the API is asked to start: from here on a robot may be at work.
    start_sent_at           timestamptz,
    external_job_id         text,
    progress                integer NOT NULL CHECK (progress BETWEEN 0 AND 100),
    requested_by            text NOT NULL,
    cancel_requested_at     timestamptz,
    data_inicio             timestamptz,
    data_finalizacao        timestamptz,
    tempo_execucao_segundos bigint,
    job_id                  uuid NOT NULL,
    created_at              timestamptz NOT NULL,
    UNIQUE (organization_id, id),
    CHECK ((status IN ('PENDENTE', 'EXECUTANDO')) = (data_finalizacao IS NULL)),
    CHECK (NOT outcome_unknown OR status = 'FALHOU'),
    FOREIGN KEY (organization_id, process_id) REFERENCES processes (organization_id, id)
);
-- One robot at a time for a process.
CREATE UNIQUE INDEX executions_active ON executions (process_id) WHERE status IN ('PENDENTE', 'EXECUTANDO');
CREATE INDEX executions_process ON executions (process_id, id);
CREATE INDEX executions_list ON executions (organization_id, id);
CREATE INDEX executions_status ON executions (organization_id, status, id);
CREATE INDEX executions_tipo ON executions (organization_id, tipo, id);
CREATE INDEX executions_operator ON executions (organization_id, operator_id, id);
CREATE INDEX executions_client ON executions (organization_id, client_id, id);
CREATE INDEX executions_month ON executions (organization_id, mes_ano, id);
CREATE INDEX executions_unknown ON executions (organization_id, id) WHERE outcome_unknown;
CREATE INDEX executions_hash ON executions (organization_id, hash_execucao, id);
CREATE INDEX executions_ended ON executions (organization_id, tipo, data_finalizacao);

-- What each entry of a robot's result did.
CREATE TABLE execution_results (
    organization_id uuid NOT NULL,
    execution_id    uuid NOT NULL,
    position        integer NOT NULL,
    hash_execucao   text COLLATE "C",
    status_final    text,
    process_id      uuid,
    effect          text NOT NULL CHECK (effect IN ('applied', 'unchanged', 'unmatched', 'not_understood')),
    note            text,
    PRIMARY KEY (execution_id, position),
    FOREIGN KEY (organization_id, execution_id) REFERENCES executions (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, process_id) REFERENCES processes (organization_id, id)
);

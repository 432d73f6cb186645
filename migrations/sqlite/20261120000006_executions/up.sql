-- How an organisation's robots are reached; without a row, by nothing but the defaults.
CREATE TABLE robot_settings (
    organization_id  TEXT NOT NULL PRIMARY KEY REFERENCES organizations (id),
    url              TEXT,
    token_sealed     TEXT,
    -- Since when the API refuses the token; told to administrators once.
    token_refused_at TEXT,
    honours_keys     INTEGER NOT NULL CHECK (honours_keys IN (0, 1)),
    max_minutes      INTEGER NOT NULL CHECK (max_minutes > 0),
    sat_transport    TEXT NOT NULL CHECK (sat_transport IN ('https', 'robot')),
    updated_at       TEXT NOT NULL,
    version          INTEGER NOT NULL
) STRICT;

-- What something that runs has to say, line by line. Its id is that of the thing itself.
CREATE TABLE logs (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    -- Lines kept, and lines of the source that they came from: a source that is read again is not written twice.
    lines           INTEGER NOT NULL,
    source_lines    INTEGER NOT NULL,
    last_line       TEXT,
    first_error     INTEGER,
    -- Nothing more will be written.
    ended           INTEGER NOT NULL CHECK (ended IN (0, 1)),
    UNIQUE (organization_id, id)
) STRICT;

-- Lines that were written together. Append-only.
CREATE TABLE log_chunks (
    log_id    TEXT NOT NULL REFERENCES logs (id) ON DELETE CASCADE,
    first_seq INTEGER NOT NULL,
    last_seq  INTEGER NOT NULL,
    -- The worst level among them: 0 debug, 1 info, 2 warn, 3 error.
    worst     INTEGER NOT NULL CHECK (worst BETWEEN 0 AND 3),
    -- A JSON list of the lines, as pages read them.
    lines     TEXT NOT NULL,
    PRIMARY KEY (log_id, first_seq),
    CHECK (last_seq >= first_seq)
) STRICT;
CREATE INDEX log_chunks_bad ON log_chunks (log_id, first_seq) WHERE worst >= 2;
CREATE TRIGGER log_chunks_append_only BEFORE UPDATE ON log_chunks
BEGIN
    SELECT RAISE(ABORT, 'log_chunks is append-only');
END;

-- One run of a robot for a process.
CREATE TABLE executions (
    id                      TEXT NOT NULL PRIMARY KEY,
    organization_id         TEXT NOT NULL,
    process_id              TEXT NOT NULL,
    -- Of the process, for filters; they never change there.
    client_id               TEXT NOT NULL,
    operator_id             TEXT NOT NULL,
    mes_ano                 TEXT NOT NULL,
    tipo                    TEXT NOT NULL CHECK (tipo IN ('DOWNLOAD_FATURA', 'UPLOAD_SAT')),
    status                  TEXT NOT NULL CHECK (status IN ('PENDENTE', 'EXECUTANDO', 'CONCLUIDO', 'FALHOU', 'CANCELADO')),
    classe_rpa_utilizada    TEXT NOT NULL,
    attempt                 INTEGER NOT NULL CHECK (attempt > 0),
    -- Automatic repetitions before this one, after technical failures.
    retries                 INTEGER NOT NULL CHECK (retries >= 0),
    hash_execucao           TEXT NOT NULL,
    -- What a person added.
    parametros              TEXT NOT NULL,
    -- What was sent, without the password.
    parametros_entrada      TEXT,
    -- The document that goes to SAT.
    document_sha256         TEXT,
    -- JSON as text: what the API says may hold what a JSON column refuses.
    resultado               TEXT,
    mensagem_final          TEXT,
    error_cause             TEXT,
    error_step              TEXT,
    error_action            TEXT,
    outcome_unknown         INTEGER NOT NULL CHECK (outcome_unknown IN (0, 1)),
    endpoint                TEXT,
    -- Written before the API is asked to start: from here on a robot may be at work.
    start_sent_at           TEXT,
    external_job_id         TEXT,
    progress                INTEGER NOT NULL CHECK (progress BETWEEN 0 AND 100),
    requested_by            TEXT NOT NULL,
    cancel_requested_at     TEXT,
    data_inicio             TEXT,
    data_finalizacao        TEXT,
    tempo_execucao_segundos INTEGER,
    job_id                  TEXT NOT NULL,
    created_at              TEXT NOT NULL,
    UNIQUE (organization_id, id),
    CHECK ((status IN ('PENDENTE', 'EXECUTANDO')) = (data_finalizacao IS NULL)),
    CHECK (outcome_unknown = 0 OR status = 'FALHOU'),
    FOREIGN KEY (organization_id, process_id) REFERENCES processes (organization_id, id)
) STRICT;
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
    organization_id TEXT NOT NULL,
    execution_id    TEXT NOT NULL,
    position        INTEGER NOT NULL,
    hash_execucao   TEXT,
    status_final    TEXT,
    process_id      TEXT,
    effect          TEXT NOT NULL CHECK (effect IN ('applied', 'unchanged', 'unmatched', 'not_understood')),
    note            TEXT,
    PRIMARY KEY (execution_id, position),
    FOREIGN KEY (organization_id, execution_id) REFERENCES executions (organization_id, id) ON DELETE CASCADE,
    FOREIGN KEY (organization_id, process_id) REFERENCES processes (organization_id, id)
) STRICT, WITHOUT ROWID;

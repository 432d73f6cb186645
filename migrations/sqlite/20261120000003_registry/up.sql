CREATE TABLE operators (
    id               TEXT NOT NULL PRIMARY KEY,
    organization_id  TEXT NOT NULL REFERENCES organizations (id),
    name             TEXT NOT NULL,
    -- The name folded for order and search: lower case, no accents; compared byte by byte on both databases.
    sort_name        TEXT NOT NULL,
    possui_rpa       INTEGER NOT NULL,
    rpa_terceirizado INTEGER NOT NULL,
    url_endpoint_rpa TEXT,
    active           INTEGER NOT NULL,
    created_at       TEXT NOT NULL,
    updated_at       TEXT NOT NULL,
    version          INTEGER NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
) STRICT;
CREATE INDEX operators_list ON operators (organization_id, sort_name, id);

CREATE TABLE clients (
    id              TEXT NOT NULL PRIMARY KEY,
    organization_id TEXT NOT NULL REFERENCES organizations (id),
    razao_social    TEXT NOT NULL,
    sort_name       TEXT NOT NULL,
    cnpj            TEXT NOT NULL,
    active          INTEGER NOT NULL,
    created_at      TEXT NOT NULL,
    updated_at      TEXT NOT NULL,
    version         INTEGER NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, cnpj)
) STRICT;
CREATE INDEX clients_list ON clients (organization_id, sort_name, id);

-- Each word of a client's folded name, so that a search by the start of words is an index range.
CREATE TABLE client_words (
    organization_id TEXT NOT NULL,
    word            TEXT NOT NULL,
    client_id       TEXT NOT NULL,
    PRIMARY KEY (organization_id, word, client_id),
    FOREIGN KEY (organization_id, client_id) REFERENCES clients (organization_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX client_words_client ON client_words (client_id);

CREATE TABLE accounts (
    id                     TEXT NOT NULL PRIMARY KEY,
    organization_id        TEXT NOT NULL,
    client_id              TEXT NOT NULL,
    operator_id            TEXT NOT NULL,
    account_number         TEXT NOT NULL,
    portal_login           TEXT,
    portal_password_sealed TEXT,
    active                 INTEGER NOT NULL,
    created_at             TEXT NOT NULL,
    updated_at             TEXT NOT NULL,
    version                INTEGER NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, client_id, operator_id),
    FOREIGN KEY (organization_id, client_id) REFERENCES clients (organization_id, id),
    FOREIGN KEY (organization_id, operator_id) REFERENCES operators (organization_id, id)
) STRICT;
CREATE INDEX accounts_operator ON accounts (organization_id, operator_id);

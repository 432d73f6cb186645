CREATE TABLE operators (
    id               uuid NOT NULL PRIMARY KEY,
    organization_id  uuid NOT NULL REFERENCES organizations (id),
    name             text NOT NULL,
    -- The name folded for order and search: lower case, no accents; compared byte by byte on both databases.
    sort_name        text COLLATE "C" NOT NULL,
    possui_rpa       boolean NOT NULL,
    rpa_terceirizado boolean NOT NULL,
    url_endpoint_rpa text,
    active           boolean NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          integer NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, name)
);
CREATE INDEX operators_list ON operators (organization_id, sort_name, id);

CREATE TABLE clients (
    id              uuid NOT NULL PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations (id),
    razao_social    text NOT NULL,
    sort_name       text COLLATE "C" NOT NULL,
    cnpj            text COLLATE "C" NOT NULL,
    active          boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, cnpj)
);
CREATE INDEX clients_list ON clients (organization_id, sort_name, id);

-- Each word of a client's folded name, so that a search by the start of words is an index range.
CREATE TABLE client_words (
    organization_id uuid NOT NULL,
    word            text COLLATE "C" NOT NULL,
    client_id       uuid NOT NULL,
    PRIMARY KEY (organization_id, word, client_id),
    FOREIGN KEY (organization_id, client_id) REFERENCES clients (organization_id, id) ON DELETE CASCADE
);
CREATE INDEX client_words_client ON client_words (client_id);

CREATE TABLE accounts (
    id                     uuid NOT NULL PRIMARY KEY,
    organization_id        uuid NOT NULL,
    client_id              uuid NOT NULL,
    operator_id            uuid NOT NULL,
    account_number         text NOT NULL,
    portal_login           text,
    portal_password_sealed text,
    active                 boolean NOT NULL,
    created_at             timestamptz NOT NULL,
    updated_at             timestamptz NOT NULL,
    version                integer NOT NULL,
    UNIQUE (organization_id, id),
    UNIQUE (organization_id, client_id, operator_id),
    FOREIGN KEY (organization_id, client_id) REFERENCES clients (organization_id, id),
    FOREIGN KEY (organization_id, operator_id) REFERENCES operators (organization_id, id)
);
CREATE INDEX accounts_operator ON accounts (organization_id, operator_id);

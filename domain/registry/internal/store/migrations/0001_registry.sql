-- A register that a body keeps. version is the label in force, empty until the
-- first is confirmed. number is its id in the interfaces of others.
CREATE TABLE registry_register (
    id         TEXT PRIMARY KEY,
    number     BIGINT NOT NULL,
    code       TEXT NOT NULL,
    agency     TEXT NOT NULL,
    version    TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX registry_register_code ON registry_register (code);
CREATE UNIQUE INDEX registry_register_number ON registry_register (number);
CREATE INDEX registry_register_agency ON registry_register (agency, code);

-- What was proposed and what came of it. body is the definition and never changes.
CREATE TABLE registry_version (
    register   TEXT NOT NULL,
    version    TEXT NOT NULL,
    body       TEXT NOT NULL,
    state      TEXT NOT NULL, -- proposed active past
    by_account TEXT NOT NULL,
    second     TEXT NOT NULL,
    at         BIGINT NOT NULL,
    settled_at BIGINT NOT NULL,
    PRIMARY KEY (register, version)
);
CREATE UNIQUE INDEX registry_version_open ON registry_version (register) WHERE state = 'proposed';

-- fields is sealed.
CREATE TABLE registry_record (
    id         TEXT PRIMARY KEY,
    register   TEXT NOT NULL,
    version    TEXT NOT NULL, -- under which it was last written
    rev        BIGINT NOT NULL,
    fields     BYTEA NOT NULL,
    by_account TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX registry_record_register ON registry_record (register, id);

-- What a record was before a change: one row a revision, sealed too.
CREATE TABLE registry_past (
    record     TEXT NOT NULL,
    rev        BIGINT NOT NULL,
    version    TEXT NOT NULL,
    fields     BYTEA NOT NULL,
    by_account TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (record, rev)
);

-- Keyed hashes for exact lookup. single is what only one record may have.
CREATE TABLE registry_index (
    register TEXT NOT NULL,
    name     TEXT NOT NULL,
    mac      BYTEA NOT NULL,
    record   TEXT NOT NULL,
    single   BOOLEAN NOT NULL,
    PRIMARY KEY (register, name, mac, record)
);
CREATE UNIQUE INDEX registry_index_single ON registry_index (register, name, mac) WHERE single;
CREATE INDEX registry_index_record ON registry_index (record);

-- What was sent under a key once is not done twice.
CREATE TABLE registry_key (
    account TEXT NOT NULL,
    key     TEXT NOT NULL,
    hash    TEXT NOT NULL,
    record  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX registry_key_old ON registry_key (at);

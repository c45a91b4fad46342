CREATE TABLE casework_application (
    id TEXT PRIMARY KEY,
    seq BIGINT NOT NULL UNIQUE,
    number TEXT UNIQUE,
    service TEXT NOT NULL,
    pack TEXT NOT NULL,
    account TEXT NOT NULL,
    person TEXT NOT NULL,
    agency TEXT NOT NULL,
    status TEXT NOT NULL,
    decision TEXT NOT NULL,
    assignee TEXT NOT NULL,
    answers BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    submitted_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    paused_at BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    object_until TEXT NOT NULL,
    document TEXT NOT NULL,
    paid BIGINT NOT NULL,
    purge_at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE INDEX casework_application_account ON casework_application (account, seq);
CREATE INDEX casework_application_queue ON casework_application (agency, status, seq);
CREATE INDEX casework_application_due ON casework_application (agency, status, due_at);
CREATE INDEX casework_application_purge ON casework_application (purge_at) WHERE purge_at > 0;

CREATE TABLE casework_party (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    party TEXT NOT NULL,
    role TEXT NOT NULL,
    person TEXT NOT NULL,
    name BYTEA NOT NULL,
    status TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    signed_at BIGINT NOT NULL,
    UNIQUE (application, party, person)
);
CREATE INDEX casework_party_person ON casework_party (person, status);

CREATE TABLE casework_event (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    at BIGINT NOT NULL,
    act TEXT NOT NULL,
    actor TEXT NOT NULL,
    by_kind TEXT NOT NULL,
    agency TEXT NOT NULL,
    code TEXT NOT NULL,
    note BYTEA NOT NULL,
    shared BOOLEAN NOT NULL
);
CREATE INDEX casework_event_application ON casework_event (application, at);

CREATE TABLE casework_key (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    hash TEXT NOT NULL,
    application TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX casework_key_at ON casework_key (at);

CREATE TABLE casework_document (
    number TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    service TEXT NOT NULL,
    agency TEXT NOT NULL,
    issued_at BIGINT NOT NULL,
    hash TEXT NOT NULL,
    body BYTEA NOT NULL,
    revoked_at BIGINT NOT NULL
);
CREATE INDEX casework_document_application ON casework_document (application);

CREATE TABLE casework_file (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    question TEXT NOT NULL,
    name BYTEA NOT NULL,
    type TEXT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX casework_file_application ON casework_file (application);

CREATE TABLE casework_term (
    term BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (term, seq)
);
CREATE INDEX casework_term_seq ON casework_term (seq);

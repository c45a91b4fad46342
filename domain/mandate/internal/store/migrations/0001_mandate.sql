-- A theme as it was when the first mandate came to rest on it: it never
-- changes, and decisions read this copy. hash is over body.
CREATE TABLE mandate_theme (
    id      TEXT NOT NULL,
    version BIGINT NOT NULL,
    hash    TEXT NOT NULL,
    body    TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (id, version)
);

-- Who may act for whom. principal and actor are persons of the registers; actor
-- is empty until an offer is accepted. names is sealed: how both are called,
-- whom an offer is for, what a court wrote. evidence is the SHA-256 of the
-- paper it rests on, code a keyed hash. Theme, principal, basis and dates of an
-- active row never change: it only ends.
CREATE TABLE mandate_row (
    id         TEXT PRIMARY KEY,
    principal  TEXT NOT NULL,
    account    TEXT NOT NULL, -- of the principal
    actor      TEXT NOT NULL,
    basis      TEXT NOT NULL,
    theme      TEXT NOT NULL,
    version    BIGINT NOT NULL,
    since      BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    evidence   TEXT NOT NULL,
    state      TEXT NOT NULL, -- offered proposed active ended
    ended      TEXT NOT NULL, -- by whom: principal actor office law declined lapsed
    names      BYTEA NOT NULL,
    agency     TEXT NOT NULL, -- that registered an order
    by_account TEXT NOT NULL, -- who offered or registered it
    second     TEXT NOT NULL, -- the official who confirmed an order
    code       BYTEA NOT NULL,
    code_until BIGINT NOT NULL,
    tries      BIGINT NOT NULL, -- by people whom an offer is not for
    created_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL
);
CREATE INDEX mandate_row_principal ON mandate_row (principal, id);
CREATE INDEX mandate_row_actor ON mandate_row (actor, id) WHERE actor <> '';
CREATE INDEX mandate_row_agency ON mandate_row (agency, id) WHERE agency <> '';
CREATE INDEX mandate_row_code ON mandate_row (code) WHERE basis = 'mandate';
CREATE UNIQUE INDEX mandate_row_law ON mandate_row (principal, actor) WHERE basis = 'law' AND state = 'active';

-- What was sent under a key once is not done twice.
CREATE TABLE mandate_key (
    account TEXT NOT NULL,
    key     TEXT NOT NULL,
    hash    TEXT NOT NULL,
    mandate TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (account, key)
);
CREATE INDEX mandate_key_old ON mandate_key (at);

-- Wrong codes, so that nobody guesses.
CREATE TABLE mandate_try (
    id      TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX mandate_try_account ON mandate_try (account, at);

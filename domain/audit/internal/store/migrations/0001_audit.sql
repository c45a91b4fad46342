-- One row an act. salt and content may be erased (salt empty), leaf never
-- changes; seq is the row's place in the tree, NULL until the sequencer came.
CREATE TABLE audit_row (
    id          TEXT PRIMARY KEY,
    at          BIGINT NOT NULL,
    account     TEXT NOT NULL,
    role        TEXT NOT NULL,
    role_agency TEXT NOT NULL,
    system      TEXT NOT NULL,
    act         TEXT NOT NULL,
    object      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    basis       TEXT NOT NULL,
    service     TEXT NOT NULL,
    agency      TEXT NOT NULL,
    detail      TEXT NOT NULL,
    salt        BYTEA NOT NULL,
    leaf        BYTEA NOT NULL,
    seq         BIGINT
);
CREATE UNIQUE INDEX audit_row_seq ON audit_row (seq) WHERE seq IS NOT NULL;
CREATE INDEX audit_row_pending ON audit_row (id) WHERE seq IS NULL;
CREATE INDEX audit_row_subject ON audit_row (subject, id) WHERE subject <> '';

-- Hashes of the tree in tiles of height 8: 256 hashes of 32 bytes at most.
CREATE TABLE audit_tile (
    level BIGINT NOT NULL,
    n     BIGINT NOT NULL,
    data  BYTEA NOT NULL,
    PRIMARY KEY (level, n)
);

-- The last signed checkpoint of each day (UTC); the newest is the head.
CREATE TABLE audit_checkpoint (
    day  TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    at   BIGINT NOT NULL,
    note TEXT NOT NULL
);

-- Who may sequence, until when; token rises with every new holder. size is
-- the tree's: it moves only with the token that is checked beside it.
CREATE TABLE audit_lease (
    name   TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    token  BIGINT NOT NULL,
    until  BIGINT NOT NULL,
    size   BIGINT NOT NULL
);

-- The signing key, sealed; made at first use.
CREATE TABLE audit_key (
    name     TEXT PRIMARY KEY,
    verifier TEXT NOT NULL,
    sealed   BYTEA NOT NULL,
    at       BIGINT NOT NULL
);

-- A version is a pack as it was, under the hash of its files. Rows are never
-- changed: whoever pinned a version finds it as it was.
CREATE TABLE catalog_version (
    hash      TEXT NOT NULL PRIMARY KEY,
    stored_at BIGINT NOT NULL,
    origin    TEXT NOT NULL,  -- where it came from: embedded, folder, or the account that sent it
    files     BYTEA NOT NULL  -- zip archive
);

-- An activation brings a version into force at a date. It counts when it is
-- approved by somebody else than its proposer; 'system' is the program, which
-- acts alone only in an empty store and in the try-out world.
CREATE TABLE catalog_activation (
    id              TEXT NOT NULL PRIMARY KEY,
    hash            TEXT NOT NULL REFERENCES catalog_version (hash),
    active_from     TEXT NOT NULL,
    proposed_by     TEXT NOT NULL,
    proposed_person TEXT NOT NULL,
    proposed_at     BIGINT NOT NULL,
    approved_by     TEXT NOT NULL,
    approved_at     BIGINT NOT NULL,
    CHECK (approved_by <> proposed_by OR approved_by = 'system')
);

CREATE INDEX catalog_activation_from ON catalog_activation (active_from, approved_at);

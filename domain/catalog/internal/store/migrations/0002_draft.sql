-- A draft is a change to one service that editors work on: the files that
-- differ from those of the version it began with. It ends approved (then pack
-- is the version that came of it) or discarded.
CREATE TABLE catalog_draft (
    id              TEXT NOT NULL PRIMARY KEY,
    service         TEXT NOT NULL,
    agency          TEXT NOT NULL,  -- whose editors work on it
    base            TEXT NOT NULL REFERENCES catalog_version (hash),
    revision        BIGINT NOT NULL, -- grows with every change, so that nobody writes over what they did not see
    state           TEXT NOT NULL CHECK (state IN ('open', 'proposed', 'approved', 'discarded')),
    why             TEXT NOT NULL,
    active_from     TEXT NOT NULL,
    proposed_by     TEXT NOT NULL,
    proposed_person TEXT NOT NULL,
    proposed_agency TEXT NOT NULL,
    proposed_at     BIGINT NOT NULL,
    pack            TEXT NOT NULL,
    changed_at      BIGINT NOT NULL
);

-- The editors of one body share one open draft of a service.
CREATE UNIQUE INDEX catalog_draft_one ON catalog_draft (service, agency) WHERE state IN ('open', 'proposed');
CREATE INDEX catalog_draft_state ON catalog_draft (state, service);

-- The files of a draft; an empty one is taken out.
CREATE TABLE catalog_draft_file (
    draft   TEXT NOT NULL REFERENCES catalog_draft (id),
    name    TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (draft, name)
);

-- What was done with a draft, by whom: the record that officials read. Saving
-- adds one row for each editor, which is brought up to date.
CREATE TABLE catalog_draft_act (
    draft   TEXT NOT NULL REFERENCES catalog_draft (id),
    id      TEXT NOT NULL,
    act     TEXT NOT NULL,
    at      BIGINT NOT NULL,
    account TEXT NOT NULL,
    person  TEXT NOT NULL,
    name    TEXT NOT NULL,
    agency  TEXT NOT NULL,
    note    TEXT NOT NULL,
    PRIMARY KEY (draft, id)
);

-- Which draft an activation carries: the one it was approved with, or, where a
-- version that comes later was renewed to hold an earlier change too, the one
-- that it carried before.
CREATE TABLE catalog_change (
    activation TEXT NOT NULL REFERENCES catalog_activation (id),
    draft      TEXT NOT NULL REFERENCES catalog_draft (id),
    renewed    BOOLEAN NOT NULL,
    PRIMARY KEY (activation, draft)
);

-- What a service's files were in a version, as the hash of its folder: lists
-- of versions need it, and reading every archive for it takes too long.
CREATE TABLE catalog_folder (
    pack    TEXT NOT NULL REFERENCES catalog_version (hash),
    service TEXT NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (pack, service)
);

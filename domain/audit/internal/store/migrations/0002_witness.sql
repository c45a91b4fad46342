-- How far each witness has signed; name is that of its key.
CREATE TABLE audit_witness (
    name TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    at   BIGINT NOT NULL
);

-- The newest checkpoint that enough witnesses signed, with their signatures.
-- There is one row.
CREATE TABLE audit_witnessed (
    name TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    at   BIGINT NOT NULL,
    note TEXT NOT NULL
);

-- Why nothing may be chained: a witness or the store's own last checkpoint
-- contradicts the tree. Only an operator's recorded act takes rows away.
CREATE TABLE audit_trouble (
    kind   TEXT PRIMARY KEY,
    at     BIGINT NOT NULL,
    detail TEXT NOT NULL
);

-- An act on several cases at once. It waits out the time in which it can be
-- taken back; then each case is acted on by itself.
CREATE TABLE casework_bulk (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    account TEXT NOT NULL,
    act TEXT NOT NULL,
    params BYTEA NOT NULL,          -- sealed: what is written to people
    status TEXT NOT NULL,           -- waiting, running, done, undone
    made_at BIGINT NOT NULL,
    run_at BIGINT NOT NULL
);
CREATE INDEX casework_bulk_waiting ON casework_bulk (run_at) WHERE status IN ('waiting', 'running');
CREATE INDEX casework_bulk_account ON casework_bulk (account, id);

CREATE TABLE casework_bulk_case (
    bulk TEXT NOT NULL,
    application TEXT NOT NULL,
    outcome TEXT NOT NULL,          -- '' while it waits, done, or the key of why not
    PRIMARY KEY (bulk, application)
);

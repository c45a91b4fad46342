-- Who helped whom to apply at a counter. A session is one person, one service
-- and one hour; the row stays with the application, whose helper never decides it.
CREATE TABLE casework_assist (
    id TEXT PRIMARY KEY,
    official TEXT NOT NULL,
    agency TEXT NOT NULL,
    account TEXT NOT NULL,
    person TEXT NOT NULL,
    name BYTEA NOT NULL,            -- sealed
    service TEXT NOT NULL,
    application TEXT NOT NULL,
    consent TEXT NOT NULL,          -- how it was confirmed: code, paper; '' for none
    paper BYTEA NOT NULL,           -- sealed: where the signed paper is kept
    started_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL        -- 0 while it goes on
);
CREATE INDEX casework_assist_application ON casework_assist (application, official);
CREATE INDEX casework_assist_official ON casework_assist (official) WHERE ended_at = 0;

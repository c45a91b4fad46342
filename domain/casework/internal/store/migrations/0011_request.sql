-- What was asked of a party: since when, and the code by which somebody known
-- by a typed name finds the request. The code itself is nowhere: it follows
-- from a key and issued_at, and is found by its keyed hash.
CREATE TABLE casework_request (
    party TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    hash TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    issued_at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    reminded_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX casework_request_hash ON casework_request (hash) WHERE hash <> '';
CREATE INDEX casework_request_application ON casework_request (application);
CREATE INDEX casework_request_remind ON casework_request (asked_at) WHERE reminded_at = 0;

-- Codes that an account tried in vain, for the limit on guessing.
CREATE TABLE casework_try (
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (account, at)
);
CREATE INDEX casework_try_at ON casework_try (at);

-- Until when a request for correction wants its answer.
CREATE TABLE casework_answer_by (
    application TEXT PRIMARY KEY,
    until TEXT NOT NULL,
    reminded_at BIGINT NOT NULL
);
CREATE INDEX casework_answer_by_remind ON casework_answer_by (until) WHERE reminded_at = 0;

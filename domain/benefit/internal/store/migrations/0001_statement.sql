-- What people told of their household beyond what registers know. subject is the
-- register's id of whom it is about, '' for the household; value is sealed, and
-- says too whether the answer was "I do not know".
CREATE TABLE benefit_statement (
    id        TEXT PRIMARY KEY,
    person    TEXT NOT NULL,
    subject   TEXT NOT NULL,
    fact      TEXT NOT NULL,
    value     BYTEA NOT NULL,
    stated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX benefit_statement_once ON benefit_statement (person, subject, fact);
CREATE INDEX benefit_statement_old ON benefit_statement (stated_at);

-- One row a person, service and bundle. ended_at is 0 while the consent
-- stands; ended says how it came to its end: withdrawn, or replaced by a newer
-- one. Times are microseconds, items a JSON array.
CREATE TABLE mydata_consent (
    id         TEXT PRIMARY KEY,
    person     TEXT NOT NULL,
    account    TEXT NOT NULL,
    service    TEXT NOT NULL,
    pack       TEXT NOT NULL,
    items      TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    kept_years BIGINT NOT NULL,
    given_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL DEFAULT 0,
    ended      TEXT NOT NULL DEFAULT ''
);

-- At most one consent of a person stands for a service.
CREATE UNIQUE INDEX mydata_consent_standing ON mydata_consent (person, service) WHERE ended_at = 0;
CREATE INDEX mydata_consent_person ON mydata_consent (person, given_at);

-- The sample world of a try-out: made once, so that it stays the same.
CREATE TABLE mydata_sample_world (
    name TEXT PRIMARY KEY,
    seed BIGINT NOT NULL,
    day  TEXT NOT NULL
);

-- What services changed in the sample world, laid over the generated values.
-- kind is the kernel.ValueKind of the JSON value.
CREATE TABLE mydata_sample_fact (
    person TEXT NOT NULL,
    fact   TEXT NOT NULL,
    kind   BIGINT NOT NULL,
    value  TEXT NOT NULL,
    as_of  TEXT NOT NULL,
    PRIMARY KEY (person, fact)
);
CREATE INDEX mydata_sample_fact_value ON mydata_sample_fact (fact, value);

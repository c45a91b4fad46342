-- Several persons of one part may be known by typed names only, so an empty
-- person repeats. Who is known by the register still takes each part once.
CREATE TABLE casework_party_next (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    party TEXT NOT NULL,
    role TEXT NOT NULL,
    person TEXT NOT NULL,
    name BYTEA NOT NULL,
    status TEXT NOT NULL,
    signed_by TEXT NOT NULL,
    signed_at BIGINT NOT NULL
);
INSERT INTO casework_party_next (id, application, party, role, person, name, status, signed_by, signed_at)
    SELECT id, application, party, role, person, name, status, signed_by, signed_at FROM casework_party;
DROP TABLE casework_party;
ALTER TABLE casework_party_next RENAME TO casework_party;
CREATE UNIQUE INDEX casework_party_once ON casework_party (application, party, person) WHERE person <> '';
CREATE INDEX casework_party_application ON casework_party (application);
CREATE INDEX casework_party_person ON casework_party (person, status) WHERE person <> '';

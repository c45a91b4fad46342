-- Texts that an agency's officials answer with again and again. They hold no
-- personal data: names and numbers are put in when one is used.
CREATE TABLE casework_template (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    service TEXT NOT NULL, -- '' for every service
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    rev BIGINT NOT NULL
);
CREATE INDEX casework_template_agency ON casework_template (agency, service);

-- A call at the office that is booked with an application. A place is one of
-- the people who can be served at a time: two who book the last one meet at
-- this table's uniqueness, and one of them is told.
CREATE TABLE casework_visit (
    application TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    agency TEXT NOT NULL,
    at BIGINT NOT NULL,
    place BIGINT NOT NULL,
    minutes BIGINT NOT NULL,
    status TEXT NOT NULL,
    reminded_at BIGINT NOT NULL,
    UNIQUE (agency, service, at, place)
);
CREATE INDEX casework_visit_day ON casework_visit (agency, at);
CREATE INDEX casework_visit_remind ON casework_visit (at) WHERE reminded_at = 0;

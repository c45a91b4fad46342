-- Visits to the spot: what is to be looked at, and what was found.
CREATE TABLE casework_visit (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    agency TEXT NOT NULL,
    official TEXT NOT NULL,         -- account of who goes
    day TEXT NOT NULL,
    plan BYTEA NOT NULL,            -- sealed
    record BYTEA NOT NULL,          -- sealed, empty until it is recorded
    key TEXT NOT NULL,              -- under which it was recorded
    shared BOOLEAN NOT NULL,
    planned_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL
);
CREATE INDEX casework_visit_application ON casework_visit (application, id);
CREATE INDEX casework_visit_official ON casework_visit (official, day) WHERE recorded_at = 0;

CREATE TABLE casework_photo (
    id TEXT PRIMARY KEY,            -- of the blob
    visit TEXT NOT NULL,
    application TEXT NOT NULL,
    key TEXT NOT NULL,
    caption BYTEA NOT NULL,         -- sealed
    size BIGINT NOT NULL,
    cleaned BOOLEAN NOT NULL,       -- something beside the picture was taken out
    at BIGINT NOT NULL,
    UNIQUE (visit, key)
);
CREATE INDEX casework_photo_application ON casework_photo (application);

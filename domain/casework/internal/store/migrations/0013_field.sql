-- Inspections to the spot: what is to be looked at, and what was found.
CREATE TABLE casework_inspection (
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
CREATE INDEX casework_inspection_application ON casework_inspection (application, id);
CREATE INDEX casework_inspection_official ON casework_inspection (official, day) WHERE recorded_at = 0;

CREATE TABLE casework_photo (
    id TEXT PRIMARY KEY,            -- of the blob
    inspection TEXT NOT NULL,
    application TEXT NOT NULL,
    key TEXT NOT NULL,
    caption BYTEA NOT NULL,         -- sealed
    size BIGINT NOT NULL,
    cleaned BOOLEAN NOT NULL,       -- something beside the picture was taken out
    at BIGINT NOT NULL,
    UNIQUE (inspection, key)
);
CREATE INDEX casework_photo_application ON casework_photo (application);

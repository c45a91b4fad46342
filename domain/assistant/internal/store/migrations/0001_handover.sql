-- Links of assistants that were used, until they would not open any more. What
-- a link carries stands in no table: it becomes a draft, or nothing.
CREATE TABLE assistant_handover (
    id          TEXT PRIMARY KEY,
    account     TEXT NOT NULL,
    service     TEXT NOT NULL,
    application TEXT NOT NULL,
    used_at     BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL
);
CREATE INDEX assistant_handover_old ON assistant_handover (expires_at);

-- What the agency in charge of a case asks of another one, and its opinion. An
-- agency is asked once at a time about one case.
CREATE TABLE casework_joint (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    lead TEXT NOT NULL,             -- the agency that asks
    agency TEXT NOT NULL,           -- the agency that is asked
    state TEXT NOT NULL,            -- open, taken, answered, withdrawn, ended
    ask BYTEA NOT NULL,             -- sealed
    questions TEXT NOT NULL,        -- whose answers it may see, ids with a space between
    files TEXT NOT NULL,            -- which files it may see, ids with a space between
    asker TEXT NOT NULL,
    taker TEXT NOT NULL,            -- '' while nobody took it
    opinion TEXT NOT NULL,          -- '' until it is given
    reason BYTEA NOT NULL,          -- sealed
    created_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    extended BOOLEAN NOT NULL,      -- the asked agency took longer, which it may once
    reminded_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL       -- 0 while an opinion is waited for
);
CREATE INDEX casework_joint_application ON casework_joint (application, id);
CREATE UNIQUE INDEX casework_joint_once ON casework_joint (application, agency) WHERE closed_at = 0;
CREATE INDEX casework_joint_open ON casework_joint (agency, due_at, id) WHERE closed_at = 0;
CREATE INDEX casework_joint_closed ON casework_joint (agency, closed_at, id) WHERE closed_at > 0;

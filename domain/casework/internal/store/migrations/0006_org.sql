-- Who has a case on the desk: the assignee, else the team, else the agency's
-- open queue. The column is empty once nothing is left to do, so that its
-- indexes hold open cases only, however many are closed.
ALTER TABLE casework_application ADD COLUMN team TEXT NOT NULL DEFAULT '';
ALTER TABLE casework_application ADD COLUMN desk TEXT;
UPDATE casework_application SET desk = CASE WHEN assignee <> '' THEN assignee ELSE 'queue' END
    WHERE status IN ('submitted', 'in_review', 'correction_requested', 'second_look', 'objection');
CREATE INDEX casework_application_desk ON casework_application (agency, desk, due_at, seq) WHERE desk IS NOT NULL;
CREATE INDEX casework_application_service ON casework_application (agency, service, status, due_at, seq) WHERE desk IS NOT NULL;
-- Many cases fall due at the same minute: pages go on by the sequence number.
DROP INDEX casework_application_due;
CREATE INDEX casework_application_due ON casework_application (agency, status, due_at, seq);

CREATE TABLE casework_team (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    name_ko TEXT NOT NULL,
    name_en TEXT NOT NULL,
    services TEXT NOT NULL,         -- ids with a space between, '' for all
    spread BOOLEAN NOT NULL,        -- new cases are dealt out; otherwise members take them
    created_at BIGINT NOT NULL,
    closed_at BIGINT NOT NULL,      -- 0 while it works
    rev BIGINT NOT NULL
);
CREATE INDEX casework_team_agency ON casework_team (agency) WHERE closed_at = 0;

CREATE TABLE casework_member (
    team TEXT NOT NULL,
    account TEXT NOT NULL,
    agency TEXT NOT NULL,
    lead BOOLEAN NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (team, account)
);
CREATE INDEX casework_member_agency ON casework_member (agency);

-- Days away, both included; a row that is over changes nothing any more.
CREATE TABLE casework_absence (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    account TEXT NOT NULL,
    deputy TEXT NOT NULL,           -- '' for the team's lead
    from_day TEXT NOT NULL,
    until_day TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX casework_absence_agency ON casework_absence (agency, until_day);

-- Who no longer works at an agency. It is read by every act at the desk, so
-- that an act and a leave cannot pass each other by.
CREATE TABLE casework_left (
    agency TEXT NOT NULL,
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (agency, account)
);

CREATE TABLE casework_handover (
    application TEXT PRIMARY KEY,   -- the latest only: a case is in one hand
    agency TEXT NOT NULL,
    giver TEXT NOT NULL,            -- who gave the case
    had TEXT NOT NULL,              -- who had it before, '' for nobody
    taker TEXT NOT NULL,
    note BYTEA NOT NULL,
    at BIGINT NOT NULL
);

CREATE TABLE casework_comment (
    id TEXT PRIMARY KEY,
    application TEXT NOT NULL,
    agency TEXT NOT NULL,           -- at whose desk it was written, and is read
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    body BYTEA NOT NULL,
    mentions TEXT NOT NULL          -- accounts with a space between
);
CREATE INDEX casework_comment_application ON casework_comment (application, id);

CREATE TABLE casework_follow (
    application TEXT NOT NULL,
    account TEXT NOT NULL,
    agency TEXT NOT NULL,
    PRIMARY KEY (application, account)
);

-- What an official is told at the desk.
CREATE TABLE casework_ping (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    agency TEXT NOT NULL,
    application TEXT NOT NULL,      -- '' where it is about several
    kind TEXT NOT NULL,
    source TEXT NOT NULL,           -- account, '' for the program
    n BIGINT NOT NULL,              -- how many cases it is about
    at BIGINT NOT NULL,
    done_at BIGINT NOT NULL
);
CREATE INDEX casework_ping_open ON casework_ping (agency, account, id) WHERE done_at = 0;
CREATE INDEX casework_ping_application ON casework_ping (application) WHERE application <> '';
CREATE INDEX casework_ping_done ON casework_ping (done_at) WHERE done_at > 0;

-- How far those in charge were warned of a due date; another due date begins anew.
CREATE TABLE casework_alarm (
    application TEXT PRIMARY KEY,
    due_at BIGINT NOT NULL,
    stage BIGINT NOT NULL
);

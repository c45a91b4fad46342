-- Who must agree to a proposed decision, in order (결재선). The rows of a
-- proposal go when it is decided on or taken back; its timeline stays.
CREATE TABLE casework_approval (
    application TEXT NOT NULL,
    step BIGINT NOT NULL,
    kind TEXT NOT NULL,             -- review, agree or approve
    agency TEXT NOT NULL,
    account TEXT NOT NULL,          -- whose turn it is
    proposer TEXT NOT NULL,
    agreed_by TEXT NOT NULL,        -- the same, or who acted for them; '' while it waits
    agreed_at BIGINT NOT NULL,
    PRIMARY KEY (application, step)
);
CREATE INDEX casework_approval_waiting ON casework_approval (agency, account, application) WHERE agreed_at = 0;

-- The line that somebody chose last for a service, to begin the next one with.
CREATE TABLE casework_line (
    agency TEXT NOT NULL,
    account TEXT NOT NULL,
    service TEXT NOT NULL,
    line TEXT NOT NULL,             -- kind:account with a space between
    PRIMARY KEY (agency, account, service)
);

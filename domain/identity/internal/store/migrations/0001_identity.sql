-- login is a keyed hash of the login name; the names themselves are sealed.
-- login is NULL for accounts of the try-out world, which sign in without.
CREATE TABLE identity_account (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,          -- resident | staff
    login        BYTEA,
    login_sealed BYTEA NOT NULL,
    name_sealed  BYTEA NOT NULL,
    password     TEXT NOT NULL,          -- Argon2id, "" for none
    person       TEXT NOT NULL,          -- registry person, "" before proofing
    demo         TEXT NOT NULL,          -- id in the try-out world, "" elsewhere
    created_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX identity_account_login ON identity_account (login) WHERE login IS NOT NULL;
CREATE UNIQUE INDEX identity_account_person ON identity_account (person) WHERE person <> '';
CREATE UNIQUE INDEX identity_account_demo ON identity_account (demo) WHERE demo <> '';

CREATE TABLE identity_session (
    hash       BYTEA PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    account    TEXT NOT NULL,
    agent      TEXT NOT NULL,            -- what the browser calls itself, cut short
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ends_at    BIGINT NOT NULL
);
CREATE INDEX identity_session_account ON identity_session (account);

CREATE TABLE identity_token (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    name       TEXT NOT NULL,
    hash       BYTEA NOT NULL UNIQUE,
    scopes     TEXT NOT NULL,            -- separated by spaces
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL
);
CREATE INDEX identity_token_account ON identity_token (account);

CREATE TABLE identity_grant (
    id           TEXT PRIMARY KEY,
    account      TEXT NOT NULL,
    role         TEXT NOT NULL,
    agency       TEXT NOT NULL,
    reason       TEXT NOT NULL,
    state        TEXT NOT NULL,          -- requested | active | declined | ended
    requested_by TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    decided_by   TEXT NOT NULL,
    decided_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,        -- 0 for never
    ended_by     TEXT NOT NULL,
    ended_at     BIGINT NOT NULL
);
CREATE INDEX identity_grant_account ON identity_grant (account);
CREATE UNIQUE INDEX identity_grant_once ON identity_grant (account, role, agency) WHERE state IN ('requested', 'active');

-- One-time secrets: the first operator's link, invitations, counter codes.
CREATE TABLE identity_link (
    hash        BYTEA PRIMARY KEY,
    purpose     TEXT NOT NULL,           -- first | invite | counter
    account     TEXT NOT NULL,           -- who invites, or whose code
    operator    BOOLEAN NOT NULL,        -- the invited becomes the second operator
    name_sealed BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL          -- 0 for "until used"
);

-- Failures to sign in or to prove, counted from since.
CREATE TABLE identity_attempt (
    hash  BYTEA PRIMARY KEY,
    fails BIGINT NOT NULL,
    since BIGINT NOT NULL
);

CREATE TABLE identity_proof (
    id       TEXT PRIMARY KEY,
    account  TEXT NOT NULL,
    person   TEXT NOT NULL,
    method   TEXT NOT NULL,              -- counter | mobile_id | demo
    official TEXT NOT NULL,
    agency   TEXT NOT NULL,
    at       BIGINT NOT NULL
);

-- Forms posted with a session that had ended, for the same account only.
CREATE TABLE identity_kept (
    hash       BYTEA PRIMARY KEY,
    account    TEXT NOT NULL,
    sealed     BYTEA NOT NULL,
    expires_at BIGINT NOT NULL
);

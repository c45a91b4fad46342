-- How a session was proven: level (AAL of NIST SP 800-63B-4), methods as words
-- of RFC 8176, when, and since when the proven authenticator belongs to the
-- account. idle is how long it may rest, in microseconds.
ALTER TABLE identity_session ADD COLUMN level BIGINT NOT NULL DEFAULT 1;
ALTER TABLE identity_session ADD COLUMN methods TEXT NOT NULL DEFAULT 'pwd';
ALTER TABLE identity_session ADD COLUMN proven_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity_session ADD COLUMN factor_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity_session ADD COLUMN idle BIGINT NOT NULL DEFAULT 1800000000;

-- After a recovery, until when new authenticators may not do what weighs most.
ALTER TABLE identity_account ADD COLUMN cooling_until BIGINT NOT NULL DEFAULT 0;
-- The password is too short to stand alone.
ALTER TABLE identity_account ADD COLUMN password_short BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE identity_passkey (
    id              TEXT PRIMARY KEY,
    account         TEXT NOT NULL,
    credential      BYTEA NOT NULL UNIQUE,
    public_key      BYTEA NOT NULL,        -- COSE
    name_sealed     BYTEA NOT NULL,
    aaguid          BYTEA NOT NULL,        -- the authenticator's model
    format          TEXT NOT NULL,         -- of the attestation
    transports      TEXT NOT NULL,         -- separated by spaces
    sign_count      BIGINT NOT NULL,
    backup_eligible BOOLEAN NOT NULL,      -- never changes
    backup_state    BOOLEAN NOT NULL,
    suspect_at      BIGINT NOT NULL,       -- the counter went back then: perhaps a copy; 0 for never
    created_at      BIGINT NOT NULL,
    used_at         BIGINT NOT NULL        -- 0 for never
);
CREATE INDEX identity_passkey_account ON identity_passkey (account);

-- Challenges that were answered: each may be answered once.
CREATE TABLE identity_challenge (
    hash       BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);

-- A password was right and a second factor is awaited.
CREATE TABLE identity_pending (
    hash       BYTEA PRIMARY KEY,
    account    TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- One-time codes of an app (RFC 6238). last_step is the last time step whose
-- code was taken: no code is taken twice.
CREATE TABLE identity_totp (
    account      TEXT PRIMARY KEY,
    sealed       BYTEA NOT NULL,
    created_at   BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,          -- 0 until a code was shown
    last_step    BIGINT NOT NULL
);

-- Recovery codes: a part that finds the row and the Argon2id hash of the rest.
CREATE TABLE identity_recovery (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    selector   TEXT NOT NULL,
    hash       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX identity_recovery_code ON identity_recovery (account, selector);

-- Getting an account back without any of its ways to sign in: its person shows
-- who they are anew, and sets a password on the device on which they began.
CREATE TABLE identity_regain (
    id           TEXT PRIMARY KEY,
    secret       BYTEA NOT NULL UNIQUE,  -- hash of what the person's device holds
    code         BYTEA NOT NULL,         -- keyed hash of what the device shows to the official
    state        TEXT NOT NULL,          -- begun | asked | confirmed | done | stopped
    account      TEXT NOT NULL,          -- "" until somebody was recognised
    person       TEXT NOT NULL,
    method       TEXT NOT NULL,          -- counter | mobile_id, "" until then
    agency       TEXT NOT NULL,
    asked_by     TEXT NOT NULL,          -- the first official
    asked_at     BIGINT NOT NULL,
    confirmed_by TEXT NOT NULL,          -- the second, another one
    confirmed_at BIGINT NOT NULL,
    wrong        BIGINT NOT NULL,        -- numbers typed that were not the second official's
    expires_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX identity_regain_code ON identity_regain (code) WHERE state = 'begun';
CREATE UNIQUE INDEX identity_regain_open ON identity_regain (account) WHERE state IN ('asked', 'confirmed');
CREATE INDEX identity_regain_agency ON identity_regain (agency) WHERE state = 'asked';

-- How surely whoever proved somebody knows who they are: IAL of NIST SP
-- 800-63A-4. A counter looks at face and card.
ALTER TABLE identity_proof ADD COLUMN ial BIGINT NOT NULL DEFAULT 2;

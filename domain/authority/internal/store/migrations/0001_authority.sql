-- Signing keys: the private key is sealed.
CREATE TABLE authority_key (
    kid        TEXT PRIMARY KEY,
    sealed     BYTEA NOT NULL,
    signs_from BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE authority_client (
    id           TEXT PRIMARY KEY,
    once         TEXT NOT NULL,          -- key of the request that registered it, "" for none
    data         TEXT NOT NULL,          -- JSON: what the operators registered
    state        TEXT NOT NULL,          -- requested | active | declined | ended
    requested_by TEXT NOT NULL,
    requested_at BIGINT NOT NULL,
    decided_by   TEXT NOT NULL,
    decided_at   BIGINT NOT NULL
);
CREATE UNIQUE INDEX authority_client_once ON authority_client (once) WHERE once <> '';

CREATE TABLE authority_request (
    id         TEXT PRIMARY KEY,
    uri        BYTEA NOT NULL UNIQUE,    -- hash of the pushed request's URI
    ticket     BYTEA,                    -- hash of what names it in the browser
    client     TEXT NOT NULL,
    params     BYTEA NOT NULL,           -- sealed JSON
    state      TEXT NOT NULL,            -- pushed | open | done
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX authority_request_ticket ON authority_request (ticket) WHERE ticket IS NOT NULL;
CREATE INDEX authority_request_expires ON authority_request (expires_at);

CREATE TABLE authority_grant (
    id         TEXT PRIMARY KEY,
    client     TEXT NOT NULL,
    account    TEXT NOT NULL,
    session    TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    auth_time  BIGINT NOT NULL,
    aal        BIGINT NOT NULL,
    amr        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL           -- 0 while it stands
);
CREATE INDEX authority_grant_account ON authority_grant (account, client);
CREATE INDEX authority_grant_session ON authority_grant (session);
CREATE INDEX authority_grant_expires ON authority_grant (expires_at);

CREATE TABLE authority_code (
    hash         BYTEA PRIMARY KEY,
    grant_id     TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    challenge    TEXT NOT NULL,
    nonce        TEXT NOT NULL,
    jkt          TEXT NOT NULL,          -- thumbprint of the key it is bound to, "" for none
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT NOT NULL
);
CREATE INDEX authority_code_grant ON authority_code (grant_id);

CREATE TABLE authority_token (
    hash       BYTEA PRIMARY KEY,
    grant_id   TEXT NOT NULL,
    kind       TEXT NOT NULL,            -- access | refresh
    scopes     TEXT NOT NULL,
    jkt        TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL           -- refresh: when it was exchanged
);
CREATE INDEX authority_token_grant ON authority_token (grant_id);
CREATE INDEX authority_token_expires ON authority_token (expires_at);

CREATE TABLE authority_consent (
    account TEXT NOT NULL,
    client  TEXT NOT NULL,
    scopes  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (account, client)
);

-- What may be shown once: proofs of possession and assertions of clients.
CREATE TABLE authority_replay (
    hash       BYTEA PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX authority_replay_expires ON authority_replay (expires_at);

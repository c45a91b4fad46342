-- Keys that sign for this installation and for the registers inside it. The
-- private half is sealed; an ended key still checks what it signed.
CREATE TABLE exchange_key (
    id       TEXT PRIMARY KEY,
    owner    TEXT NOT NULL,
    public   BYTEA NOT NULL,
    sealed   BYTEA NOT NULL,
    made_at  BIGINT NOT NULL,
    ended_at BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX exchange_key_current ON exchange_key (owner) WHERE ended_at = 0;

-- A demand. definition is the bundle as it was signed (JSON), signature the
-- signed demand. Times are microseconds, 0 for never.
CREATE TABLE exchange_demand (
    id         TEXT PRIMARY KEY,
    person     TEXT NOT NULL,
    account    TEXT NOT NULL,
    consent    TEXT NOT NULL,
    bundle     TEXT NOT NULL,
    definition TEXT NOT NULL,
    every_days BIGINT NOT NULL,
    until      BIGINT NOT NULL,
    level      BIGINT NOT NULL,
    methods    TEXT NOT NULL,
    idem       TEXT NOT NULL,
    signed_at  BIGINT NOT NULL,
    signature  TEXT NOT NULL,
    state      TEXT NOT NULL,
    ended_at   BIGINT NOT NULL DEFAULT 0,
    next_at    BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX exchange_demand_idem ON exchange_demand (account, idem);
CREATE INDEX exchange_demand_person ON exchange_demand (person, signed_at);
CREATE INDEX exchange_demand_consent ON exchange_demand (consent);
CREATE INDEX exchange_demand_due ON exchange_demand (next_at) WHERE state = 'standing' AND next_at > 0;
CREATE INDEX exchange_demand_until ON exchange_demand (until) WHERE state = 'standing';

-- A transfer. calls is JSON without any value; content is the facts, sealed,
-- NULL once deleted. held_until and fence keep two from working on one.
CREATE TABLE exchange_transfer (
    id         TEXT PRIMARY KEY,
    demand     TEXT NOT NULL,
    begun_at   BIGINT NOT NULL,
    state      TEXT NOT NULL,
    tries      BIGINT NOT NULL DEFAULT 0,
    next_at    BIGINT NOT NULL DEFAULT 0,
    held_until BIGINT NOT NULL DEFAULT 0,
    fence      BIGINT NOT NULL DEFAULT 0,
    calls      TEXT NOT NULL,
    content    BYTEA,
    hash       TEXT NOT NULL DEFAULT '',
    receipt    TEXT NOT NULL DEFAULT '',
    done_at    BIGINT NOT NULL DEFAULT 0,
    keep_until BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX exchange_transfer_demand ON exchange_transfer (demand, begun_at);
CREATE INDEX exchange_transfer_due ON exchange_transfer (next_at) WHERE state = 'waiting';
CREATE INDEX exchange_transfer_keep ON exchange_transfer (keep_until) WHERE keep_until > 0;

-- Queries of other installations that were answered: none is answered twice.
CREATE TABLE exchange_served (
    peer   TEXT NOT NULL,
    call   TEXT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (peer, call)
);
CREATE INDEX exchange_served_at ON exchange_served (at);

-- Who asked to be told of benefits. choices is sealed: topics tell of illness
-- and need. pseudonym is the person's in the population, by which a sweep of the
-- country names them. version grows with every write: who read an older one
-- begins again. paused: no consent stands. sent_at is when the last message of
-- a day went out, 0 for never.
CREATE TABLE benefit_alert_person (
    person     TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    pseudonym  BIGINT NOT NULL,
    choices    BYTEA NOT NULL,
    paused     BOOLEAN NOT NULL,
    version    BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL,
    began_at   BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX benefit_alert_person_pseudonym ON benefit_alert_person (pseudonym);

-- What was last decided for them, sealed; day is the day it was decided for.
CREATE TABLE benefit_alert_standing (
    person TEXT PRIMARY KEY,
    day    TEXT NOT NULL,
    state  BYTEA NOT NULL
);

-- What they were told of: a keyed hash of person, programme and episode.
CREATE TABLE benefit_alert_told (
    id     TEXT PRIMARY KEY,
    person TEXT NOT NULL,
    at     BIGINT NOT NULL
);
CREATE INDEX benefit_alert_told_person ON benefit_alert_told (person);

-- Messages, sealed; sent_at is 0 while one waits for its hour.
CREATE TABLE benefit_alert_message (
    id      TEXT PRIMARY KEY,
    person  TEXT NOT NULL,
    kind    TEXT NOT NULL,
    body    BYTEA NOT NULL,
    made_at BIGINT NOT NULL,
    send_at BIGINT NOT NULL,
    sent_at BIGINT NOT NULL
);
CREATE INDEX benefit_alert_message_waiting ON benefit_alert_message (person) WHERE sent_at = 0;

-- A look after everybody, for a day or for a pack; place is the last person
-- looked after, so that who takes over goes on there.
CREATE TABLE benefit_alert_pass (
    id       TEXT PRIMARY KEY,
    pack     TEXT NOT NULL,
    place    TEXT NOT NULL,
    people   BIGINT NOT NULL,
    began_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL
);
CREATE INDEX benefit_alert_pass_began ON benefit_alert_pass (began_at);

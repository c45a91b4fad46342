-- What a person keeps of a life event. state is sealed: the day, the steps done
-- or hidden, and what was reminded of. Only when to look at it next stands in
-- the clear: remind_at is 0 where nobody is to be reminded.
CREATE TABLE life_progress (
    account    TEXT NOT NULL,
    event      TEXT NOT NULL,
    state      BYTEA NOT NULL,
    remind     BOOLEAN NOT NULL,
    remind_at  BIGINT NOT NULL,
    began_at   BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account, event)
);
CREATE INDEX life_progress_remind ON life_progress (remind_at) WHERE remind_at > 0;
CREATE INDEX life_progress_old ON life_progress (updated_at);

-- What people said that nothing found fitted, as they agreed: without personal
-- data, and sealed all the same. Only the day is known, so that a row leads to
-- nobody; id names the form it came by.
CREATE TABLE ask_unmet (
    id       TEXT PRIMARY KEY,
    lang     TEXT NOT NULL,
    day      TEXT NOT NULL,
    words    BYTEA NOT NULL,
    purge_at BIGINT NOT NULL
);
CREATE INDEX ask_unmet_day ON ask_unmet (day, id);
CREATE INDEX ask_unmet_purge ON ask_unmet (purge_at);

-- How often nothing fitted, by day and language of the page.
CREATE TABLE ask_missed (
    day  TEXT NOT NULL,
    lang TEXT NOT NULL,
    n    BIGINT NOT NULL,
    PRIMARY KEY (day, lang)
);

-- At which level results over real people were shown: one row a programme of the
-- pack, and one ('+') for all that changes of the law added. geography is region,
-- district, or '' while neither was asked for. at is the last such run.
CREATE TABLE benefit_simulate_level (
    programme TEXT PRIMARY KEY,
    geography TEXT NOT NULL,
    min_cell  BIGINT NOT NULL,
    at        BIGINT NOT NULL
);

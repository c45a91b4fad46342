-- Words of the newest cases wait in their lists and are merged into the index
-- many cases at a time. A case that waits has its seq here too: a column of its
-- own has one index to read it by, which no planner mistakes for another.
ALTER TABLE casework_words ADD COLUMN waiting BIGINT;
CREATE INDEX casework_words_waiting ON casework_words (waiting) WHERE waiting IS NOT NULL;
